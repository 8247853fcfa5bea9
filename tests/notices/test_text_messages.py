"""Text messages leave by a real HTTP gateway, which tells what became of each."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from datetime import UTC, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from droitfil.journal.models import OutboxMessage
from droitfil.notices import outcomes
from droitfil.notices.channels.sms import number
from droitfil.notices.jobs import deliver
from droitfil.notices.models import Delivery
from droitfil.notices.passes import sign
from droitfil.notices.simulated import phone
from droitfil.people.actions import linking
from droitfil.people.models import Person
from tests.mail import PostOffice
from tests.notices.networks import network
from tests.notices.telling import NOW, TOKEN, asked, tell, with_gateway
from tests.personas import CARD, NUMBER, Personas, place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _post(office: PostOffice) -> None:
    """E-mails leave too; what is said here is about the others."""


def phoned(people: Personas, to: str) -> Person:
    Person.objects.filter(pk=people.amina.pk).update(phone=to)
    people.amina.refresh_from_db()
    return people.amina


def test_it_leaves_once_without_any_name(people: Personas, settings: Any, tmp_path: Path) -> None:
    with network(settings, tmp_path) as gateway:
        message = tell(asked(phoned(people, "06 12 34 56 78")))
        deliver(now=NOW)
        deliver(now=NOW + timedelta(days=1))
        (received,) = phone.received(tmp_path)
        copy = message.deliveries.get(channel="sms")
        assert (received.to, received.reference) == ("+33612345678", str(copy.pk))
        assert received.text.startswith("Droitfil : des pièces sont demandées")
        assert "1er juillet 2025" in received.text
        assert "Amina" not in received.text
        assert "http" not in received.text
        assert (copy.state, copy.provider) == ("sent", str(copy.pk))
        # The demonstration lists what the telephone received.
        listed = gateway.address + "?to=+33612345678"
        with urllib.request.urlopen(listed) as answer:
            assert [one["text"] for one in json.load(answer)] == [received.text]
    assert phone.received(tmp_path, to="+33700000000") == []


def test_in_the_reader_s_language(people: Personas, settings: Any, tmp_path: Path) -> None:
    with network(settings, tmp_path):
        Person.objects.filter(pk=people.amina.pk).update(language="en")
        tell(asked(people.amina))
        deliver(now=NOW)
    assert phone.received(tmp_path)[0].text.startswith("Droitfil: documents are asked")


@pytest.mark.parametrize(
    ("to", "state", "error"),
    [
        ("+33612000001", "bounced", "sms-422"),
        ("01 69 00 00 00", "failed", "no-contact"),
        ("n'importe quoi", "failed", "no-contact"),
    ],
)
def test_a_number_that_receives_nothing(
    people: Personas, settings: Any, tmp_path: Path, to: str, state: str, error: str
) -> None:
    with network(settings, tmp_path):
        message = tell(asked(phoned(people, to)))
        deliver(now=NOW)
    copy = message.deliveries.get(channel="sms")
    assert (copy.state, copy.error) == (state, error)


def test_a_busy_network_is_tried_again(people: Personas, settings: Any, tmp_path: Path) -> None:
    with network(settings, tmp_path):
        message = tell(asked(phoned(people, "+33612000002")))
        assert deliver(now=NOW)["later"] == 1
        assert OutboxMessage.objects.get(kind="notice.sms").error == "sms-503"
        phoned(people, "+33612345678")
        assert deliver(now=NOW + timedelta(minutes=2))["sent"] == 1
    assert message.deliveries.get(channel="sms").attempts == 2


def test_a_gateway_that_is_down_or_refuses_us_is_tried_again(
    people: Personas, settings: Any, tmp_path: Path
) -> None:
    with_gateway(settings)  # nobody listens there
    tell(asked(people.amina))
    assert deliver(now=NOW)["later"] == 1
    assert OutboxMessage.objects.get(kind="notice.sms").error == "sms-unreachable"
    with network(settings, tmp_path):
        settings.SMS_TOKEN = "un-autre-jeton-que-le-sien"
        assert deliver(now=NOW + timedelta(minutes=2))["later"] == 1
    assert OutboxMessage.objects.get(kind="notice.sms").error == "sms-401"
    assert Delivery.objects.get(channel="sms").state == "waiting"


def test_a_reference_that_the_gateway_has_is_not_sent_twice(
    people: Personas, settings: Any, tmp_path: Path
) -> None:
    with network(settings, tmp_path):
        message = tell(asked(people.amina))
        deliver(now=NOW)
        # As if the worker had died between the gateway's answer and ours.
        message.deliveries.filter(channel="sms").update(state="waiting", sent_at=None, provider="")
        OutboxMessage.objects.filter(kind="notice.sms").update(done_at=None, taken_at=None)
        assert deliver(now=NOW) == {"sent": 1}
    assert len(phone.received(tmp_path)) == 1
    assert message.deliveries.get(channel="sms").state == "sent"


@pytest.mark.parametrize(
    ("typed", "network_s"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("07.12.34.56.78", "+33712345678"),
        ("0690 12 34 56", "+590690123456"),
        ("0692 12 34 56", "+262692123456"),
        ("0639123456", "+262639123456"),
        ("0694123456", "+594694123456"),
        ("0696123456", "+596696123456"),
        ("0033612345678", "+33612345678"),
        ("+33 (6) 12-34-56-78", "+33612345678"),
        ("+212612345678", "+212612345678"),
        ("01 69 91 91 91", None),
        ("+0612345678", None),
        ("٠٦١٢٣٤٥٦٧٨", None),
        ("", None),
    ],
)
def test_numbers_as_people_write_them(typed: str, network_s: str | None) -> None:
    assert number(typed) == network_s


@pytest.mark.parametrize(
    ("commune", "department", "hour", "leaves_at"),
    [
        ("91228", "91", 6, "07:00"),  # nine in Évry, in June
        ("97411", "974", 6, "06:00"),  # ten in Saint-Denis of La Réunion already
        ("97209", "972", 6, "13:00"),  # two in the morning in Fort-de-France
        ("98735", "987", 20, "20:00"),  # ten in the morning in Papeete
        ("98735", "987", 12, "19:00"),
    ],
)
def test_nobody_is_woken_wherever_they_live(
    people: Personas, settings: Any, commune: str, department: str, hour: int, leaves_at: str
) -> None:
    with_gateway(settings)
    Person.objects.filter(pk=people.amina.pk).update(
        commune=place(commune, f"Commune {commune}", department)
    )
    now = NOW.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    tell(asked(people.amina), now=now)
    due = OutboxMessage.objects.get(kind="notice.sms").due_at.astimezone(UTC)
    assert f"{due:%H:%M}" == leaves_at
    assert now <= due < now + timedelta(days=1)
    assert OutboxMessage.objects.get(kind="notice.email").due_at == now


def told(client: Client, body: dict[str, Any], *, key: str = TOKEN) -> int:
    content = json.dumps(body).encode()
    return client.post(
        "/rappels/sms", content, content_type="application/json",
        headers={"X-Signature": sign(content, key=key)},
    ).status_code  # fmt: skip


@pytest.fixture
def copy(people: Personas, settings: Any, tmp_path: Path) -> Delivery:
    with network(settings, tmp_path):
        message = tell(asked(people.amina))
        deliver(now=NOW)
    return message.deliveries.get(channel="sms")


def test_the_gateway_tells_what_arrived(copy: Delivery, client: Client) -> None:
    assert told(client, {"reference": str(copy.pk), "status": "delivered"}) == 204
    copy.refresh_from_db()
    assert copy.state == "delivered"
    assert copy.ended_at is not None
    # What has ended does not change.
    assert told(client, {"reference": str(copy.pk), "status": "failed"}) == 204
    copy.refresh_from_db()
    assert copy.state == "delivered"


def test_the_gateway_tells_what_did_not(copy: Delivery, client: Client) -> None:
    assert told(client, {"reference": str(copy.pk), "status": "failed", "error": "absent"}) == 204
    copy.refresh_from_db()
    assert (copy.state, copy.error) == ("failed", "sms-absent")


@pytest.mark.parametrize("error", ["Amina El Fassi", 12, "x" * 500, ["a"]])
def test_an_error_that_is_no_code_is_left_out(copy: Delivery, client: Client, error: Any) -> None:
    assert told(client, {"reference": str(copy.pk), "status": "failed", "error": error}) == 204
    copy.refresh_from_db()
    assert copy.error in ("sms-failed", "sms-12")


def test_nobody_else_may_tell(copy: Delivery, client: Client, settings: Any) -> None:
    right = {"reference": str(copy.pk), "status": "delivered"}
    assert told(client, right, key="un-autre-jeton") == 403
    assert client.post("/rappels/sms", json.dumps(right), content_type="x/y").status_code == 403
    settings.SMS_TOKEN = ""
    assert told(client, right, key="") == 403
    copy.refresh_from_db()
    assert copy.state == "sent"


@pytest.mark.parametrize(
    "body", [{}, {"reference": "x", "status": "delivered"}, {"reference": str(uuid4())}, [], "x"]
)
def test_what_cannot_be_read_is_refused(copy: Delivery, client: Client, body: Any) -> None:
    assert told(client, body) == 422


def test_an_unknown_reference_changes_nothing(copy: Delivery, client: Client) -> None:
    assert told(client, {"reference": str(uuid4()), "status": "delivered"}) == 204


def test_the_gateway_s_word_may_come_before_ours(people: Personas, settings: Any) -> None:
    with_gateway(settings)
    message = tell(asked(people.amina))
    copy = message.deliveries.get(channel="sms")
    assert outcomes.note_status(copy.pk, arrived=True, error="", now=NOW)
    assert deliver(now=NOW)["sent"] == 2  # nothing leaves: the gateway there is closed
    copy.refresh_from_db()
    assert copy.state == "delivered"


def test_the_simulated_network_tells_by_itself(
    people: Personas, settings: Any, tmp_path: Path
) -> None:
    heard: list[tuple[bytes, str]] = []
    told_twice = threading.Event()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((body, self.headers["X-Signature"]))
            self.send_response(204)
            self.end_headers()
            if len(heard) == 2:
                told_twice.set()

        def log_message(self, *args: Any) -> None: ...

    ear = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=ear.serve_forever, daemon=True).start()
    with network(settings, tmp_path, tells=f"http://127.0.0.1:{ear.server_port}/"):
        tell(asked(people.amina))
        off = Person.objects.create(
            family_name="Off", born_on=NOW.date().replace(year=1980), phone="+33612000003"
        )
        tell(asked(off))
        deliver(now=NOW)
        assert told_twice.wait(10)
    ear.shutdown()
    ear.server_close()
    assert sorted(json.loads(body)["status"] for body, _ in heard) == ["delivered", "failed"]
    assert all(signature == sign(body, key=TOKEN) for body, signature in heard)


def test_the_simulated_network_refuses_what_is_no_message(settings: Any, tmp_path: Path) -> None:
    with network(settings, tmp_path) as gateway:
        for body, token, status in (
            (b"{}", TOKEN, 422),
            (b"pas du JSON", TOKEN, 422),
            (b'{"reference": "../x", "to": "+33612345678", "text": "x"}', TOKEN, 422),
            (b"{}", "autre", 401),
        ):
            request = urllib.request.Request(
                gateway.address, data=body, headers={"Authorization": f"Bearer {token}"}
            )
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request)
            assert refused.value.code == status
            refused.value.close()
    assert phone.received(tmp_path) == []


def test_a_known_telephone_is_told_of_a_link(
    people: Personas, settings: Any, tmp_path: Path
) -> None:
    with network(settings, tmp_path):
        amina = people.amina
        facts = linking.Facts.read(NUMBER, amina.born_on, CARD)
        linking.link_file(people.amina_account, facts=facts, now=NOW)
        assert deliver(now=NOW) == {"sent": 2}  # an e-mail too, to the address of the file
        assert deliver(now=NOW) == {}
    (received,) = phone.received(tmp_path)
    assert received.to == "+33612345678"
    assert "http://localhost:8000/contester/" in received.text
    address = received.text.split("http://localhost:8000")[1]
    assert Client().get(address).status_code == 200
    assert Client(enforce_csrf_checks=False).post(address).status_code == 200
    amina.refresh_from_db()
    assert amina.account is None
