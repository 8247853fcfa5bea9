"""Secrets made from what is already kept: one-time addresses, digests of numbers.

Nothing of them is stored: whoever reads the database can neither forge an address nor list the
numbers that were typed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from django.conf import settings


def number_digest(number: str) -> bytes:
    """The keyed digest of a foreigner's number, 32 bytes."""
    return _mac("people.number", number.encode())


def contest_code(notice: uuid.UUID) -> str:
    """The code of the address that contests a link: the notice's id and its seal."""
    return f"{notice.hex}{_seal(notice)}"


def read_contest_code(code: str) -> uuid.UUID | None:
    """The notice that ``code`` was made for; None when we did not make it."""
    head, seal = code[:32], code[32:]
    try:
        notice = uuid.UUID(hex=head)
    except ValueError:
        return None
    return notice if hmac.compare_digest(seal.encode(), _seal(notice).encode()) else None


def _seal(notice: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(_mac("people.contest", notice.bytes)[:18]).decode()


def _mac(purpose: str, message: bytes) -> bytes:
    key = hashlib.sha256(f"droitfil.{purpose}|{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, message, hashlib.sha256).digest()
