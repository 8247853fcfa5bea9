"""The reconciliation: what was issued against what the law owed, computed anew from the facts.

Nothing is shared with the sweep: facts come from ``reading``, and the kernel is asked what was
owed as if no paper had been issued (save those that a decision or a withdrawal cut short).

People with the same documents, dates and papers are in the same situation (``alike``): one of them
is asked about, and stands for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from uuid import UUID

from django.db import transaction

from droitfil.cases.continuity.alike import people_in, situations
from droitfil.cases.continuity.reading import File, Given, Known, those
from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import shared_answer
from droitfil.rules.answer import Duty
from droitfil.rules.problems import Refused

MISSING, DOUBLED, SHIFTED, UNDUE, UNREADABLE = (
    "missing", "doubled", "shifted", "undue", "unreadable"
)  # fmt: skip
_PENDING = ("submitted", "in_review", "incomplete")


@dataclass(frozen=True, slots=True)
class Finding:
    """A paper that is not as owed, of the case named by its reference; days are the paper's."""

    what: str
    reference: str
    kind: str = ""
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many cases were compared, and everything found."""

    cases: int
    papers: int
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(finding.what for finding in self.findings)


def reconcile(day: date) -> Reconciled:
    """Compares every paper of every filed case with what is owed, as the night of ``day`` left it.

    Facts of ``day`` itself demand nothing yet: they came after the night.
    """
    cases = papers = 0
    wrong: dict[UUID, list[Finding]] = {}
    shared: list[str] = []
    with transaction.atomic():
        for chunk in situations(day):
            of = {alike.person: alike for alike in chunk}
            cases += sum(alike.cases for alike in chunk)
            papers += sum(alike.papers for alike in chunk)
            for known in those(list(of), day):
                found, alike = of_person(known, day), of[known.person.id]
                if found and alike.people > 1:
                    shared.append(alike.situation)
                elif found:
                    wrong[known.person.id] = found
    # Who else is in a situation where something is wrong: all are read again, to know.
    wrong |= {one.person.id: of_person(one, day) for one in those(people_in(shared, day), day)}
    return Reconciled(
        cases, papers, tuple(chain.from_iterable(wrong[id_] for id_ in sorted(wrong)))
    )


def of_person(known: Known, day: date) -> list[Finding]:
    """What is not as owed among the papers of one person."""
    law = load_law()
    cut = [paper for paper in known.papers if paper.void_on is not None]
    lead = timedelta(days=int(law.value("api_lead_days", day)))
    # The duties listed reach all that is published ahead, be it the third in a row (a commission
    # seized as a paper begins), and the one after those cut short before they begin.
    reach = max([day + lead, *(paper.valid_from for paper in cut if paper.counted)])
    question = known.question(reach, papers=cut)
    try:
        applications = shared_answer(question).applications
    except Refused:
        return [Finding(UNREADABLE, file.reference) for file in known.files]
    found = []
    for file, owed in zip(known.files, applications, strict=True):
        mine = [p for p in known.papers if p.case == file.id]
        found += _of_file(file, owed.duties, mine, day, lead)
    return found


def _of_file(
    file: File, duties: Sequence[Duty], papers: Sequence[Given], day: date, lead: timedelta
) -> list[Finding]:
    rest = [paper for paper in papers if paper.void_on is None]
    open_duties = list(duties)
    found = []
    for duty in duties:
        exact = next((p for p in rest if _key(p) == (duty.issue, duty.start, duty.end)), None)
        if exact is not None:
            rest.remove(exact)
            open_duties.remove(duty)
    for paper in rest:
        touched = [d for d in duties if d.issue == paper.kind and _overlap(d, paper)]
        shifted = next((d for d in touched if d in open_duties), None)
        if shifted is not None:
            open_duties.remove(shifted)
            what = SHIFTED
        else:
            what = DOUBLED if touched else UNDUE
        found.append(Finding(what, file.reference, paper.kind, paper.valid_from, paper.valid_to))
    voided = [p for p in papers if p.void_on is not None]
    found += [
        Finding(MISSING, file.reference, duty.issue, duty.start, duty.end)
        for duty in open_duties
        if _demanded(file, duty, voided, day, lead)
    ]
    return found


def _demanded(file: File, duty: Duty, voided: Sequence[Given], day: date, lead: timedelta) -> bool:
    """Should the paper exist by now?"""
    if any(_answers(paper, duty) for paper in voided):
        return False
    if duty.end is None or file.state not in _PENDING:
        return duty.issue == "ADF" and file.outcome == "granted" and duty.start < day
    facts = (file.filed_on, file.complete_on, file.commission_on, file.incident_registered_on)
    news = [fact for fact in facts if fact is not None and fact <= day]
    news += [paper.void_on for paper in voided if paper.void_on is not None]
    return min(duty.due_on, duty.start - lead) <= day and max(news) < day


def _answers(paper: Given, duty: Duty) -> bool:
    """Is the duty the one that this voided paper answered?"""
    return paper.counted and paper.kind == duty.issue and paper.valid_from == duty.start


def _key(paper: Given) -> tuple[str, date, date | None]:
    return (paper.kind, paper.valid_from, paper.valid_to)


def _overlap(duty: Duty, paper: Given) -> bool:
    return (duty.end is None or paper.valid_from <= duty.end) and (
        paper.valid_to is None or duty.start <= paper.valid_to
    )
