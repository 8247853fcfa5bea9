"""Reports that mail servers send back (RFC 3464), read by the ``Message-ID`` they quote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path
from uuid import UUID

from droitfil.notices import outcomes
from droitfil.notices.models import Delivery

_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
#: "Action" of a report -> what became of the copy; any other (delayed, relayed) ends nothing.
_ACTIONS = {
    "failed": Delivery.State.BOUNCED,
    "delivered": Delivery.State.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says became of one copy; ``code`` as "smtp-5.1.1"."""

    delivery: UUID
    action: str
    code: str


def read_report(content: bytes) -> Report | None:
    """The report that this e-mail is about a copy of ours; None when it is none."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    if message.get_content_type() != "multipart/report":
        return None
    status = next((p for p in message.walk() if _is(p, "message/delivery-status")), None)
    delivery = next(_copies_quoted(message), None)
    if status is None or delivery is None:
        return None
    # Its blocks of headers: one for the message, then one for each recipient; ours has one.
    for block in status.iter_parts() if status.is_multipart() else []:
        action = str(block.get("Action", "")).strip().lower()
        if action:
            found = _STATUS.search(str(block.get("Status", "")))
            return Report(delivery, action, f"smtp-{found.group(0)}" if found else "smtp-dsn")
    return None


def receive(content: bytes, *, now: datetime) -> Report | None:
    """Writes what a received e-mail says of a copy; None when it says nothing that we can use.

    A temporary failure ("delayed") changes nothing: the server goes on trying.
    """
    report = read_report(content)
    if report is None or report.action not in _ACTIONS:
        return report
    state = _ACTIONS[report.action]
    # A full mailbox (4.x.x) was tried for days, but the address itself is right.
    if state is Delivery.State.BOUNCED and not report.code.startswith("smtp-5"):
        state = Delivery.State.FAILED
    error = report.code if state is not Delivery.State.DELIVERED else ""
    moved = outcomes.move(report.delivery, state, now=now, error=error)
    return report if moved else None


def letters_of(path: Path) -> Iterator[Path]:
    """The e-mails of ``path``: a file, or a folder (``new`` and ``cur`` of a Maildir)."""
    if path.is_file():
        yield path
        return
    boxes = [path / "new", path / "cur"] if (path / "new").is_dir() else [path]
    for box in boxes:
        yield from sorted(one for one in box.iterdir() if one.is_file())


def _copies_quoted(message: EmailMessage) -> Iterator[UUID]:
    """The copies whose ``Message-ID`` the report quotes, in its returned part."""
    for part in message.walk():
        if _is(part, "message/rfc822") and part.is_multipart():
            quoted = str(part.get_payload(0).get("Message-ID", ""))  # type: ignore[union-attr]
        elif _is(part, "text/rfc822-headers"):
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            quoted = str(BytesHeaderParser(policy=policy.default).parsebytes(content)["Message-ID"])
        else:
            continue
        if found := _OURS.search(quoted):
            yield UUID(found.group(1))


def _is(part: object, kind: str) -> bool:
    return isinstance(part, EmailMessage) and part.get_content_type() == kind
