"""The telephone network: a gateway of text messages over HTTP that keeps each in a folder.

It behaves as ``docs/operating.md`` asks of a gateway: a reference that it has already is answered
409, and it tells what became of each message, signed.
"""

from __future__ import annotations

import hmac
import json
import re
import threading
import urllib.request
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from droitfil.notices.passes import sign

#: Ends of numbers that do not receive, for who tries: unknown, network down, telephone off.
UNKNOWN, BUSY, OFF = "000001", "000002", "000003"
_MOST_OCTETS = 10_000


@dataclass(frozen=True, slots=True)
class Received:
    """A text message of the folder; ``at`` in UTC."""

    reference: str
    to: str
    text: str
    at: str


class Server(ThreadingHTTPServer):
    """Listens on ``port`` of this machine, 0 for any that is free; keeps messages in ``folder``.

    :param tells: the address that is told what became of each message; nobody when empty.
    """

    daemon_threads = True

    def __init__(self, folder: Path, *, token: str, port: int = 0, tells: str = "") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder = folder / "sms"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.token, self.tells = token, tells

    @property
    def address(self) -> str:
        """Where text messages are posted."""
        return f"http://127.0.0.1:{self.server_port}/messages"

    def keep(self, message: Received) -> bool:
        """Keeps the message; False when its reference is there already."""
        with suppress(FileExistsError), (self.folder / f"{message.reference}.json").open("x") as f:
            json.dump(asdict(message), f)
            return True
        return False

    def tell(self, message: Received) -> None:
        """Says to whom it may concern that the message arrived, or that the telephone is off."""
        off = message.to.endswith(OFF)
        said = {"reference": message.reference, "status": "failed" if off else "delivered"}
        body = json.dumps(said | ({"error": "absent"} if off else {})).encode()
        request = urllib.request.Request(
            self.tells, data=body, headers={"X-Signature": sign(body, key=self.token)}
        )
        with suppress(OSError):  # the address is of this machine, and given by who starts us
            urllib.request.urlopen(request, timeout=5).close()  # nosec B310


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        """Takes a message."""
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.server.token}".encode()):
            return self._answer(401, {"error": "token"})
        message = self._read()
        if message is None or not re.fullmatch(r"\+[1-9][0-9]{6,14}", message.to):
            return self._answer(422, {"error": "number"})
        if message.to.endswith(UNKNOWN):
            return self._answer(422, {"error": "unknown"})
        if message.to.endswith(BUSY):
            return self._answer(503, {"error": "busy"})
        if not self.server.keep(message):
            return self._answer(409, {"id": message.reference})
        self._answer(202, {"id": message.reference})
        if self.server.tells:
            threading.Thread(target=self.server.tell, args=(message,), daemon=True).start()
        return None

    def do_GET(self) -> None:
        """Lists what was received: ``/messages?to=+33612345678``."""
        asked = urlsplit(self.path)
        to = parse_qs(asked.query.replace("+", "%2B")).get("to", [None])[0]
        if asked.path != "/messages":
            return self._answer(404, {"error": "address"})
        return self._answer(
            200, [asdict(one) for one in received(self.server.folder.parent, to=to)]
        )

    def _read(self) -> Received | None:
        try:
            size = int(self.headers.get("Content-Length", ""))
            data = json.loads(self.rfile.read(min(size, _MOST_OCTETS)))
            reference, to, text = (str(data[name]) for name in ("reference", "to", "text"))
        except (ValueError, TypeError, KeyError):
            return None
        if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", reference):
            return None
        return Received(reference, to, text, datetime.now(UTC).isoformat())

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing of a message is logged."""


def received(folder: Path, *, to: str | None = None) -> list[Received]:
    """The text messages kept in ``folder``, the latest first; those for ``to`` only."""
    found = [
        Received(**json.loads(path.read_text(encoding="utf-8")))
        for path in (folder / "sms").glob("*.json")
    ]
    if to is not None:
        found = [one for one in found if one.to == to]
    return sorted(found, key=lambda one: one.at, reverse=True)
