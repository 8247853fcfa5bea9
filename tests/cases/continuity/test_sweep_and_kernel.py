"""The night in SQL and the kernel agree: papers, dates, gaps, on people drawn from a seed."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta

import pytest
from django.db import connection

from droitfil.cases.continuity import coverage
from droitfil.cases.continuity.sweep import sweep
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.cases.queries import rights_on, situation_of
from droitfil.people.models import Person
from droitfil.rules.periods import add_days, last_day
from tests.cases.population import BRANCHES, Draw, instant, rows
from tests.personas import Personas

DAY = date(2025, 10, 20)
#: Publication before the first day: law/parameters.yaml, api_lead_days.
LEAD = 15
#: People drawn; 20,000 in ``make soak``.
PEOPLE = int(os.environ.get("SOAK_PEOPLE", "50"))


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


@pytest.mark.parametrize("seed", [1])
def test_sql_path_and_kernel_agree(people: Personas, seed: int) -> None:
    drawn = Draw(seed, DAY, people).draw(PEOPLE)
    assert set(drawn.counts) == set(BRANCHES)
    chance = random.Random(seed)
    day = DAY
    for _ in range(4):
        sweep(day, now=instant(day), batch=chance.choice([1, 7, 2000]))
        coverage.refresh_begun(day)
        stored = rows()
        for person in drawn.persons():
            coverage.refresh_person(person, today=day)
        assert stored == rows()
        wrong = _owed_and_missing(day)
        assert not wrong, "\n".join(wrong)
        gaps = _entitled_gaps(day)
        assert not gaps, "\n".join(gaps)
        day += timedelta(days=chance.choice([1, 15, 40, 100]))
    assert _sql_alone() > 10


def _owed_and_missing(day: date) -> list[str]:
    """Every duty to publish by ``day`` has its paper, with its very days; nothing else exists."""
    wrong = []
    for person in Person.objects.filter(
        cases__in=Case.objects.filter(state__in=coverage.OPEN)
    ).distinct():
        situation = situation_of(person, day)
        for application in situation.answer().applications:
            case = situation.cases[application.id]
            if case.outcome:
                continue
            papers = {(p.kind, p.valid_from): p.valid_to for p in case.papers.filter(void_at=None)}
            for duty in application.duties:
                published = min(duty.due_on, add_days(duty.start, -LEAD)) <= day
                voided = case.papers.filter(valid_from=duty.start, void_at__isnull=False).exists()
                if not voided and published != ((duty.issue, duty.start) in papers):
                    rows = list(case.papers.values_list("kind", "rank", "valid_from", "void_on"))
                    wrong.append(f"{case} {duty} {rows} {situation.question}")
                if (
                    published
                    and not voided
                    and papers.pop((duty.issue, duty.start), duty.end) != duty.end
                ):
                    wrong.append(f"{case} {duty} ends otherwise")
            wrong += [f"{case} undue {paper}" for paper in papers]
    return wrong


def _entitled_gaps(day: date) -> list[str]:
    """A paper owed and not in hand on ``day``, for a case still pending."""
    return [
        f"{person.pk} {gap}"
        for person in Person.objects.filter(coverages__isnull=False).distinct()
        for gap in rights_on(person, day).gaps
        if gap.entitled and gap.end == day
    ]


def _sql_alone() -> int:
    """Cases that SQL moved forward by itself, several ranks."""
    return Paper.objects.filter(rank__gte=2, person__coverages__in=Coverage.objects.all()).count()
