"""Reading papers: those of a person, what they allow on a day, who looked, what is revoked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils import timezone

from droitfil.attestations.answers import Rights
from droitfil.attestations.models import Attestation, Certificate, Look, Revocation, ShareCode
from droitfil.attestations.trust import Trust, gathered
from droitfil.rules.facts import Work
from droitfil.rules.seal import FILING, Paper, from_canonical

_STANDING_FIRST = F("revocation__revoked_at").asc(nulls_first=True)
_WIDEST = {str(work): rank for rank, work in enumerate(Work)}


def papers_of(holder: UUID) -> QuerySet[Attestation]:
    """Every paper of a person, the latest first, each with its revocation if any."""
    papers = Attestation.objects.filter(holder=holder).select_related("revocation")
    return papers.order_by("-valid_from", "-issued_at")


def standing_papers_of(holder: UUID) -> QuerySet[Attestation]:
    """Those that were not revoked and that open a right, the first to take effect first."""
    papers = Attestation.objects.filter(holder=holder, revocation__isnull=True)
    return papers.exclude(kind=FILING).order_by("valid_from", "id")


def rights_by_papers(holder: UUID, day: date) -> Rights:
    """What the papers issued here allow a person on ``day``; documents held are not asked.

    Papers that follow one another without a day between are one.
    """
    papers = [from_canonical(found.content) for found in standing_papers_of(holder)]
    return _rights(papers, day)


def _rights(papers: Iterable[Paper], day: date) -> Rights:
    known = sorted(papers, key=lambda paper: paper.valid_from)
    current = [paper for paper in known if paper.valid_from <= day and _until(paper) >= day]
    if not current:
        return Rights(may_stay=False, may_work=Work.NONE)
    best = min(
        current,
        key=lambda paper: (not paper.may_stay, _WIDEST[paper.may_work], -_until(paper).toordinal()),
    )
    until = _until(best)
    same = [p for p in known if (p.may_stay, p.may_work) == (best.may_stay, best.may_work)]
    for paper in same:
        if until < date.max and paper.valid_from <= until + timedelta(days=1):
            until = max(until, _until(paper))
    return Rights(
        may_stay=best.may_stay,
        may_work=best.may_work,
        limits=best.limits,
        until=None if until == date.max else until,
    )


def _until(paper: Paper) -> date:
    return date.max if paper.valid_to is None else paper.valid_to


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


def with_mark(mark: bytes) -> Attestation | None:
    """The paper whose code bears this mark; one that stands rather than one that was revoked."""
    papers = Attestation.objects.filter(mark=mark).select_related("revocation")
    return papers.order_by(_STANDING_FIRST, "-issued_at").first() if mark else None


def authority_made() -> bool:
    """Can papers be signed here?"""
    return Certificate.objects.filter(
        authority=settings.AUTHORITY, retired_at__isnull=True
    ).exists()
