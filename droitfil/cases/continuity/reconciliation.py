"""The reconciliation: what was issued against what the law owed, computed anew from the facts.

Nothing is shared with the sweep: facts come from ``reading``, and the kernel is asked what was
owed as if no paper had been issued (save those that a decision or a withdrawal cut short).

People with the same documents, dates and papers are in the same situation: one of them is asked
about, and stands for all; every fact that a question holds is compared to say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from droitfil.cases.continuity.reading import File, Given, Known, those
from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import GROWN, plain_departments, shared_answer
from droitfil.rules.answer import Duty
from droitfil.rules.question import Refused

MISSING, DOUBLED, SHIFTED, UNDUE, UNREADABLE = (
    "missing", "doubled", "shifted", "undue", "unreadable"
)  # fmt: skip
_PENDING = ("submitted", "in_review", "incomplete")

# Everyone who filed, with the sum of what a question tells of them, each fact hashed to 128 bits:
# the columns that ``reading`` reads; ids are told by what they name. An age that no longer counts
# and a place like others are left out (``lawbook.sharing``); a minor is alone in a situation.
_SITUATIONS = """
WITH filed AS MATERIALIZED (
    SELECT file.id, file.person_id, file.filed_on,
           row_number() OVER (PARTITION BY file.person_id ORDER BY filed_on, started_at) AS nth,
           ROW(file.article, request, basis, channel, state, filed_on, complete_on, acknowledged,
               file.withdrawn_on, commission_on, incident_opened_on, incident_established_on,
               incident_registered_on, outcome, decided_on, notified_on, removal, handed_over_on,
               held.kind, held.article, held.valid_from, held.valid_to, held.length,
               held.validated_on, held.work, held.withdrawn_on) AS facts
    FROM case_file AS file LEFT JOIN residence_document AS held ON held.id = held_id
    WHERE filed_on IS NOT NULL
), known AS (
    SELECT person_id, filed_on AS day, 1 AS files, 0 AS papers,
           ROW(nth, hash_record_extended(facts, 0), hash_record_extended(facts, 1)) AS facts
    FROM filed
    UNION ALL
    SELECT person_id, valid_from, 0, 0,
           ROW(kind, article, valid_from, valid_to, length, validated_on, work, withdrawn_on)
    FROM residence_document WHERE person_id IN (SELECT person_id FROM filed)
    UNION ALL
    SELECT filed.person_id, filed_on, 0, 1, ROW(nth, kind, rank, valid_from, valid_to, void_on)
    FROM case_paper JOIN filed ON filed.id = case_id
    UNION ALL
    SELECT filed.person_id, filed_on, 0, 0, ROW(nth, asked_on, due_on, produced_on)
    FROM case_complement JOIN filed ON filed.id = case_id
), people AS (
    SELECT person_id, min(day) AS first, sum(files) AS files, sum(papers) AS papers,
           sum(hash_record_extended(facts, 0)) AS one, sum(hash_record_extended(facts, 1)) AS other
    FROM known GROUP BY person_id
), situations AS (
    SELECT person_id, files, papers, concat_ws(
               ' ', one, other, moved_on,
               'in ' || CASE WHEN NOT department_id = ANY(%(alike)s) THEN department_id END,
               'born ' || CASE WHEN born_on + make_interval(years => %(grown)s)
                   > least(first, %(day)s) THEN born_on END,
               CASE WHEN born_on + make_interval(years => %(of_age)s) > %(day)s THEN person.id END
           ) AS situation
    FROM people JOIN person ON person.id = person_id
    LEFT JOIN commune ON commune.code = person.commune_id
)
"""
# Every row is read: hashed in memory, rather than sought one by one along an index.
_WHOLE = "SET LOCAL work_mem = '256MB'; SET LOCAL enable_nestloop = off; SET LOCAL jit = off"
_ALIKE = f"""{_SITUATIONS}
SELECT min(person_id::text), sum(files)::int, sum(papers)::int, situation
FROM situations GROUP BY situation
"""  # nosec B608
_IN = f"""{_SITUATIONS}
SELECT person_id FROM situations WHERE situation = ANY(%(situations)s) ORDER BY person_id
"""  # nosec B608


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
    counted: dict[UUID, str] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WHOLE)
        cursor.execute(_ALIKE, _given(day))
        for person, files, issued, situation in cursor:
            counted[UUID(person)] = situation
            cases, papers = cases + files, papers + issued
        wrong = [known.person.id for known in those(list(counted), day) if of_person(known, day)]
        concerned: list[UUID] = []
        if wrong:
            cursor.execute(_IN, {**_given(day), "situations": [counted[one] for one in wrong]})
            concerned = [person for (person,) in cursor]
    findings = [found for known in those(concerned, day) for found in of_person(known, day)]
    return Reconciled(cases, papers, tuple(findings))


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


def _given(day: date) -> dict[str, Any]:
    law = load_law()
    return {
        "day": day, "grown": GROWN, "of_age": int(law.value("majority_age", day)),
        "alike": sorted(plain_departments(law)),
    }  # fmt: skip


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
