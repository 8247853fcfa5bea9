"""What the law owes for one case, as the kernel answers it from what was really issued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from droitfil.cases.models import Case, Paper
from droitfil.cases.queries import situation_of
from droitfil.rules.answer import Duty
from droitfil.rules.periods import FOREVER, day_before


def duties_of(case: Case, today: date) -> tuple[Duty, ...]:
    """The papers owed for ``case``, those issued included, oldest first (contract: ``duties``)."""
    situation = situation_of(case.person, today)
    name = situation.name_of(case)
    return next(a.duties for a in situation.answer().applications if a.id == name)


def is_issued(duty: Duty, papers: Iterable[Paper]) -> bool:
    """Was a paper issued that answers this duty? One of its kind, in effect on some day of it."""
    return any(
        paper.kind == duty.issue
        and in_effect(paper)
        and paper.valid_from <= (duty.end or FOREVER)
        and last_in_effect(paper) >= duty.start
        for paper in papers
    )


def in_effect(paper: Paper) -> bool:
    """Was it, is it or will it be in effect on some day?"""
    return paper.void_on is None or paper.valid_from < paper.void_on


def last_in_effect(paper: Paper) -> date:
    """Its last day, cut short when it was voided."""
    last = paper.valid_to or FOREVER
    return last if paper.void_on is None else min(last, day_before(paper.void_on))


def next_owed(duties: Sequence[Duty], papers: Sequence[Paper]) -> Duty | None:
    """The first duty that no paper answers yet."""
    return next((duty for duty in duties if not is_issued(duty, papers)), None)
