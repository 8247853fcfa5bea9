"""Reading cases: the situation of a person as the kernel asks it, and the one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from droitfil.cases.models import Case, Complement, Paper
from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import shared_answer
from droitfil.people import queries as people
from droitfil.people.models import Person, ResidenceDocument
from droitfil.rules.answer import Answer, Span
from droitfil.rules.facts import Outcome
from droitfil.rules.lifecycle import State
from droitfil.rules.procedure import TELESERVICE
from droitfil.rules.question import MOST_ITEMS, read_question
from droitfil.rules.timeline import answer

_ONE_DAY = timedelta(days=1)
_UNFILED = (State.DRAFT.value, State.DISCARDED.value)


@dataclass(frozen=True, slots=True)
class Situation:
    """A person's situation as the contract asks it, and what each name of the question stands for.

    ``question`` is plain data; "d1" is a document held, "p1" a paper issued, "a1" a case.
    """

    question: Mapping[str, Any]
    documents: Mapping[str, ResidenceDocument]
    papers: Mapping[str, Paper]
    cases: Mapping[str, Case]

    def name_of(self, case: Case) -> str | None:
        """The name of ``case`` in the question; None when it is not in it."""
        return next((name for name, known in self.cases.items() if known.pk == case.pk), None)

    def answer(self) -> Answer:
        """What the law says of it."""
        law = load_law()
        return answer(read_question(self.question, law), law)

    def shared_answer(self) -> Answer:
        """What the law says of everyone in this situation: spans, duties, gaps, not sentences."""
        return shared_answer(self.question)


def rights_on(person: Person, day: date, *, language: str = "fr") -> Answer:
    """What ``person`` may do on ``day`` and on every other, on which paper, and what is owed.

    The one answer of every page, of the API and of verification: documents held, papers really
    issued and cases filed, through the kernel. ``day`` is the contract's ``today``: the answer's
    span that holds it is the right of the day.
    """
    return situation_of(person, day, language=language).answer()


def span_on(answer: Answer, day: date) -> Span | None:
    """What may be done on ``day``, among the spans of an answer; None before the first one."""
    return next(
        (s for s in answer.spans if s.start <= day and (s.end is None or day <= s.end)), None
    )


def question_of(person: Person, today: date, *, language: str = "fr") -> dict[str, Any]:
    """The contract's question about ``person``, ready for ``droitfil timeline``."""
    return dict(situation_of(person, today, language=language).question)


def situation_of(
    person: Person, today: date, *, language: str = "fr", planned: Case | None = None
) -> Situation:
    """Everything known of ``person``, whatever its day: what comes after ``today`` is a plan.

    :param planned: a draft to be taken as filed on ``today``, to know its window and its fees.
    """
    cases = list(person.cases.exclude(state__in=_UNFILED).order_by("filed_on", "started_at"))
    if planned is not None:
        cases.append(planned)
    starts_from = {case.held_id for case in cases if case.held_id is not None}
    documents = people.named_documents(person, today, also=starts_from)
    papers = list(person.papers.order_by("valid_from", "kind", "rank"))
    return _situation(person, today, cases, documents, papers, _complements(cases), language)


def situations_of(days: Mapping[Person, date]) -> dict[UUID, Situation]:
    """As :func:`situation_of`, of many people in as many statements as of one, by their ids.

    :param days: the day of each.
    """
    cases: dict[UUID, list[Case]] = {person.pk: [] for person in days}
    filed = Case.objects.filter(person__in=cases).exclude(state__in=_UNFILED)
    for case in filed.order_by("person", "filed_on", "started_at"):
        cases[case.person_id].append(case)
    everything = [case for mine in cases.values() for case in mine]
    starts_from = {case.held_id for case in everything if case.held_id is not None}
    on = {person.pk: day for person, day in days.items()}
    documents = people.documents_of(on, also=starts_from)
    papers: dict[UUID, list[Paper]] = {}
    for paper in Paper.objects.filter(person__in=cases).order_by("valid_from", "kind", "rank"):
        papers.setdefault(paper.person_id, []).append(paper)
    asked = _complements(everything)
    return {
        person.pk: _situation(
            person, day, cases[person.pk], documents.get(person.pk, {}),
            papers.get(person.pk, []), asked, "fr",
        )
        for person, day in days.items()
    }  # fmt: skip


def _situation(
    person: Person,
    today: date,
    cases: Sequence[Case],
    documents: Mapping[str, ResidenceDocument],
    papers: Sequence[Paper],
    asked: Mapping[UUID, Sequence[Complement]],
    language: str,
) -> Situation:
    named = {f"a{number}": case for number, case in enumerate(cases, start=1)}
    counted = _papers(papers, MOST_ITEMS - len(documents))
    question = people.question_of(person, on=today, language=language, documents=documents)
    question["assume_issued"] = False
    names = {case.pk: name for name, case in named.items()}
    question["documents"] += [_paper(paper, name, names) for name, paper in counted.items()]
    by_id = {document.pk: name for name, document in documents.items()}
    for case in cases:  # who asks what it starts from need not read it again
        if case.held_id in by_id:
            case.held = documents[by_id[case.held_id]]
    question["applications"] = [
        _application(case, name, by_id, asked.get(case.pk, ()), today)
        for name, case in named.items()
    ]
    return Situation(question, documents, counted, named)


def _papers(papers: Sequence[Paper], most: int) -> dict[str, Paper]:
    """Papers that were in effect or will be, oldest first; a question holds so many at most."""
    found = [paper for paper in papers if paper.void_on is None or paper.valid_from < paper.void_on]
    return {f"p{number}": paper for number, paper in enumerate(found[-most:], start=1)}


def _paper(paper: Paper, name: str, cases: Mapping[UUID, str]) -> dict[str, Any]:
    ends = [paper.valid_to] if paper.valid_to is not None else []
    if paper.void_on is not None:
        ends.append(paper.void_on - _ONE_DAY)
    return _known(
        id=name,
        kind=paper.kind,
        **{"from": paper.valid_from},
        to=min(ends, default=None),
        application=cases[paper.case_id],
    )


def _complements(cases: Sequence[Case]) -> dict[UUID, list[Complement]]:
    found: dict[UUID, list[Complement]] = {}
    for complement in Complement.objects.filter(case__in=cases).order_by("asked_on", "id"):
        found.setdefault(complement.case_id, []).append(complement)
    return found


def _application(
    case: Case,
    name: str,
    documents: Mapping[UUID, str],
    complements: Sequence[Complement],
    today: date,
) -> dict[str, Any]:
    filed_on = case.filed_on or today
    return _known(
        id=name,
        article=case.article,
        request=case.request,
        holds=documents[case.held_id] if case.held_id is not None else None,
        # How it is made, not what the list says that day: papers follow it.
        listed=case.channel == TELESERVICE,
        basis=case.basis or None,
        filed_on=filed_on,
        complete_on=case.complete_on,
        complements=[
            _known(asked_on=c.asked_on, due_on=c.due_on, produced_on=c.produced_on)
            for c in complements[-MOST_ITEMS:]
        ],
        commission_on=case.commission_on,
        incident=_known(
            opened_on=case.incident_opened_on,
            established_on=case.incident_established_on,
            registered_on=case.incident_registered_on,
        )
        or None,
        acknowledged=case.acknowledged or case.filed_on is None,
        decision=_decision(case),
        handed_over_on=case.handed_over_on,
    )


def _decision(case: Case) -> dict[str, Any] | None:
    """How it ended; a withdrawal is an end that nobody decided."""
    if case.withdrawn_on is not None:
        return _known(taken_on=case.withdrawn_on, outcome=Outcome.WITHDRAWN.value)
    if not case.outcome:
        return None
    return _known(
        taken_on=case.decided_on,
        outcome=case.outcome,
        notified_on=case.notified_on,
        removal=case.removal or None,
    )


def _known(**fields: Any) -> dict[str, Any]:
    """The fields that have a value, days written out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
        if value is not None
    }
