"""What is done about uploads when nobody asks: scan what waits, sweep what no row speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import structlog
from django.db.models import Q

from droitfil.files import antivirus, blobs
from droitfil.files.actions import judge
from droitfil.files.cleaner import NotAccepted
from droitfil.files.models import State, Upload
from droitfil.files.queries import waiting
from droitfil.files.vault import KeyMissing, Tampered

log = structlog.get_logger(__name__)

ACTOR = "system:antivirus"
#: A blob without a row may belong to a transaction that has not ended; after this it does not.
ORPHAN_AFTER = timedelta(hours=24)
#: So many orphans alarm nobody.
FEW = 100


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a round of :func:`scan_waiting` left: pieces by what became of them."""

    clean: int = 0
    refused: int = 0
    waiting: int = 0


def scan_waiting(now: datetime) -> Scanned:
    """Asks the antivirus about every piece in quarantine, the oldest first.

    Stops at once when the antivirus does not answer; one piece that cannot be scanned does not keep
    the others waiting. Two rounds at once judge each piece once.
    """
    counts = {State.CLEAN: 0, State.REFUSED: 0, State.QUARANTINED: 0}
    for upload in Upload.objects.filter(state=State.QUARANTINED).order_by("received_at", "id"):
        if not _answers():
            break
        try:
            counts[State(judge(ACTOR, upload, now=now).state)] += 1
        except (NotAccepted, Tampered, KeyMissing) as error:
            # Told, and left where it is: nothing that cannot be read is declared safe.
            log.error("upload.unreadable", upload=str(upload.id), error=type(error).__name__)
    return Scanned(
        clean=counts[State.CLEAN],
        refused=counts[State.REFUSED],
        waiting=waiting().count,
    )


class TooManyOrphans(Exception):
    """More files without a row than with one: the database is probably not that of the folder."""

    def __init__(self, orphans: int, known: int) -> None:
        super().__init__(orphans, known)
        self.orphans, self.known = orphans, known


def sweep_orphans(*, older_than: timedelta = ORPHAN_AFTER) -> int:
    """Removes blobs that no row speaks of, older than a day; how many there were.

    They are what a killed process left, before its row or after it. Their age is told by the clock
    that stamps files, whatever day the instance believes it is.

    :raises TooManyOrphans: nothing is removed.
    """
    orphans: list[Path] = []
    seen = 0
    for paths in blobs.older_than(older_than):
        names = [name for path in paths if (name := blobs.name_of(path))]
        rows = Upload.objects.filter(Q(original_blob__in=names) | Q(cleaned_blob__in=names))
        known = set(chain.from_iterable(rows.values_list("original_blob", "cleaned_blob")))
        orphans += [path for path in paths if blobs.name_of(path) not in known]
        seen += len(paths)
    if len(orphans) > max(FEW, seen - len(orphans)):
        raise TooManyOrphans(len(orphans), seen - len(orphans))
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _answers() -> bool:
    try:
        antivirus.version()
    except antivirus.Unavailable:
        return False
    return True
