"""Measures on a population: what is due, the worklist, the reconciliation, a whole night.

Run as a process of its own by :mod:`bench.population`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as at
from itertools import chain
from typing import Any

from bench import profiles
from bench.bars import Bar
from bench.processes import tell

#: Interleaved runs of each measure; the quickest counts: what other work disturbs least.
RUNS = 9
TIMES_A_KERNEL, BUCKET_MS, GROWTH = 2.0, 10.0, 1.3
# In the database, where the night reads them: which cases are due, in order; then their rows, which
# the night locks and moves.
_SELECT = """
    SELECT count(*) FROM (
        SELECT due_on, case_id FROM {table} WHERE due_on <= %s ORDER BY due_on, case_id
    ) AS due
"""
_ROWS = """
    SELECT count(due) FROM (
        SELECT case_id, person_id, next_kind, next_rank, next_from, next_to, chain_months
        FROM {table} WHERE due_on <= %s ORDER BY due_on, case_id
    ) AS due
"""
_BUCKET = _SELECT.replace("due_on <= %s", "due_on = %s")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from bench import persons, reconciliation, verifications, worklists
    from droitfil.lib import clock

    day = next_night()
    for bar in chain(
        selection(day),
        growth(day),
        reconciliation.bars(day - timedelta(days=1), tell),
        worklists.bars(day, tell),
        persons.bars(clock.today(), tell),
        verifications.bars(clock.now(), tell),
        whole_night(day),
    ):
        tell(bar)


def next_night() -> date:
    """The night after the last one of the base; that of the loading at first."""
    from droitfil.cases.models import Night
    from droitfil.lib import clock

    last = Night.objects.order_by("-date").first()
    return clock.today() if last is None else last.date + timedelta(days=1)


def selection(day: date) -> Iterator[Bar]:
    """What is due tonight, read from stored coverage, beside a kernel that computes it anew."""
    tell("ce qui est dû cette nuit…")
    arrays = _arrays(day)
    found: list[int] = []

    def stored() -> None:
        found.append(_fetch(_SELECT.format(table="coverage"), [day])[0][0])

    times = interleaved(
        stored,
        lambda: _recomputed(arrays),
        lambda: _fetch(_BUCKET.format(table="coverage"), [day]),
        lambda: _fetch(_ROWS.format(table="coverage"), [day]),
    )
    details = {
        "due": found[-1], "people": arrays["people"], "documents": len(arrays["first"]),
        "milliseconds": round(times[0] * 1000, 2), "kernel_milliseconds": round(times[1] * 1000, 2),
        "kernel": "numpy sur tableaux chargés : un fil, code compilé",
        "kernel_due": _recomputed(arrays),
    }  # fmt: skip
    yield Bar(
        "selection",
        "Choisir les papiers dus, en fois un noyau compilé",
        times[0] / times[1],
        "×",
        at_most=TIMES_A_KERNEL,
        details=details,
    ).explained(lambda: profiles.of_statements([(_SELECT.format(table="coverage"), [day])]))
    bucket = times[2] * 1000
    yield Bar("selection_day", "… ceux d'un seul jour", bucket, "ms", at_most=BUCKET_MS).explained(
        lambda: profiles.of_statements([(_BUCKET.format(table="coverage"), [day])])
    )
    yield Bar("selection_rows", "… avec leurs lignes entières", times[3] * 1000, "ms")


def _fetch(statement: str, given: Sequence[Any]) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _arrays(day: date) -> dict[str, Any]:
    """Every document and paper, its person, first and last days, and who waits for a decision."""
    import numpy as np
    from django.db import connection

    from droitfil.lawbook import load_law

    epoch = date(1970, 1, 1)
    rows = """
        WITH everyone AS (SELECT id, (row_number() OVER (ORDER BY id) - 1)::int AS n FROM person)
        SELECT n, valid_from - %(epoch)s,
               coalesce(least(valid_to, withdrawn_on), 'epoch') - %(epoch)s
        FROM residence_document JOIN everyone ON everyone.id = person_id
        UNION ALL
        SELECT n, valid_from - %(epoch)s,
               CASE WHEN void_on IS NULL THEN coalesce(valid_to, %(never)s) ELSE void_on - 1 END
               - %(epoch)s
        FROM case_paper JOIN everyone ON everyone.id = person_id
        ORDER BY 1, 2
    """
    waiting = """
        WITH everyone AS (SELECT id, (row_number() OVER (ORDER BY id) - 1)::int AS n FROM person)
        SELECT n FROM case_file JOIN everyone ON everyone.id = person_id
        WHERE complete_on IS NOT NULL AND state IN ('submitted', 'in_review', 'incomplete')
    """
    days = {"epoch": epoch, "never": date(2200, 1, 1)}
    with connection.cursor() as cursor:
        table = _binary(cursor, rows, days, columns=3)
        cursor.execute("SELECT count(*) FROM person")
        (people,) = cursor.fetchone()
        pending = np.zeros(people, dtype=bool)
        pending[_binary(cursor, waiting, {}, columns=1)[:, 0]] = True
    return {
        "people": people, "pending": pending, "day": (day - epoch).days,
        "lead": int(load_law().value("api_lead_days", day)),
        "person": table[:, 0].copy(), "first": table[:, 1].copy(), "last": table[:, 2].copy(),
    }  # fmt: skip


def _binary(cursor: Any, statement: str, given: Any, *, columns: int) -> Any:
    """The rows of a statement of whole numbers as an array: no object of Python a row."""
    import numpy as np

    row = [("fields", ">i2")]
    for rank in range(columns):
        row += [(f"length{rank}", ">i4"), (f"value{rank}", ">i4")]
    kind = np.dtype(row)
    with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT BINARY)", given) as copy:
        whole = b"".join(copy)
    # A heading of 19 bytes, the rows, and a last one of no field.
    table = np.frombuffer(whole, dtype=kind, offset=19, count=(len(whole) - 21) // kind.itemsize)
    return np.stack([table[f"value{rank}"].astype(np.int64) for rank in range(columns)], axis=1)


def _recomputed(arrays: dict[str, Any]) -> int:
    """How many who wait have no proof beyond the days ahead: runs of days merged, then compared."""
    import numpy as np

    person, first, last, day = arrays["person"], arrays["first"], arrays["last"], arrays["day"]
    apart = 1 << 20
    # The running maximum never crosses a person: each has days of its own.
    reached = np.maximum.accumulate(person * apart + last) - person * apart
    begins = np.empty(len(first), dtype=bool)
    begins[0] = True
    begins[1:] = (person[1:] != person[:-1]) | (first[1:] > reached[:-1] + 1)
    starts = np.flatnonzero(begins)
    ends = reached[np.append(starts[1:], len(first)) - 1]
    until = np.full(arrays["people"], -1, dtype=np.int64)
    begun = first[starts] <= day
    np.maximum.at(until, person[starts[begun]], ends[begun])
    return int(np.count_nonzero(arrays["pending"] & (until < day + arrays["lead"])))


def growth(day: date) -> Iterator[Bar]:
    """The same number due among ten times fewer holders: two copies, made alike."""
    from django.db import connection

    tell("la même chose, dix fois moins de personnes…")
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bench CASCADE")
        cursor.execute("CREATE SCHEMA bench")
        kept = {"whole": "true", "tenth": "due_on <= %s OR hashtext(case_id::text) %% 10 = 0"}
        for name, condition in kept.items():
            cursor.execute(f"CREATE TABLE bench.{name} (LIKE coverage INCLUDING ALL)")
            given = [day] if "%s" in condition else []
            cursor.execute(
                f"INSERT INTO bench.{name} SELECT * FROM coverage WHERE {condition}", given
            )
            cursor.execute(f"VACUUM ANALYZE bench.{name}")
        cursor.execute(
            "SELECT (SELECT count(*) FROM bench.whole), (SELECT count(*) FROM bench.tenth)"
        )
        whole, tenth = cursor.fetchone()
    times = interleaved(
        lambda: _fetch(_SELECT.format(table="bench.whole"), [day]),
        lambda: _fetch(_SELECT.format(table="bench.tenth"), [day]),
        runs=3 * RUNS,
    )
    bar = Bar(
        "selection_growth",
        "… dix fois plus de personnes, autant de papiers dus",
        times[0] / times[1],
        "×",
        at_most=GROWTH,
        details={"open_cases": [whole, tenth], "milliseconds": [round(t * 1000, 2) for t in times]},
    )
    yield bar.explained(
        lambda: profiles.of_statements(
            (_SELECT.format(table=f"bench.{name}"), [day]) for name in kept
        )
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bench CASCADE")


def whole_night(day: date) -> Iterator[Bar]:
    """The night itself, as ``droitfil night`` runs it, phase by phase; its proof included."""
    from droitfil.cases.continuity.night import run_night
    from droitfil.cases.models import Proof

    began: list[tuple[str, float]] = []

    def progress(phase: str, _count: int) -> None:
        if not began or phase != began[-1][0]:
            began.append((phase, time.perf_counter()))
            tell(f"la nuit du {day:%d/%m/%Y} : {phase}…")

    # In the small hours of the day whose night it is, which may be a day to come.
    night = run_night(day, now=lambda: datetime.combine(day, at(1), UTC), progress=progress)
    ends = [*(at for _, at in began[1:]), time.perf_counter()]
    phases = {name: round(end - at, 2) for (name, at), end in zip(began, ends, strict=True)}
    seconds = ends[-1] - began[0][1]
    phases["journal, preuve"] = phases.pop("journal")
    papers = night.phases["papers"]
    totals = json.loads(Proof.objects.get(date=day).document)["totals"]
    details = {"date": day.isoformat(), "seconds": phases, "counts": night.phases, "proof": totals}
    yield Bar("night", "Nuit entière, preuve comprise", seconds, "s", details=details)
    yield Bar(
        "night_papers",
        "… papiers publiés, signés, annoncés et journalisés",
        papers["papers"] / max(phases["papers"], 0.001),
        "/s",
        details=papers,
    )


def interleaved(*works: Callable[[], object], runs: int = RUNS) -> list[float]:
    """Seconds of the quickest run of each, taken in turn."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(runs):
        for work, spent in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            spent.append(time.perf_counter() - start)
    return [min(spent) for spent in times]


if __name__ == "__main__":
    main()
