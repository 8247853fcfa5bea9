"""Notices for the tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from droitfil.notices.actions import Line, notify_many
from droitfil.notices.models import Message
from droitfil.people.models import Person
from tests.personas import NOW as NOW

BY = "system:tests"
CASE = UUID("7d0c9f5a-1f6e-4b1a-bb7a-2f6f1f0b9c42")
DUE = date(2025, 7, 1)
TOKEN = "jeton-de-la-passerelle-des-tests"


def asked(person: Person, key: str = "") -> Line:
    """Rights depend on it; it leaves by every channel."""
    facts = {
        "reference": "91E-25-K7MPX4", "procedure": "renouvellement-salarie",
        "pieces": ["address_proof", "current_title"], "due_on": DUE,
    }  # fmt: skip
    return Line("complement_asked", facts, key or f"asked:{person.pk}", person.pk, case=CASE)


def looked(person: Person, key: str = "") -> Line:
    """A courtesy, by e-mail."""
    return Line("share_looked", {"looked_on": DUE}, key or f"looked:{person.pk}", person.pk)


def tell(line: Line, *, now: datetime = NOW) -> Message:
    with transaction.atomic():
        notify_many(BY, lines=[line], now=now)
    return Message.objects.get(key=line.key)


def with_gateway(settings: Any, address: str = "http://127.0.0.1:9/messages") -> None:
    settings.SMS_GATEWAY, settings.SMS_TOKEN = address, TOKEN
