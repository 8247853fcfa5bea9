"""A notice is told once, to whom it concerns, with the fact it tells or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from droitfil.journal.models import Entry, OutboxMessage
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.notices import queries
from droitfil.notices.actions import Line, choose, mark_read, notify, notify_many, stop_courtesies
from droitfil.notices.models import Channel, Delivery, Message, Preference
from droitfil.notices.passes import stop_code
from droitfil.people.models import Person
from tests.notices.telling import BY, CASE, DUE, NOW, asked, looked, tell, with_gateway
from tests.personas import Personas

pytestmark = pytest.mark.django_db


def ways(message: Message) -> set[str]:
    return set(message.deliveries.values_list("channel", flat=True))


def test_a_message_its_copies_and_its_entry_are_written_together(
    people: Personas, settings: object
) -> None:
    with_gateway(settings)
    message = tell(asked(people.amina))
    entry = Entry.objects.get(action="notice.written")
    assert (entry.subject, entry.case, entry.actor) == (people.amina.pk, CASE, BY)
    assert entry.facts == {"message": str(message.pk), "template": "complement_asked", "version": 1}
    assert ways(message) == {"email", "sms"}
    left = {m.kind: m for m in OutboxMessage.objects.filter(entry=entry)}
    assert {kind: m.payload["delivery"] for kind, m in left.items()} == {
        f"notice.{d.channel}": str(d.pk) for d in message.deliveries.all()
    }
    assert message.facts["due_on"] == DUE.isoformat()


def test_the_same_key_tells_once(people: Personas) -> None:
    line = asked(people.amina)
    first = tell(line)
    assert tell(line) == first
    assert (Message.objects.count(), Delivery.objects.count(), OutboxMessage.objects.count()) == (
        1, 1, 1,
    )  # fmt: skip
    with transaction.atomic():
        assert notify_many(BY, lines=[line, asked(people.amina, key="other")], now=NOW) == 1


def test_a_key_given_twice_at_once_tells_once(people: Personas) -> None:
    line = asked(people.amina)
    with transaction.atomic():
        assert notify_many(BY, lines=[line, line], now=NOW) == 1
    assert Delivery.objects.count() == 1


def test_it_stands_or_falls_with_the_fact(people: Personas) -> None:
    person = people.amina

    def fact_that_fails() -> None:
        with transaction.atomic():
            notify_many(BY, lines=[asked(person)], now=NOW)
            Person.objects.filter(pk=person.pk).update(sex="?")

    with pytest.raises(IntegrityError):
        fact_that_fails()
    assert not Message.objects.exists()
    assert not OutboxMessage.objects.filter(kind="notice.email").exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_told(people: Personas) -> None:
    line = asked(people.amina)
    with pytest.raises(transaction.TransactionManagementError):
        notify_many(BY, lines=[line], now=NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {
            "reference": "E1",
            "procedure": "renouvellement-salarie",
            "pieces": [],
            "due_on": "demain",
        },
        {"reference": "E1", "procedure": "renouvellement-salarie", "pieces": [], "due_on": None},
        {"reference": "Amina El Fassi", "procedure": "x", "pieces": [], "due_on": DUE},
        {"reference": "E1", "procedure": "x", "pieces": [], "due_on": DUE, "more": 1},
    ],
)
def test_facts_are_those_of_the_template(people: Personas, facts: dict[str, object]) -> None:
    line = Line("complement_asked", facts, "k", person=people.amina.pk)
    with pytest.raises(ValueError), transaction.atomic():
        notify_many(BY, lines=[line], now=NOW)


def test_a_name_cannot_enter_the_table(people: Personas) -> None:
    message = tell(asked(people.amina))
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(facts={"who": "Amina El Fassi"})


def test_a_template_of_persons_is_not_for_staff(people: Personas) -> None:
    line = Line("share_looked", {"looked_on": DUE}, "k", account=people.nadia.pk)
    with pytest.raises(ValueError), transaction.atomic():
        notify_many(BY, lines=[line], now=NOW)


def test_staff_are_told_in_their_own_inbox(people: Personas) -> None:
    with transaction.atomic():
        message = notify(
            BY, account=people.nadia, template="staff_gap", key="gap:1", case=CASE, now=NOW,
            facts={"reference": "91E-26-K7", "from_on": DUE, "office": "91-evry"},
        )  # fmt: skip
    assert ways(message) == {"email"}
    assert list(queries.inbox_of(people.nadia, on=NOW.date())) == [message]
    assert not queries.inbox_of(people.paul, on=NOW.date()).exists()


def test_thousands_cost_one_statement(people: Personas) -> None:
    persons = [people.amina, *(person(f"P{rank}") for rank in range(30))]

    def count(lines: list[Line]) -> int:
        with (
            CaptureQueriesContext(
                connection,
            ) as queries_made,
            transaction.atomic(),
        ):
            notify_many(BY, lines=lines, now=NOW)
        return len([q for q in queries_made if "INSERT" in q["sql"]])

    assert count([asked(persons[0])]) == count([asked(p, key=f"many:{p.pk}") for p in persons]) == 1
    assert Message.objects.count() == 32
    assert Delivery.objects.count() == 32


def person(family_name: str, **more: object) -> Person:
    given = {"born_on": date(1980, 1, 1), "email": f"{family_name.lower()}@exemple.example", **more}
    return Person.objects.create(family_name=family_name, **given)


def test_who_has_no_e_mail_gets_a_text_message(people: Personas, settings: object) -> None:
    with_gateway(settings)
    without = person("Diallo", email="", phone="+33698765432")
    opens = {"expires_on": DUE, "file_from": DUE, "file_by": DUE}
    assert ways(tell(Line("file_opens", opens, "1", person=without.pk))) == {"sms"}
    assert ways(tell(Line("file_opens", opens, "2", person=people.amina.pk))) == {"email"}


def test_without_gateway_no_text_message_waits(people: Personas) -> None:
    without = person("Diallo", email="", phone="+33698765432")
    assert ways(tell(looked(without))) == set()
    assert ways(tell(asked(people.amina))) == {"email"}


def test_at_night_telephones_sleep(people: Personas, settings: object) -> None:
    with_gateway(settings)
    night = datetime(2025, 6, 3, 1, 30, tzinfo=UTC)  # 3:30 in Paris
    tell(asked(people.amina), now=night)
    assert OutboxMessage.objects.get(kind="notice.sms").due_at == datetime(
        2025, 6, 3, 7, 0, tzinfo=UTC
    )
    assert OutboxMessage.objects.get(kind="notice.email").due_at == night
    evening = datetime(2025, 6, 3, 19, 0, tzinfo=UTC)  # 21:00
    tell(asked(people.amina, key="evening"), now=evening)
    assert OutboxMessage.objects.filter(
        kind="notice.sms", due_at=datetime(2025, 6, 4, 7, 0, tzinfo=UTC)
    ).exists()


def test_a_minor_is_told_through_the_parents_until_of_age(people: Personas) -> None:
    message = tell(asked(people.ilyes))
    assert [d.reader for d in message.deliveries.all()] == [people.amina]
    grown_up = datetime(2034, 5, 4, 9, tzinfo=UTC)
    # No contact of his own, and no address: a letter is owed, and cannot leave.
    message = tell(asked(people.ilyes, key="grown"), now=grown_up)
    assert ways(message) == {"letter"}
    assert message.deliveries.get().error == "no-address"


def test_parents_and_nobody_else_read_the_messages_of_a_minor(people: Personas) -> None:
    message = tell(asked(people.ilyes))
    amina = people.amina
    amina.account, amina.linked_at = people.amina_account, NOW
    amina.save()
    assert list(queries.inbox_of(people.amina_account, on=NOW.date())) == [message]
    assert queries.unread(people.amina_account, on=NOW.date()) == 1
    assert not queries.inbox_of(people.stranger, on=NOW.date()).exists()
    assert not queries.inbox_of(people.amina_account, on=date(2034, 5, 4)).exists()
    # An agent may open the file; the inbox is not theirs.
    assert not queries.inbox_of(people.nadia, on=NOW.date()).exists()
    with pytest.raises(Forbidden):
        mark_read(people.nadia, message.pk, now=NOW)
    with pytest.raises(Forbidden):
        mark_read(people.stranger, message.pk, now=NOW)


def test_opening_is_noted_once(people: Personas) -> None:
    amina = people.amina
    amina.account, amina.linked_at = people.amina_account, NOW
    amina.save()
    message = tell(asked(amina))
    mark_read(people.amina_account, message.pk, now=NOW)
    mark_read(people.amina_account, message.pk, now=NOW + timedelta(days=1))
    message.refresh_from_db()
    assert message.read_at == NOW
    assert Entry.objects.filter(action="notice.opened").count() == 1
    assert queries.unread(people.amina_account, on=NOW.date()) == 0
    with pytest.raises(Forbidden):
        mark_read(people.amina_account, uuid4(), now=NOW)


@pytest.mark.parametrize(
    ("wants", "courtesy", "right"),
    [("all", {"email"}, {"email"}), ("legal", set(), {"email"}), ("none", set(), set())],
)
def test_what_is_wanted_leaves_and_everything_stands_in_the_inbox(
    people: Personas, wants: str, courtesy: set[str], right: set[str]
) -> None:
    amina = people.amina
    choose(BY, person=amina, channel=Channel.EMAIL, wants=Preference.Wants(wants), now=NOW)
    assert ways(tell(looked(amina))) == courtesy
    assert ways(tell(asked(amina))) == right
    assert Message.objects.filter(person=amina).count() == 2
    assert queries.wants_of(amina, Channel.EMAIL) == wants


def test_the_address_in_an_e_mail_stops_courtesies_only(people: Personas) -> None:
    amina = people.amina
    stop_courtesies(stop_code(amina.pk), now=NOW)
    assert queries.wants_of(amina, Channel.EMAIL) == Preference.Wants.LEGAL
    choose(BY, person=amina, channel=Channel.EMAIL, wants=Preference.Wants.NONE, now=NOW)
    stop_courtesies(stop_code(amina.pk), now=NOW)
    assert queries.wants_of(amina, Channel.EMAIL) == Preference.Wants.NONE
    code = stop_code(amina.pk)
    for wrong in (code[:-1] + ("A" if code[-1] != "A" else "B"), "x", "", uuid4().hex):
        with pytest.raises(Refusal):
            stop_courtesies(wrong, now=NOW)
