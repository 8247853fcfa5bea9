"""The facts a situation is made of: what the person holds, asked and received.

Every date is a calendar day; every range is closed (both ends included). A frozen
:class:`Question` is built by :func:`droitfil.rules.question.read_question`, which refuses what
cannot be true; the rest of the kernel trusts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of document a person may hold."""

    VLS = "VLS"
    VLS_TS = "VLS_TS"
    CST = "CST"
    CSP = "CSP"
    CR = "CR"
    RLD_UE_FR = "RLD_UE_FR"
    CR_PERMANENT = "CR_PERMANENT"
    CRA = "CRA"
    RETRAITE = "RETRAITE"
    APS = "APS"
    EU_FAMILY = "EU_FAMILY"
    DCEM = "DCEM"
    TIR = "TIR"
    EU_BLUE_CARD_OTHER = "EU_BLUE_CARD_OTHER"
    RLD_UE_OTHER = "RLD_UE_OTHER"
    API = "API"
    RECEPISSE = "RECEPISSE"
    ADF = "ADF"
    COMMISSION = "COMMISSION"
    EU_ATTESTATION = "EU_ATTESTATION"


#: Papers issued while an application is pending or until the card is handed over.
PAPERS = frozenset({Kind.API, Kind.RECEPISSE, Kind.ADF, Kind.COMMISSION, Kind.EU_ATTESTATION})
#: Documents of L411-1 2° to 8° and cards of the agreements: their holder renews or changes.
HELD_TITLES = frozenset(
    {
        Kind.VLS_TS,
        Kind.CST,
        Kind.CSP,
        Kind.CR,
        Kind.RLD_UE_FR,
        Kind.CR_PERMANENT,
        Kind.CRA,
        Kind.RETRAITE,
        Kind.APS,
        Kind.EU_FAMILY,
    }
)
#: Titles of another Member State: they open a way in, they do not prove a right to stay here.
OTHER_STATE = frozenset({Kind.EU_BLUE_CARD_OTHER, Kind.RLD_UE_OTHER})
VISAS = frozenset({Kind.VLS, Kind.VLS_TS})


class Request(StrEnum):
    """What is asked, seen from the card held."""

    FIRST = "first"
    RENEWAL = "renewal"
    CHANGE = "change"


class Basis(StrEnum):
    """The ground that opens an application of its own, beside the card held."""

    TURNING_18 = "turning_18"
    LOST_FRENCH_NATIONALITY = "lost_french_nationality"
    RECOGNISED_REFUGEE = "recognised_refugee"
    SUBSIDIARY_PROTECTION = "subsidiary_protection"
    CBE_MOBILITY = "cbe_mobility"
    FAMILY_OF_CBE = "family_of_cbe"
    FAMILY_REUNIFICATION = "family_reunification"


class Work(StrEnum):
    """The right to work, from the widest to none."""

    FULL = "full"
    SIXTY_PERCENT = "sixty_percent"
    PROBABLE_SIXTY_PERCENT = "probable_sixty_percent"
    AUTHORISED_ONLY = "authorised_only"
    NONE = "none"


class Outcome(StrEnum):
    """How an application ended; ``withdrawn``: the person gave it up, and nobody decided."""

    GRANTED = "granted"
    REFUSED = "refused"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Removal(StrEnum):
    VOLUNTARY_DEPARTURE = "voluntary_departure"
    ASSIGNED = "assigned"
    DETAINED = "detained"


class RemedyKind(StrEnum):
    REASONS = "reasons"
    GRACIEUX = "gracieux"


class ParentKind(StrEnum):
    """What a child's parent holds, for a DCEM; FR is French, EU a citizen of the Union."""

    FR = "FR"
    EU = "EU"
    VLS = "VLS"
    VLS_TS = "VLS_TS"
    CST = "CST"
    CSP = "CSP"
    CR = "CR"
    RLD_UE_FR = "RLD_UE_FR"
    CR_PERMANENT = "CR_PERMANENT"
    CRA = "CRA"
    RETRAITE = "RETRAITE"
    APS = "APS"
    EU_FAMILY = "EU_FAMILY"
    API = "API"
    RECEPISSE = "RECEPISSE"
    ADF = "ADF"


@dataclass(frozen=True, slots=True)
class Length:
    """Nominal length of a card: ``4y``, ``18m`` or ``90d``."""

    count: int
    unit: str  # "y" | "m" | "d"

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


@dataclass(frozen=True, slots=True)
class Parent:
    kind: ParentKind
    article: str | None = None
    to: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    born_on: date | None = None
    nationality: str | None = None
    lives_in: str | None = None
    entered_on: date | None = None
    in_france_since: date | None = None
    french_loss_opposable_on: date | None = None
    moved_on: date | None = None
    parents: tuple[Parent, ...] = ()
    renewals_of_this_card: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A document held, with its printed dates; ``end`` is the last day of validity (E)."""

    id: str
    kind: Kind
    path: str  # "documents[0]"
    article: str | None = None
    start: date | None = None
    end: date | None = None
    length: Length | None = None
    validated_on: date | None = None
    work: Work | None = None
    application: str | None = None


@dataclass(frozen=True, slots=True)
class Complement:
    asked_on: date
    due_on: date | None = None
    produced_on: date | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """The substitution route: when the block began, was established, was registered."""

    opened_on: date
    established_on: date | None = None
    registered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    taken_on: date
    outcome: Outcome
    notified_on: date | None = None
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    kind: RemedyKind
    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Application:
    id: str
    path: str  # "applications[0]"
    article: str | None
    request: Request
    holds: Document | None = None
    listed: bool | None = None
    basis: Basis | None = None
    filed_on: date | None = None
    complete_on: date | None = None
    complements: tuple[Complement, ...] = ()
    work_authorisation: bool = False
    recognised_on: date | None = None
    contract_until: date | None = None
    principal_until: date | None = None
    extension_notified_on: date | None = None
    commission_on: date | None = None
    incident: Incident | None = None
    acknowledged: bool = True
    decision: Decision | None = None
    remedies: tuple[Remedy, ...] = ()
    handed_over_on: date | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Everything known of one person's situation on ``today``."""

    today: date
    assume_issued: bool = True
    language: str = "fr"
    person: Person = Person()
    documents: tuple[Document, ...] = ()
    applications: tuple[Application, ...] = ()
