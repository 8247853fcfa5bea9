"""What is due about cases: the night, and files that the antivirus put aside afterwards."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from droitfil.cases.continuity.night import run_night
from droitfil.cases.models import Night, Piece
from droitfil.journal import outbox
from droitfil.journal.actions import record
from droitfil.lib.refusals import Conflict
from droitfil.notices.actions import notify

#: What the outbox calls a file refused once it was received; written by ``files``.
REFUSED = "upload.refused"
BY = "system:files"


def run_due_night(*, now: datetime, hour: int) -> None:
    """Runs the night of the day once it is ``hour`` here, unless it is over or another runs it.

    To be called every few minutes: a night that was cut short goes on.
    """
    local = timezone.localtime(now)
    over = Night.objects.filter(date__gte=local.date(), finished_at__isnull=False)
    if local.hour >= hour and not over.exists():
        with suppress(Conflict):
            run_night(local.date())


def tell_refused_files(*, now: datetime, most: int = 100) -> int:
    """Tells those who gave a file that the antivirus refused since; returns how many were told.

    The case keeps its day of filing and its completeness: nobody lost them by a file that was
    received. To be run every minute.
    """
    told = 0
    for message in outbox.claim(REFUSED, limit=most, now=now):
        with transaction.atomic():
            given = Piece.objects.select_related("case__person").filter(
                upload=message.payload["upload"], withdrawn_at__isnull=True
            )
            for piece in given:
                _tell(piece, now)
                told += 1
            outbox.done([message], now=now)
    return told


def _tell(piece: Piece, now: datetime) -> None:
    case = piece.case
    record(
        BY, action="piece.refused", subject_kind="case", subject=case.pk, case=case.pk, at=now,
        facts={"piece": piece.pk, "code": piece.code},
    )  # fmt: skip
    notify(
        BY, template="piece_refused", key=f"piece_refused:{piece.pk}", person=case.person,
        case=case.pk, now=now,
        facts={"reference": case.reference, "procedure": case.procedure, "pieces": [piece.code]},
    )  # fmt: skip
