"""Django's way to a mail server, with an end to its patience.

The time-out of a socket begins again with each byte: a server that sends one now and then would
hold a round, or someone who is signing in, for hours. Here an answer comes whole in time, or the
conversation ends.
"""

from __future__ import annotations

import smtplib
import socket
import threading
from contextlib import suppress

from django.core.mail.backends import smtp


class _Hurried(smtplib.SMTP):
    """Each answer of the server comes whole within the time-out, in seconds."""

    def getreply(self) -> tuple[int, bytes]:
        """:raises smtplib.SMTPServerDisconnected: when it did not."""
        assert self.sock is not None
        late = threading.Event()
        end = threading.Timer(self.timeout, _hang_up, [self.sock, late])
        end.daemon = True
        end.start()
        try:
            answer = super().getreply()
        finally:
            end.cancel()
        if late.is_set():  # what came of it is no answer
            self.close()
            raise smtplib.SMTPServerDisconnected("The answer never ended.")
        return answer


class _HurriedTls(_Hurried, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class EmailBackend(smtp.EmailBackend):
    """Sends by the operator's server, which has ``EMAIL_TIMEOUT`` seconds for each answer."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """What speaks to the server."""
        return _HurriedTls if self.use_ssl else _Hurried


def _hang_up(wire: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        # Of the socket below, encrypted or not: whoever reads it reads its end.
        socket.socket.shutdown(wire, socket.SHUT_RDWR)
