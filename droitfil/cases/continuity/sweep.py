"""The sweep: each night publishes the papers owed, ahead of their first day, each exactly once.

It takes what is due by index, a batch a transaction: papers, coverage, journal and notices stand
or fall together. Killed at any point, what is kept is whole and the next run takes up the rest.
Persons whose line depends on more than one chain are asked to the kernel, one at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from droitfil.cases import sealing
from droitfil.cases.continuity import coverage
from droitfil.cases.models import Case
from droitfil.lawbook import load_law
from droitfil.lib.refusals import Refused
from droitfil.notices.actions import Line, notify_many
from droitfil.people.models import Person
from droitfil.rules.facts import Kind
from droitfil.rules.lifecycle import PENDING
from droitfil.rules.problems import Refused as Unanswerable

log = structlog.get_logger(__name__)
ACTOR = "system:night"
#: Seconds to wait, again and again, for cases that someone is acting on.
PATIENCE, PAUSE = 30.0, 0.1
_NOBODY = UUID(int=0)
_PENDING = sorted(state.value for state in PENDING)
_OPEN = [state.value for state in coverage.OPEN]
#: Papers that people are told of by name.
_TOLD = frozenset({Kind.API, Kind.RECEPISSE, Kind.ADF, Kind.COMMISSION})

# A row is "alone" when SQL may move it forward by itself: the person has no other open case, no
# document begins beyond what is covered, and the chain is not cut by a commission. The next paper
# begins the day after this one ends and lasts as many months, date to date: PostgreSQL clamps the
# day to the end of the month as rules.periods.add_months does. What was due and what was made are
# joined by the caller: PostgreSQL takes each of them for one row, and would compare all with all.
_PUBLISH = """
WITH due AS (
    SELECT coverage.case_id, coverage.person_id, next_kind, next_rank, next_from, next_to,
           due_on, case_file.reference
    FROM coverage JOIN case_file ON case_file.id = coverage.case_id
    WHERE due_on <= %(day)s AND (due_on, coverage.case_id) > (%(after_on)s, %(after)s)
      AND (case_file.state = ANY(%(pending)s) OR next_kind = ANY(%(lasting)s))
      AND (coverage.case_id = ANY(%(only)s) OR (%(only)s::uuid[] IS NULL AND {alone}))
    ORDER BY due_on, coverage.case_id LIMIT %(batch)s
    FOR NO KEY UPDATE OF coverage, case_file SKIP LOCKED
), paper AS (
    INSERT INTO case_paper
        (id, case_id, person_id, kind, rank, valid_from, valid_to, published_at, void_reason)
    SELECT gen_random_uuid(), case_id, person_id, next_kind, next_rank, next_from, next_to,
           %(now)s, ''
    FROM due ORDER BY due_on, case_id
    ON CONFLICT DO NOTHING
    RETURNING id, case_id, kind, rank, valid_from, valid_to
), moved AS (
    UPDATE coverage SET
        covered_until = CASE
            WHEN covered_until IS NULL THEN NULL
            WHEN next_from > greatest(%(day)s, covered_until + 1) THEN covered_until
            WHEN next_to IS NULL THEN NULL
            ELSE greatest(covered_until, next_to)
        END,
        next_kind = CASE WHEN chain_months IS NULL THEN '' ELSE next_kind END,
        next_rank = CASE WHEN chain_months IS NULL THEN NULL ELSE next_rank + 1 END,
        next_from = CASE WHEN chain_months IS NULL THEN NULL ELSE next_to + 1 END,
        next_to = next_to + make_interval(days => 1)
            + make_interval(months => chain_months) - make_interval(days => 1),
        due_on = CASE WHEN chain_months IS NULL THEN NULL ELSE next_to + 1 - %(lead)s::int END,
        chain_stop = CASE WHEN chain_months IS NOT NULL THEN ''
            WHEN (SELECT state FROM case_file WHERE id = coverage.case_id) = ANY(%(pending)s)
            THEN 'open_ended' ELSE 'decided' END
    FROM paper
    WHERE coverage.case_id = paper.case_id
), told AS (
    INSERT INTO journal_entry (at, actor, action, subject_kind, subject, case_ref, facts)
    SELECT %(now)s, %(actor)s, 'paper.issued', 'paper', paper.id, paper.case_id,
           jsonb_build_object('kind', kind, 'rank', rank, 'from', valid_from, 'to', valid_to,
                              'void_on', NULL)
    FROM paper
)
SELECT case_id, due_on, person_id, reference, NULL, NULL, NULL, NULL FROM due
UNION ALL
SELECT case_id, NULL, NULL, NULL, id, kind, valid_from, valid_to FROM paper
"""
_ALONE = """(
    (case_file.commission_on IS NULL OR next_kind = 'COMMISSION')
    AND NOT EXISTS (
        SELECT FROM coverage AS other
        WHERE other.person_id = coverage.person_id AND other.case_id <> coverage.case_id
    )
    AND NOT EXISTS (
        SELECT FROM residence_document AS held
        WHERE held.person_id = coverage.person_id AND held.valid_from > coverage.covered_until
    )
)"""
STATEMENT = _PUBLISH.format(alone=_ALONE)
_WAITING = """
SELECT coverage.person_id, coverage.case_id
FROM coverage JOIN case_file ON case_file.id = coverage.case_id
WHERE due_on <= %(day)s
  AND (case_file.state = ANY(%(pending)s) OR next_kind = ANY(%(lasting)s))
ORDER BY coverage.person_id, coverage.case_id
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    #: Papers published, and of these how many the kernel was asked about one by one.
    papers: int = 0
    by_kernel: int = 0
    #: Notices written.
    notices: int = 0
    #: Cases whose paper could not be published: someone held them all along, or facts clash.
    left: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A case that was due; ``paper`` is None when one of that rank or of those days existed."""

    due_on: date
    case: UUID
    person: UUID
    reference: str
    paper: UUID | None
    kind: str
    valid_from: date
    valid_to: date | None


def sweep(
    today: date,
    *,
    now: datetime,
    batch: int = 2000,
    progress: Callable[[int], None] = lambda papers: None,
    patience: float = PATIENCE,
) -> Swept:
    """Publishes every paper whose day has come by ``today``, several of a case when it is late.

    :param progress: told how many papers were published so far, after each batch.
    """
    papers = notices = by_kernel = 0
    while True:
        published = 0
        for made, told in _batches(today, now, batch):
            published += made
            papers, notices = papers + made, notices + told
            progress(papers)
        if not published:
            break
    deadline = time.monotonic() + patience
    stuck: set[UUID] = set()
    while waiting := {p: c for p, c in _waiting(today).items() if p not in stuck}:
        busy = False
        for person in waiting:
            found = _by_kernel(person, today, now)
            if found is None:
                busy = True
                continue
            made, told, done = found
            if not done:
                stuck.add(person)
            papers, notices, by_kernel = papers + made, notices + told, by_kernel + made
            progress(papers)
        if busy and time.monotonic() > deadline:
            break
        if busy:
            time.sleep(PAUSE)
    left = tuple(case for cases in _waiting(today).values() for case in cases)
    return Swept(papers, by_kernel, notices, left)


def _batches(today: date, now: datetime, size: int) -> Iterable[tuple[int, int]]:
    """One pass over what SQL may publish alone: (papers, notices) of each batch.

    A batch with a paper that cannot be signed is taken again by halves, down to that one, which
    is left out: nobody goes without a paper for what another's file says.
    """
    after: tuple[date, UUID] = (date.min, _NOBODY)
    batch = size
    while True:
        rows: list[_Row] = []
        try:
            with transaction.atomic():
                rows = _publish(today, now, after=after, batch=batch)
                _sign(rows, now)
                told = _tell(rows, today, now)
        except (Refused, Unanswerable) as error:
            sealing.must_sign()
            if len(rows) > 1:
                batch = len(rows) // 2
                continue
            _left_out(error, case=rows[0].case)
        else:
            yield sum(row.paper is not None for row in rows), told
        if not rows:
            return
        after, batch = (rows[-1].due_on, rows[-1].case), min(size, 2 * batch)


def _left_out(error: Exception, **whose: UUID) -> None:
    """The paper waits for someone to put the file right: the night counts it among ``left``."""
    named = {name: str(id_) for name, id_ in whose.items()}
    log.warning("night.paper_left_out", error=type(error).__name__, **named)


def _by_kernel(person_id: UUID, today: date, now: datetime) -> tuple[int, int, bool] | None:
    """Papers published, notices written, and whether nothing is due any more; None: try later."""
    try:
        return _asked(person_id, today, now)
    except (Refused, Unanswerable) as error:
        sealing.must_sign()
        _left_out(error, person=person_id)
        return 0, 0, False


def _asked(person_id: UUID, today: date, now: datetime) -> tuple[int, int, bool] | None:
    with transaction.atomic():
        cases = Case.objects.filter(person=person_id, state__in=_OPEN)
        mine = list(cases.select_for_update(of=("self",), skip_locked=True).order_by("id"))
        if len(mine) < cases.count():
            return None
        person = Person.objects.get(pk=person_id)
        only = [case.pk for case in mine]
        papers = told = 0
        while True:
            coverage.refresh_person(person, today=today)
            rows = _publish(today, now, only=only, batch=len(only))
            made = [row for row in rows if row.paper is not None]
            if not made:
                return papers, told, not rows
            _sign(made, now)
            papers, told = papers + len(made), told + _tell(made, today, now)


def _publish(
    today: date,
    now: datetime,
    *,
    batch: int,
    after: tuple[date, UUID] = (date.min, _NOBODY),
    only: Sequence[UUID] | None = None,
) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, given(today, now, batch=batch, after=after, only=only))
        found = cursor.fetchall()
    papers = {row[0]: row[4:] for row in found if row[1] is None}
    due = sorted((row for row in found if row[1] is not None), key=lambda row: (row[1], row[0]))
    return [
        _Row(due_on, case, person, reference, *papers.get(case, (None, "", date.min, None)))
        for case, due_on, person, reference, *_ in due
    ]


def given(
    today: date,
    now: datetime,
    *,
    batch: int,
    after: tuple[date, UUID] = (date.min, _NOBODY),
    only: Sequence[UUID] | None = None,
) -> Mapping[str, Any]:
    """What :data:`STATEMENT` asks for."""
    return {
        **_due(today), "now": now, "actor": ACTOR, "batch": batch,
        "after_on": after[0], "after": after[1], "only": None if only is None else list(only),
        "lead": int(load_law().value("api_lead_days", today)),
    }  # fmt: skip


def _sign(rows: Sequence[_Row], now: datetime) -> None:
    """Papers are signed in the transaction that writes them: none is ever out unsigned."""
    sealing.sign(ACTOR, [row.paper for row in rows if row.paper is not None], now=now)


def _tell(rows: Sequence[_Row], today: date, now: datetime) -> int:
    """Tells each person of the papers that still serve; of those of the past, nothing."""
    lines = [
        Line(
            "paper_issued",
            {"reference": row.reference, "paper": row.kind,
             "valid_from": row.valid_from, "valid_to": row.valid_to},
            f"paper_issued:{row.paper}", row.person, case=row.case,
        )
        for row in rows
        if row.paper is not None
        and row.kind in _TOLD
        and (row.valid_to is None or row.valid_to >= today)
    ]  # fmt: skip
    return notify_many(ACTOR, lines=lines, now=now)


def _waiting(today: date) -> dict[UUID, list[UUID]]:
    """The cases still due, by person."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, _due(today))
        return {
            person: [case for _, case in rows]
            for person, rows in groupby(cursor.fetchall(), key=lambda row: row[0])
        }


def _due(today: date) -> Mapping[str, Any]:
    return {"day": today, "pending": _PENDING, "lasting": list(coverage.LASTING)}
