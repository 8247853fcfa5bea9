"""How often one client may ask: so many times a window, counted without knowing who they are.

A client is a keyed digest of its network address, of the bucket and of the window: the address is
never stored, and two windows of the same client cannot be linked. Rows die with their window.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest

from droitfil.lib import readonly, replica

log = structlog.get_logger(__name__)

#: Rows of past windows deleted for each new row: the table shrinks as fast as it grows.
PRUNE = 20

COUNT = """
    INSERT INTO rate_count (client, hits, ends_at) VALUES (%(client)s, %(times)s, %(ends_at)s)
    ON CONFLICT (client) DO UPDATE SET hits = rate_count.hits + %(times)s
    RETURNING hits
"""
FORGET = """
    DELETE FROM rate_count WHERE client IN (
        SELECT client FROM rate_count WHERE ends_at <= %s
        ORDER BY ends_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """May this request be answered? ``retry_after`` in seconds, 0 when it may."""

    allowed: bool
    remaining: int
    retry_after: int


def allow(
    bucket: str,
    request: HttpRequest,
    *,
    limit: int,
    window_seconds: int,
    now: datetime,
    times: int = 1,
) -> Verdict:
    """Counts this request and says whether it stays within ``limit`` a window.

    Windows are fixed, aligned on the epoch. When the database cannot count, the request is
    allowed: an answer matters more than a count.

    :param bucket: what is limited ("timeline"); buckets do not share their counts.
    :param now: the instant of the request, with its time zone.
    :param times: how many it counts for.
    """
    began = int(now.timestamp()) // window_seconds * window_seconds
    ends_at = datetime.fromtimestamp(began + window_seconds, UTC)
    client = _digest(f"{bucket}|{window_seconds}|{began}|{client_address(request)}")
    uncounted = Verdict(allowed=True, remaining=limit, retry_after=0)
    if replica.primary_is_silent():
        return uncounted
    try:
        with readonly.may_write(), connection.cursor() as cursor:
            cursor.execute(COUNT, {"client": client, "times": times, "ends_at": ends_at})
            (hits,) = cursor.fetchone()
            if hits == times:
                cursor.execute(FORGET, [now, PRUNE])
    except (DatabaseError, InterfaceError) as error:
        log.exception("rate_limits_unavailable")
        if isinstance(error, replica.SILENT):
            replica.primary_was_silent()
        return uncounted
    if hits <= limit:
        return Verdict(allowed=True, remaining=limit - hits, retry_after=0)
    wait = math.ceil(began + window_seconds - now.timestamp())
    return Verdict(allowed=False, remaining=0, retry_after=max(wait, 1))


def client_address(request: HttpRequest) -> str:
    """The address that the request came from: never to be stored, never to be logged.

    Behind ``TRUSTED_PROXIES`` reverse proxies, the one that the outermost of them saw; what a
    client writes in ``X-Forwarded-For`` itself stands further left and is not believed. An IPv6
    address counts as its /64 network: one home has a whole one.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        address = seen[-min(settings.TRUSTED_PROXIES, len(seen))] or address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _digest(text: str) -> bytes:
    key = hashlib.sha256(f"droitfil.rate_limits|{settings.SECRET_KEY}".encode()).digest()
    return hmac.digest(key, text.encode(), "sha256")[:16]
