"""A year at a small office: night after night, and what people and agents do between two of them.

``python -m tests.faults.year [DAYS]``: the nights told as they pass, 1 at the first thing wrong.
"""

from __future__ import annotations

import heapq
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.private_base import private_base

if TYPE_CHECKING:
    from droitfil.demo.stories import Stage, Story

FIRST = date(2025, 3, 3)
PEOPLE, DAYS, SEED = 300, 365, 2026
#: Of so many days, one on which nobody begins anything.
QUIET = 5
#: Nights between two readings of the whole journal.
VERIFIED_EVERY = 30
#: A table may be so many times what it would be rewritten whole, once it is not tiny.
MOST_SWOLLEN, TINY = 4.0, 2 * 2**20
#: Rows left behind, beyond what PostgreSQL itself lets stand before it sweeps (50 and a fifth).
MOST_DEAD_SHARE, FEW_DEAD = 0.4, 1_000
#: Seconds that autovacuum is given to come by.
PATIENCE = 180.0


class Wrong(AssertionError):
    """Something that must never be; the text says what, and which night."""


@dataclass
class Year:
    """What was done, counted."""

    nights: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    papers: int = 0
    sent: int = 0
    seconds: float = 0.0


def live(days: int, people: int, *, seed: int = SEED, progress: bool = False) -> Year:
    """``days`` nights of an office of ``people``, on a base that has its tables and nothing else.

    :raises Wrong: a night left something undue, a proof does not add up, the journal not hold.
    """
    from droitfil.demo.load import make_office
    from droitfil.demo.stories import at
    from droitfil.journal.verification import verify

    began, year = time.monotonic(), Year()
    make_office(
        today=FIRST, now=lambda: at(FIRST, 1), people=people, seed=seed,
        progress=lambda _done, _of: None,
    )  # fmt: skip
    agenda = _agenda(days, people, seed)
    for number in range(days):
        day = FIRST + timedelta(days=number)
        _night(day, year)
        while agenda and agenda[0][0] <= day:
            _act(agenda, year)
        if number % VERIFIED_EVERY == VERIFIED_EVERY - 1 or number == days - 1:
            if not verify().intact:
                raise Wrong(f"the journal does not verify after {day}")
            year.seconds = time.monotonic() - began
            if progress:
                _tell(year)
    _compare_all(FIRST + timedelta(days=days - 1))
    year.seconds = time.monotonic() - began
    return year


def _agenda(days: int, people: int, seed: int) -> list[tuple[date, int, Story]]:
    """The first day of each story: newcomers all along the year, as many as the office has."""
    from droitfil.demo.stories import Stage
    from droitfil.people.models import Staff

    staff = {one.account.email: one.account for one in Staff.objects.select_related("account")}
    stage = Stage(FIRST, staff, Random(seed + 1), number=people + 1_000)
    stories = list(_stories(stage, days, people))
    agenda = [(next(story), rank, story) for rank, story in enumerate(stories)]
    heapq.heapify(agenda)
    return agenda


def _stories(stage: Stage, days: int, people: int) -> Iterator[Story]:
    from droitfil.demo.load import COUNTER, ONLINE
    from droitfil.demo.stories import FATES, draft, request

    dice = stage.random
    for number in range(people * days // DAYS or 1):
        begun = FIRST + timedelta(days=dice.randrange(days))
        if number % QUIET == 0:
            end = begun + timedelta(days=dice.randint(62, 110))
            yield draft(stage, ONLINE, end, begun, thrown=number % 2 == 1)
            continue
        procedure = COUNTER if dice.random() < 0.4 else ONLINE
        ahead = dice.randint(*((60, 118) if procedure == ONLINE else (5, 55)))
        fate = FATES[number % len(FATES)]
        yield request(stage, procedure, begun + timedelta(days=ahead), begun, fate)


def _act(agenda: list[tuple[date, int, Story]], year: Year) -> None:
    """The next act of the story whose turn it is."""
    day, rank, story = heapq.heappop(agenda)
    following = next(story, None)
    year.acts["acts"] += 1
    if following is not None:
        heapq.heappush(agenda, (max(following, day), rank, story))


def _night(day: date, year: Year) -> None:
    """The night of ``day``, what it says delivered, and what it proves."""
    from droitfil.cases.continuity.night import run_night
    from droitfil.cases.continuity.proof import is_intact, survey
    from droitfil.cases.models import Proof
    from droitfil.demo.stories import at
    from droitfil.notices.jobs import deliver

    night = run_night(day, now=lambda: at(day, 2))
    year.nights += 1
    year.papers += night.phases["papers"]["papers"]
    year.sent += deliver(now=at(day, 4), most=100_000)["sent"]
    if night.phases["reconciliation"]["findings"]:
        raise Wrong(f"{day}: the reconciliation finds {night.phases['reconciliation']}")
    if not is_intact(Proof.objects.get(date=day)):
        raise Wrong(f"{day}: the proof is not as it was made")
    totals = survey(day).totals
    parts = ("covered", "not_covered", "not_entitled", "undecided")
    if sum(totals[part] for part in parts) != totals["people"]:
        raise Wrong(f"{day}: the figures do not add up: {totals}")
    if totals["not_covered"] or totals["undecided"]:
        raise Wrong(f"{day}: somebody in right is without paper: {totals}")


def _compare_all(day: date) -> None:
    from droitfil.cases.continuity.reconciliation import reconcile

    if found := reconcile(day).findings:
        raise Wrong(f"{day}: {found[0]}")


def swollen() -> list[str]:
    """The tables that a year left larger than they need be, in words; autovacuum has come by."""
    deadline = time.monotonic() + PATIENCE
    while (dead := _dead()) and time.monotonic() < deadline:
        time.sleep(5)
    return [f"{name} : {count} lignes mortes" for name, count in dead] + _rewritten_smaller()


def _dead() -> list[tuple[str, int]]:
    return _rows(
        """SELECT relname, n_dead_tup FROM pg_stat_user_tables
        WHERE n_dead_tup > %s + %s * n_live_tup ORDER BY relname""",
        [FEW_DEAD, MOST_DEAD_SHARE],
    )


def _rewritten_smaller() -> list[str]:
    """Tables and their indexes, against what they weigh once written anew."""
    from django.db import connection

    sizes = """SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables
        WHERE schemaname = 'public' ORDER BY relname"""
    before = dict(_rows(sizes, []))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL")
    after = dict(_rows(sizes, []))
    return [
        f"{name} : {size // 1024} Kio, {after[name] // 1024} une fois réécrite"
        for name, size in before.items()
        if size > TINY and size > MOST_SWOLLEN * after[name]
    ]


def _rows(statement: str, given: list[Any]) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _tell(year: Year) -> None:
    print(
        f"\r▸ {year.nights} nuits, {year.acts.total()} actes, {year.papers} papiers, "
        f"{year.sent} messages, {year.seconds:.0f} s",
        end="", flush=True,
    )  # fmt: skip


def main(words: list[str]) -> int:
    """Lives the year; 1 with a sentence when something is wrong."""
    days = int(words[0]) if words else DAYS
    with private_base():
        try:
            year = live(days, PEOPLE, progress=True)
        except Wrong as wrong:
            print(f"\n{wrong}\nRejouer : python -m tests.faults.year {days}")
            return 1
        large = swollen()
    _tell(year)
    print()
    for one in large:
        print(f"  {one}")
    print("  aucune table gonflée" if not large else "  des tables ont gonflé")
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
