"""What the demonstration's people received: e-mails and text messages, as they left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

#: How Django ends each e-mail of a file.
_END = b"\n" + b"-" * 79 + b"\n"
#: Read at most, the latest first.
MOST = 60


@dataclass(frozen=True, slots=True)
class Letter:
    """Something received; ``subject`` is empty for a text message."""

    to: str
    subject: str
    text: str
    at: datetime


def emails(*, most: int = MOST, folder: Path | None = None) -> list[Letter]:
    """The latest e-mails, whoever they are for, the latest first."""
    where = folder or settings.MAILBOX_DIR
    files = sorted(where.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    found: list[Letter] = []
    for path in files:
        found += reversed(list(_letters(path)))
        if len(found) >= most:
            break
    return sorted(found, key=lambda letter: letter.at, reverse=True)[:most]


def texts(*, most: int = MOST, folder: Path | None = None) -> list[Letter]:
    """The latest text messages, whoever they are for, the latest first."""
    where = (folder or settings.SIMULATED_DIR) / "sms"
    files = sorted(where.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    found = []
    for path in files[:most]:
        kept = json.loads(path.read_text(encoding="utf-8"))
        found.append(Letter(kept["to"], "", kept["text"], datetime.fromisoformat(kept["at"])))
    return found


def _letters(path: Path) -> Iterator[Letter]:
    for content in path.read_bytes().split(_END):
        if not content.strip():
            continue
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        plain = message.get_body(("plain",))
        yield Letter(
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=str(plain.get_content()) if plain else "",
            at=message["Date"].datetime,
        )
