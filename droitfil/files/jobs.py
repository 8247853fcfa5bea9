"""What is done about uploads when nobody asks: scan what waits, sweep what no row speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Q

from droitfil.files import antivirus, blobs
from droitfil.files.actions import judge
from droitfil.files.models import State, Upload

ACTOR = "system:antivirus"
#: A blob without a row may belong to a transaction that has not ended; after this it does not.
ORPHAN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a round of :func:`scan_waiting` left: pieces by what became of them."""

    clean: int = 0
    refused: int = 0
    waiting: int = 0


def scan_waiting(now: datetime) -> Scanned:
    """Asks the antivirus about every piece in quarantine, the oldest first.

    Stops at once when the antivirus does not answer; one piece that it cannot scan does not keep
    it from the others. Two rounds at once judge each piece once.
    """
    counts = {State.CLEAN: 0, State.REFUSED: 0, State.QUARANTINED: 0}
    rows = Upload.objects.filter(state=State.QUARANTINED).order_by("received_at", "id")
    for upload in rows:
        if not _answers():
            break
        counts[State(judge(ACTOR, upload, now=now).state)] += 1
    return Scanned(
        clean=counts[State.CLEAN],
        refused=counts[State.REFUSED],
        waiting=rows.count(),
    )


def sweep_orphans(now: datetime) -> int:
    """Removes blobs that no row speaks of, older than a day; how many there were.

    They are what a killed process left, before its row or after it. Without their keys, which
    only rows hold, they were already nothing that could be read.
    """
    swept = 0
    for paths in blobs.older_than(now - ORPHAN_AFTER):
        names = [name for path in paths if (name := blobs.name_of(path))]
        rows = Upload.objects.filter(Q(original_blob__in=names) | Q(cleaned_blob__in=names))
        known = set(chain.from_iterable(rows.values_list("original_blob", "cleaned_blob")))
        for path in paths:
            if blobs.name_of(path) not in known:
                path.unlink(missing_ok=True)
                swept += 1
    return swept


def _answers() -> bool:
    try:
        antivirus.version()
    except antivirus.Unavailable:
        return False
    return True
