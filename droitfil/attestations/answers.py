"""What a verification answers: what the paper said, and whether it still holds, told apart.

No Django: the pages, the API and the offline command share these.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from droitfil.rules.seal import Code, Paper


class Fault(StrEnum):
    """Why something shown is not one of our papers, or cannot be told to be one."""

    NO_CODE = "no_code"  # a picture in which no code is read, a text that is none
    RECEIPT = "receipt"  # ours and genuine, and no paper: what a verification answered
    OTHER_CODE = "other_code"  # another kind of 2D-Doc than a foreigner's document
    UNREADABLE = "unreadable"  # a code that does not follow the format
    UNKNOWN_AUTHORITY = "unknown_authority"
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    BAD_SIGNATURE = "bad_signature"  # what is written is not what was signed
    NOT_SEALED = "not_sealed"  # a PDF without a seal
    ALTERED = "altered"  # a sealed PDF that is not, byte for byte, the one that was sealed


class Standing(StrEnum):
    """Whether a genuine paper holds on the day asked, as far as is known."""

    HOLDS = "holds"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REPLACED = "replaced"
    REVOKED = "revoked"
    PROVES_NOTHING = "proves_nothing"  # a filing: it never opened any right
    UNKNOWN = "unknown"  # genuine, and unknown here: nothing can be said of its revocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a genuine paper said on the day of its issue. ``valid_to`` included; None: no end.

    ``holder`` is the name, to compare with the paper and with an identity document. ``reference``
    and ``limits`` are unknown from a code alone.
    """

    kind: str
    holder: str
    may_stay: bool
    may_work: str
    valid_from: date
    valid_to: date | None
    issued_on: date | None
    reference: str = ""
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What someone may do on a day, and until when; all that a share code shows.

    ``until``: the last day; None when nothing says when it ends.
    """

    may_stay: bool
    may_work: str
    limits: tuple[str, ...] = ()
    until: date | None = None

    def for_receipt(self) -> dict[str, Any]:
        """What the receipt of a share code tells."""
        return {
            "about": "share_code",
            "may_stay": self.may_stay,
            "may_work": str(self.may_work),
            "limits": list(self.limits),
            "until": self.until and self.until.isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to « is this paper genuine, and does it hold? » on one day.

    :param fault: None for a genuine paper, which has ``said`` and ``standing``.
    :param reason: of a revocation, as ``models.Reason`` names it.
    :param known_at: the instant of what is known of revocations.
    """

    day: date
    known_at: datetime
    fault: Fault | None = None
    said: Said | None = None
    standing: Standing | None = None
    reason: str = ""
    ended_on: date | None = None
    #: By which the paper is found again (``trust.mark_of``); empty for one without a code.
    mark: bytes = b""

    @property
    def genuine(self) -> bool:
        """Was it issued as it is shown?"""
        return self.fault is None

    @property
    def holds(self) -> bool:
        """Does it hold on the day asked?"""
        return self.standing is Standing.HOLDS

    def ended(self, reason: str, on: date) -> Answer:
        """The same paper, revoked."""
        standing = Standing.REPLACED if reason == "replaced" else Standing.REVOKED
        return replace(self, standing=standing, reason=reason, ended_on=on)

    def for_receipt(self) -> dict[str, Any]:
        """What the receipt of a genuine paper tells: its number and rights, whether it holds."""
        said = self.said
        assert said is not None
        return {
            "about": "paper",
            "kind": said.kind,
            "reference": said.reference,
            "standing": str(self.standing),
            "reason": self.reason,
            "ended_on": self.ended_on and self.ended_on.isoformat(),
            "may_stay": said.may_stay,
            "may_work": str(said.may_work),
            "limits": list(said.limits),
            "from": said.valid_from.isoformat(),
            "until": said.valid_to and said.valid_to.isoformat(),
        }


def by_its_dates(said: Said, day: date) -> Standing:
    """The standing that the dates alone give."""
    if day < said.valid_from:
        return Standing.NOT_YET
    if said.valid_to is not None and day > said.valid_to:
        return Standing.EXPIRED
    return Standing.HOLDS


def said_by_code(code: Code) -> Said:
    """What a code says. :raises droitfil.rules.seal.NotACode: for a field that means nothing."""
    name = code.values.get("usual_name") or code.values["family_name"]
    valid_from = code.day("valid_from")
    assert valid_from is not None  # mandatory
    return Said(
        kind=code.kind,
        holder=f"{name} {code.values.get('first_names', '').replace('/', ' ')}".rstrip(),
        may_stay=code.may_stay,
        may_work=str(code.may_work),
        valid_from=valid_from,
        valid_to=code.day("valid_to"),
        issued_on=code.issued_on,
    )


def said_by_paper(paper: Paper, issued_on: date | None) -> Said:
    """What a paper says, from its whole content."""
    return Said(
        kind=paper.kind,
        holder=f"{paper.usual_name or paper.family_name} {' '.join(paper.first_names)}".rstrip(),
        may_stay=paper.may_stay,
        may_work=paper.may_work,
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
        issued_on=issued_on,
        reference=paper.reference,
        limits=paper.limits,
    )
