"""E-mails leave by a real SMTP server, and what it answers is what becomes of them."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from droitfil.journal.models import Entry, OutboxMessage
from droitfil.journal.outbox import LEASE, LOST, MOST_ATTEMPTS, claim
from droitfil.notices import queries
from droitfil.notices.actions import Line
from droitfil.notices.channels import email
from droitfil.notices.jobs import deliver, letter
from droitfil.notices.models import BouncedContact, Delivery, Message
from droitfil.notices.passes import stop_code
from droitfil.notices.simulated import mailbox
from droitfil.people.models import Account, Person
from droitfil.territory.models import Office
from tests.mail import PostOffice
from tests.notices.networks import network, post
from tests.notices.telling import NOW, asked, looked, tell
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def parts(message: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


def test_it_leaves_once(people: Personas, office: PostOffice) -> None:
    message = tell(asked(people.amina))
    assert deliver(now=NOW) == {"sent": 1}
    assert deliver(now=NOW + timedelta(days=1)) == {}
    (received,) = office.received
    copy = message.deliveries.get(channel="email")
    assert received["To"] == "amina@ancienne.example"
    assert received["Message-ID"] == f"<{copy.pk}@localhost>"
    assert received["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in received
    assert (copy.state, copy.attempts, copy.error, copy.ended_at) == ("sent", 1, "", None)
    assert copy.sent_at is not None
    entry = Entry.objects.get(action="notice.sent")
    assert (entry.subject, entry.case) == (message.pk, message.case)
    assert entry.facts == {"delivery": str(copy.pk), "channel": "email"}


def test_it_says_what_to_do_and_names_nobody_but_the_reader(
    people: Personas, office: PostOffice
) -> None:
    amina = people.amina
    tell(asked(amina))
    deliver(now=NOW)
    (received,) = office.received
    plain, html = parts(received)
    for text in (plain, html):
        assert "Bonjour Amina," in text
        assert "91E-25-K7MPX4" in text
        assert "1er juillet 2025" in text
        whole = str(received["Subject"]) + text
        for secret in ("El Fassi", amina.foreigner_number, "Mazières", "1990", "91000", "+336"):
            assert str(secret) not in whole
    assert str(received["Subject"]) == "[Droitfil] Des pièces vous sont demandées"
    assert set(re.findall(r"https?://\S+", plain)) == {"http://localhost:8000/moi"}
    assert "http" not in html.replace("http://localhost:8000/moi", "")
    assert "\n\n\n" not in plain


def test_it_goes_where_the_person_signs_in(people: Personas, office: PostOffice) -> None:
    amina = people.amina
    amina.account, amina.linked_at = people.amina_account, NOW
    amina.save()
    tell(asked(amina))
    deliver(now=NOW)
    assert [str(one["To"]) for one in office.received] == ["amina@nouvelle.example"]


def test_in_the_reader_s_language_then_in_french(people: Personas, office: PostOffice) -> None:
    Person.objects.filter(pk=people.amina.pk).update(language="en")
    message = tell(asked(people.amina))
    assert message.language == "en"
    deliver(now=NOW)
    plain, html = parts(office.received[0])
    assert str(office.received[0]["Subject"]) == "[Droitfil] You are asked for documents"
    assert plain.index("1 July 2025") < plain.index("1er juillet 2025")
    assert plain.index("Hello Amina,") < plain.index("Bonjour Amina,")
    assert '<div lang="en">' in html
    assert '<div lang="fr">' in html


def test_a_language_that_no_template_speaks_reads_french_once(
    people: Personas, office: PostOffice
) -> None:
    Person.objects.filter(pk=people.amina.pk).update(language="ar")
    assert tell(asked(people.amina)).language == "fr"
    deliver(now=NOW)
    assert parts(office.received[0])[0].count("1er juillet 2025") == 1


@pytest.mark.parametrize("name", ["فاطمة الزهراء", "Zoë‑Šárka", "李小龙", 'O’Neil <b>"&', ""])
def test_names_of_every_script_arrive_whole(
    people: Personas, office: PostOffice, name: str
) -> None:
    Person.objects.filter(pk=people.amina.pk).update(given_names=name)
    tell(asked(people.amina))
    deliver(now=NOW)
    plain, html = parts(office.received[0])
    arabic = name.startswith("ف")
    hello = f"Bonjour \u2068{name}\u2069," if arabic else f"Bonjour {name},"
    assert (hello if name else "Bonjour,") in plain
    assert "<b>" not in html


def test_a_minor_s_parent_reads_whom_it_is_about(people: Personas, office: PostOffice) -> None:
    tell(asked(people.ilyes))
    deliver(now=NOW)
    plain, _ = parts(office.received[0])
    assert str(office.received[0]["To"]) == "amina@ancienne.example"
    assert "Bonjour Amina," in plain
    assert "Ce message concerne votre enfant, Ilyès." in plain


def test_a_courtesy_may_be_stopped_from_the_mail_program(
    people: Personas, office: PostOffice
) -> None:
    amina = people.amina
    tell(looked(amina))
    deliver(now=NOW)
    (received,) = office.received
    address = f"http://localhost:8000/courriels/{stop_code(amina.pk)}"
    assert "".join(str(received["List-Unsubscribe"]).split()) == f"<{address}>"
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_staff_receive_theirs(people: Personas, office: PostOffice) -> None:
    facts = {"reference": "91E-25-K7", "from_on": NOW.date(), "office": "91-evry"}
    tell(Line("staff_gap", facts, "gap", account=people.nadia.pk))
    deliver(now=NOW)
    (received,) = office.received
    assert received["To"] == "nadia@91.example"
    assert Office.objects.get(pk="91-evry").name in parts(received)[0]


def test_an_address_that_refuses_is_a_bounce_at_once(people: Personas, office: PostOffice) -> None:
    amina = people.amina
    office.refused.add(amina.email)
    message = tell(asked(amina))
    assert deliver(now=NOW) == {"bounced": 1}
    copy = message.deliveries.get(channel="email")
    assert (copy.state, copy.error, copy.attempts) == ("bounced", "smtp-550", 1)
    assert [one.error for one in queries.bounced(amina)] == ["smtp-550"]
    assert list(queries.lost()) == [copy]
    assert Entry.objects.filter(action="notice.bounced").count() == 1
    # Nothing more is tried at that address, even if it would answer.
    office.refused.clear()
    again = tell(asked(amina, key="again"))
    assert deliver(now=NOW) == {"failed": 1}
    assert again.deliveries.get(channel="email").error == "known-bounce"
    assert office.received == []
    # Another address receives.
    Person.objects.filter(pk=amina.pk).update(email="amina@autre.example")
    amina.refresh_from_db()
    assert queries.bounced(amina) == []
    tell(asked(amina, key="other"))
    assert deliver(now=NOW) == {"sent": 1}


def test_the_table_of_bounces_holds_no_address(people: Personas, office: PostOffice) -> None:
    office.refused.add(people.amina.email)
    tell(asked(people.amina))
    deliver(now=NOW)
    row = BouncedContact.objects.get()
    assert b"amina" not in bytes(row.contact)
    assert len(bytes(row.contact)) == 32


def test_whom_e_mail_does_not_reach_gets_a_text_message(
    people: Personas, settings: Any, tmp_path: Path, office: PostOffice
) -> None:
    with network(settings, tmp_path):
        amina = people.amina
        office.refused.add(amina.email)
        message = tell(looked(amina))  # by e-mail only
        assert deliver(now=NOW) == {"bounced": 1, "sent": 1}
        sms = message.deliveries.get(channel="sms")
        assert sms.state == "sent"
        assert Entry.objects.filter(action="notice.fell_back", subject=message.pk).count() == 1


def test_a_full_mailbox_is_tried_again(people: Personas, settings: Any, tmp_path: Path) -> None:
    Person.objects.filter(pk=people.amina.pk).update(email="plein@exemple.example")
    message = tell(asked(people.amina))
    with post(settings, tmp_path):
        assert deliver(now=NOW) == {"later": 1}
        copy = message.deliveries.get(channel="email")
        assert (copy.state, copy.attempts) == ("waiting", 1)
        assert OutboxMessage.objects.get(kind="notice.email").error == "smtp-452"
        assert deliver(now=NOW + timedelta(seconds=30)) == {}
        Person.objects.filter(pk=people.amina.pk).update(email="vide@exemple.example")
        assert deliver(now=NOW + timedelta(minutes=2)) == {"sent": 1}
    (received,) = mailbox.received(tmp_path)
    assert received.to == ("vide@exemple.example",)
    assert received.message_id == f"<{copy.pk}@localhost>"
    assert mailbox.received(tmp_path, to="autre@exemple.example") == []
    assert mailbox.received(tmp_path / "empty") == []


def test_a_server_that_is_down_is_tried_for_two_days_then_given_up(
    people: Personas, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    messages = [tell(asked(people.amina, key=key)) for key in "ab"]
    now = NOW
    for _ in range(MOST_ATTEMPTS - 1):
        assert deliver(now=now) == {"later": 2}
        now = max(
            OutboxMessage.objects.filter(kind="notice.email").values_list("due_at", flat=True)
        )
    assert now - NOW > timedelta(days=1)
    assert deliver(now=now) == {"failed": 2}
    for message in messages:
        copy = message.deliveries.get(channel="email")
        assert (copy.state, copy.error, copy.sent_at) == ("failed", "smtp-unreachable", None)
    assert deliver(now=now + timedelta(days=30)) == {}
    # The address is not to blame.
    assert queries.bounced(people.amina) == []


def test_a_message_too_large_is_not_the_address_s_fault(
    people: Personas, office: PostOffice
) -> None:
    async def refuse(server: Any, session: Any, envelope: Any) -> str:
        return "552 too much"

    office.handle_DATA = refuse  # type: ignore[method-assign]
    message = tell(asked(people.amina))
    assert deliver(now=NOW) == {"failed": 1}
    assert message.deliveries.get(channel="email").error == "smtp-552"
    assert queries.bounced(people.amina) == []


def test_a_server_that_closes_is_nobody_s_fault(people: Personas, office: PostOffice) -> None:
    async def close(*_: Any) -> str:
        return "421 closing"

    office.handle_RCPT = close  # type: ignore[method-assign]
    tell(asked(people.amina))
    tell(asked(people.amina, key="b"))
    assert deliver(now=NOW) == {"later": 2}
    assert set(OutboxMessage.objects.values_list("error", flat=True)) == {"smtp-421"}


def test_a_person_who_has_no_address_any_more(people: Personas, office: PostOffice) -> None:
    message = tell(asked(people.amina))
    Person.objects.filter(pk=people.amina.pk).update(email="")
    assert deliver(now=NOW) == {"failed": 1}
    assert message.deliveries.get(channel="email").error == "no-contact"


def test_one_that_cannot_be_made_does_not_hold_the_others_back(
    people: Personas, office: PostOffice
) -> None:
    broken, sound = tell(asked(people.amina)), tell(asked(people.amina, key="b"))
    Message.objects.filter(pk=broken.pk).update(template="of-another-version")
    assert deliver(now=NOW) == {"later": 1, "sent": 1}
    assert OutboxMessage.objects.get(done_at=None).error == "error-KeyError"
    assert sound.deliveries.get(channel="email").state == "sent"
    Message.objects.filter(pk=broken.pk).update(template="complement_asked")
    assert deliver(now=NOW + timedelta(minutes=2)) == {"sent": 1}


def test_staff_whose_account_was_closed_receive_nothing(
    people: Personas, office: PostOffice
) -> None:
    facts = {"night_on": NOW.date()}
    message = tell(Line("staff_night_late", facts, "night", account=people.nadia.pk))
    Account.objects.filter(pk=people.nadia.pk).update(is_active=False)
    assert deliver(now=NOW) == {"failed": 1}
    assert message.deliveries.get(channel="email").error == "no-contact"


def test_a_copy_whose_workers_all_died_ends(people: Personas, office: PostOffice) -> None:
    message = tell(asked(people.amina))
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        assert len(claim("notice.email", limit=1, now=now)) == 1
        now += LEASE
    deliver(now=now)  # the outbox gives it up
    deliver(now=now)
    copy = message.deliveries.get(channel="email")
    assert (copy.state, copy.error) == ("failed", LOST)


def test_the_letter_is_the_same_each_time(people: Personas) -> None:
    message = tell(asked(people.amina))
    copy = Delivery.objects.select_related("message__person", "reader").get(message=message)
    one, other = (email.compose(letter(copy, "a@exemple.example")) for _ in range(2))
    assert isinstance(one, EmailMultiAlternatives)
    assert one.body == other.body
    assert one.alternatives == other.alternatives
