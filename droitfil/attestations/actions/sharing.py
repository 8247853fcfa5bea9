"""Sharing one's rights by a code: made, looked at, ended."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from droitfil.attestations.actions.issuing import new_ids
from droitfil.attestations.answers import Rights
from droitfil.attestations.models import MOST_WRONG_DATES, Look, ShareCode
from droitfil.journal.actions import record
from droitfil.lib.refusals import Forbidden, Refusal

#: No letter that is read as a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Characters of a code: 80 bits, which nobody finds by trying.
LENGTH, GROUP = 16, 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
#: How long a code may be shown for, in days.
LONGEST = 90
VERIFIER = "system:verifier"


@dataclass(frozen=True, slots=True)
class Shared:
    """What a code showed, and the trace that it left."""

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


def open_share_code(
    code: str,
    *,
    born_on: date | None,
    by: str,
    now: datetime,
    rights_on: Callable[[UUID, date], Rights],
) -> Shared:
    """What a code shows to who holds it with the birth date; its holder will see the look.

    A wrong code, a wrong date, a code that ended or was locked by :data:`MOST_WRONG_DATES` wrong
    dates: all read the same.

    :param by: who asks, in their own words.
    :param rights_on: the one answer about a person and a day.
    :raises Refusal: in one same sentence.
    """
    typed = normal(code)
    with transaction.atomic():
        found = ShareCode.objects.select_for_update().filter(digest=_digest(typed)).first()
        if found is not None and _answers(found, now):
            if born_on is not None and hmac.compare_digest(
                bytes(found.born), _born(typed, born_on)
            ):
                return _looked(found, by=by, now=now, rights_on=rights_on)
            ShareCode.objects.filter(pk=found.pk).update(wrong_dates=F("wrong_dates") + 1)
    raise Refusal(
        _(
            "Ce code et cette date de naissance ne vont pas ensemble, ou le code n’est plus "
            "valable. Vérifiez-les avec la personne, ou demandez-lui un nouveau code."
        ),
        field="code",
    )


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


def _looked(
    found: ShareCode, *, by: str, now: datetime, rights_on: Callable[[UUID, date], Rights]
) -> Shared:
    look = Look.objects.create(share_code=found, at=now, by=" ".join(by.split())[:80])
    record(
        VERIFIER,
        action="share_code.looked",
        subject_kind="person",
        subject=found.holder,
        at=now,
        facts={"share_code": found.id},
    )
    return Shared(rights_on(found.holder, timezone.localdate(now)), look)


def _digest(code: str) -> bytes:
    return hashlib.sha256(f"droitfil-share-1\n{code}".encode()).digest()


def _born(code: str, born_on: date) -> bytes:
    return hmac.digest(code.encode(), born_on.isoformat().encode(), "sha256")
