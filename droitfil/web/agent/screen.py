"""A case on one screen: what was answered beside what was given, the rights, the clocks, the past.

Everything is read here, once; the template only lays it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext

from droitfil.cases.actions.moving import amends_for
from droitfil.cases.form import Form, form_of, is_too_old
from droitfil.cases.models import Alert, Amendment, Case, Complement, Coverage, Letter, Paper, Piece
from droitfil.cases.owed import next_owed
from droitfil.files.queries import name_of
from droitfil.journal.models import Entry
from droitfil.journal.queries import of_case
from droitfil.lawbook import load_law
from droitfil.lawbook.translations import renderer
from droitfil.notices.models import Message
from droitfil.notices.queries import told_of_case
from droitfil.notices.wording import word
from droitfil.people.access import DECIDES
from droitfil.people.models import Staff
from droitfil.rules.conditions import Value
from droitfil.rules.facts import Kind
from droitfil.rules.lifecycle import Event, Role, State, events
from droitfil.rules.procedure import Question as Asked
from droitfil.rules.procedure import Required, shown_answer
from droitfil.rules.seal import KINDS as SEALED
from droitfil.territory.models import Office
from droitfil.web.agent import words
from droitfil.web.agent.ranks import Told, told
from droitfil.web.copies import Way, ways_of
from droitfil.web.persons import file_of
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.templatetags.page import day

#: Lines of the history, and messages to the person, that are shown.
REMEMBERED, TOLD = 60, 5
#: Readings of the file, told apart from what was done.
_READ = ("person.read", "case.read", "piece.read")
#: Events that an agent chooses on the case's own page, and which only its holder may.
_HOLDERS = {Event.ASK, Event.GRANT, Event.REFUSE, Event.CLOSE, Event.RELEASE}


@dataclass(slots=True)
class Given:
    """A piece that was given, as it is shown."""

    piece: Piece
    label: str
    name: str
    state: str  # of its file; empty without one
    too_old: bool
    by_staff: bool  # noted or scanned at the counter


@dataclass(slots=True)
class Answer:
    """A question of the form and what was answered; ``before`` was answered first."""

    question: Asked
    label: str
    text: str
    before: list[str] = field(default_factory=list)


@dataclass(slots=True)
class WantedPiece:
    """A piece that the answers call for, why, and what was given for it."""

    required: Required
    label: str
    why: str
    reasons: list[str]
    ways: list[str]
    given: list[Given]
    lacks: bool


@dataclass(slots=True)
class Block:
    """One page of the form."""

    label: str
    answers: list[Answer]
    pieces: list[WantedPiece]


@dataclass(slots=True)
class Exchange:
    """A request for pieces, and what it asked: (label, reason, article)."""

    complement: Complement
    items: list[tuple[str, str, str]]


@dataclass(slots=True)
class ToldOf:
    """A message to the person, and what became of each copy of it."""

    message: Message
    subject: str
    ways: list[Way]

    @property
    def reached(self) -> bool:
        """Was it opened, or did a copy arrive?"""
        return self.message.read_at is not None or any(one.tone == "ok" for one in self.ways)

    @property
    def lost(self) -> bool:
        """Did every copy end without arriving, and was it never opened?"""
        return not self.reached and bool(self.ways) and all(one.lost for one in self.ways)


@dataclass(slots=True)
class Line:
    """One line of the history."""

    at: datetime
    text: Any
    by: str
    about: str


@dataclass(slots=True)
class Screen:
    """What the template of a case shows to ``staff`` on ``today``."""

    case: Case
    staff: Staff
    today: date
    form: Form
    blocks: list[Block]
    others: list[Given]
    complements: list[Exchange]
    letters: list[Letter]
    told: list[ToldOf]
    history: list[Line]
    readings: list[Line]
    rank: Told | None
    alert: Alert | None
    rights: dict[str, Any]

    @property
    def state(self) -> Any:
        return words.STATES[self.case.state]

    @property
    def tone(self) -> str:
        return words.STATE_TONES.get(self.case.state, "")

    @property
    def title(self) -> str:
        return in_words(self.form.version.label)

    @property
    def alert_act(self) -> Any:
        """What can be done about the alert."""
        return words.ALERT_ACTS[self.alert.reason] if self.alert is not None else ""

    @property
    def request(self) -> Any:
        return words.REQUESTS[self.case.request]

    @property
    def channel(self) -> Any:
        return words.CHANNELS[self.case.channel]

    @property
    def outcome(self) -> Any:
        return words.OUTCOMES.get(self.case.outcome, "")

    @property
    def removal(self) -> Any:
        return words.REMOVALS[self.case.removal]

    @property
    def held(self) -> Any:
        """What kind of document the request starts from."""
        return KINDS.get(self.case.held.kind, "") if self.case.held is not None else ""

    @property
    def mine(self) -> bool:
        return bool(self.case.agent_id == self.staff.pk)

    @property
    def may(self) -> dict[str, bool]:
        """What the agent may do now, by event; nothing for who only reads."""
        if not self.decides:
            return {}
        found = {
            event: event not in _HOLDERS or self.mine or self.case.agent_id is None
            for event in events(State(self.case.state), Role.AGENT, self.case.channel)
        }
        if self.staff.role == Staff.Role.HEAD and Event.RELEASE in found:
            found[Event.RELEASE] = True
        if Event.AMEND in found:
            found[Event.AMEND] = amends_for(self.case, self.today)
        return {event.value: allowed for event, allowed in found.items()}

    @property
    def printed(self) -> Paper | None:
        """The récépissé that counts, to be printed."""
        found = self.case.papers.filter(kind=Kind.RECEPISSE.value, void_at__isnull=True)
        return found.order_by("-valid_from").first()

    @property
    def decides(self) -> bool:
        return self.staff.role in DECIDES

    @property
    def not_reached(self) -> bool:
        """Did the last message reach the person by no way?"""
        return bool(self.told) and self.told[0].lost

    @property
    def unread(self) -> bool:
        """Did the person write something that no agent has read?"""
        return any(one.staff is None and one.read_at is None for one in self.letters)

    @property
    def waits(self) -> Complement | None:
        """The request for pieces whose answer is expected."""
        asked = (exchange.complement for exchange in self.complements)
        return next((complement for complement in asked if complement.waits), None)

    @property
    def lacks(self) -> list[WantedPiece]:
        return [piece for block in self.blocks for piece in block.pieces if piece.lacks]

    @property
    def clocks(self) -> list[tuple[str, str]]:
        """The days that run: (what, when)."""
        return list(_clocks(self))

    @property
    def conditions(self) -> list[tuple[bool | None, str, str]]:
        """The conditions of the law that the facts let us check: (met, sentence, rule)."""
        say = _say()
        return [(c.met, say(c.says), c.rule) for c in self.form.application.conditions]

    @property
    def papers(self) -> list[dict[str, Any]]:
        return [
            {"paper": paper, "kind": KINDS[paper.kind], "sealed": paper.kind in SEALED}
            for paper in self.case.papers.order_by("valid_from", "kind")
        ]


def screen_of(case: Case, staff: Staff, today: date) -> Screen:
    """Everything there is to show of ``case``."""
    form = form_of(case, today)
    given = _given(case, form)
    codes = {code for r in form.required for code in (r.piece.code, *r.codes)}
    coverage = Coverage.objects.filter(case=case).first()
    asked = list(case.complements.prefetch_related("items").select_related("asked_by"))
    until = next((complement.due_on for complement in asked if complement.waits), None)
    rank = None
    if coverage is not None:
        coverage.case = case
        rank = told(coverage, until, today)
    return Screen(
        case=case,
        staff=staff,
        today=today,
        form=form,
        blocks=_blocks(case, form, given),
        others=[one for one in given if one.piece.code not in codes],
        complements=[_exchange(complement, form) for complement in asked],
        letters=list(case.letters.select_related("staff")),
        told=_told(case),
        history=_lines(of_case(case.pk).exclude(action__in=_READ)),
        readings=_lines(of_case(case.pk).filter(action__in=_READ)),
        rank=rank,
        alert=Alert.objects.filter(case=case, closed_on__isnull=True).first(),
        rights=file_of(case.person, today, theirs=True),
    )


def _told(case: Case) -> list[ToldOf]:
    told_of = told_of_case(case.pk, most=TOLD)
    texts = word([message for message, _copies in told_of], language=get_language())
    return [
        ToldOf(message, text.subject, ways_of(copies))
        for (message, copies), text in zip(told_of, texts, strict=True)
    ]


def label_of(form: Form, code: str) -> str:
    """How a piece, a document that stands for one, or a question is called."""
    for piece in form.version.pieces:
        labels = {piece.code: piece.label, **{way.code: way.label for way in piece.accepts}}
        if code in labels:
            return in_words(labels[code])
    question = form.version.question(code)
    return in_words(question.label) if question is not None else code


def _exchange(complement: Complement, form: Form) -> Exchange:
    return Exchange(
        complement,
        [(label_of(form, i.code), i.reason, i.article) for i in complement.items.all()],
    )


def _say() -> Any:
    return renderer(get_language() or "fr").text


def _blocks(case: Case, form: Form, given: Sequence[Given]) -> list[Block]:
    changed: dict[str, list[Amendment]] = {}
    for amendment in case.amendments.select_related("by__staff").order_by("at", "id"):
        changed.setdefault(amendment.field, []).append(amendment)
    lacking = {required.piece.code for required in form.lacks.pieces}
    blocks = []
    for block in form.version.blocks:
        answers = [
            _answer(question, form.values, changed.get(question.id, ()))
            for question in form.questions
            if question.block == block.id
        ]
        pieces = [
            _wanted(required, given, lacks=required.piece.code in lacking)
            for required in form.required
            if required.piece.block == block.id
        ]
        if answers or pieces:
            blocks.append(Block(in_words(block.label), answers, pieces))
    return blocks


def _answer(
    question: Asked, values: Mapping[str, Value | None], changed: Sequence[Amendment]
) -> Answer:
    old = [_before(question, one) for one in changed if one.before is not None or one.reason]
    return Answer(
        question, in_words(question.label), _shown(question, values.get(question.id)), old
    )


def _before(question: Asked, changed: Amendment) -> str:
    """What was answered before; who of the staff put it right, and why."""
    old = gettext("sans réponse")
    if changed.before is not None:
        old = _shown(question, _typed(question, changed.before))
    if not changed.reason:
        return old
    return gettext("%(old)s ; corrigé par %(name)s : %(reason)s") % {
        "old": old, "name": changed.by.staff.name, "reason": changed.reason,
    }  # fmt: skip


def _typed(question: Asked, plain: Any) -> Value | None:
    """A value as an amendment keeps it, to be shown like any other."""
    if isinstance(plain, list):
        return tuple(plain)
    if question.type.kind.value == "date" and isinstance(plain, str):
        return date.fromisoformat(plain)
    return plain  # type: ignore[no-any-return]


def _shown(question: Asked, value: Value | None) -> str:
    if value is None:
        return ""
    if question.asks.value == "country":
        return gettext(load_law().countries.get(str(value), str(value)))
    if isinstance(value, tuple):
        return ", ".join(in_words(str(shown_answer(question, one))) for one in value)
    shown = shown_answer(question, value)
    return day(shown) if isinstance(shown, date) else in_words(str(shown))


def _given(case: Case, form: Form) -> list[Given]:
    found = []
    filed_on = case.filed_on or date.max
    pieces = case.pieces.filter(withdrawn_at__isnull=True).select_related("upload")
    desk = set(Staff.objects.filter(pk__in=pieces.values("added_by")).values_list("pk", flat=True))
    for piece in pieces.order_by("code", "rank"):
        upload = piece.upload
        found.append(
            Given(
                piece,
                label_of(form, piece.code),
                name_of(upload) if upload is not None else "",
                upload.state if upload is not None else "",
                case.filed_on is not None and is_too_old(form.version, piece, filed_on),
                piece.added_by_id in desk,
            )
        )
    return found


def _wanted(required: Required, given: Sequence[Given], *, lacks: bool) -> WantedPiece:
    say = _say()
    codes = {required.piece.code, *required.codes}
    return WantedPiece(
        required,
        in_words(required.piece.label),
        in_words(required.piece.why),
        [say(reason.says) for reason in required.reasons],
        [in_words(way.label) for way in required.accepts],
        [one for one in given if one.piece.code in codes],
        lacks,
    )


def _clocks(screen: Screen) -> Iterator[tuple[str, str]]:
    case, application = screen.case, screen.form.application
    if application.window is not None and case.filed_on is None:
        window = application.window
        if window.start is not None:
            yield gettext("Le dépôt ouvre"), day(window.start)
        yield gettext("Le dépôt dans les temps finit"), day(window.end)
    if screen.waits is not None:
        yield gettext("La personne peut répondre jusqu’au"), day(screen.waits.due_on)
    silence = application.silence
    if silence is not None and not case.outcome and case.withdrawn_on is None:
        if silence.earliest != silence.latest:
            yield gettext("Le silence peut valoir refus dès le"), day(silence.earliest)
        yield gettext("Le silence vaut refus le"), day(silence.latest)
    for appeal in application.appeals:
        if appeal.limit is not None:
            yield gettext("Un recours est possible jusqu’au"), day(appeal.limit)
    owed = next_owed(application.duties, list(case.papers.all()))
    if owed is not None and not case.outcome:
        yield (
            gettext("%(paper)s à remettre au plus tard") % {"paper": KINDS[owed.issue]},
            day(owed.due_on),
        )


def _lines(found: QuerySet[Entry]) -> list[Line]:
    """The latest entries, with the names of the agents; what goes with an act is not told twice."""
    entries = list(found.filter(action__in=words.DONE)[:REMEMBERED])
    ids = {UUID(e.actor.partition(":")[2]) for e in entries if e.actor.startswith("staff:")}
    names = dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        Line(
            timezone.localtime(entry.at),
            words.DONE[entry.action],
            _who(entry.actor, names),
            _about(entry),
        )
        for entry in entries
    ]


def _who(actor: str, names: Mapping[UUID, str]) -> str:
    kind, _, who = actor.partition(":")
    if kind == "staff":
        return names.get(UUID(who), gettext("un agent"))
    return gettext("la personne") if kind == "person" else gettext("le système")


def _about(entry: Entry) -> str:
    facts = entry.facts
    if entry.subject_kind == "paper":
        return str(KINDS.get(facts.get("kind"), ""))
    if entry.action == "case.moved":
        return (
            Office.objects.filter(pk=facts["before"]).values_list("name", flat=True).first() or ""
        )
    return ""
