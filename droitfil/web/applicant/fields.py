"""The questions of a procedure as fields of a page: what was typed, what is wrong, beside each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.cases.actions.act import said
from droitfil.lawbook import load_law
from droitfil.rules.procedure import Asks, Question
from droitfil.rules.procedure_answers import MOST_LONG_TEXT, MOST_TEXT, Problem
from droitfil.web.public.law_search import plain
from droitfil.web.public.law_words import in_words
from droitfil.web.public.whereami.dates import Unclear, iso, read_day

#: What stands between the three boxes of a date that could not be read, in a draft.
_BETWEEN = "/"
_BOXES = ("j", "m", "a")
_BOOLEANS = (("true", _("Oui")), ("false", _("Non")))
_MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    checked: bool
    id: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One question as the page shows it; ``kind`` chooses the boxes."""

    name: str
    id: str
    kind: str  # choice | boxes | date | number | text | long | list
    label: str
    hint: str
    article: str
    required: bool
    options: tuple[Option, ...]
    text: str
    boxes: tuple[str, str, str]
    most: int
    error: str

    @property
    def focus(self) -> str:
        """The id of the first box, where an error leads."""
        if self.kind in ("choice", "boxes"):
            return self.options[0].id
        return f"{self.id}-j" if self.kind == "date" else self.id

    @property
    def described(self) -> str:
        """The ids of what is said of it."""
        parts = [f"{self.id}-aide"] if self.hint else []
        return " ".join(parts + ([f"{self.id}-faute"] if self.error else []))


_KINDS = {
    Asks.BOOLEAN: "choice", Asks.CHOICE: "choice", Asks.CHOICES: "boxes", Asks.DATE: "date",
    Asks.INTEGER: "number", Asks.TEXT: "text", Asks.LONG_TEXT: "long", Asks.COUNTRY: "list",
}  # fmt: skip


def shown(question: Question, written: Any, problem: Problem | None) -> Shown:
    """``question`` with what was written for it, as a draft keeps it, readable or not."""
    kept = _kept(written)
    text = "" if isinstance(written, list | tuple) else next(iter(kept), "")
    return Shown(
        name=question.id,
        id=f"q-{question.id}",
        kind=_KINDS[question.asks],
        label=in_words(question.label),
        hint=in_words(question.help),
        article=question.article,
        required=question.required,
        options=tuple(_options(question, kept)),
        text=text,
        boxes=_three(text),
        most=min(question.most or MOST_LONG_TEXT, MOST_LONG_TEXT)
        if question.asks is Asks.LONG_TEXT
        else MOST_TEXT,
        error=_error(question, text, problem),
    )


def typed(questions: Iterable[Question], data: QueryDict) -> dict[str, Any]:
    """What a form sent for ``questions``: a text, or several; empty when nothing."""
    return {question.id: _typed(question, data) for question in questions}


def sent(question: Question, data: QueryDict) -> bool:
    """Did the form have this question? Radio buttons that nobody pressed leave no trace."""
    return question.id in data or f"{question.id}_{_BOXES[0]}" in data


def _typed(question: Question, data: QueryDict) -> Any:
    if question.asks is Asks.CHOICES:
        return data.getlist(question.id)
    if question.asks is not Asks.DATE:
        return data.get(question.id, "").strip()
    boxes = [data.get(f"{question.id}_{box}", "").strip() for box in _BOXES]
    try:
        day = read_day(*boxes, past=question.past)
    except Unclear:
        return _BETWEEN.join(boxes)
    return day.isoformat() if day is not None else ""


def _kept(written: Any) -> tuple[str, ...]:
    if isinstance(written, list | tuple):
        return tuple(str(one) for one in written)
    if isinstance(written, bool):
        return (str(written).lower(),)
    return () if written in (None, "") else (str(written),)


def _options(question: Question, kept: tuple[str, ...]) -> Iterable[Option]:
    pairs: list[tuple[str, str]] = []
    if question.asks is Asks.BOOLEAN:
        pairs = [(value, str(label)) for value, label in _BOOLEANS]
    elif question.asks in (Asks.CHOICE, Asks.CHOICES):
        pairs = [(choice.value, in_words(choice.label)) for choice in question.choices]
    elif question.asks is Asks.COUNTRY:
        named = [(code, gettext(name)) for code, name in load_law().countries.items()]
        pairs = [("", gettext("Choisissez un pays")), *sorted(named, key=lambda n: plain(n[1]))]
    for rank, (value, label) in enumerate(pairs):
        yield Option(value, label, value in kept, f"q-{question.id}-{rank}")


def _three(text: str) -> tuple[str, str, str]:
    day = iso(text)
    if day is not None:
        return str(day.day), str(day.month), str(day.year)
    first, second, third = (*text.split(_BETWEEN, 2), "", "")[:3]
    return first, second, third


def _error(question: Question, text: str, problem: Problem | None) -> str:
    if problem is None:
        return ""
    if problem.code == _MISSING:
        return said(problem.remedy)
    if question.asks is Asks.DATE and problem.code == "unreadable":
        try:
            read_day(*_three(text))
        except Unclear as unclear:
            return str(unclear.says)
    return f"{said(problem.says)} {said(problem.remedy)}"


def by_field(problems: Iterable[Problem]) -> Mapping[str, Problem]:
    """The first problem of each question."""
    found: dict[str, Problem] = {}
    for problem in problems:
        found.setdefault(problem.field, problem)
    return found
