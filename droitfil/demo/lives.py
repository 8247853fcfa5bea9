"""What happened to people, with its dates: drawn from a seed, asked of the kernel, never written.

A life is lived by many: all those who hold the same documents and filed on the same days are owed
the same papers. The kernel is asked once for each; :mod:`droitfil.demo.bulk` writes who lives it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from droitfil.cases.continuity import coverage
from droitfil.cases.continuity.reading import File, Given, Held, Human, Known
from droitfil.cases.models import Case, Paper
from droitfil.demo.answers import COUNTER, ONLINE
from droitfil.demo.stories import title_of
from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.rules.answer import Answer, ApplicationAnswer, Duty
from droitfil.rules.facts import Kind, Request
from droitfil.rules.lifecycle import State
from droitfil.rules.periods import add_days, add_years
from droitfil.rules.question import read_question
from droitfil.rules.reminders import following, latest, moments
from droitfil.rules.timeline import answer

#: Among a thousand people: what they have asked, and how far it is.
SHARES = {
    "holds": 495, "received": 200, "waits": 120, "review": 85, "asked": 18, "incomplete": 12,
    "granted": 18, "ready": 12, "refused": 20, "withdrawn": 20,
}  # fmt: skip
_ONE_DAY = timedelta(days=1)
_NOBODY = UUID(int=0)
#: Where the lives are lived, for the kernel: any department whose days off are the common ones.
SOMEWHERE = "91"


@dataclass(frozen=True, slots=True)
class Reminded:
    """When the holder of a document is next told to ask for the next one."""

    step: str
    told_on: date | None
    due_on: date | None


@dataclass(slots=True)
class Life:
    """Documents, requests and papers; the ids in them are ranks, as ``UUID(int=rank)``."""

    held: list[Held]
    file: File | None = None
    #: The card that the request led to, among ``held``.
    card: UUID | None = None
    decided_length: str = ""
    papers: list[Given] = field(default_factory=list)
    #: asked on, to be answered by.
    asked: tuple[date, date] | None = None
    #: The row of ``coverage``, without ids; None when nothing is expected any more.
    coverage: dict[str, Any] | None = None
    reminders: dict[UUID, Reminded] = field(default_factory=dict)

    def known(self) -> Known:
        """The life as those who check the night read it."""
        asked = {} if self.asked is None or self.file is None else {
            self.file.id: [(*self.asked, None)]
        }  # fmt: skip
        files = [] if self.file is None else [self.file]
        someone = Human(_NOBODY, date(1980, 5, 5), "", SOMEWHERE, None)
        return Known(someone, self.held, files, self.papers, asked, ())

    def answer(self, day: date, papers: Sequence[Given]) -> Answer:
        """What the law says of it on ``day``, only ``papers`` issued."""
        law = load_law()
        return answer(read_question(self.known().question(day, papers=papers), law), law)


class Lives:
    """Draws lives as the nights before ``today`` left them."""

    def __init__(self, today: date, seed: int) -> None:
        self.today = today
        self.random = Random(seed)  # nosec B311
        self.lead = int(load_law().value("api_lead_days", today))
        self._ids = 0

    def draw(self, count: int) -> list[Life]:
        """``count`` lives in the proportions of :data:`SHARES`, each sort at least once."""
        names = list(SHARES)
        drawn = self.random.choices(names, [SHARES[name] for name in names], k=count)
        return [self._live(name) for name in [*names, *drawn][:count]]

    def _live(self, name: str) -> Life:
        self._ids = 0
        procedure = ONLINE if self.random.random() < 0.6 else COUNTER
        sorts: dict[str, Callable[[str], Life]] = {
            "holds": self._holds, "received": self._received, "refused": self._ended,
            "withdrawn": self._ended,
        }  # fmt: skip
        life = sorts.get(name, self._waits)(procedure)
        if name not in ("holds", "received"):
            assert life.file is not None
            life.file = self._fated(life.file, name, life)
        self._issue(life)
        self._cover(life)
        self._remind(life)
        return life

    # -- what is held and asked

    def _id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def _card(self, article: str, expires: date, years: int) -> Held:
        kind = Kind.CSP if years > 1 else Kind.CST
        begins = add_days(add_years(expires, -years), 1)
        return Held(self._id(), _NOBODY, kind.value, article, begins, expires, "", None, "", None)

    def _before(self, card: Held) -> list[Held]:
        """The card that one followed, for seven people in ten."""
        if self.random.random() > 0.7:
            return []
        return [self._card(card.article, add_days(card.valid_from, -1), 1)]

    def _holds(self, procedure: str) -> Life:
        years = self.random.choice((1, 2, 4))
        expires = add_days(self.today, self.random.randint(-30, 330 * years))
        card = self._card(title_of(procedure), expires, years)
        return Life([*self._before(card), card])

    def _file(self, procedure: str, held: Held, filed_on: date) -> File:
        version = load_procedures()[procedure].at(filed_on)
        return File(
            id=self._id(), person=_NOBODY, reference="", office="", article=held.article,
            request=Request.RENEWAL.value, held=held.id, basis="", channel=version.channel,
            state=State.SUBMITTED.value, filed_on=filed_on, complete_on=filed_on,
            acknowledged=True, withdrawn_on=None, commission_on=None, incident_opened_on=None,
            incident_established_on=None, incident_registered_on=None, outcome="",
            decided_on=None, notified_on=None, removal="", handed_over_on=None,
        )  # fmt: skip

    def _asks(self, procedure: str, filed_on: date) -> Life:
        first, last = (61, 118) if procedure == ONLINE else (5, 55)
        expires = add_days(filed_on, self.random.randint(first, last))
        card = self._card(title_of(procedure), expires, self.random.choice((1, 2, 4)))
        return Life([*self._before(card), card], self._file(procedure, card, filed_on))

    def _waits(self, procedure: str) -> Life:
        return self._asks(procedure, add_days(self.today, -self.random.randint(70, 300)))

    def _ended(self, procedure: str) -> Life:
        return self._asks(procedure, add_days(self.today, -self.random.randint(120, 420)))

    def _received(self, procedure: str) -> Life:
        """A card held since a request that ended well."""
        life = self._asks(procedure, add_days(self.today, -self.random.randint(120, 420)))
        assert life.file is not None
        decided = self._decided(life.file, 20, 60)
        handed = add_days(decided, self.random.randint(15, 45))
        years = self.random.choice((2, 4)) if procedure == ONLINE else 1
        card = self._card(life.file.article, add_days(add_years(handed, years), -1), years)
        # What is handed over takes the place of what was held.
        asked = next(d for d in life.held if d.id == life.file.held)
        life.held = [d for d in life.held if d is not asked]
        life.held += [asked._replace(withdrawn_on=handed), card]
        life.card, life.decided_length = card.id, f"{years}y"
        life.file = life.file._replace(
            state=State.HANDED_OVER.value, outcome="granted", decided_on=decided,
            handed_over_on=handed,
        )  # fmt: skip
        return life

    def _fated(self, file: File, name: str, life: Life) -> File:
        dice, today = self.random, self.today
        if name in ("waits", "review"):
            state = State.SUBMITTED if name == "waits" else State.IN_REVIEW
            late = dice.randint(1, 30) if dice.random() < 0.15 else 0
            complete = add_days(file.filed_on, late)
            return file._replace(state=state.value, complete_on=complete)
        if name == "asked":
            asked_on = add_days(today, -dice.randint(1, 20))
            life.asked = (asked_on, add_days(asked_on, 30))
            return file._replace(state=State.INCOMPLETE.value)
        if name == "incomplete":
            return file._replace(complete_on=None)
        if name == "withdrawn":
            gone = self._decided(file, 5, 100)
            return file._replace(state=State.WITHDRAWN.value, withdrawn_on=gone)
        decided = self._decided(file, 20, 66)
        if name == "refused":
            return file._replace(
                state=State.REFUSED.value, outcome="refused", decided_on=decided,
                notified_on=add_days(decided, 1),
            )  # fmt: skip
        life.decided_length = "1y"
        state = State.GRANTED if name == "granted" else State.CARD_READY
        return file._replace(state=state.value, outcome="granted", decided_on=decided)

    def _decided(self, file: File, first: int, last: int) -> date:
        return add_days(file.filed_on, self.random.randint(first, last))

    # -- what the law made of it

    def _issue(self, life: Life) -> None:
        """The papers that the nights before ``today`` published, and those given at once."""
        final = life.file
        if final is None:
            return
        ended = final.decided_on or final.withdrawn_on
        if ended is None:
            self._give(life, self.today, [])
            return
        # As it was until the day it ended; then what counted stops.
        life.file = final._replace(
            state=State.IN_REVIEW.value, outcome="", decided_on=None, withdrawn_on=None,
            notified_on=None, handed_over_on=None,
        )  # fmt: skip
        card, held = life.card, life.held
        life.held = [d for d in held if d.id != card]
        self._give(life, ended, [])
        granted = final.outcome == "granted"
        stops = ended if granted else ended + _ONE_DAY
        life.papers = [
            p._replace(void_on=stops) if p.valid_to is None or p.valid_to >= stops else p
            for p in life.papers
        ]
        life.file, life.held = final, held
        if granted:
            self._give(life, self.today, life.papers, only=Kind.ADF.value)

    def _give(self, life: Life, day: date, before: Sequence[Given], *, only: str = "") -> None:
        """Adds the papers owed and published before ``day``, one after the other."""
        assert life.file is not None
        life.papers = list(before)
        reach = day
        while True:
            duties = life.answer(reach, life.papers).applications[0].duties
            fresh = [
                duty
                for duty in duties
                if (not only or duty.issue == only)
                and self._published(duty, life.file) < day
                and not any(p.valid_from == duty.start for p in life.papers if p.counted)
            ]
            if not fresh:
                return
            for duty in fresh:
                rank = 1 + sum(p.kind == duty.issue for p in life.papers)
                life.papers.append(
                    Given(self._id(), _NOBODY, life.file.id, duty.issue, rank, duty.start,
                          duty.end, None)
                )  # fmt: skip
            reach = max(day, max((p.valid_to for p in life.papers if p.valid_to), default=day))

    def _published(self, duty: Duty, file: File) -> date:
        ahead = min(duty.due_on, add_days(duty.start, -self.lead))
        return max(ahead, file.complete_on or file.filed_on)

    def _cover(self, life: Life) -> None:
        file = life.file
        if file is None or file.state not in coverage.OPEN:
            return
        today = self.today
        said = life.answer(today, life.papers)
        last = max((p.valid_to for p in life.papers if p.valid_to and p.counted), default=today)
        ahead = said if last <= today else life.answer(last, life.papers)
        owed: ApplicationAnswer = ahead.applications[0]
        case = Case(
            state=file.state, complete_on=file.complete_on, article=file.article, office_id=""
        )
        papers = [
            Paper(kind=p.kind, rank=p.rank, valid_from=p.valid_from, valid_to=p.valid_to,
                  void_on=p.void_on)
            for p in life.papers
        ]  # fmt: skip
        until = coverage.covered_until(said, today)
        fields = coverage.fields_of(case, owed, papers, until, today)
        apart = ("person_id", "office_id", "agent_id")
        life.coverage = {name: value for name, value in fields.items() if name not in apart}

    def _remind(self, life: Life) -> None:
        """What the nights before ``today`` left to be told of each document."""
        eve = add_days(self.today, -1)
        best = max(life.held, key=lambda d: d.valid_to or date.max)
        for held in life.held:
            if held.withdrawn_on is None:
                life.reminders[held.id] = (
                    self._reminded(life, held, eve) if held is best else Reminded("", None, None)
                )

    def _reminded(self, life: Life, held: Held, eve: date) -> Reminded:
        law = load_law()
        asked = life.file is not None and life.file.held == held.id
        question = Life(life.held).known().question(eve)
        name = f"h{[d.id for d in life.held].index(held.id)}"
        names = [d["id"] for d in question["documents"]]
        if name not in names:  # the one withdrawn before it is not told
            name = names[-1]
        question["applications"] = [
            {"id": "a1", "article": held.article, "request": "renewal", "holds": name}
        ]
        planned = answer(read_question(question, law), law).applications[0]
        if planned.window is None:
            return Reminded("", None, None)
        days = law.value("filing_reminder_days", eve)
        found = moments(planned.window, planned.last_day_as_renewal, days)
        told = None if asked else latest(found, eve)
        due_on = following(found, eve)
        return Reminded("", None, due_on) if told is None else Reminded(
            told.step, told.day, due_on
        )  # fmt: skip
