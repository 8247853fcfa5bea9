"""What one asks of a person who files: questions, pieces, and why each is asked.

A procedure is data (``law/procedures/``), read and checked by ``droitfil.lawbook.procedures``. It
says what the form asks and which pieces it wants; windows, clocks, papers and fees are those of
the title it names, answered by :mod:`droitfil.rules.timeline`.

Answers are typed values by question; a question that is not visible has no answer, whatever was
once written there. Conditions that rest on a missing answer are unknown: the piece is not asked
yet. Days are calendar days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from droitfil.rules import conditions as c
from droitfil.rules.answer import ApplicationAnswer
from droitfil.rules.conditions import Condition, Type, Value, Values
from droitfil.rules.facts import Document, Length, Person, Request
from droitfil.rules.facts import Kind as DocumentKind
from droitfil.rules.periods import add_months
from droitfil.rules.sentences import Sentence

_NOTHING: Mapping[str, object] = MappingProxyType({})
#: Said of a piece that neither the texts nor a secondary source vouch for.
TO_CONFIRM = Sentence("à confirmer par la préfecture", _NOTHING)
_VOUCHED = ("V", "S")
TELESERVICE, COUNTER = "teleservice", "counter"
CHANNELS = (TELESERVICE, COUNTER)


class Asks(StrEnum):
    """What a question expects."""

    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    INTEGER = "integer"
    TEXT = "text"
    LONG_TEXT = "long_text"
    COUNTRY = "country"


class Form(StrEnum):
    """How a piece is given."""

    COPY = "copy"
    ORIGINAL = "original"
    SIGNED = "signed"
    DATA = "data"


class Due(StrEnum):
    """When a piece is given."""

    FILING = "filing"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of the case beside the answers, and how an explanation says it."""

    type: Type
    label: Sentence
    words: Mapping[str, Sentence] = field(default_factory=dict)


_LATE = {
    "none": Sentence("aucun", _NOTHING),
    "risk": Sentence("possible", _NOTHING),
    "certain": Sentence("certain", _NOTHING),
}
_CHANNELS = {
    TELESERVICE: Sentence("en ligne", _NOTHING),
    COUNTER: Sentence("au guichet", _NOTHING),
}
_KINDS = {
    DocumentKind.VLS.value: Sentence("visa de long séjour", _NOTHING),
    DocumentKind.VLS_TS.value: Sentence("visa de long séjour valant titre de séjour", _NOTHING),
    DocumentKind.CST.value: Sentence("carte de séjour temporaire", _NOTHING),
    DocumentKind.CSP.value: Sentence("carte de séjour pluriannuelle", _NOTHING),
    DocumentKind.CR.value: Sentence("carte de résident", _NOTHING),
}
_ALL_KINDS = Type(c.Kind.CHOICE, tuple(kind.value for kind in DocumentKind))

#: What conditions may look at beside the answers.
FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "filing.on": Fact(c.DATE, Sentence("Jour du dépôt", _NOTHING)),
        "filing.channel": Fact(
            Type(c.Kind.CHOICE, CHANNELS), Sentence("Voie du dépôt", _NOTHING), _CHANNELS
        ),
        "filing.late_fee": Fact(
            Type(c.Kind.CHOICE, tuple(_LATE)),
            Sentence("Droit dû pour un dépôt tardif", _NOTHING),
            _LATE,
        ),
        "fees.amount": Fact(c.INTEGER, Sentence("Taxes à la remise, en euros", _NOTHING)),
        "fees.upfront": Fact(c.INTEGER, Sentence("Taxes au dépôt, en euros", _NOTHING)),
        "person.born_on": Fact(c.DATE, Sentence("Date de naissance", _NOTHING)),
        "person.nationality": Fact(c.TEXT, Sentence("Nationalité", _NOTHING)),
        "person.entered_on": Fact(c.DATE, Sentence("Premier jour en France", _NOTHING)),
        "document.kind": Fact(_ALL_KINDS, Sentence("Document détenu", _NOTHING), _KINDS),
        "document.article": Fact(c.TEXT, Sentence("Article du titre détenu", _NOTHING)),
        "document.from": Fact(c.DATE, Sentence("Premier jour du document détenu", _NOTHING)),
        "document.to": Fact(c.DATE, Sentence("Dernier jour du document détenu", _NOTHING)),
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form; ``when`` decides whether it is put."""

    id: str
    block: str  # the page it stands on
    asks: Asks
    label: str
    help: str = ""
    when: Condition | None = None
    required: bool = True
    choices: tuple[Choice, ...] = ()
    least: int | None = None  # of a whole number, or characters of a text
    most: int | None = None
    past: bool = False  # a date that has come by the day of filing
    article: str = ""
    confidence: str = "V"
    sources: tuple[str, ...] = ()
    note: str = ""  # for authors and agents

    @property
    def type(self) -> Type:
        if self.asks in (Asks.CHOICE, Asks.CHOICES):
            return Type(c.Kind(self.asks.value), tuple(choice.value for choice in self.choices))
        if self.asks in (Asks.BOOLEAN, Asks.DATE, Asks.INTEGER):
            return Type(c.Kind(self.asks.value))
        return c.TEXT


@dataclass(frozen=True, slots=True)
class Way:
    """One document that satisfies a piece."""

    code: str
    label: str
    when: Condition | None = None
    max_age: Length | None = None
    confidence: str = "V"
    sources: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """What must be shown, and why; any one of ``accepts`` satisfies it (none: the piece itself)."""

    code: str
    block: str
    label: str
    why: str  # what it shows, for the person
    article: str
    help: str = ""
    when: Condition | None = None
    forms: tuple[Form, ...] = (Form.COPY,)
    due: Due = Due.FILING
    blocking: bool = False  # civil status and nationality: without it nothing can be decided
    fresh: bool = False  # a new one with each request
    obtainable: bool = False  # another administration holds it
    translated: bool = False  # a sworn translation when it is in another language
    count: int = 1
    max_age: Length | None = None  # at filing
    accepts: tuple[Way, ...] = ()
    confidence: str = "V"
    sources: tuple[str, ...] = ()
    note: str = ""  # for authors and agents

    @property
    def to_confirm(self) -> bool:
        """Neither the texts nor a secondary source ask for it: the prefecture must confirm."""
        return self.confidence not in _VOUCHED


@dataclass(frozen=True, slots=True)
class Block:
    """A page of the form: its questions and pieces share a subject."""

    id: str
    label: str
    help: str = ""
    shared: bool = False  # the same for every child of a parent who asks for several


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question or a piece was read; for authors and agents."""

    id: str
    label: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A procedure as it stands from ``start`` until the next version."""

    procedure: str
    start: date
    title: str  # the article asked, a title of the law
    request: str  # first | renewal | change
    channel: str  # teleservice | counter
    holds: tuple[str, ...]  # kinds of document the request starts from; none: from no document
    outputs: tuple[str, ...]  # papers given while waiting and after a grant; a child's document
    label: str
    summary: str
    prepare: str  # what to do first, for the person
    blocks: tuple[Block, ...]
    questions: tuple[Question, ...]
    pieces: tuple[Piece, ...]
    sources: Mapping[str, Source]
    note: str = ""
    basis: str = ""  # the ground it opens, beside the document held (``facts.Basis``)
    proposed: Condition | None = None  # whom it is proposed to; nobody else is refused

    @property
    def id(self) -> str:
        """Names this version for ever: a case keeps it."""
        return f"{self.procedure}@{self.start.isoformat()}"

    def question(self, id: str) -> Question | None:  # noqa: A002 - the word of the form
        return next((question for question in self.questions if question.id == id), None)

    def piece(self, code: str) -> Piece | None:
        return next((piece for piece in self.pieces if piece.code == code), None)

    def starts_from(self, kind: str | None, article: str = "") -> bool:
        """Does the request start from such a document, or from none?

        A renewal is of the title held, a change is from another one.
        """
        if kind is None or not self.holds:
            return kind is None and not self.holds
        same = article == self.title
        fits = {Request.RENEWAL.value: same, Request.CHANGE.value: not same}
        return kind in self.holds and fits.get(self.request, True)

    @property
    def for_siblings(self) -> bool:
        """May a parent ask for several children, and give what is shared once?"""
        return any(block.shared for block in self.blocks)

    def is_proposed(self, facts: Values) -> bool:
        """Is it what such a person is likely to ask? Unknown when a fact is: then it is not."""
        return _holds(self.proposed, facts)


@dataclass(frozen=True, slots=True)
class Procedure:
    code: str
    versions: tuple[Version, ...]  # sorted by start

    def at(self, on: date) -> Version:
        """The version in force on ``on``; the oldest one for a day before all of them."""
        found = self.versions[0]
        for version in self.versions:
            if version.start <= on:
                found = version
        return found


# -- what is asked ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is asked: one fact or answer that decided it."""

    name: str  # a question or a fact
    says: Sentence


@dataclass(frozen=True, slots=True)
class Required:
    """A piece that is asked, and why."""

    piece: Piece
    accepts: tuple[Way, ...]  # those that fit the answers
    reasons: tuple[Reason, ...]  # empty: it is asked of everyone

    @property
    def codes(self) -> tuple[str, ...]:
        """What may be given for it: the ways, else the piece itself."""
        return tuple(way.code for way in self.accepts) or (self.piece.code,)


@dataclass(frozen=True, slots=True)
class Completeness:
    """What still lacks on the day of filing; pieces due at the handover lack nothing yet."""

    questions: tuple[Question, ...]  # visible, required, without an answer
    pieces: tuple[Required, ...]  # asked at filing and not given

    @property
    def complete(self) -> bool:
        return not self.questions and not self.pieces

    @property
    def blocked(self) -> bool:
        """Nothing can be decided: what establishes the person lacks."""
        return any(required.piece.blocking for required in self.pieces)


def case_facts(
    *,
    filed_on: date,
    channel: str,
    person: Person,
    held: Document | None,
    application: ApplicationAnswer | None = None,
) -> Values:
    """The facts conditions may look at; ``application`` is the kernel's answer for this request."""
    facts: dict[str, Value | None] = {
        "filing.on": filed_on,
        "filing.channel": channel,
        "person.born_on": person.born_on,
        "person.nationality": person.nationality,
        "person.entered_on": person.entered_on,
    }
    if held is not None:
        facts |= {
            "document.kind": held.kind.value,
            "document.article": held.article,
            "document.from": held.start,
            "document.to": held.end,
        }
    if application is not None:
        facts |= {
            "filing.late_fee": application.late_fee,
            "fees.amount": sum(fee.amount - fee.upfront for fee in application.fees),
            "fees.upfront": sum(fee.upfront for fee in application.fees),
        }
    return MappingProxyType(facts)


def visible_questions(version: Version, answers: Values, facts: Values) -> tuple[Question, ...]:
    """The questions to put, in order; each depends only on those before it."""
    return tuple(question for question, _ in _walk(version, answers, facts))


def kept_answers(version: Version, answers: Values, facts: Values) -> Values:
    """The answers to visible questions, and no other."""
    return MappingProxyType(
        {
            question.id: value
            for question, value in _walk(version, answers, facts)
            if value is not None
        }
    )


def required_pieces(version: Version, answers: Values, facts: Values) -> tuple[Required, ...]:
    """The pieces these answers call for, each with its reasons, in the order of the form."""
    values = {**facts, **kept_answers(version, answers, facts)}
    found = []
    for piece in version.pieces:
        reasons: tuple[Reason, ...] = ()
        if piece.when is not None:
            result = piece.when.evaluate(values)
            if result.value is not True:
                continue
            reasons = tuple(_reasons(version, result.used, values))
        ways = tuple(way for way in piece.accepts if _holds(way.when, values))
        found.append(Required(piece, ways, reasons))
    return tuple(found)


def completeness(
    version: Version, answers: Values, facts: Values, given: Collection[str]
) -> Completeness:
    """What lacks to file; ``given`` are the codes of the pieces (or of their ways) provided."""
    missing = tuple(
        question
        for question, value in _walk(version, answers, facts)
        if question.required and value is None
    )
    pieces = tuple(
        required
        for required in required_pieces(version, answers, facts)
        if required.piece.due is Due.FILING and not set(required.codes) & set(given)
    )
    return Completeness(missing, pieces)


def too_old(piece: Piece, code: str, dated_on: date, filed_on: date) -> bool:
    """Whether a document of ``code`` dated ``dated_on`` is too old on the day of filing."""
    way = next((way for way in piece.accepts if way.code == code), None)
    age = way.max_age if way is not None and way.max_age is not None else piece.max_age
    return age is not None and _after(dated_on, age) < filed_on


def _after(day: date, length: Length) -> date:
    if length.unit == "d":
        return date.fromordinal(day.toordinal() + length.count)
    return add_months(day, length.count * (12 if length.unit == "y" else 1))


def _walk(
    version: Version, answers: Values, facts: Values
) -> Iterator[tuple[Question, Value | None]]:
    """Visible questions in order, each with its answer."""
    values: dict[str, Value | None] = dict(facts)
    for question in version.questions:
        if _holds(question.when, values):
            values[question.id] = answers.get(question.id)
            yield question, values[question.id]


def _holds(condition: Condition | None, values: Values) -> bool:
    return condition is None or condition.evaluate(values).value is True


# -- why -------------------------------------------------------------------------------------------

_ANSWERED = "À « {question} », vous avez répondu : {answer}."
_FACT = "{fact} : {value}."
_BOOLEANS = {True: Sentence("oui", _NOTHING), False: Sentence("non", _NOTHING)}


def _reasons(version: Version, names: tuple[str, ...], values: Values) -> Iterator[Reason]:
    args: Mapping[str, object]
    for name in names:
        value = values.get(name)
        if value is None:
            continue
        question = version.question(name)
        if question is not None:
            args = {"question": question.label, "answer": shown_answer(question, value)}
            yield Reason(name, Sentence(_ANSWERED, args))
        else:
            fact = FACTS[name]
            word = fact.words.get(value) if isinstance(value, str) else None
            args = {"fact": fact.label.template, "value": word.template if word else value}
            yield Reason(name, Sentence(_FACT, args))


def shown_answer(question: Question, value: Value) -> str | int | date:
    """An answer as the person reads it; a text is French, to be translated like a label."""
    if isinstance(value, bool):
        return _BOOLEANS[value].template
    if isinstance(value, tuple):
        return ", ".join(str(shown_answer(question, one)) for one in value)
    if isinstance(value, str):
        return next((one.label for one in question.choices if one.value == value), value)
    return value
