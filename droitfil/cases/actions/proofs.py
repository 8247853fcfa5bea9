"""What showed whose child it is serves for the child's own requests: it is not asked for twice."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from droitfil.cases.access import Standing
from droitfil.cases.form import known_codes, version_of
from droitfil.cases.models import Case, ChildProof, Piece
from droitfil.files.models import State as UploadState
from droitfil.journal.actions import record

_KEPT = Q(upload__isnull=True) | Q(
    upload__state__in=[UploadState.QUARANTINED.value, UploadState.CLEAN.value]
)


def give_proofs(standing: Standing, case: Case, *, now: datetime, today: date) -> list[Piece]:
    """Gives the new draft ``case`` the very files that its writer gave to declare the child."""
    if standing.account is None or standing.staff is not None:
        return []
    known = known_codes(version_of(case.procedure, today))
    proofs = ChildProof.objects.filter(
        _KEPT, claim__child=case.person, claim__parent__account=standing.account,
        claim__state__in=["waiting", "confirmed"], withdrawn_at__isnull=True, code__in=known,
    )  # fmt: skip
    return [give_proof(standing.by, case, proof, now=now) for proof in proofs]


def give_proof(by: str, case: Case, proof: ChildProof, *, now: datetime) -> Piece:
    """The same file as a piece of ``case``."""
    last = case.pieces.filter(code=proof.code).order_by("-rank").first()
    piece = Piece(
        case=case, code=proof.code, rank=1 if last is None else last.rank + 1,
        upload_id=proof.upload_id, seen_on=proof.seen_on,
        added_by_id=proof.added_by_id, added_at=now,
    )  # fmt: skip
    piece.save(force_insert=True)
    record(
        by, action="piece.added", subject_kind="case", subject=case.pk, case=case.pk, at=now,
        facts={"piece": piece.pk, "code": piece.code, "proof": proof.pk},
    )  # fmt: skip
    return piece
