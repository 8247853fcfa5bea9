"""Secrets made from what is already kept: digests of contacts, the address that stops e-mails."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid

from django.conf import settings


def contact_digest(contact: str) -> bytes:
    """The keyed digest of an e-mail address or a telephone number, 32 bytes."""
    return _mac("notices.contact", contact.strip().lower().encode())


def stop_code(person: uuid.UUID) -> str:
    """The code of the address by which ``person`` stops e-mails that they may do without."""
    return f"{person.hex}{_seal(person)}"


def read_stop_code(code: str) -> uuid.UUID | None:
    """The person that ``code`` was made for; None when we did not make it."""
    try:
        person = uuid.UUID(hex=code[:32])
    except ValueError:
        return None
    return person if hmac.compare_digest(code[32:].encode(), _seal(person).encode()) else None


def is_signed(body: bytes, signature: str, *, key: str) -> bool:
    """Is ``signature`` the HMAC-SHA-256 of ``body`` under ``key``, in hexadecimal?"""
    return hmac.compare_digest(signature.encode(), sign(body, key=key).encode())


def sign(body: bytes, *, key: str) -> str:
    """The signature that :func:`is_signed` accepts."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def _seal(person: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(_mac("notices.stop", person.bytes)[:18]).decode()


def _mac(purpose: str, message: bytes) -> bytes:
    key = hashlib.sha256(f"droitfil.{purpose}|{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, message, hashlib.sha256).digest()
