"""Playing the country: day after day on a frozen clock, in a database that serves nothing else.

Each day the office works and people act; at seven in the evening what was written to them leaves.
A night is run every week, which catches up the days before as nights do; then, over the last four
weeks, every night. The last day's own night is left to whoever loads the country. The same seed
gives the same country: what is drawn at random, uuids and secrets too, comes from it here.
"""

from __future__ import annotations

import heapq
import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from droitfil.attestations.actions import make_authority
from droitfil.cases.continuity.night import run_night
from droitfil.demo.cast import BY
from droitfil.demo.country.lives import settle
from droitfil.demo.country.places import COUNTRY_STAFF
from droitfil.demo.country.population import Births
from droitfil.demo.country.scene import Country, Life, at
from droitfil.demo.principals import principals
from droitfil.demo.stories import Story
from droitfil.journal.models import Entry
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib.refusals import Refused
from droitfil.notices.jobs import deliver
from droitfil.people.actions import staff
from droitfil.people.models import Account
from droitfil.rules.periods import add_days, add_years
from droitfil.territory.actions import load_reference
from droitfil.territory.models import Office

#: Days that are lived before the day of the country.
YEAR = 365
#: Nights of the last days, one each; before them, one in so many days.
EVERY_NIGHT, BETWEEN = 28, 7
MIDNIGHT = (0, 10)
#: How many people :mod:`droitfil.demo.principals` tells the lives of.
KNOWN = 6

Progress = Callable[[date], None]


@dataclass
class _Frozen:
    """The instant of the film, which every clock tells."""

    instant: datetime

    def __call__(self) -> datetime:
        return self.instant


@dataclass(frozen=True, slots=True)
class Film:
    """A country as it was played."""

    day: date
    days: int
    people: int
    seed: int
    #: The last line of the journal written before anyone lived.
    prologue: int
    #: Lines of the journal by action.
    actions: Mapping[str, int] = field(default_factory=dict)
    #: What a life was refused, each time it ended there: nothing, as lives are written.
    refused: tuple[str, ...] = ()


def shoot(
    *, day: date, people: int, seed: int, days: int = YEAR, progress: Progress = lambda *_: None
) -> Film:
    """Plays ``days`` days of ``people`` people up to the eve of ``day``, from nothing.

    To be called in an empty database of its own: clocks and dice are everyone's.

    :param progress: told the day that is over.
    """
    first = add_days(day, -days)
    with _on_the_dice(seed), _on_the_clock(at(first, *MIDNIGHT)) as clock:
        load_reference()
        make_authority(BY, now=clock.instant)
        prologue = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        dice = Random(seed)  # nosec B311
        hired = _hire(first, clock.instant)
        since = {p.code: p.versions[0].start for p in load_procedures().values()}
        country = Country(first, day, Births(dice), hired, since)
        lives = [*map(_as_life, principals(day, hired)), *settle(country, people - KNOWN, dice)]
        refused = _play(lives, country, clock, progress)
    return Film(day, days, people, seed, prologue, _actions(prologue), tuple(refused))


def _hire(first: date, now: datetime) -> dict[str, Account]:
    hired = {}
    for player in COUNTRY_STAFF:
        office = Office.objects.get(pk=player.office) if player.office else None
        named, _key = staff.add_staff(
            BY, email=player.email, name=player.name, role=player.role, office=office,
            active_from=add_years(first, -5), now=now,
        )  # fmt: skip
        hired[player.email] = named.account
    return hired


def _as_life(story: Story) -> Life:
    for day in story:
        yield at(day, 9)


def _play(lives: list[Life], country: Country, clock: _Frozen, progress: Progress) -> list[str]:
    agenda = [(next(life), rank, life) for rank, life in enumerate(lives)]
    heapq.heapify(agenda)
    refused: list[str] = []
    day = country.first
    while day < country.last:
        if _has_night(day, country):
            clock.instant = at(day, *MIDNIGHT)
            run_night(day, now=clock)
        tomorrow = at(add_days(day, 1), 0)
        while agenda and agenda[0][0] < tomorrow:
            clock.instant, rank, life = heapq.heappop(agenda)
            try:
                following = next(life, None)
            except Refused as refusal:
                refused.append(f"{clock.instant:%Y-%m-%d %H:%M} {refusal}")
                continue
            if following is not None:
                heapq.heappush(agenda, (max(following, clock.instant), rank, life))
        if day == country.first or day.day == 1:
            _look_at_tables()
        clock.instant = at(day, 19)
        deliver(now=clock.instant, most=100_000, passing=lambda: 0.0)
        progress(day)
        day = add_days(day, 1)
    return refused


def _has_night(day: date, country: Country) -> bool:
    ahead = (country.last - day).days
    return day > country.first and (ahead <= EVERY_NIGHT or ahead % BETWEEN == 0)


def _look_at_tables() -> None:
    """Now and then, on days that are known: not when PostgreSQL would choose to."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _actions(prologue: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, count(*) FROM journal_entry WHERE id > %s GROUP BY action"
            " ORDER BY action COLLATE \"C\"",
            [prologue],
        )  # fmt: skip
        return dict(cursor.fetchall())


@contextmanager
def _on_the_clock(instant: datetime) -> Iterator[_Frozen]:
    """Within, the time of this process is the film's."""
    frozen, real = _Frozen(instant), timezone.now
    timezone.now = frozen
    try:
        yield frozen
    finally:
        timezone.now = real


@contextmanager
def _on_the_dice(seed: int) -> Iterator[None]:
    """Within, what this process draws at random comes from ``seed``; OpenSSL's keys apart."""
    dice = Random(f"droitfil-country-{seed}")  # nosec B311
    system: Any = random
    real, inner = os.urandom, system._urandom
    os.urandom = system._urandom = dice.randbytes
    try:
        yield
    finally:
        os.urandom, system._urandom = real, inner
