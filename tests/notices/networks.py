"""The simulated networks of the demonstration, open for a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from droitfil.notices.simulated import mailbox, phone
from tests.notices.telling import TOKEN


@contextmanager
def post(settings: Any, folder: Path) -> Iterator[mailbox.Server]:
    """The simulated post office, with Django's SMTP backend sending to it."""
    server = mailbox.Server(folder)
    server.start()
    settings.EMAIL_BACKEND = "droitfil.notices.channels.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def network(settings: Any, folder: Path, *, tells: str = "") -> Iterator[phone.Server]:
    """The simulated telephone network, with our text messages going to it."""
    server = phone.Server(folder, token=TOKEN, tells=tells)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    settings.SMS_GATEWAY, settings.SMS_TOKEN = server.address, TOKEN
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
