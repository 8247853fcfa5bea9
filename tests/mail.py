"""A post office for the tests: what was sent passes by a real SMTP server of this machine."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class PostOffice:
    """A real SMTP server of this machine: what it received, whom it refuses."""

    received: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 OK"

    def code(self) -> str:
        """The code of the last message, alone on its line."""
        found = re.findall(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", self.text(), re.MULTILINE)
        assert found, self.text()
        return str(found[-1])

    def text(self, number: int = -1) -> str:
        return str(self.received[number].get_content()).replace("\r\n", "\n")


class Server(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(settings: Any) -> Iterator[PostOffice]:
    """Open, with Django's SMTP backend sending to it."""
    office = PostOffice()
    controller = Server(office, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "droitfil.notices.channels.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    try:
        yield office
    finally:
        controller.stop()
