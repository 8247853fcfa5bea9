"""Answers to a procedure's questions: read from what was typed, judged, written down again.

What is wrong is data, never an exception: the field, a sentence that says it, a sentence that
says what to do, the article when there is one. A draft keeps what can be read and shows the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from droitfil.rules.conditions import Value, Values
from droitfil.rules.procedure import Asks, Question, Version, visible_questions
from droitfil.rules.sentences import Sentence

_NOTHING: Mapping[str, Any] = MappingProxyType({})
#: Bounds of what is read at all: characters of a short and of a long text, of a quoted value.
MOST_TEXT = 200
MOST_LONG_TEXT = 2000
MOST_QUOTED = 60
MOST_CHOICES = 50

_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right before filing."""

    field: str
    code: str  # missing | unreadable | unknown | out_of_bounds | future
    says: Sentence
    remedy: Sentence
    article: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What could be read of the answers, and what is wrong with the rest."""

    values: Values
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    def __init__(self, code: str, says: Sentence, remedy: Sentence) -> None:
        super().__init__(says.template)
        self.code = code
        self.says = says
        self.remedy = remedy


def read_answers(
    version: Version, written: Mapping[str, Any], facts: Values, *, countries: Mapping[str, str]
) -> Answers:
    """Typed answers to the visible questions; empty ones are absent, hidden ones are dropped.

    ``written`` holds texts as a form sends them, or plain JSON values as :func:`plain_answers`
    wrote them. ``countries`` are the codes that a question about a country admits. Days « past »
    are judged on the fact ``filing.on``. A missing answer is no problem here: see
    :func:`validate`.
    """
    values: dict[str, Value] = {}
    wrong: dict[str, Problem] = {}
    for question in version.questions:
        given = written.get(question.id)
        if given is None or given in ("", [], ()):
            continue
        try:
            values[question.id] = _read(question, given, facts.get("filing.on"), countries)
        except _Wrong as error:
            wrong[question.id] = Problem(
                question.id, error.code, error.says, error.remedy, question.article
            )
    visible = [question.id for question in visible_questions(version, values, facts)]
    problems = [wrong[name] for name in visible if name in wrong]
    problems += [_unknown(str(name)) for name in written if version.question(str(name)) is None]
    kept = {name: values[name] for name in visible if name in values}
    return Answers(MappingProxyType(kept), tuple(problems))


def validate(
    version: Version, written: Mapping[str, Any], facts: Values, *, countries: Mapping[str, str]
) -> Answers:
    """As :func:`read_answers`, and every visible required question must have its answer."""
    read = read_answers(version, written, facts, countries=countries)
    wrong = {problem.field for problem in read.problems}
    missing = tuple(
        Problem(
            question.id,
            "missing",
            Sentence("« {question} » n'a pas de réponse.", {"question": question.label}),
            Sentence("Répondez à cette question.", _NOTHING),
            question.article,
        )
        for question in visible_questions(version, read.values, facts)
        if question.required and question.id not in read.values and question.id not in wrong
    )
    order = {question.id: rank for rank, question in enumerate(version.questions)}
    problems = sorted(
        (*read.problems, *missing), key=lambda problem: order.get(problem.field, len(order))
    )
    return Answers(read.values, tuple(problems))


def plain_answers(values: Values) -> dict[str, Any]:
    """Answers as plain JSON data that :func:`read_answers` reads back the same."""
    written: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, date):
            written[name] = value.isoformat()
        elif value is not None:
            written[name] = list(value) if isinstance(value, tuple) else value
    return written


def _unknown(name: str) -> Problem:
    return Problem(
        name[:MOST_QUOTED],
        "unknown",
        Sentence("« {name} » n'est pas une question de cette démarche.", {"name": _quoted(name)}),
        Sentence("Retirez ce champ.", _NOTHING),
    )


def _quoted(value: Any) -> str:
    text = str(value)
    return text if len(text) <= MOST_QUOTED else text[: MOST_QUOTED - 1] + "…"


def _read(
    question: Question, given: Any, filed_on: Value | None, countries: Mapping[str, str]
) -> Value:
    match question.asks:
        case Asks.BOOLEAN:
            return _boolean(given)
        case Asks.INTEGER:
            return _integer(question, given)
        case Asks.DATE:
            return _date(question, given, filed_on)
        case Asks.CHOICE:
            return _choice(question, given)
        case Asks.CHOICES:
            return _choices(question, given)
        case Asks.COUNTRY:
            return _country(given, countries)
        case Asks.TEXT | Asks.LONG_TEXT:
            return _text(question, given)


def _boolean(given: Any) -> bool:
    value = given if isinstance(given, bool) else _BOOLEANS.get(str(given))
    if value is None:
        raise _Wrong(
            "unreadable",
            Sentence("« {value} » n'est ni oui ni non.", {"value": _quoted(given)}),
            Sentence("Choisissez oui ou non.", _NOTHING),
        )
    return value


def _integer(question: Question, given: Any) -> int:
    text = "" if isinstance(given, bool) else str(given).replace("\u202f", "").replace(" ", "")
    if not text.isascii() or not text.isdigit() or len(text) > MOST_QUOTED:
        raise _Wrong(
            "unreadable",
            Sentence("« {value} » n'est pas un nombre entier.", {"value": _quoted(given)}),
            Sentence("Écrivez des chiffres seulement, sans virgule.", _NOTHING),
        )
    value = int(text)
    if question.least is not None and value < question.least:
        raise _Wrong(
            "out_of_bounds",
            Sentence("{value} est trop petit.", {"value": value}),
            Sentence("Écrivez au moins {least}.", {"least": question.least}),
        )
    if question.most is not None and value > question.most:
        raise _Wrong(
            "out_of_bounds",
            Sentence("{value} est trop grand.", {"value": _quoted(value)}),
            Sentence("Écrivez au plus {most}.", {"most": question.most}),
        )
    return value


def _date(question: Question, given: Any, filed_on: Value | None) -> date:
    try:
        value = given if type(given) is date else date.fromisoformat(str(given))
    except ValueError:
        raise _Wrong(
            "unreadable",
            Sentence("« {value} » n'est pas une date du calendrier.", {"value": _quoted(given)}),
            Sentence("Écrivez le jour, le mois et l'année.", _NOTHING),
        ) from None
    if question.past and isinstance(filed_on, date) and value > filed_on:
        raise _Wrong(
            "future",
            Sentence("Le {day} n'est pas encore arrivé.", {"day": value}),
            Sentence("Donnez une date qui n'est pas après le jour du dépôt.", _NOTHING),
        )
    return value


def _choice(question: Question, given: Any) -> str:
    if not isinstance(given, str) or given not in question.type.values:
        raise _Wrong(
            "unreadable",
            Sentence("« {value} » n'est pas un des choix.", {"value": _quoted(given)}),
            Sentence("Choisissez une des réponses proposées.", _NOTHING),
        )
    return given


def _choices(question: Question, given: Any) -> tuple[str, ...]:
    items = list(given) if isinstance(given, list | tuple) else [given]
    chosen = {_choice(question, item) for item in items[: MOST_CHOICES + 1]}
    return tuple(value for value in question.type.values if value in chosen)


def _country(given: Any, countries: Mapping[str, str]) -> str:
    if not isinstance(given, str) or given not in countries:
        raise _Wrong(
            "unreadable",
            Sentence("« {value} » n'est pas le code d'un pays.", {"value": _quoted(given)}),
            Sentence("Choisissez un pays de la liste.", _NOTHING),
        )
    return given


def _text(question: Question, given: Any) -> str:
    text = str(given).strip()
    ceiling = MOST_LONG_TEXT if question.asks is Asks.LONG_TEXT else MOST_TEXT
    most = min(question.most or ceiling, ceiling)
    if not isinstance(given, str) or "\x00" in text or not text:
        raise _Wrong(
            "unreadable",
            Sentence("« {value} » n'est pas un texte.", {"value": _quoted(given)}),
            Sentence("Écrivez la réponse en toutes lettres.", _NOTHING),
        )
    if len(text) > most:
        raise _Wrong(
            "out_of_bounds",
            Sentence("Ce texte est trop long.", _NOTHING),
            Sentence("Écrivez au plus {most} caractères.", {"most": most}),
        )
    if question.least is not None and len(text) < question.least:
        raise _Wrong(
            "out_of_bounds",
            Sentence("« {value} » est trop court.", {"value": _quoted(text)}),
            Sentence("Écrivez au moins {least} caractères.", {"least": question.least}),
        )
    return text
