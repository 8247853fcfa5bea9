"""What a share code shows of a person: the one answer about their rights, and nothing more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from droitfil.attestations.answers import Rights
from droitfil.cases.queries import Situation, situations_of, span_on
from droitfil.cases.sealing import article_of, limits_work
from droitfil.people.models import Person
from droitfil.rules.answer import Answer, Span
from droitfil.rules.facts import Work
from droitfil.rules.periods import day_after
from droitfil.rules.problems import Refused
from droitfil.rules.seal import AS_THE_TITLE_SAYS, WITH_EXPIRED_CARD

_NOTHING = Rights(may_stay=False, may_work=Work.NONE)


def rights_shared(holders: Collection[UUID], day: date) -> dict[UUID, Rights]:
    """What each of ``holders`` may do on ``day`` and until when: documents held, papers issued.

    Stays of the same kind that follow one another without a day between are one. Documents that
    contradict one another open nothing that could be shown.
    """
    people = Person.objects.filter(pk__in=holders).select_related("commune")
    situations = situations_of(dict.fromkeys(people, day))
    found = dict.fromkeys(holders, _NOTHING)
    return found | {holder: _rights(one, day) for holder, one in situations.items()}


def _rights(situation: Situation, day: date) -> Rights:
    try:
        answer = situation.shared_answer()
    except Refused:
        return _NOTHING
    span = span_on(answer, day)
    if span is None or not span.stay:
        return _NOTHING
    return Rights(
        may_stay=True,
        may_work=span.work,
        limits=_limits(situation, span, day),
        until=_until(answer, span),
    )


def _until(answer: Answer, span: Span) -> date | None:
    """The last day of the unbroken stretch that allows the same."""
    last = span
    for later in answer.spans:
        if last.end is None:
            return None
        if later.start == day_after(last.end) and (later.stay, later.work) == (True, span.work):
            last = later
    return last.end


def _limits(situation: Situation, span: Span, day: date) -> tuple[str, ...]:
    """A paper that is worth something beside the card that ended only is shown with it; work keeps
    the limits of the title, as on the paper itself."""
    held = [situation.documents[name] for name in span.proofs if name in situation.documents]
    papers = [situation.papers[name] for name in span.proofs if name in situation.papers]
    ended = any(document.valid_to is not None and document.valid_to < day for document in held)
    cases = {case.pk: case for case in situation.cases.values()}
    articles = [document.article for document in held]
    articles += [article_of(cases[paper.case_id]) for paper in papers]
    limited = span.work is not Work.NONE and any(limits_work(article) for article in articles)
    return (
        *([WITH_EXPIRED_CARD] if ended and papers else []),
        *([AS_THE_TITLE_SAYS] if limited else []),
    )
