"""Stored coverage: until when each open case covers its person, and the paper owed next.

The kernel is asked at each event; between two events the night moves rows forward in SQL alone:
the paper after ``next_to`` begins the day after, and lasts ``chain_months`` months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import structlog
from django.db import connection, transaction

from droitfil.cases.models import Case, Coverage, Paper
from droitfil.cases.owed import in_effect, next_owed
from droitfil.cases.queries import situation_of
from droitfil.lawbook import load_law
from droitfil.people.access import of_age_on
from droitfil.people.models import Person
from droitfil.rules.answer import Answer, ApplicationAnswer, Duty
from droitfil.rules.facts import Kind
from droitfil.rules.lifecycle import PENDING, State
from droitfil.rules.periods import add_days, day_after, day_before, last_day
from droitfil.rules.problems import Refused as Unanswerable

log = structlog.get_logger(__name__)
#: States of the cases that have a row: filed, and something is still expected.
OPEN = (*sorted(PENDING), State.GRANTED, State.CARD_READY)
_PENDING = {state.value for state in PENDING}
#: Papers that last until the card is handed over.
LASTING = (Kind.ADF.value, Kind.EU_ATTESTATION.value)
#: More months than any paper of a chain lasts.
_LONGEST = 24


def refresh(case: Case, *, today: date) -> None:
    """Computes again the coverage of every open case of the person of ``case``.

    To be called in the transaction of the fact that changed.
    """
    refresh_person(case.person, today=today)


def refresh_person(person: Person, *, today: date) -> None:
    """As :func:`refresh`, for a document added or withdrawn, a move."""
    # The night writes these rows too: what is read below is read after it.
    list(Coverage.objects.select_for_update().filter(person=person).order_by("case"))
    cases = list(person.cases.filter(state__in=OPEN).order_by("filed_on", "started_at"))
    Coverage.objects.filter(person=person).exclude(case__in=cases).delete()
    if not cases:
        return
    papers = list(Paper.objects.filter(case__in=cases).order_by("valid_from"))
    # The duties listed reach the one after those issued, whatever was issued in advance.
    last = max((p.valid_to for p in papers if p.valid_to and in_effect(p)), default=today)
    now = situation_of(person, today)
    answer = now.answer()
    ahead = answer if last <= today else situation_of(person, last).answer()
    until = covered_until(answer, today, of_age_on=of_age_on(person, today))
    for case in cases:
        name = now.name_of(case)
        owed = next(a for a in ahead.applications if a.id == name)
        mine = [paper for paper in papers if paper.case_id == case.pk]
        fields = fields_of(case, owed, mine, until, today)
        Coverage.objects.update_or_create(case=case, defaults=fields)


def covered_until(answer: Answer, today: date, *, of_age_on: date = date.min) -> date | None:
    """The last day of stay proved without a break from ``today`` on; if none is proved today, the
    last one before, else the eve of the line. None when no end is known.

    :param of_age_on: before that day no title is required (L411-1), and nothing lacks.
    """
    found = day_before(answer.spans[0].start if answer.spans else today)
    if today < of_age_on:
        found = max(found, day_before(of_age_on))
    for span in answer.spans:
        if not span.stay:
            continue
        if span.start > max(today, day_after(found)):
            break
        if span.end is None:
            return None
        found = max(found, span.end)
    return found


def fields_of(
    case: Case, owed: ApplicationAnswer, papers: Sequence[Paper], until: date | None, today: date
) -> dict[str, Any]:
    """What the row of ``case`` holds, from what the kernel says it is owed.

    :param papers: those issued for the case.
    :param until: as :func:`covered_until` says of the person.
    """
    duties = owed.duties
    if case.state not in _PENDING:
        # What waited for the decision is no longer given once it is taken.
        duties = tuple(duty for duty in duties if duty.issue in LASTING)
    duty = next_owed(duties, papers)
    return {
        "person_id": case.person_id,
        "office_id": case.office_id,
        "agent_id": case.agent_id,
        "title": case.article,
        "covered_until": until,
        **(_stopped(case, owed) if duty is None else _due(duty, papers, today)),
    }


def _due(duty: Duty, papers: Sequence[Paper], today: date) -> dict[str, object]:
    """The paper owed next; published ahead of its first day, in hand on the day the law says."""
    lead = int(load_law().value("api_lead_days", today))
    rank = 1 + max((paper.rank for paper in papers if paper.kind == duty.issue), default=0)
    return {
        "next_kind": duty.issue,
        "next_rank": rank,
        "next_from": duty.start,
        "next_to": duty.end,
        "chain_months": _months(duty),
        "chain_stop": Coverage.Stop.NONE,
        "due_on": min(duty.due_on, add_days(duty.start, -lead)),
    }


def _months(duty: Duty) -> int | None:
    """How many months, counted date to date, a paper of this chain lasts."""
    if duty.end is None:
        return None
    return next(m for m in range(1, _LONGEST + 1) if last_day(duty.start, m) >= duty.end)


def _stopped(case: Case, owed: ApplicationAnswer) -> dict[str, object]:
    if case.state not in _PENDING:
        stop = Coverage.Stop.DECIDED
    elif any(duty.end is None for duty in owed.duties):
        stop = Coverage.Stop.OPEN_ENDED
    elif case.complete_on is None:
        stop = Coverage.Stop.INCOMPLETE
    else:
        stop = Coverage.Stop.NOT_OWED
    return {
        "next_kind": "",
        "next_rank": None,
        "next_from": None,
        "next_to": None,
        "chain_months": None,
        "chain_stop": stop,
        "due_on": None,
    }


# Rows written when nothing was proved that day, and a document or a paper that begins later has
# begun since: the only thing that time alone changes.
_BEGUN = """
    SELECT DISTINCT coverage.person_id FROM coverage
    WHERE covered_until < %(day)s AND (
        EXISTS (
            SELECT FROM residence_document AS held
            WHERE held.person_id = coverage.person_id AND held.valid_from > covered_until
              AND held.valid_from <= %(day)s AND coalesce(held.valid_to >= %(day)s, true)
              AND coalesce(held.withdrawn_on >= %(day)s, true)
        ) OR EXISTS (
            SELECT FROM case_paper AS paper
            WHERE paper.person_id = coverage.person_id AND paper.valid_from > covered_until
              AND paper.valid_from <= %(day)s AND coalesce(paper.valid_to >= %(day)s, true)
              AND coalesce(paper.void_on > %(day)s, true)
        )
    )
"""


def refresh_begun(today: date) -> int:
    """Computes again the rows of those for whom a document or a paper has begun meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, {"day": today})
        persons = [person for (person,) in cursor.fetchall()]
    for person in persons:
        try:
            with transaction.atomic():
                refresh_person(Person.objects.get(pk=person), today=today)
        except Unanswerable:  # theirs stays as it was; the others are not kept waiting
            log.warning("night.unanswerable", phase="begun", person=str(person))
    return len(persons)
