"""The life of a case: one table (state, event, role) -> (state, effects).

Whatever is not in the table is refused, with a sentence. A refusal, a closing and a grant come
from a named agent only: no event of the system leads to any of them, and none leads out of what an
agent or the person decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from droitfil.rules.procedure import COUNTER, TELESERVICE
from droitfil.rules.sentences import Sentence

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INCOMPLETE = "incomplete"
    GRANTED = "granted"
    CARD_READY = "card_ready"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What may happen to a case."""

    SAVE = "save"
    DISCARD = "discard"
    SUBMIT = "submit"
    REGISTER = "register"
    AMEND = "amend"
    ADD_PIECE = "add_piece"
    TAKE = "take"
    RELEASE = "release"
    ASK = "ask"
    PRODUCE = "produce"
    REMIND = "remind"
    COMPLEMENT_OVERDUE = "complement_overdue"
    EXTEND = "extend"
    MOVE = "move"
    GRANT = "grant"
    REFUSE = "refuse"
    CLOSE = "close"
    CARD_ARRIVES = "card_arrives"
    HAND_OVER = "hand_over"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class Role(StrEnum):
    PERSON = "person"
    AGENT = "agent"
    SYSTEM = "system"


class Effect(StrEnum):
    """What must be done in the same transaction as the step."""

    START_CLOCK = "start_clock"
    SUSPEND_CLOCK = "suspend_clock"
    RESUME_CLOCK = "resume_clock"
    STOP_CLOCK = "stop_clock"
    CONFIRM_FILING = "confirm_filing"  # the attestation of filing, which proves no right
    PRINT_RECEPISSE = "print_recepisse"
    ISSUE_ADF = "issue_adf"
    VOID_PAPERS = "void_papers"  # papers published and not yet in effect, and those in effect
    END_PAPERS = "end_papers"  # the card is in hand: the papers that waited for it end
    COMPUTE_RIGHTS = "compute_rights"
    TELL_PERSON = "tell_person"
    TELL_AGENT = "tell_agent"
    TELL_REMEDIES = "tell_remedies"
    FREE_AGENT = "free_agent"


#: Decisions on what the person asks: by a named agent, or not at all.
DECISIONS = frozenset({Event.GRANT, Event.REFUSE, Event.CLOSE})
#: The person is still waiting for a decision.
PENDING = frozenset({State.SUBMITTED, State.IN_REVIEW, State.INCOMPLETE})
#: Nothing more is expected of anyone.
ENDED = frozenset(
    {State.DISCARDED, State.HANDED_OVER, State.REFUSED, State.CLOSED, State.WITHDRAWN}
)

Step = tuple[State, tuple[Effect, ...]]
_Key = tuple[State, Event, Role]

_S, _E, _R, _F = State, Event, Role, Effect
_FILED = (_F.START_CLOCK, _F.CONFIRM_FILING, _F.COMPUTE_RIGHTS, _F.TELL_PERSON)
_REGISTERED = (_F.START_CLOCK, _F.PRINT_RECEPISSE, _F.COMPUTE_RIGHTS, _F.TELL_PERSON)
_ANSWERED = (_F.RESUME_CLOCK, _F.COMPUTE_RIGHTS, _F.TELL_AGENT)
_DECIDED = (_F.STOP_CLOCK, _F.VOID_PAPERS, _F.COMPUTE_RIGHTS, _F.TELL_PERSON)


def _table() -> Mapping[_Key, Step]:
    rows: dict[_Key, Step] = {
        (_S.DRAFT, _E.SAVE, _R.PERSON): (_S.DRAFT, ()),
        (_S.DRAFT, _E.SAVE, _R.AGENT): (_S.DRAFT, ()),
        (_S.DRAFT, _E.ADD_PIECE, _R.PERSON): (_S.DRAFT, ()),
        (_S.DRAFT, _E.ADD_PIECE, _R.AGENT): (_S.DRAFT, ()),
        (_S.DRAFT, _E.MOVE, _R.PERSON): (_S.DRAFT, ()),
        (_S.DRAFT, _E.MOVE, _R.AGENT): (_S.DRAFT, ()),
        (_S.DRAFT, _E.DISCARD, _R.PERSON): (_S.DISCARDED, ()),
        (_S.DRAFT, _E.SUBMIT, _R.PERSON): (_S.SUBMITTED, _FILED),
        (_S.DRAFT, _E.REGISTER, _R.AGENT): (_S.SUBMITTED, _REGISTERED),
        (_S.SUBMITTED, _E.TAKE, _R.AGENT): (_S.IN_REVIEW, (_F.TELL_PERSON,)),
        (_S.IN_REVIEW, _E.RELEASE, _R.AGENT): (_S.SUBMITTED, (_F.FREE_AGENT,)),
        (_S.IN_REVIEW, _E.ASK, _R.AGENT): (
            _S.INCOMPLETE,
            (_F.SUSPEND_CLOCK, _F.COMPUTE_RIGHTS, _F.TELL_PERSON),
        ),
        (_S.INCOMPLETE, _E.EXTEND, _R.AGENT): (_S.INCOMPLETE, (_F.TELL_PERSON,)),
        (_S.INCOMPLETE, _E.REMIND, _R.SYSTEM): (_S.INCOMPLETE, (_F.TELL_PERSON,)),
        (_S.INCOMPLETE, _E.PRODUCE, _R.PERSON): (_S.IN_REVIEW, _ANSWERED),
        # Produced at the counter, or by letter.
        (_S.INCOMPLETE, _E.PRODUCE, _R.AGENT): (_S.IN_REVIEW, _ANSWERED),
        # The time to answer is over: the clock runs again, and a human looks at what there is.
        (_S.INCOMPLETE, _E.COMPLEMENT_OVERDUE, _R.SYSTEM): (
            _S.IN_REVIEW,
            (*_ANSWERED, _F.TELL_PERSON),
        ),
        (_S.IN_REVIEW, _E.GRANT, _R.AGENT): (_S.GRANTED, (*_DECIDED, _F.ISSUE_ADF)),
        (_S.IN_REVIEW, _E.REFUSE, _R.AGENT): (_S.REFUSED, (*_DECIDED, _F.TELL_REMEDIES)),
        (_S.IN_REVIEW, _E.CLOSE, _R.AGENT): (_S.CLOSED, (*_DECIDED, _F.TELL_REMEDIES)),
        (_S.GRANTED, _E.CARD_ARRIVES, _R.AGENT): (_S.CARD_READY, (_F.TELL_PERSON,)),
        (_S.GRANTED, _E.CARD_ARRIVES, _R.SYSTEM): (_S.CARD_READY, (_F.TELL_PERSON,)),
        (_S.CARD_READY, _E.HAND_OVER, _R.AGENT): (
            _S.HANDED_OVER,
            (_F.END_PAPERS, _F.COMPUTE_RIGHTS, _F.TELL_PERSON),
        ),
    }
    for state in PENDING:
        rows[state, _E.WITHDRAW, _R.PERSON] = (
            _S.WITHDRAWN,
            (_F.STOP_CLOCK, _F.VOID_PAPERS, _F.COMPUTE_RIGHTS, _F.TELL_PERSON, _F.TELL_AGENT),
        )
        rows[state, _E.AMEND, _R.PERSON] = (state, (_F.TELL_AGENT,))
        # Registered from paper, for somebody without an account.
        rows[state, _E.AMEND, _R.AGENT] = (state, ())
        # A missing piece is asked for, then given at once or by each: the case may be complete.
        rows[state, _E.ADD_PIECE, _R.PERSON] = (state, (_F.COMPUTE_RIGHTS, _F.TELL_AGENT))
        rows[state, _E.ADD_PIECE, _R.AGENT] = (state, (_F.COMPUTE_RIGHTS,))
    for state in (*PENDING, _S.GRANTED, _S.CARD_READY):
        # The date, the clocks and the papers follow the person to the office that is competent.
        after = _S.SUBMITTED if state is _S.IN_REVIEW else state
        rows[state, _E.MOVE, _R.PERSON] = (after, (_F.FREE_AGENT, _F.TELL_AGENT))
        rows[state, _E.MOVE, _R.AGENT] = (after, (_F.FREE_AGENT, _F.TELL_PERSON))
    for state in (_S.REFUSED, _S.CLOSED):
        # A judge, or an appeal heard: the request is looked at again, and waits again.
        rows[state, _E.REOPEN, _R.AGENT] = (
            _S.IN_REVIEW,
            (_F.START_CLOCK, _F.COMPUTE_RIGHTS, _F.TELL_PERSON),
        )
    return MappingProxyType(rows)


TABLE = _table()


class NotNow(Exception):
    """An event is refused; ``says`` is for the one who tried."""

    def __init__(self, says: Sentence) -> None:
        super().__init__(says.template)
        self.says = says


def step(state: State, event: Event, role: Role, *, named: str, channel: str) -> Step:
    """The state after ``event`` and what must be done with it.

    ``named`` is the account that acts (empty for the system); ``channel`` is how the request is
    made. Raises :class:`NotNow`, whose sentence says what is in the way.
    """
    found = TABLE.get((state, event, role))
    if found is None:
        raise NotNow(_refusal(state, event, role))
    if role is not Role.SYSTEM and not named.strip():
        raise NotNow(Sentence("Personne n'est nommé : connectez-vous d'abord.", _NOTHING))
    if event is Event.SUBMIT and channel != TELESERVICE:
        raise NotNow(
            Sentence(
                "Cette demande se dépose au guichet : préparez-la ici, un agent l'enregistre en "
                "votre présence.",
                _NOTHING,
            )
        )
    return found


def effects_at(effects: tuple[Effect, ...], channel: str) -> tuple[Effect, ...]:
    """The effects that fit the channel: a récépissé is printed at the counter only."""
    if channel == COUNTER:
        return effects
    return tuple(effect for effect in effects if effect is not Effect.PRINT_RECEPISSE)


def moves() -> frozenset[tuple[State, State]]:
    """Every change of state there may be, for the constraint of the database."""
    return frozenset(
        (state, after) for (state, _, _), (after, _) in TABLE.items() if after is not state
    )


def events(state: State, role: Role, channel: str) -> tuple[Event, ...]:
    """What ``role`` may do now, in the order of the enumeration."""
    return tuple(
        event
        for event in Event
        if (state, event, role) in TABLE and (event is not Event.SUBMIT or channel == TELESERVICE)
    )


_WHERE = {
    State.DRAFT: Sentence("Ce dossier est un brouillon, pas encore déposé.", _NOTHING),
    State.DISCARDED: Sentence("Ce brouillon a été supprimé.", _NOTHING),
    State.SUBMITTED: Sentence("Ce dossier est déposé et attend un agent.", _NOTHING),
    State.IN_REVIEW: Sentence("Ce dossier est examiné par un agent.", _NOTHING),
    State.INCOMPLETE: Sentence("Des pièces ont été demandées pour ce dossier.", _NOTHING),
    State.GRANTED: Sentence("Cette demande a été acceptée.", _NOTHING),
    State.CARD_READY: Sentence("La carte est prête à être remise.", _NOTHING),
    State.HANDED_OVER: Sentence("La carte a été remise ; cette demande est finie.", _NOTHING),
    State.REFUSED: Sentence("Cette demande a été refusée.", _NOTHING),
    State.CLOSED: Sentence("Ce dossier a été clos par un agent.", _NOTHING),
    State.WITHDRAWN: Sentence("Cette demande a été retirée par la personne.", _NOTHING),
}
_CANNOT = {
    Event.SAVE: Sentence("Il n'est plus un brouillon à enregistrer.", _NOTHING),
    Event.DISCARD: Sentence("Il ne peut pas être supprimé.", _NOTHING),
    Event.SUBMIT: Sentence("Il ne peut pas être déposé.", _NOTHING),
    Event.REGISTER: Sentence("Il ne peut pas être enregistré.", _NOTHING),
    Event.AMEND: Sentence("Il ne peut pas être modifié.", _NOTHING),
    Event.ADD_PIECE: Sentence("Une pièce ne peut pas y être ajoutée.", _NOTHING),
    Event.TAKE: Sentence("Il ne peut pas être pris en charge.", _NOTHING),
    Event.RELEASE: Sentence("Il ne peut pas être rendu.", _NOTHING),
    Event.ASK: Sentence("Des pièces ne peuvent pas être demandées maintenant.", _NOTHING),
    Event.PRODUCE: Sentence("Aucune pièce n'est attendue.", _NOTHING),
    Event.REMIND: Sentence("Aucune pièce n'est attendue.", _NOTHING),
    Event.COMPLEMENT_OVERDUE: Sentence("Aucune pièce n'est attendue.", _NOTHING),
    Event.EXTEND: Sentence("Aucune pièce n'est attendue.", _NOTHING),
    Event.MOVE: Sentence("Il ne change plus de préfecture.", _NOTHING),
    Event.GRANT: Sentence("Il ne peut pas être accepté maintenant.", _NOTHING),
    Event.REFUSE: Sentence("Il ne peut pas être refusé maintenant.", _NOTHING),
    Event.CLOSE: Sentence("Il ne peut pas être clos maintenant.", _NOTHING),
    Event.CARD_ARRIVES: Sentence("Aucune carte n'est attendue.", _NOTHING),
    Event.HAND_OVER: Sentence("Aucune carte n'est prête à être remise.", _NOTHING),
    Event.WITHDRAW: Sentence("Il ne peut pas être retiré.", _NOTHING),
    Event.REOPEN: Sentence("Il ne peut pas être rouvert.", _NOTHING),
}
_BOTH = "{where} {cannot}"
_ONLY_AGENT = "Seul un agent, nommé, peut le décider."
_ONLY_PERSON = "Seule la personne qui demande peut le faire."
_ONLY_OTHER = "Ce geste n'est pas le vôtre."


def _refusal(state: State, event: Event, role: Role) -> Sentence:
    others = {other for other in Role if (state, event, other) in TABLE}
    if event in DECISIONS and role is not Role.AGENT:
        return Sentence(_ONLY_AGENT, _NOTHING)
    if others == {Role.PERSON}:
        return Sentence(_ONLY_PERSON, _NOTHING)
    if others:
        return Sentence(_ONLY_OTHER, _NOTHING)
    return Sentence(_BOTH, {"where": _WHERE[state].template, "cannot": _CANNOT[event].template})
