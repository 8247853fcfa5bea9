"""Reading papers: whom to believe, what is revoked; the codes a person made, and who looked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from droitfil.attestations.models import Attestation, Certificate, Look, Revocation, ShareCode
from droitfil.attestations.trust import Trust, gathered

_STANDING_FIRST = F("revocation__revoked_at").asc(nulls_first=True)


def share_codes_of(holder: UUID) -> QuerySet[ShareCode]:
    """The codes a person made, the latest first, with ``seen`` looks and the last one at."""
    codes = ShareCode.objects.filter(holder=holder)
    return codes.annotate(seen=Count("looks"), last_seen_at=Max("looks__at")).order_by("-made_at")


def looks_at(holder: UUID) -> QuerySet[Look]:
    """Each time somebody saw what a person shares, the latest first."""
    looks = Look.objects.filter(share_code__holder=holder).select_related("share_code")
    return looks.order_by("-at", "-id")


def current_trust(*, now: datetime, revocations: bool = False) -> Trust:
    """Whom to believe now: every certificate ever made here.

    :param revocations: with the papers revoked whose dates have not ended, for a bundle that
        travels; the pages ask the base about one paper instead.
    """
    rows = [
        {
            "authority": found.authority,
            "name": found.name,
            "purpose": found.purpose,
            "der": bytes(found.der),
            "retired_on": found.retired_at and timezone.localdate(found.retired_at),
        }
        for found in Certificate.objects.order_by("pk")
    ]
    revoked = _revoked(timezone.localdate(now)) if revocations else {}
    return gathered(rows, known_at=now, revoked=revoked)


def _revoked(day: date) -> dict[bytes, tuple[str, date]]:
    """Marks of the papers revoked before their time; not those of which another copy stands."""
    live = Q(attestation__valid_to__isnull=True) | Q(attestation__valid_to__gte=day)
    found = Revocation.objects.filter(live, attestation__mark__isnull=False)
    rows = found.values_list("attestation__mark", "reason", "revoked_at").iterator(chunk_size=5_000)
    revoked = {bytes(mark): (reason, timezone.localdate(at)) for mark, reason, at in rows if mark}
    again = (
        Attestation.objects.filter(mark__in=list(revoked), revocation__isnull=True)
        if revoked
        else Attestation.objects.none()
    )
    for mark in again.values_list("mark", flat=True):
        revoked.pop(bytes(mark or b""), None)
    return revoked


def with_marks(
    marks: Collection[bytes], *, using: str = DEFAULT_DB_ALIAS
) -> dict[bytes, Attestation]:
    """The paper whose code bears each mark; one that stands rather than one that was revoked.

    :param using: the base to ask; by default the one where a revocation is known at once.
    """
    if not marks:
        return {}
    papers = Attestation.objects.using(using).filter(mark__in=marks).select_related("revocation")
    found: dict[bytes, Attestation] = {}
    for paper in papers.order_by(_STANDING_FIRST, "-issued_at"):
        found.setdefault(bytes(paper.mark or b""), paper)
    return found
