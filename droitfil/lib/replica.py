"""Pages that may be a few seconds old are read from a replica, never older than was promised.

The primary is asked, once a second at most, how far its log is written. A replica that has replayed
past such a mark shows everything that was committed when it was taken: the age of what is read
is thus known from one clock, ours, and from nothing that the replica believes of itself.

Only within :func:`tolerated` do reads leave for the replica. In doubt the primary answers: the
replica is behind, silent or promoted, or the reader has just written. ADR 0014 says why.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse

from droitfil.lib import clock
from droitfil.lib.readonly import SAFE

ALIAS = "replica"
#: What a server that does not answer raises.
SILENT = (OperationalError, InterfaceError)
#: The reader wrote so little ago that a replica may not show it.
WROTE = "ecrit"
#: Seconds between two marks, and during which a server that was silent is left alone.
MARK_EVERY, AGAIN_AFTER = 1.0, 5.0
#: A replica that is a breath behind is given this long, in seconds, in so many looks.
BREATH, LOOKS = 0.01, 4

_MARK = "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn"
# A server that was promoted replays nothing any more, and is not a replica.
_REPLAYED = "SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn WHERE pg_is_in_recovery()"

Read = TypeVar("Read")

_reading: ContextVar[datetime | None] = ContextVar("reading", default=None)


class Router:
    """The replica within :func:`tolerated`; the primary for everything else."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return ALIAS if _reading.get() is not None else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether pages are read from the replica; how old they then are, in seconds, if known."""

    used: bool
    behind: float | None


class _Watch:
    """What this process knows of how far its replica is behind."""

    def __init__(self) -> None:
        #: When, by the clock that never goes back, the log was written how far.
        self._marks: deque[tuple[float, int]] = deque(maxlen=120)
        self._marking = threading.Lock()
        self._ask_no_mark_until = 0.0
        self._silent_until = {DEFAULT_DB_ALIAS: 0.0, ALIAS: 0.0}

    def silence(self, alias: str) -> None:
        """This server did not answer."""
        self._silent_until[alias] = time.monotonic() + AGAIN_AFTER

    def is_silent(self, alias: str) -> bool:
        """Did it not answer a moment ago?"""
        return time.monotonic() < self._silent_until[alias]

    def age(self, *, most: float) -> float | None:
        """Seconds since what the replica shows was the truth; None beyond ``most``, or unknown."""
        if self.is_silent(ALIAS):
            return None
        self._mark()
        for look in range(LOOKS):
            if look:
                time.sleep(BREATH)
            try:
                replayed = _number(ALIAS, _REPLAYED)
            except SILENT:
                self.silence(ALIAS)
                return None
            found = [at for at, written in list(self._marks) if replayed and written <= replayed]
            if found and (age := time.monotonic() - max(found)) <= most:
                return age
        return None

    def _mark(self) -> None:
        """Takes a mark unless one was just taken, or another thread is at it."""
        at = time.monotonic()  # before asking: everything committed until then is under it
        if at < self._ask_no_mark_until or self.is_silent(DEFAULT_DB_ALIAS):
            return
        if not self._marking.acquire(blocking=False):
            return
        try:
            self._ask_no_mark_until = at + MARK_EVERY
            written = _number(DEFAULT_DB_ALIAS, _MARK)
            assert written is not None
            if self._marks and written < self._marks[-1][1]:
                self._marks.clear()  # another primary, that had not received everything
            self._marks.append((at, written))
        except SILENT:
            self.silence(DEFAULT_DB_ALIAS)  # the marks there are grow old by themselves
        finally:
            self._marking.release()


_watch = _Watch()


@contextmanager
def tolerated(most: float | None = None) -> Iterator[datetime | None]:
    """Within, what is read may come from the replica; the instant that it shows, None when the
    primary answers.

    :param most: seconds; those of the setting by default.
    """
    age = None
    if settings.REPLICA and _reading.get() is None:
        age = _watch.age(most=settings.REPLICA_SECONDS if most is None else most)
    if age is None:
        yield _reading.get()
        return
    shown = clock.now() - timedelta(seconds=age)
    token = _reading.set(shown)
    try:
        yield shown
    finally:
        _reading.reset(token)


def read(ask: Callable[[], Read]) -> tuple[Read, datetime | None]:
    """What ``ask`` returns, and the instant that it shows, None when the primary answered.

    A replica that dies meanwhile, or that must choose between the question and its log, is left:
    the primary is asked again.
    """
    with tolerated() as at:
        try:
            return ask(), at
        except SILENT:
            if at is None:
                raise
            _watch.silence(ALIAS)
    return ask(), None


def primary_is_silent() -> bool:
    """Did the primary not answer a moment ago, while there is a replica to answer in its place?"""
    return settings.REPLICA and _watch.is_silent(DEFAULT_DB_ALIAS)


def primary_was_silent() -> None:
    """To be told: whoever comes within the next seconds does not wait for the primary."""
    _watch.silence(DEFAULT_DB_ALIAS)


def unless_silent(ask: Callable[[], Read], otherwise: Callable[[datetime], Read]) -> Read:
    """What ``ask`` returns, of the primary; while that one is silent, what ``otherwise`` returns,
    of the replica however old it is, given the instant that it shows.

    :raises OperationalError: neither of them answers.
    """
    if not primary_is_silent():
        try:
            return ask()
        except SILENT:
            if not settings.REPLICA:
                raise
            primary_was_silent()
    with tolerated(math.inf) as shown:
        if shown is not None:
            return otherwise(shown)
    return ask()


def shown_at() -> datetime | None:
    """The instant that the page being made shows; None when it shows this one."""
    return _reading.get()


def may_be_old(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page that is only read and may be some seconds old, except to who has just written.

    It stands inside the doors: who may open a page is asked of the primary.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if WROTE in request.COOKIES:
            return view(request, *args, **kwargs)
        return read(lambda: view(request, *args, **kwargs))[0]

    return shown


class WroteMiddleware:
    """Who has a session and sends a form reads from the primary, until no replica in use may be
    too old to show what it changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE and settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.set_cookie(
                WROTE, "1", max_age=math.ceil(settings.REPLICA_SECONDS) + 1, httponly=True,
                secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
            )  # fmt: skip
        return response


def standing() -> Standing | None:
    """How the replica stands, for ``/sante``; None when there is none."""
    if not settings.REPLICA:
        return None
    age = _watch.age(most=settings.REPLICA_SECONDS)
    return Standing(age is not None, age and round(age, 1))


def _number(alias: str, statement: str) -> int | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] is not None else None
