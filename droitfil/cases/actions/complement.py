"""What lacks: asked once with its reasons, answered, extended, or left unanswered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from droitfil.cases.actions.act import Act, acting, as_agent, as_system, in_words
from droitfil.cases.actions.pieces import complete_when_nothing_lacks, mark_complete
from droitfil.cases.actions.telling import Telling
from droitfil.cases.form import known_codes, version_of
from droitfil.cases.models import Case, Complement, ComplementItem
from droitfil.lawbook import load_law
from droitfil.lib.refusals import Refusal, Trouble
from droitfil.lib.validation import check
from droitfil.people.access import Reader
from droitfil.rules.lifecycle import Event, State
from droitfil.rules.periods import add_days
from droitfil.rules.procedure import Version

_PIECE, _QUESTION = ComplementItem.What.PIECE, ComplementItem.What.QUESTION


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked: the code of a piece or of a question, and why, in words for the person."""

    code: str
    reason: str


def request_complement(
    actor: Reader,
    case: Case,
    *,
    wanted: Sequence[Wanted],
    now: datetime,
    today: date,
    due_on: date | None = None,
) -> Complement:
    """Asks, all at once, for what lacks; the clock stands still until the answer.

    :param due_on: the last day to answer; by default, and at least, ``complement_delay_days``.
    :raises Refusal: nothing asked, a thing asked twice or unknown, no reason, too short a time;
        an agent only, of a case under review.
    :raises Conflict: another agent holds it, or it was decided or withdrawn meanwhile.
    """
    with acting(actor, case, now=now, today=today) as act:
        staff = as_agent(act)
        act.step(Event.ASK, mine=True)
        complement = Complement(
            case=act.case, asked_at=now, asked_on=today, asked_by=staff,
            due_on=_due(due_on, today),
        )  # fmt: skip
        items = _items(complement, wanted, version_of(act.case.procedure, act.case.version_on))
        complement.save(force_insert=True)
        for item in items:
            item.save(force_insert=True)
        facts = {"due_on": complement.due_on, "codes": [item.code for item in items]}
        asked = [item.code for item in items if item.what == _PIECE]
        told = {"complement_asked": {"pieces": asked, "due_on": complement.due_on}}
        act.record("complement.requested", {"complement": complement.pk, **facts}, tell=told)
        return complement


def extend(actor: Reader, case: Case, *, due_on: date, now: datetime, today: date) -> Complement:
    """Gives more time to answer, until ``due_on`` included.

    :raises Refusal: a day that is not later; nothing is expected.
    """
    with acting(actor, case, now=now, today=today) as act:
        as_agent(act)
        act.step(Event.EXTEND)
        complement = waiting(act.case)
        if due_on <= complement.due_on:
            raise Refusal(
                gettext("Donnez un jour après le %(day)s.")
                % {"day": f"{complement.due_on:%d/%m/%Y}"},
                field="due_on",
            )
        complement.due_on = due_on
        complement.save(update_fields=["due_on"])
        facts = {"complement": complement.pk, "due_on": due_on}
        act.record("complement.extended", facts, tell={"complement_extended": {"due_on": due_on}})
        return complement


def produce(
    actor: Reader, case: Case, *, now: datetime, today: date, as_it_is: bool = False
) -> Complement:
    """Answers the request: the clock runs again. An agent does it for what came at the counter.

    :param as_it_is: though something asked was not given; an agent looks at what there is.
    :raises Refusal: nothing is expected, or, with each, things asked that were not given.
    """
    with acting(actor, case, now=now, today=today) as act:
        act.step(Event.PRODUCE)
        complement = waiting(act.case)
        lacking = not_given(complement)
        if lacking and not as_it_is and act.staff is None:
            raise _still_lacking(lacking, act.case)
        complement.produced_on = today
        complement.save(update_fields=["produced_on"])
        everything = not lacking or (act.staff is not None and not as_it_is)
        if act.case.complete_on is None:
            # What was asked is everything that lacked: it is asked once.
            if everything:
                mark_complete(act)
            else:
                complete_when_nothing_lacks(act)
        facts = {"complement": complement.pk, "everything": everything}
        act.record("complement.produced", facts, tell=_answered(act))
        return complement


def lapse_complement(by: str, case: Case, *, now: datetime, today: date) -> bool:
    """The time to answer is over: a human looks at what there is; says whether anything changed.

    Nothing is closed nor refused for it. Done by the night, ``by`` "system:night".
    """
    with as_system(by, case, now=now, today=today) as act:
        if act.state is not State.INCOMPLETE:
            return False
        complement = waiting(act.case)
        if today <= complement.due_on:
            return False
        act.step(Event.COMPLEMENT_OVERDUE)
        complement.lapsed_on = today
        complement.save(update_fields=["lapsed_on"])
        told = {"complement_overdue": {"due_on": complement.due_on}}
        act.record("complement.lapsed", {"complement": complement.pk}, tell=told)
        return True


def _answered(act: Act) -> Telling:
    """The agent who holds the case is told, unless the answer came through an agent's hands."""
    return {} if act.staff is not None else {"staff_answered": {"received_on": act.today}}


def waiting(case: Case) -> Complement:
    """The request whose answer is expected, of an incomplete case."""
    return case.complements.get(produced_on__isnull=True, lapsed_on__isnull=True)


def not_given(complement: Complement) -> list[ComplementItem]:
    """What was asked and not given since: no piece added, no answer changed."""
    case, since = complement.case, complement.asked_at
    added = set(
        case.pieces.filter(added_at__gte=since, withdrawn_at__isnull=True).values_list(
            "code", flat=True
        )
    )
    changed = set(case.amendments.filter(at__gte=since).values_list("field", flat=True))
    version = version_of(case.procedure, case.version_on)
    return [
        item
        for item in complement.items.all()
        if not (
            _stand_for(version, item.code) & added if item.what == _PIECE else item.code in changed
        )
    ]


def _stand_for(version: Version, code: str) -> set[str]:
    """The codes of what may be given when ``code`` is asked."""
    piece = version.piece(code)
    return {code} if piece is None else {code, *(way.code for way in piece.accepts)}


def _due(due_on: date | None, today: date) -> date:
    least = add_days(today, int(load_law().value("complement_delay_days", today)))
    if due_on is not None and due_on < least:
        raise Refusal(
            gettext("Laissez au moins jusqu’au %(day)s pour répondre.")
            % {"day": f"{least:%d/%m/%Y}"},
            field="due_on",
        )
    return due_on or least


def _items(
    complement: Complement, wanted: Sequence[Wanted], version: Version
) -> list[ComplementItem]:
    if not wanted:
        raise Refusal(gettext("Dites ce que vous demandez."), field="wanted")
    items: list[ComplementItem] = []
    for one in wanted:
        if any(item.code == one.code for item in items):
            raise Refusal(gettext("Une pièce est demandée une seule fois."), field=one.code)
        item = ComplementItem(
            complement=complement, code=one.code, reason=one.reason.strip(),
            what=_what(version, one.code), article=_article(version, one.code),
        )  # fmt: skip
        check(item, exclude=["complement"], validate_constraints=False)
        items.append(item)
    return items


def _what(version: Version, code: str) -> ComplementItem.What:
    if code in known_codes(version):
        return _PIECE
    if version.question(code) is not None:
        return _QUESTION
    raise Refusal(gettext("Cette démarche ne demande ni cette pièce ni cette réponse."), field=code)


def _article(version: Version, code: str) -> str:
    """The article that asks for it, as the procedure cites it."""
    question = version.question(code)
    if question is not None:
        return question.article
    return next(
        piece.article
        for piece in version.pieces
        if code in (piece.code, *(way.code for way in piece.accepts))
    )


def label_of(version: Version, code: str) -> str:
    """How a piece, a document that stands for one or a question is called, in French."""
    for piece in version.pieces:
        labels = {piece.code: piece.label, **{way.code: way.label for way in piece.accepts}}
        if code in labels:
            return labels[code]
    question = version.question(code)
    return code if question is None else question.label


def _still_lacking(items: Sequence[ComplementItem], case: Case) -> Refusal:
    version = version_of(case.procedure, case.version_on)
    return Refusal(
        gettext("Il manque encore des choses demandées. Vous pouvez aussi répondre sans elles."),
        troubles=[
            Trouble(
                item.code,
                gettext("Il manque : %(piece)s.")
                % {"piece": in_words(label_of(version, item.code))},
                item.reason,
                item.article,
            )
            for item in items
        ],
    )
