"""The night in SQL against the kernel: the same papers, the same days, the same gaps.

People are drawn, some nights run in SQL, and after each the kernel says of everyone, from the
facts alone, what should be there. Facts are read back by ``continuity.reading``, in a few
statements for all. Everything met on the way is counted: a branch that nobody reached proves
nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count

from droitfil.cases.actions.papers import void_papers
from droitfil.cases.continuity import coverage, reconciliation
from droitfil.cases.continuity.reading import File, Given, Known
from droitfil.cases.continuity.sweep import sweep
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.lawbook import load_law
from droitfil.rules.answer import Answer, Duty
from droitfil.rules.lifecycle import State
from droitfil.rules.periods import add_days
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.cases.population import BRANCHES, Draw, everyone, instant, rows
from tests.personas import Personas

DAY = date(2025, 10, 20)
#: Days from a night to the next: each, then some at once, then more than a paper lasts.
STEPS = (1, 15, 40, 100)
#: The same for the thousands of ``bench.soak``: a night at its hour, then one that catches up.
QUICK_STEPS = (15, 100)
#: What happens between two nights, to a case still pending.
EVENTS = ("completed", "withdrawn", "granted", "refused")
_KINDS = ("API", "RECEPISSE", "ADF", "COMMISSION", "EU_ATTESTATION")
#: Every branch of the comparison, by name.
REACHED = (
    *(f"drawn:{name}" for name in BRANCHES),
    *(f"between:{event}" for event in EVENTS),
    *(f"paper:{kind}" for kind in _KINDS),
    "paper:second", "paper:fifth", "paper:month_end", "paper:ahead", "paper:of_the_past",
    "paper:void", "paper:cut_by_a_decision",
    "way:sql", "way:kernel", "night:several_at_once",
    "covered", "covered:no_end", "gap:entitled_before", "gap:nothing_owed",
    *(f"stop:{stop}" for stop in Coverage.Stop.values),
)  # fmt: skip


@dataclass
class Compared:
    """What was compared, and everything that differed."""

    people: int = 0
    papers: int = 0
    reached: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def unreached(self) -> list[str]:
        return [name for name in REACHED if not self.reached[name]]

    def plain(self) -> dict[str, Any]:
        """What ``bench.soak`` adds up; each branch has its count, be it zero."""
        return {**asdict(self), "reached": {name: self.reached[name] for name in REACHED}}


def compare(
    chance: random.Random,
    people: Personas,
    *,
    names: Sequence[str] | None = None,
    count: int = 0,
    steps: Sequence[int] = STEPS,
    batches: Sequence[int] = (1, 7, 2000),
    share: float = 1,
) -> Compared:
    """Draws people (of the branches ``names``, else ``count``), runs nights, compares after each.

    :param steps: days from a night to the next; one night more than steps.
    :param batches: how many cases SQL publishes together, drawn for each night.
    :param share: of the people whose stored rows are computed again after each night, the slowest
        of what is compared.
    """
    draw, found, day = Draw(chance, DAY, people), Compared(), DAY
    drawn = draw.draw(count) if names is None else draw.draw_these(names)
    found.reached.update(f"drawn:{name}" for name in drawn.branches.values())
    for step in (*steps, None):
        swept = sweep(day, now=instant(day), batch=chance.choice(batches))
        found.reached["way:kernel"] += swept.by_kernel
        found.reached["way:sql"] += swept.papers - swept.by_kernel
        found.wrong += [f"left {case}" for case in swept.left]
        coverage.refresh_begun(day)
        found.wrong += _otherwise_stored(draw, day, found.reached, share)
        for known in everyone(day):
            found.people += step is None
            found.wrong += _of_person(known, day, found)
        if step is None:
            found.wrong += [str(finding) for finding in reconciliation.reconcile(day).findings]
        if step is not None:
            day += timedelta(days=step)
            _between(chance, draw, add_days(day, -1), found.reached)
    published = Paper.objects.values("case", "published_at").annotate(count=Count("id"))
    found.reached["night:several_at_once"] += published.filter(count__gt=1).count()
    return found


def _otherwise_stored(draw: Draw, day: date, reached: Counter[str], share: float) -> Iterator[str]:
    """What SQL moved forward is what the kernel, asked again, would store."""
    stored = rows()
    reached.update(f"stop:{row[6]}" for row in stored.values())
    held = {case.pk: case for case in Case.objects.filter(pk__in=stored).select_related("person")}
    for person in {case.person_id: case.person for case in held.values()}.values():
        if share < 1 and draw.random.random() > share:
            continue
        with transaction.atomic():
            coverage.refresh_person(person, today=day)
    again = rows()
    for case in stored.keys() | again.keys():
        if stored.get(case) != again.get(case):
            branch = draw.made.branches.get(held[case].person_id) if case in held else "?"
            yield f"{day} {branch}: stored {stored.get(case)}, kernel {again.get(case)}"


def _of_person(known: Known, day: date, found: Compared) -> Iterator[str]:
    law = load_law()
    ended = [paper for paper in known.papers if paper.void_on is not None]
    ahead = add_days(day, int(law.value("api_lead_days", day)))
    reach = max([ahead, *(paper.valid_from for paper in ended if paper.counted)])
    owed = answer(read_question(known.question(reach, papers=ended), law), law)
    for file, application in zip(known.files, owed.applications, strict=True):
        mine = [paper for paper in known.papers if paper.case == file.id]
        found.papers += len(mine)
        _count_papers(mine, day, found.reached)
        for wrong in _of_file(file, application.duties, mine, day):
            yield f"{day} {wrong}\n    {known.question(day)}"
    said = answer(read_question(known.question(day), law), law)
    _count_days(said, day, found.reached)
    if any(file.state in coverage.OPEN for file in known.files):
        for gap in said.gaps:
            if gap.entitled and gap.end == day:
                yield f"{day} a gap {gap}\n    {known.question(day)}"


def _of_file(file: File, duties: Sequence[Duty], papers: Sequence[Given], day: date) -> list[str]:
    """Every duty to publish by ``day`` has its paper, of its very days; there is no other."""
    if file.state not in coverage.OPEN:
        return []
    lead = int(load_law().value("api_lead_days", day))
    void = {paper.valid_from for paper in papers if paper.void_on is not None and paper.counted}
    there = {(p.kind, p.valid_from): p.valid_to for p in papers if p.void_on is None}
    wrong = []
    for duty in duties:
        decided = bool(file.outcome) and duty.issue not in coverage.LASTING
        due = min(duty.due_on, add_days(duty.start, -lead)) <= day and not decided
        key = (duty.issue, duty.start)
        if duty.start in void:
            continue
        if due and key not in there:
            wrong.append(f"{file.reference} ({file.state}) lacks {duty}: {there}")
        elif key in there and not due and not decided:
            wrong.append(f"{file.reference} ({file.state}) has too early {duty}")
        elif key in there and there[key] != duty.end:
            wrong.append(f"{file.reference} ({file.state}) {duty} ends on {there[key]}")
        there.pop(key, None)
    wrong += [f"{file.reference} ({file.state}) undue {paper}" for paper in there]
    return wrong


def _between(chance: random.Random, draw: Draw, day: date, reached: Counter[str]) -> None:
    """Something happens to a few of the pending cases on ``day``, as the actions write it."""
    pending = [State.SUBMITTED.value, State.IN_REVIEW.value]
    cases = list(Case.objects.filter(state__in=pending, filed_on__lte=day))
    # Ids are random: what is drawn must not hang on them.
    cases.sort(key=lambda case: (case.filed_on, draw.made.branches[case.person_id], case.article))
    now, nadia = instant(day), draw.people.nadia.pk
    for case in chance.sample(cases, min(len(cases), max(1, len(cases) // 12))):
        event = chance.choice(EVENTS)
        if event == "completed" and case.complete_on is not None:
            continue
        with transaction.atomic():
            if event == "completed":
                case.complete_on = day
            elif event == "withdrawn":
                case.state, case.withdrawn_on = State.WITHDRAWN.value, day
            else:
                Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW.value)
                case.state = State.GRANTED.value if event == "granted" else State.REFUSED.value
                case.outcome, case.decided_on, case.decided_by_id = event, day, nadia
                case.reasons = "" if event == "granted" else "Motifs"
            case.save()
            if event != "completed":
                void_papers("system:tests", case, now=now, today=day)
            coverage.refresh_person(case.person, today=day)
        reached[f"between:{event}"] += 1


def _count_papers(papers: Sequence[Given], day: date, reached: Counter[str]) -> None:
    for paper in papers:
        reached[f"paper:{paper.kind}"] += 1
        reached["paper:second"] += paper.rank == 2
        reached["paper:fifth"] += paper.rank == 5
        reached["paper:ahead"] += paper.valid_from > day
        reached["paper:of_the_past"] += paper.valid_to is not None and paper.valid_to < day
        reached["paper:void"] += paper.void_on is not None
        reached["paper:cut_by_a_decision"] += paper.last != paper.valid_to and paper.counted
        # Begun on the 30th or 31st, or ended by a shorter month.
        reached["paper:month_end"] += paper.valid_from.day >= 30


def _count_days(said: Answer, day: date, reached: Counter[str]) -> None:
    here = next((s for s in said.spans if s.start <= day and (s.end is None or day <= s.end)), None)
    if here is not None and here.stay:
        reached["covered"] += 1
        reached["covered:no_end"] += here.end is None
    for gap in said.gaps:
        reached["gap:entitled_before" if gap.entitled else "gap:nothing_owed"] += 1
