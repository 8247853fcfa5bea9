"""The answer of the timeline contract, as frozen values and as plain data for JSON.

Field names are promises: fields are added, never renamed. Dates are days, ranges closed; a null
``to`` means open-ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from droitfil.rules.facts import Work
from droitfil.rules.sentences import FRENCH, Renderer, Sentence


@dataclass(frozen=True, slots=True)
class Window:
    """When to file; a null ``start`` is never early."""

    start: date | None
    end: date
    rule: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Days on which silence may count as a refusal: the earliest and the latest reading."""

    latest: date
    earliest: date
    rule: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """``target`` is the day to act by, ``limit`` the last one the court accepts."""

    target: date
    limit: date


@dataclass(frozen=True, slots=True)
class OpenAppeal:
    against: str  # silence | refusal | removal
    start: date | None
    target: date | None
    limit: date | None
    rule: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A paper the prefecture owes: in effect from ``start``, in hand on ``due_on``."""

    issue: str
    start: date
    end: date | None
    due_on: date
    rule: str


@dataclass(frozen=True, slots=True)
class Card:
    """What the law itself fixes about the card or travel document asked."""

    due_on: date | None = None
    length: str | None = None
    to: date | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    code: str
    amount: int
    upfront: int
    due: str
    rule: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A legal condition the facts let us check; ``met`` is None when they do not."""

    rule: str
    met: bool | None
    says: Sentence


@dataclass(frozen=True, slots=True)
class ApplicationAnswer:
    id: str
    channel: str | None
    window: Window | None
    timing: str | None
    protected: bool
    late_fee: str | None
    last_day_as_renewal: date | None
    silence: Silence | None
    appeal: Appeal | None
    appeals: tuple[OpenAppeal, ...]
    duties: tuple[Duty, ...]
    commission: str | None
    card: Card
    fees: tuple[Fee, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Span:
    start: date
    end: date | None
    stay: bool
    work: Work
    social: bool
    travel: str
    proofs: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    start: date
    end: date
    entitled: bool
    why: Sentence
    remedy: str
    rule: str


@dataclass(frozen=True, slots=True)
class Todo:
    do: str
    application: str | None
    document: str | None
    start: date | None
    end: date | None
    rule: str


@dataclass(frozen=True, slots=True)
class Lapse:
    document: str
    lapses_on: date | None
    rule: str


@dataclass(frozen=True, slots=True)
class Warn:
    code: str
    start: date | None
    says: Sentence
    parameter: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Because:
    rule: str
    says: Sentence
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    today: date
    language: str
    applications: tuple[ApplicationAnswer, ...]
    spans: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    todo: tuple[Todo, ...]
    lapses: tuple[Lapse, ...]
    warnings: tuple[Warn, ...]
    explain: tuple[Because, ...]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


class _Writer:
    """Writes one answer as plain data; beside each French ``says``, ``said`` in ``language``."""

    def __init__(self, language: str, renderer: Renderer | None) -> None:
        self._other = renderer if language != "fr" else None

    def says(self, sentence: Sentence) -> dict[str, str]:
        written = {"says": FRENCH.text(sentence)}
        if self._other is not None:
            written["said"] = self._other.text(sentence)
        return written

    def application(self, a: ApplicationAnswer) -> dict[str, Any]:
        window, silence, appeal, card = a.window, a.silence, a.appeal, a.card
        return {
            "id": a.id,
            "channel": a.channel,
            "window": window
            and {"from": _iso(window.start), "to": _iso(window.end), "rule": window.rule},
            "timing": a.timing,
            "protected": a.protected,
            "late_fee": a.late_fee,
            "last_day_as_renewal": _iso(a.last_day_as_renewal),
            "silence": silence
            and {
                "latest": _iso(silence.latest),
                "earliest": _iso(silence.earliest),
                "rule": silence.rule,
            },
            "appeal": appeal and {"target": _iso(appeal.target), "limit": _iso(appeal.limit)},
            "appeals": [
                {
                    "against": way.against,
                    "from": _iso(way.start),
                    "target": _iso(way.target),
                    "limit": _iso(way.limit),
                    "rule": way.rule,
                }
                for way in a.appeals
            ],
            "duties": [
                {
                    "issue": duty.issue,
                    "from": _iso(duty.start),
                    "to": _iso(duty.end),
                    "due_on": _iso(duty.due_on),
                    "rule": duty.rule,
                }
                for duty in a.duties
            ],
            "commission": a.commission,
            "card": {
                "due_on": _iso(card.due_on),
                "length": card.length,
                "to": _iso(card.to),
                "rule": card.rule,
            },
            "fees": [
                {
                    "code": fee.code,
                    "amount": fee.amount,
                    "upfront": fee.upfront,
                    "due": fee.due,
                    "rule": fee.rule,
                    "confidence": fee.confidence,
                }
                for fee in a.fees
            ],
            "conditions": [
                {"rule": c.rule, "met": c.met, **self.says(c.says)} for c in a.conditions
            ],
        }

    def span(self, span: Span) -> dict[str, Any]:
        return {
            "from": _iso(span.start),
            "to": _iso(span.end),
            "stay": span.stay,
            "work": span.work.value,
            "social": span.social,
            "travel": span.travel,
            "proofs": list(span.proofs),
            "rules": list(span.rules),
        }

    def gap(self, gap: Gap) -> dict[str, Any]:
        why = self.says(gap.why)
        written: dict[str, Any] = {
            "from": _iso(gap.start),
            "to": _iso(gap.end),
            "entitled": gap.entitled,
            "why": why["says"],
            "remedy": gap.remedy,
            "rule": gap.rule,
        }
        if "said" in why:
            written["said"] = why["said"]
        return written

    def todo(self, todo: Todo) -> dict[str, Any]:
        subject = (
            {"application": todo.application}
            if todo.application is not None
            else {"document": todo.document}
        )
        return {
            "do": todo.do,
            **subject,
            "from": _iso(todo.start),
            "to": _iso(todo.end),
            "rule": todo.rule,
        }

    def warning(self, warn: Warn) -> dict[str, Any]:
        written: dict[str, Any] = {
            "code": warn.code,
            "from": _iso(warn.start),
            **self.says(warn.says),
        }
        if warn.parameter is not None:
            written["parameter"] = warn.parameter
        if warn.field is not None:
            written["field"] = warn.field
        return written


def plain(answer: Answer, renderer: Renderer | None = None) -> dict[str, Any]:
    """The contract's answer as plain data, ready for JSON; ``renderer`` writes ``said``."""
    writer = _Writer(answer.language, renderer)
    return {
        "today": _iso(answer.today),
        "applications": [writer.application(a) for a in answer.applications],
        "spans": [writer.span(s) for s in answer.spans],
        "gaps": [writer.gap(g) for g in answer.gaps],
        "todo": [writer.todo(t) for t in answer.todo],
        "lapses": [
            {"document": x.document, "lapses_on": _iso(x.lapses_on), "rule": x.rule}
            for x in answer.lapses
        ],
        "warnings": [writer.warning(w) for w in answer.warnings],
        "explain": [
            {"rule": b.rule, **writer.says(b.says), "facts": list(b.facts)} for b in answer.explain
        ],
    }
