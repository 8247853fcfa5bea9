"""The post office: an SMTP server of this machine that keeps every e-mail in a folder (Maildir)."""

from __future__ import annotations

import asyncio
import email
import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

#: Beginnings of addresses that do not receive, for who tries: for good, and for now.
REFUSED, FULL = "refuse@", "plein@"


@dataclass(frozen=True, slots=True)
class Received:
    """An e-mail of the folder; ``text`` is its plain part."""

    message_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    at: datetime


class _Office(Mailbox):
    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith(REFUSED):
            return "550 5.1.1 no such mailbox"
        if address.startswith(FULL):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class Server(Controller):
    """Listens on ``port`` of this machine, 0 for any that is free; keeps e-mails in ``folder``."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(_Office(folder / "mail"), hostname="127.0.0.1", port=port)

    def _trigger_server(self) -> None:
        # The port that the system chose, before the base class knocks at it.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def received(folder: Path, *, to: str | None = None) -> list[Received]:
    """The e-mails that the office of ``folder`` keeps, the latest first; those for ``to`` only."""
    if not (folder / "mail").is_dir():  # nothing was ever received
        return []
    box = mailbox.Maildir(folder / "mail", factory=None, create=False)
    found = []
    for key in box.keys():  # noqa: SIM118 (a mailbox is no mapping)
        at = datetime.fromtimestamp(box.get_message(key).get_date(), UTC)
        found.append(_read(box.get_bytes(key), at))
    if to is not None:
        found = [one for one in found if to.lower() in one.to]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _read(content: bytes, at: datetime) -> Received:
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    plain = message.get_body(("plain",))
    return Received(
        message_id=str(message["Message-ID"]),
        to=tuple(one.strip().lower() for one in str(message["X-RcptTo"]).split(",")),
        subject=str(message["Subject"]),
        text=str(plain.get_content()).replace("\r\n", "\n") if plain else "",
        at=at,
    )
