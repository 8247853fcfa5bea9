"""The instant and the day of this instance: the real ones, or those of a demonstration.

A demonstration stands on a day of its own, as a whole: pages, interface, nights and commands
started beside it read the same file. It begins on the day that whoever fills it says, which may be
past (:func:`stand_on`), lives at the pace of real days, and may be taken ahead (:func:`move_to`).
Sign-ins, codes, certificates and rate limits keep to real time: they ask Django. Elsewhere than in
a demonstration nothing is ever moved.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

#: As far ahead as a demonstration may go: the invented certificates still hold then.
FARTHEST = timedelta(days=730)


class TooFar(ValueError):
    """A day that this instance cannot be taken to."""


def now() -> datetime:
    """The instant, with its time zone."""
    return timezone.now() + _ahead()


def today() -> date:
    """The day, in the time zone of the site."""
    return timezone.localdate(now())


def is_moved() -> bool:
    """Is this instance on another day than the real one?"""
    return bool(_ahead())


def move_to(day: date) -> None:
    """Takes the whole instance to ``day``, the time of day unchanged. It never goes back.

    :raises TooFar: a day before the one it stands on, or too far from the real one.
    :raises RuntimeError: this is no demonstration.
    """
    ahead = day - timezone.localdate()
    if _path() is not None and (day < today() or ahead > FARTHEST):
        raise TooFar(day)
    _keep(ahead)


def stand_on(day: date) -> None:
    """Puts a demonstration in which nothing has happened yet on ``day``, past or to come.

    :raises RuntimeError: this is no demonstration.
    """
    _keep(day - timezone.localdate())


def reset() -> None:
    """Back to the real day: a demonstration that begins again."""
    path = _path()
    if path is not None:
        with suppress(FileNotFoundError):
            path.unlink()


def _keep(ahead: timedelta) -> None:
    path = _path()
    if path is None:
        raise RuntimeError("Only a demonstration moves its clock.")
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(str(ahead.days), encoding="ascii")
    fresh.replace(path)


def _path() -> Path | None:
    return settings.CLOCK_FILE


def _ahead() -> timedelta:
    path = _path()
    if path is None:
        return timedelta()
    try:
        return timedelta(days=int(path.read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()
