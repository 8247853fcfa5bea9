"""ClamAV, asked over its socket by INSTREAM (clamd's own protocol): nothing is written for it.

Its silence is never an answer: who calls must keep the piece in quarantine until it speaks.
"""

from __future__ import annotations

import re
import socket
import struct
from pathlib import Path

from django.conf import settings

_CHUNK = 256 * 1024
#: Seconds without a word from clamd after which it is taken for absent; a large PDF takes two.
PATIENCE = 30.0
#: It did not look at everything, and says so as if it had found something.
_LIMITS = "Heuristics.Limits.Exceeded"


class Unavailable(Exception):
    """clamd is down, absent, or was lost midway."""


class NotScanned(Exception):
    """clamd answers, but could not look at the whole of this piece."""


def scan(content: bytes) -> str | None:
    """What ClamAV finds in ``content``, by its name; None when it finds nothing.

    :raises Unavailable: when nobody answers.
    :raises NotScanned: when it could not scan this piece.
    """
    said = _ask(b"zINSTREAM\0", content)
    if said == "stream: OK":
        return None
    found = re.fullmatch(r"stream: (.+) FOUND", said)
    if found and not found[1].startswith(_LIMITS):
        return found[1]
    raise NotScanned(said)


def version() -> str:
    """What clamd says of itself and of its signatures. :raises Unavailable: when it is down."""
    return _ask(b"zVERSION\0")


def _ask(command: bytes, content: bytes | None = None) -> str:
    try:
        with _connected() as clamd:
            clamd.sendall(command)
            if content is not None:
                # It may answer, and hang up, before the end: what it said is read all the same.
                try:
                    for start in range(0, len(content), _CHUNK):
                        chunk = content[start : start + _CHUNK]
                        clamd.sendall(struct.pack(">I", len(chunk)) + chunk)
                    clamd.sendall(struct.pack(">I", 0))
                except (BrokenPipeError, ConnectionResetError):
                    pass
            answer = b""
            while not answer.endswith(b"\0"):
                if not (part := clamd.recv(4096)):
                    raise Unavailable("clamd hung up.")
                answer += part
    except OSError as error:
        raise Unavailable(type(error).__name__) from error
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _connected() -> socket.socket:
    address: Path | tuple[str, int] = settings.CLAMD
    if isinstance(address, Path):
        clamd = socket.socket(socket.AF_UNIX)
        clamd.settimeout(PATIENCE)
        try:
            clamd.connect(str(address))
        except OSError:
            clamd.close()
            raise
        return clamd
    return socket.create_connection(address, timeout=PATIENCE)
