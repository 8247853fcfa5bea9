"""The answer told: today first, then the line of rights and the names of what proves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext

from droitfil.rules.facts import OTHER_STATE, PAPERS
from droitfil.rules.law import Law
from droitfil.rules.periods import birthday
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.public.whereami import answer_words as words
from droitfil.web.public.whereami.dates import iso
from droitfil.web.public.whereami.flow import Place
from droitfil.web.public.whereami.line import Drawing, draw
from droitfil.web.public.whereami.question import Data
from droitfil.web.public.whereami.state import UNKNOWN, State
from droitfil.web.public.whereami.summary import name_application
from droitfil.web.templatetags.page import day


def said(item: dict[str, Any], key: str = "says") -> str:
    """The sentence in the reader's language when the answer has it."""
    return str(item.get("said") or item[key])


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(slots=True)
class Item:
    """One sentence of the page, with its rule one tap away."""

    title: Any
    more: Any = ""
    rule: str = ""
    tone: str = ""
    day: date | None = None
    about: str = ""
    place: str = ""  # a page to fill
    fact: str = ""  # a box to tick


@dataclass(slots=True)
class Stretch:
    number: int
    start: date
    end: date | None
    stay: bool
    work: str
    travel: str
    words: str
    proofs: str
    rules: list[str]
    current: bool


@dataclass(slots=True)
class Fees:
    about: str
    rows: list[dict[str, Any]]
    total: int
    late_risk: str
    rule: str


@dataclass(slots=True)
class Telling:
    """The answer to ``asked``, told. Everything is computed once, in :meth:`__post_init__`."""

    answer: dict[str, Any]
    asked: Data
    state: State
    places: list[Place]
    law: Law
    now: date
    today: date = field(init=False)
    headline: Any = field(init=False, default="")
    tone: str = field(init=False, default="ok")
    proof: str = field(init=False, default="")
    until: str = field(init=False, default="")
    span: dict[str, Any] | None = field(init=False, default=None)
    can: list[Item] = field(init=False, default_factory=list)
    stretches: list[Stretch] = field(init=False, default_factory=list)
    drawing: Drawing | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.today = date.fromisoformat(self.answer["today"])
        self.span = next((s for s in self.answer["spans"] if self._holds(s)), None)
        self._tell_today()
        self._tell_stretches()

    # -- today ----------------------------------------------------------------------------------

    @property
    def other_day(self) -> bool:
        return self.today != self.now

    def _holds(self, span: dict[str, Any]) -> bool:
        start, end = day_of(span["from"]), day_of(span["to"])
        return start is not None and start <= self.today and (end is None or self.today <= end)

    def _tell_today(self) -> None:
        span = self.span
        if self._for_child():
            self.headline, self.tone = words.CHILD_HEADLINE, "ok"
            travel = words.TRAVEL[span["travel"] if span else "none"]
            for (tone, title, more), rule in ((words.CHILD_STAY, "L411-1"), (travel, "L414-5")):
                self.can.append(Item(title, more, rule, tone))
            return
        if not (span is not None and span["stay"]) and self._not_enough():
            self.headline, self.tone = words.NOT_ENOUGH, "warn"
            self.until = str(words.NOT_ENOUGH_MORE)
            return
        if span is not None and span["stay"]:
            found: dict[str, Any] = words.HEADLINES_ON if self.other_day else words.HEADLINES
            self.headline = found[span["work"]]
            self.tone = "ok" if span["work"] != "none" else "warn"
            self.proof = self.proofs(span["proofs"])
            self.until = self._stays_until(span)
            if self._not_enough():
                self.tone, self.until = "warn", str(words.END_UNKNOWN)
        else:
            self.headline = words.UNPROVEN_ON if self.other_day else words.UNPROVEN
            if self._owed:
                self.headline = words.OWED
                self.until = self._owed_now()
            self.tone = "bad"
        if self.other_day:
            self.headline = str(self.headline).replace("%(day)s", day(self.today))
        current = span or {"stay": False, "work": "none", "travel": "none", "social": False}
        rules = current.get("rules") or [""]
        social = words.SOCIAL[current["social"]] if self.answer["spans"] else words.NO_SOCIAL
        rights: tuple[tuple[Any, str], ...] = (
            (words.STAY[current["stay"]], "L411-1"),
            (words.WORK_UNPROVEN if self._owed else words.WORK[current["work"]], rules[-1]),
            (words.TRAVEL[current["travel"]], rules[0]),
            (social, rules[0]),
        )
        for (tone, title, more), rule in rights:
            self.can.append(Item(title, more, rule, tone))

    @property
    def _owed(self) -> bool:
        """Does the law owe today a paper that is not there?"""
        return any(gap["entitled"] and self._in(gap) for gap in self.answer["gaps"])

    def decision(self, application: str) -> dict[str, Any] | None:
        """The prefecture's answer, once it is there: until its day, it is only a plan."""
        for a in self.asked.get("applications", []):
            decided: dict[str, Any] | None = a.get("decision")
            if a["id"] == application and decided and decided["taken_on"] <= self.answer["today"]:
                return decided
        return None

    def is_past(self, application: str, duty: dict[str, Any]) -> bool:
        """Is a paper no longer owed: its days are over, or a decision ended the waiting?"""
        if duty["to"] is not None and duty["to"] < self.answer["today"]:
            return True
        decided = self.decision(application)
        return decided is not None and duty["issue"] != "ADF"

    def _owed_now(self) -> str:
        """Which paper the law owes today, and since when."""
        for a in self.answer["applications"]:
            for duty in a["duties"]:
                start = day_of(duty["from"])
                if duty["from"] <= self.answer["today"] and not self.is_past(a["id"], duty):
                    assert start is not None
                    return gettext("La préfecture vous doit %(paper)s depuis le %(day)s.") % {
                        "paper": words.PAPERS[duty["issue"]],
                        "day": words.dated(start, self.today),
                    }
        return ""

    def _not_enough(self) -> bool:
        """Is the paper, or the day it ends, still unknown to us?"""
        open_ended = {"ADF", "CR_PERMANENT", "EU_ATTESTATION", *OTHER_STATE}
        if any(
            "to" not in d and d["kind"] not in open_ended for d in self.asked.get("documents", [])
        ):
            return True
        return self.state.get("d1") == UNKNOWN

    def _for_child(self) -> bool:
        """Is the only question a minor's document? A minor needs no title to stay."""
        born = day_of(self.asked.get("person", {}).get("born_on"))
        if born is not None and birthday(born, self._majority()) <= self.today:
            return False
        kinds = {d["kind"] for d in self.asked.get("documents", [])}
        articles = {a.get("article") for a in self.asked.get("applications", [])}
        titles = [self.law.titles[a] for a in articles if a in self.law.titles]
        minor = all(t.minor_document for t in titles) and len(titles) == len(articles)
        return bool(kinds or titles) and kinds <= {"DCEM", "TIR"} and minor

    def _majority(self) -> int:
        return int(self.law.value("majority_age", self.today))

    def _in(self, gap: dict[str, Any]) -> bool:
        return bool(gap["from"] <= self.answer["today"] <= gap["to"])

    def _stays_until(self, span: dict[str, Any]) -> str:
        """Last day of the unbroken right to stay that holds today."""
        end: str | None = None
        spans = self.answer["spans"]
        for later in spans[spans.index(span) :]:
            if not later["stay"]:
                break
            end = later["to"]
            if end is None:
                return gettext("Sans date de fin connue aujourd’hui.")
        last = day_of(end)
        if last is None:
            return ""
        return gettext("Jusqu’au %(day)s.") % {"day": words.dated(last, self.today)}

    @property
    def breaks(self) -> date | None:
        """First day to come without proof of stay, after today's."""
        if self.span is None or not self.span["stay"]:
            return None
        for span in self.answer["spans"]:
            start = day_of(span["from"])
            if start is not None and start > self.today and not span["stay"]:
                return start
        return None

    @property
    def ends(self) -> str:
        """From which day nothing proves the stay any more, when that day is known."""
        if self.breaks is None:
            return ""
        text = gettext("À partir du %(day)s, aucun papier n’est sûr.")
        return text % {"day": words.dated(self.breaks, self.today)}

    # -- names ----------------------------------------------------------------------------------

    def proofs(self, names: list[str]) -> str:
        """What to show: the papers, the card beside them, and the law when it alone extends it."""
        shown = [self.proof_name(name) for name in names if name not in self.law.rules]
        laws = [name for name in names if name in self.law.rules]
        told = gettext(" avec ").join(shown)
        papers = any(self._is_paper(name) for name in names)
        if laws and not papers:
            label = in_words(self.law.rules[laws[0]].label)
            told = gettext("%(card)s, que la loi prolonge") % {"card": told} if told else label
        return told

    def _is_paper(self, name: str) -> bool:
        return ":" in name or self.state.get(name) in PAPERS

    def proof_name(self, name: str) -> str:
        if ":" in name:
            issue, _application, rank = name.split(":")
            paper = str(words.THE_PAPERS[issue.upper()])
            if issue.upper() in ("ADF", "EU_ATTESTATION") or rank == "1":
                return paper
            return gettext("%(paper)s, n° %(rank)s") % {"paper": paper, "rank": rank}
        kind = str(KINDS.get(self.state.get(name, ""), name))
        end = iso(self.state.get(f"{name}.au"))
        yours = self.called(kind[:1].lower() + kind[1:])
        if end is None:
            return yours
        text = gettext("%(paper)s (jusqu’au %(day)s)")
        if end < self.today:
            text = gettext("%(paper)s (fin le %(day)s)")
        return text % {"paper": yours, "day": day(end)}

    def called(self, kind: str) -> str:
        """A document, to who holds it."""
        return gettext("votre %(kind)s") % {"kind": kind}

    def application_name(self, name: str) -> str:
        return name_application(self.state, name, self.law)

    @property
    def several(self) -> bool:
        return len(self.answer["applications"]) > 1

    # -- the line -------------------------------------------------------------------------------

    def _tell_stretches(self) -> None:
        for i, span in enumerate(self.answer["spans"], start=1):
            start = day_of(span["from"])
            assert start is not None
            told = (
                gettext("%(work)s, %(travel)s")
                % {
                    "work": words.WORK_SHORT[span["work"]],
                    "travel": words.TRAVEL_SHORT[span["travel"]],
                }
                if span["stay"]
                else ""
            )
            self.stretches.append(
                Stretch(
                    i,
                    start,
                    day_of(span["to"]),
                    span["stay"],
                    span["work"],
                    span["travel"],
                    told,
                    self.proofs(span["proofs"]),
                    list(span["rules"]),
                    self._holds(span),
                )
            )
        self.drawing = draw(
            self.answer["spans"],
            self.today,
            self._marked(),
            (gettext("Rester"), gettext("Travailler"), gettext("Voyager et revenir")),
            gettext("aujourd’hui") if not self.other_day else day(self.today),
        )

    def _marked(self) -> list[tuple[date, str]]:
        marked = []
        for a in self.asked.get("applications", []):
            filed, decided = (
                day_of(a.get("filed_on")),
                day_of(a.get("decision", {}).get("taken_on")),
            )
            if filed:
                marked.append((filed, gettext("dépôt")))
            if decided:
                marked.append((decided, gettext("réponse")))
        for a in self.answer["applications"]:
            silence = a["silence"] and day_of(a["silence"]["earliest"])
            if silence and not self.decision(a["id"]) and abs((silence - self.today).days) < 500:
                marked.append((silence, gettext("silence = refus")))
        for span in self.answer["spans"]:
            start = day_of(span["from"])
            if start and not span["stay"]:
                marked.append((start, gettext("plus de papier")))
        return marked
