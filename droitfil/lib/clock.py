"""The instant and the day of this instance: the real ones, or those a demonstration moved on to.

A demonstration may be taken some days ahead, as a whole: pages, interface, nights and commands
started beside it read the same file. Sign-ins, codes, certificates and rate limits keep to real
time: they ask Django. Elsewhere than in a demonstration nothing is ever moved.
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
    """Is this instance ahead of the real day?"""
    return bool(_ahead())


def move_to(day: date) -> None:
    """Takes the whole instance to ``day``, the time of day unchanged. It never goes back.

    :raises TooFar: a day before the one it stands on, or too far from the real one.
    :raises RuntimeError: this is no demonstration.
    """
    path = _path()
    if path is None:
        raise RuntimeError("Only a demonstration moves its clock.")
    ahead = day - timezone.localdate()
    if day < today() or ahead > FARTHEST:
        raise TooFar(day)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(str(ahead.days), encoding="ascii")
    fresh.replace(path)


def reset() -> None:
    """Back to the real day: a demonstration that begins again."""
    path = _path()
    if path is not None:
        with suppress(FileNotFoundError):
            path.unlink()


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
