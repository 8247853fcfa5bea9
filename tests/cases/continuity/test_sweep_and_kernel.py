"""The night in SQL and the kernel agree: papers, dates, gaps (``differential``).

``bench.soak people`` draws 20,000 people; here a slice, the same on every run.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from droitfil.rules.periods import last_day
from tests.cases.continuity.differential import QUICK_STEPS, REACHED, compare
from tests.cases.population import BRANCHES
from tests.personas import Personas

#: People drawn, so many a round; the folder where ``bench.soak`` reads what each round found.
PEOPLE, ROUND = int(os.environ.get("SOAK_PEOPLE", "150")), 250
REPORT = os.environ.get("SOAK_REPORT", "")


def test_months_are_counted_alike(db: None) -> None:
    """PostgreSQL's last day of a paper is the kernel's, for every first day of four years."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT day::date, months,
                   (day + make_interval(months => months) - make_interval(days => 1))::date
            FROM generate_series(date '2023-01-01', date '2027-01-01', interval '1 day') AS day,
                 generate_series(1, 24) AS months
            """
        )
        found = cursor.fetchall()
    assert len(found) == 1462 * 24
    assert all(last == last_day(day, months) for day, months, last in found)


@pytest.mark.parametrize("seed", range(1, 1 + -(-PEOPLE // ROUND)))
def test_sql_and_kernel_agree_on_people_of_every_branch(people: Personas, seed: int) -> None:
    count = min(PEOPLE, ROUND)
    chance = random.Random(seed)
    if not REPORT:
        found = compare(chance, people, count=count)
    else:
        found = compare(
            chance, people, count=count, steps=QUICK_STEPS, batches=(50, 2000), share=0.05
        )
        written = json.dumps(found.plain(), ensure_ascii=False)
        Path(REPORT, f"{seed}.json").write_text(written, encoding="utf-8")
    assert not found.wrong, "\n".join(found.wrong[:5])
    assert found.people >= count
    assert REPORT or found.unreached == []


@settings(
    max_examples=8, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    chance=st.randoms(use_true_random=False),
    names=st.lists(st.sampled_from(sorted(BRANCHES)), min_size=12, max_size=16),
    steps=st.lists(st.integers(1, 120), min_size=1, max_size=2),
)
def test_sql_and_kernel_agree_on_any_people(
    people: Personas, chance: random.Random, names: list[str], steps: list[int]
) -> None:
    """Some 110 situations, a dozen a round; what disagrees is made as small as it can be."""
    assert people.evry.pk != people.nadia.pk  # made before what is taken back
    with transaction.atomic():
        found = compare(chance, people, names=names, steps=steps)
        transaction.set_rollback(True)
    assert not found.wrong, "\n".join(found.wrong[:5])


def test_no_branch_is_counted_under_the_name_of_another() -> None:
    assert len(set(REACHED)) == len(REACHED)
