"""Text messages: any gateway that speaks HTTP as ``docs/operating.md`` says, and its hours."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from droitfil.notices.channels import Down, Later, Never, Outcome, Sent

#: Seconds that a gateway has to answer.
TIMEOUT = 10
#: Nobody's telephone rings outside these hours of the place where they live.
FIRST, LAST = time(9), time(20)
#: Most characters of a text message: three of the network's own, put together by the telephone.
LONGEST = 3 * 160
#: Mobile numbers as they are dialled in France, by their beginning -> the country's code.
_DIALLED = {
    "0639": "+262", "0690": "+590", "0691": "+590", "0692": "+262", "0693": "+262",
    "0694": "+594", "0696": "+596", "0697": "+596", "06": "+33", "07": "+33",
}  # fmt: skip
#: What is our own fault or the gateway's state: no number is to blame.
_NOT_THE_NUMBER = (401, 402, 403, 404, 405)


def is_open() -> bool:
    """Is there a gateway? Without one no text message is ever written."""
    return bool(settings.SMS_GATEWAY)


def daytime(now: datetime, zone: ZoneInfo) -> datetime:
    """``now``, or the next morning in ``zone`` when nobody wants to be woken."""
    local = timezone.localtime(now, zone)
    if FIRST <= local.time() < LAST:
        return now
    day = local.date() + timedelta(days=local.time() >= LAST)
    return datetime.combine(day, FIRST, tzinfo=zone)


def number(phone: str) -> str | None:
    """``phone`` as networks write it, "+33612345678"; None when no text message reaches it."""
    digits = re.sub(r"[\s.()\-]", "", phone)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", digits, re.ASCII):
        return digits
    if re.fullmatch(r"0[0-9]{9}", digits, re.ASCII):
        code = _DIALLED.get(digits[:4]) or _DIALLED.get(digits[:2])
        return code + digits[1:] if code else None
    return None


def send(*, to: str, text: str, reference: UUID) -> Outcome:
    """Hands one message to the gateway, which knows by ``reference`` one that it has already.

    :raises Down: the gateway does not answer, or refuses us rather than the number.
    """
    body = json.dumps({"to": to, "text": text, "reference": str(reference)}).encode()
    request = urllib.request.Request(
        settings.SMS_GATEWAY,
        data=body,
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {settings.SMS_TOKEN}",
            "Idempotency-Key": str(reference),
        },
    )
    try:
        # The settings accept no other scheme than http and https.
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # nosec B310
            return Sent(_name(answer.read(10_000)))
    except urllib.error.HTTPError as error:
        code = error.code
        if code == 409:  # it has this reference: the first attempt was not lost
            return Sent()
        if code in _NOT_THE_NUMBER:
            raise Down(f"sms-{code}") from error
        if 400 <= code < 500 and code not in (408, 425, 429):
            return Never(f"sms-{code}", bounced=True)
        return Later(f"sms-{code}")
    except (OSError, ValueError) as error:
        raise Down("sms-unreachable") from error


def _name(body: bytes) -> str:
    """How the gateway calls the message; empty when it does not say it as we can keep it."""
    try:
        found: Any = json.loads(body)
        name = str(found["id"])
    except (ValueError, TypeError, KeyError):
        return ""
    return name if re.fullmatch(r"[A-Za-z0-9_.:-]{1,100}", name, re.ASCII) else ""
