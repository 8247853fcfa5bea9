"""At the counter: what the agent has seen and the registration, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from droitfil.cases.actions.filing import register_at_counter
from droitfil.cases.actions.pieces import note_seen
from droitfil.cases.models import Case
from droitfil.people.access import Reader


def register_seen(
    actor: Reader,
    case: Case,
    *,
    seen: Iterable[str],
    complete: bool,
    now: datetime,
    today: date,
) -> Case:
    """Registers the draft, with the originals that the agent has seen.

    :param seen: codes of pieces, or of documents that stand for one.
    :param complete: nothing lacks, whatever was not ticked.
    :raises Refusal: as :func:`register_at_counter`, and for a code that is not asked.
    :raises Conflict: it was registered meanwhile.
    """
    with transaction.atomic():
        for code in seen:
            note_seen(actor, case, code=code, now=now, today=today)
        return register_at_counter(actor, case, complete=complete, now=now, today=today)
