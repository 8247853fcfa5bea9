"""Reports of mail servers are read by the copy they quote; anything else changes nothing."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from droitfil.notices import queries
from droitfil.notices.bounces import letters_of, read_report, receive
from droitfil.notices.jobs import deliver
from droitfil.notices.models import Delivery
from tests.mail import PostOffice
from tests.notices.telling import NOW, asked, tell
from tests.personas import Personas

pytestmark = pytest.mark.django_db

REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@relais.example
To: ne-pas-repondre@localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="limite"

--limite
Content-Type: text/plain; charset=utf-8

Le courriel n'a pas pu être remis.

--limite
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example
Arrival-Date: Mon, 2 Jun 2025 11:30:00 +0200

Final-Recipient: rfc822; amina@ancienne.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <amina@ancienne.example>: no such user

--limite
Content-Type: {returned}

Message-ID: <{copy}@localhost>
From: Droitfil <ne-pas-repondre@localhost>
To: amina@ancienne.example
Subject: x

--limite--
"""


def report(
    copy: object, action: str = "failed", status: str = "5.1.1", returned: str = "message/rfc822"
) -> bytes:
    text = REPORT.format(copy=copy, action=action, status=status, returned=returned)
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def copy(people: Personas, office: PostOffice) -> Delivery:
    message = tell(asked(people.amina))
    deliver(now=NOW)
    return message.deliveries.get()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_of_failure_is_a_bounce(people: Personas, copy: Delivery, returned: str) -> None:
    found = receive(report(copy.pk, returned=returned), now=NOW)
    assert found is not None
    assert (found.delivery, found.action, found.code) == (copy.pk, "failed", "smtp-5.1.1")
    copy.refresh_from_db()
    assert (copy.state, copy.error, copy.ended_at) == ("bounced", "smtp-5.1.1", NOW)
    # The address that it left for is known, though the report names it and we do not keep it.
    assert [one.error for one in queries.bounced(people.amina)] == ["smtp-5.1.1"]
    assert receive(report(copy.pk), now=NOW) is None  # told already


@pytest.mark.parametrize(
    ("action", "status", "state", "error"),
    [
        ("Failed", "5.7.1 (policy)", "bounced", "smtp-5.7.1"),
        ("failed", "4.2.2", "failed", "smtp-4.2.2"),
        ("failed", "", "failed", "smtp-dsn"),
        ("delivered", "2.1.5", "delivered", ""),
        ("delayed", "4.4.1", "sent", ""),
        ("relayed", "2.0.0", "sent", ""),
    ],
)
def test_what_a_report_may_say(
    people: Personas, copy: Delivery, action: str, status: str, state: str, error: str
) -> None:
    receive(report(copy.pk, action, status), now=NOW)
    copy.refresh_from_db()
    assert (copy.state, copy.error) == (state, error)
    assert bool(queries.bounced(people.amina)) == (state == "bounced")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: je suis absent\r\n\r\nDe retour lundi.",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\n--x--",
        report("pas-un-uuid"),
        report(uuid4()),
        report(uuid4()).replace(b"Action: failed\r\n", b""),
        report(uuid4()).replace(b"message/delivery-status", b"text/plain"),
        report(uuid4()).replace(b"Message-ID:", b"X-Other:"),
        report(uuid4(), returned="text/rfc822-headers").replace(b"Message-ID:", b"X-Other:"),
        report(uuid4())[:700],
    ],
)
def test_what_is_no_report_about_us_changes_nothing(copy: Delivery, content: bytes) -> None:
    assert receive(content, now=NOW) is None
    copy.refresh_from_db()
    assert copy.state == "sent"


def test_an_automatic_reply_that_quotes_us_is_no_report(copy: Delivery) -> None:
    reply = f"In-Reply-To: <{copy.pk}@localhost>\r\nAuto-Submitted: auto-replied\r\n\r\nAbsent."
    assert read_report(reply.encode()) is None


def test_letters_are_found_in_a_file_a_folder_or_a_maildir(tmp_path: Path) -> None:
    box = tmp_path / "boîte"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
        (box / name / "1").write_bytes(b"x")
    assert [one.parent.name for one in letters_of(box)] == ["new", "cur"]
    assert [one.name for one in letters_of(box / "cur")] == ["1"]
    assert list(letters_of(box / "cur" / "1")) == [box / "cur" / "1"]
