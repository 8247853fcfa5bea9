"""Judging a file before anything is kept: is it readable, within limits, free of viruses?"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings

from droitfil.files import antivirus
from droitfil.files.cleaner import Cleaned, Limits, NotAccepted
from droitfil.files.sentences import refusal

log = structlog.get_logger(__name__)

#: Points of the largest picture: what a telephone takes, and the memory to decode it twice.
PIXELS = 80_000_000
#: What the cleaner may use for one file: bytes of address space, seconds of work, and of waiting.
MEMORY = 1536 * 2**20
SECONDS, WAIT = 20, 40
#: Cleaners at work at the same time in one process: their memory adds up.
_AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that can be kept. ``scanned`` is False when the antivirus could not be asked."""

    content: bytes
    cleaned: Cleaned
    sha256: bytes
    scanned: bool
    name: str


class Infected(Exception):
    """ClamAV found something; the text is its name, as ClamAV gives it."""


def examine(content: bytes, *, declared_name: str) -> Examined:
    """Judges ``content``; keeps nothing. Takes a second or two: not to be called under a lock.

    :param declared_name: the file's name as its owner has it; it proves nothing.
    :raises droitfil.lib.refusals.Refusal: a sentence on what is wrong, and what would be right.
    """
    digest = hashlib.sha256(content).digest()
    try:
        cleaned = cleaned_copy(content)
        scanned = scan_all(content, *cleaned.also_scan)
    except NotAccepted as error:
        raise refusal(error.code, error.details) from error
    except Infected as error:
        log.warning("upload.infected", sha256=digest.hex(), found=str(error))
        raise refusal("infected", {}) from error
    return Examined(content, cleaned, digest, scanned, _short(declared_name))


def cleaned_copy(content: bytes, limits: Limits | None = None) -> Cleaned:
    """What the cleaner makes of ``content``, in a process of its own.

    :param limits: those of the settings when None.
    :raises NotAccepted: with a code; "complex" when that process ran out of memory or time.
    """
    limits = limits or Limits(settings.UPLOAD_BYTES, settings.UPLOAD_PAGES, PIXELS)
    if not content:
        raise NotAccepted("empty")
    if len(content) > limits.size:  # not even handed over
        raise NotAccepted("size", {"size": len(content), "most": limits.size})
    asked = {
        "size": limits.size, "pages": limits.pages, "pixels": limits.pixels,
        "memory": MEMORY, "seconds": SECONDS,
    }  # fmt: skip
    with _AT_ONCE:
        said, rest = _run(json.dumps(asked).encode() + b"\n" + content)
    if "refused" in said:
        raise NotAccepted(said["refused"], said["details"])
    parts, at = [], 0
    for length in said["parts"]:
        parts.append(rest[at : at + length])
        at += length
    return Cleaned(said["kind"], said["shown_as"], said["pages"], parts[0], tuple(parts[1:]))


def _run(given: bytes) -> tuple[dict[str, Any], bytes]:
    words = [sys.executable, "-m", "droitfil.files.cleaner"]
    try:
        done = subprocess.run(  # nosec B603
            words,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
            timeout=WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        log.warning("upload.cleaner_too_slow", size=len(given))
        raise NotAccepted("complex") from error
    if done.returncode != 0:
        log.warning("upload.cleaner_died", status=done.returncode, size=len(given))
        raise NotAccepted("complex")
    head, _, rest = done.stdout.partition(b"\n")
    return json.loads(head), rest


def scan_all(*parts: bytes) -> bool:
    """Asks the antivirus about each part; False when it could not judge them all.

    :raises Infected: when it finds something in one of them.
    """
    try:
        for part in parts:
            if found := antivirus.scan(part):
                raise Infected(found)
    except antivirus.NotScanned as error:
        log.warning("upload.not_scanned", answer=str(error))
        return False
    except antivirus.Unavailable:
        return False
    return True


def _short(name: str) -> str:
    """The last part of a path, printable, 120 characters at most; its end says the kind."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable()).strip()
    return plain if len(plain) <= 120 else f"{plain[:100]}…{plain[-19:]}"
