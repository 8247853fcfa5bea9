"""Requests for pieces left unanswered: reminded, then handed back to an agent; never a closing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet

from droitfil.cases.actions.complement import lapse_complement
from droitfil.cases.models import Complement, ComplementItem
from droitfil.journal.actions import Line as Entry
from droitfil.journal.actions import record_many
from droitfil.lawbook import load_law
from droitfil.notices.actions import Line, notify_many
from droitfil.notices.models import Message
from droitfil.rules.lifecycle import Event, Role, State, step
from droitfil.rules.periods import add_days
from droitfil.rules.problems import Refused as Unanswerable

log = structlog.get_logger(__name__)
ACTOR = "system:night"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Followed:
    """What one night did: requests reminded, requests whose time was over."""

    reminded: int = 0
    lapsed: int = 0


def follow(today: date, *, now: datetime) -> Followed:
    """Hands back the cases whose time to answer is over, reminds those whose end comes near."""
    return Followed(lapsed=_lapse(today, now), reminded=_remind(today, now))


def _lapse(today: date, now: datetime) -> int:
    lapsed = 0
    over = _waiting().filter(due_on__lt=today).order_by("due_on", "id")
    for complement in over.iterator(chunk_size=BATCH):
        try:
            lapsed += lapse_complement(ACTOR, complement.case, now=now, today=today)
        except Unanswerable:  # facts that contradict one another: the others are not kept waiting
            log.warning("night.unanswerable", phase="complements", case=str(complement.case_id))
    return lapsed


def _remind(today: date, now: datetime) -> int:
    days = sorted(load_law().value("complement_reminder_days", today))
    near = _waiting().filter(due_on__gte=today, due_on__lte=add_days(today, days[-1]))
    reminded = 0
    for batch in _batches(list(near.values_list("pk", flat=True))):
        with transaction.atomic():
            held = list(
                _waiting()
                .filter(pk__in=batch)
                .select_for_update(of=("self", "case"), skip_locked=True)
                .order_by("due_on", "id")
            )
            lines = {c: line for c in held if (line := _line(c, days, today)) is not None}
            told = set(
                Message.objects.filter(key__in=[line.key for line in lines.values()]).values_list(
                    "key", flat=True
                )
            )
            fresh = {c: line for c, line in lines.items() if line.key not in told}
            record_many(
                Entry(
                    ACTOR, "complement.reminded", "case", now, c.case_id, c.case_id,
                    {"complement": c.pk, "due_on": c.due_on},
                )
                for c in fresh
            )  # fmt: skip
            reminded += notify_many(ACTOR, lines=fresh.values(), now=now)
    return reminded


def _line(complement: Complement, days: list[int], today: date) -> Line | None:
    """The latest reminder whose day has come, unless it came before the request itself."""
    case = complement.case
    # The table of states has the last word on what the night may do.
    step(State(case.state), Event.REMIND, Role.SYSTEM, named="", channel=case.channel)
    day = next(d for n in days if (d := add_days(complement.due_on, -n)) <= today)
    if day <= complement.asked_on:
        return None
    pieces = [
        item.code for item in complement.items.all() if item.what == ComplementItem.What.PIECE
    ]
    return Line(
        "complement_reminder",
        {"reference": case.reference, "procedure": case.procedure, "pieces": pieces,
         "due_on": complement.due_on},
        f"complement_reminder:{complement.pk}:{day}", case.person_id, case=case.pk,
    )  # fmt: skip


def _waiting() -> QuerySet[Complement]:
    """Requests that wait for an answer, of cases that still stand there."""
    return (
        Complement.objects.filter(
            produced_on__isnull=True, lapsed_on__isnull=True, case__state=State.INCOMPLETE.value
        )
        .select_related("case", "case__person")
        .prefetch_related("items")
    )


def _batches(found: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]
