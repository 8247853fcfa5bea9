"""Sharing one's rights by a code: made, looked at, ended."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from droitfil.attestations import words
from droitfil.attestations.actions.issuing import new_ids
from droitfil.attestations.actions.receipts import keep as receipts_kept
from droitfil.attestations.answers import Rights
from droitfil.attestations.models import MOST_WRONG_DATES, Look, ShareCode
from droitfil.journal.actions import Line, record, record_many
from droitfil.lib.refusals import Forbidden, Refusal

#: No letter that is read as a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Characters of a code: 80 bits, which nobody finds by trying.
LENGTH, GROUP = 16, 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
#: How long a code may be shown for, in days.
LONGEST = 90
VERIFIER = "system:verifier"


#: What people may do on a day, by their ids: the one answer about them.
RightsOn = Callable[[Collection[UUID], date], Mapping[UUID, Rights]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A code, the birth date that goes with it, and who asks, in their own words."""

    code: str
    born_on: date | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """What a code showed, and the trace that it left: the look, with its receipt."""

    rights: Rights
    look: Look


def make_share_code(
    actor: str, *, holder: UUID, born_on: date, now: datetime, days: int, label: str = ""
) -> tuple[ShareCode, str]:
    """A new code of a person, for them to give; it is shown this once and not kept.

    :param born_on: whoever uses the code must know this date too.
    :param days: until it ends by itself, :data:`LONGEST` at most.
    :raises Refusal: for a duration out of bounds.
    """
    if not 1 <= days <= LONGEST:
        raise Refusal(_("Un code vaut de 1 à %(days)s jours.") % {"days": LONGEST}, field="days")
    code = "".join(secrets.choice(ALPHABET) for _rank in range(LENGTH))
    with transaction.atomic():
        made = ShareCode.objects.create(
            id=new_ids(1, now)[0],
            holder=holder,
            digest=_digest(code),
            born=_born(code, born_on),
            label=label.strip()[:60],
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        record(
            actor,
            action="share_code.made",
            subject_kind="person",
            subject=holder,
            at=now,
            facts={"share_code": made.id, "days": days},
        )
    groups = [code[start : start + GROUP] for start in range(0, LENGTH, GROUP)]
    return made, "-".join(groups)


def revoke_share_code(actor: str, *, holder: UUID, share_code: UUID, now: datetime) -> None:
    """Ends a code of a person at once; ending it again changes nothing.

    :raises Forbidden: when this person has no such code.
    """
    with transaction.atomic():
        found = ShareCode.objects.select_for_update().filter(id=share_code, holder=holder).first()
        if found is None:
            raise Forbidden(_("Ce code n’existe pas."))
        if found.revoked_at is None:
            found.revoked_at = now
            found.save(update_fields=["revoked_at"])
            record(
                actor,
                action="share_code.revoked",
                subject_kind="person",
                subject=holder,
                at=now,
                facts={"share_code": found.id},
            )


def open_share_code(asked: Asked, *, now: datetime, rights_on: RightsOn) -> Shared:
    """As :func:`open_share_codes`, for one. :raises Refusal: in one same sentence."""
    (seen,) = open_share_codes([asked], now=now, rights_on=rights_on)
    if seen is None:
        raise Refusal(str(words.WRONG_SHARE_CODE), field="code")
    return seen


def open_share_codes(
    asked: Sequence[Asked], *, now: datetime, rights_on: RightsOn
) -> list[Shared | None]:
    """What each code shows to who holds it with the birth date; its holder will see the look.

    None for a wrong code, a wrong date, a code that ended or was locked by
    :data:`MOST_WRONG_DATES` wrong dates: all read the same (``words.WRONG_SHARE_CODE``).

    All are one transaction, in the order given: nobody is answered before their look, its line in
    the journal and its receipt are kept.

    :param rights_on: the one answer about people and a day.
    """
    typed = [normal(one.code) for one in asked]
    with transaction.atomic():
        found = _locked(typed)
        opened = [
            _opened(found.get(_digest(text)), one, text, now)
            for one, text in zip(asked, typed, strict=True)
        ]
        ShareCode.objects.bulk_update(
            [code for code in found.values() if code.wrong_dates], ["wrong_dates"]
        )
        holders = {code.holder for code in opened if code is not None}
        rights = rights_on(holders, timezone.localdate(now)) if holders else {}
        looks = iter(_looked(asked, opened, rights, now))
        return [
            None if code is None else Shared(rights[code.holder], next(looks)) for code in opened
        ]


def normal(code: str) -> str:
    """A code as it was made, from what people type of it."""
    kept = "".join(code.upper().split()).replace("-", "")
    return kept.translate(_READ_AS)[: 2 * LENGTH]


def _answers(found: ShareCode, now: datetime) -> bool:
    return (
        found.revoked_at is None
        and found.made_at <= now < found.expires_at
        and found.wrong_dates < MOST_WRONG_DATES
    )


def _locked(typed: Iterable[str]) -> dict[bytes, ShareCode]:
    """The codes that were typed, kept from changing, in one order for all who ask."""
    digests = {_digest(text) for text in typed}
    found = ShareCode.objects.select_for_update().filter(digest__in=digests).order_by("pk")
    return {bytes(code.digest): code for code in found}


def _opened(found: ShareCode | None, asked: Asked, typed: str, now: datetime) -> ShareCode | None:
    """``found`` if it answers, to this date; a wrong date is counted on it."""
    if found is None or not _answers(found, now):
        return None
    born_on = asked.born_on
    if born_on is not None and hmac.compare_digest(bytes(found.born), _born(typed, born_on)):
        return found
    found.wrong_dates += 1
    return None


def _looked(
    asked: Sequence[Asked],
    opened: Sequence[ShareCode | None],
    rights: Mapping[UUID, Rights],
    now: datetime,
) -> list[Look]:
    """The looks that were answered, each with its receipt and its line in the journal."""
    answered = [(one, code) for one, code in zip(asked, opened, strict=True) if code is not None]
    receipts = receipts_kept(
        [rights[code.holder].for_receipt() for _one, code in answered], now=now
    )
    record_many(
        Line(
            VERIFIER, "share_code.looked", "person", now, subject=code.holder,
            facts={"share_code": code.id},
        )
        for _one, code in answered
    )  # fmt: skip
    return Look.objects.bulk_create(
        Look(share_code=code, at=now, by=" ".join(one.by.split())[:80], receipt=receipt)
        for (one, code), receipt in zip(answered, receipts, strict=True)
    )


def _digest(code: str) -> bytes:
    return hashlib.sha256(f"droitfil-share-1\n{code}".encode()).digest()


def _born(code: str, born_on: date) -> bytes:
    return hmac.digest(code.encode(), born_on.isoformat().encode(), "sha256")
