"""What the demonstration's people received: e-mails and text messages, as they left."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
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


def emails(
    *, to: Collection[str] | None = None, most: int = MOST, folder: Path | None = None
) -> list[Letter]:
    """The latest e-mails, the latest first.

    :param to: only those sent to one of these addresses; None: whoever they are for.
    """
    where = folder or settings.MAILBOX_DIR
    files = sorted(where.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)
    found: list[Letter] = []
    for path in files:
        found += [one for one in reversed(list(_letters(path))) if to is None or one.to in to]
        if len(found) >= most:
            break
    return sorted(found, key=lambda letter: letter.at, reverse=True)[:most]


def texts(
    *, to: Collection[str] | None = None, most: int = MOST, folder: Path | None = None
) -> list[Letter]:
    """The latest text messages, as :func:`emails`."""
    where = (folder or settings.SIMULATED_DIR) / "sms"
    files = sorted(where.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    found: list[Letter] = []
    for path in files:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if to is None or kept["to"] in to:
            found.append(Letter(kept["to"], "", kept["text"], datetime.fromisoformat(kept["at"])))
        if len(found) >= most:
            break
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
