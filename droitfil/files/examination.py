"""Judging a file before anything is kept: is it readable, within limits, free of viruses?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import structlog
from django.conf import settings

from droitfil.files import antivirus
from droitfil.files.cleaner import Cleaned, Limits, NotAccepted
from droitfil.files.sandbox import PIXELS, cleaned_apart
from droitfil.files.sentences import refusal

log = structlog.get_logger(__name__)


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
        cleaned = cleaned_apart(
            content, Limits(settings.UPLOAD_BYTES, settings.UPLOAD_PAGES, PIXELS)
        )
        scanned = scan_all(content, *cleaned.also_scan)
    except NotAccepted as error:
        raise refusal(error.code, error.details) from error
    except Infected as error:
        log.warning("upload.infected", sha256=digest.hex(), found=str(error))
        raise refusal("infected", {}) from error
    return Examined(content, cleaned, digest, scanned, _short(declared_name))


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
