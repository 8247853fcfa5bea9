"""The night of a date: every phase in order, each counted as soon as it is over.

Killed midway it leaves a row without end; run again, each phase takes up what is still due. One
night runs at a time, whatever the number of processes that try.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from droitfil.cases import sealing
from droitfil.cases.continuity import (
    alerts,
    complements,
    coverage,
    proof,
    reconciliation,
    reminders,
    sweep,
)
from droitfil.cases.models import Night
from droitfil.journal import sealer
from droitfil.journal.actions import record
from droitfil.lib import clock
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.notices.actions import Line, notify_many
from droitfil.people.models import Staff

ACTOR = "system:night"
#: The advisory lock of who runs the night: "drtfnigh" as a number.
LOCK = 0x647274666E696768
#: The hour, here, by which a night must be over.
MORNING = time(6)

Progress = Callable[[str, int], None]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Standing:
    """What ``/sante`` says of the nights: the last one run, and whether this morning's is over."""

    last: date | None
    finished: bool
    late: bool


def run_night(
    day: date,
    *,
    now: Callable[[], datetime] = clock.now,
    progress: Progress = lambda phase, count: None,
    batch: int = 2000,
) -> Night:
    """Does everything that is due by ``day``, dates missed before it included.

    :param progress: told the phase and what it counted so far.
    :raises Conflict: another process runs a night.
    :raises Refusal: a night to come, which would stand in the way of every one before it; or a
        later night was already run: what it did cannot be done as if before it.
    """
    with _alone():
        night = _begin(day, now())
        _phase(
            night,
            "papers",
            lambda: sweep.sweep(
                day, now=now(), batch=batch, progress=lambda count: progress("papers", count)
            ),
            progress,
        )
        earlier = Night.objects.filter(date__lt=day, finished_at__isnull=False).exists()
        since = night.since if earlier else None
        _phase(
            night,
            "ended",
            lambda: sealing.unsign_ended(ACTOR, day, since=since, now=now()),
            progress,
        )
        _phase(night, "begun", lambda: coverage.refresh_begun(day), progress)
        _phase(night, "complements", lambda: complements.follow(day, now=now()), progress)
        _phase(night, "reminders", lambda: reminders.remind(day, now=now()), progress)
        _phase(night, "alerts", lambda: alerts.alert(day, now=now()), progress)
        found = _phase(night, "reconciliation", lambda: reconciliation.reconcile(day), progress)
        _phase(night, "journal", lambda: sealer.seal(now=now()), progress)
        proof.make_proof(day, now=now(), reconciled=found)
        with transaction.atomic():
            # The clock may have been set back since it began.
            night.finished_at = max(now(), night.started_at)
            night.save(update_fields=["finished_at"])
            record(
                ACTOR, action="night.finished", subject_kind="night", at=now(),
                facts={"date": day, "since": night.since, "runs": night.runs},
            )  # fmt: skip
    return night


def standing(now: datetime) -> Standing:
    """How the nights stand: late when this morning's is not over though its hour has come."""
    night = Night.objects.order_by("-date").first()
    return Standing(
        last=night.date if night else None,
        finished=night is not None and night.finished_at is not None,
        late=unfinished_by(now) is not None,
    )


def unfinished_by(now: datetime) -> date | None:
    """The date of this morning's night when it is not over at :data:`MORNING`, else None.

    None as well where no night was ever run: there is nothing to wait for yet.
    """
    local = timezone.localtime(now)
    if local.time() < MORNING or not Night.objects.exists():
        return None
    over = Night.objects.filter(date__gte=local.date(), finished_at__isnull=False).exists()
    return None if over else local.date()


def tell_unfinished(now: datetime) -> int:
    """Tells heads of offices and administrators, once, that the night is not over.

    To be called by another process than the one that runs the night. How many were told.
    """
    day = unfinished_by(now)
    if day is None:
        return 0
    told = Staff.objects.filter(
        role__in=[Staff.Role.HEAD, Staff.Role.ADMIN],
        active_from__lte=day,
        account__is_active=True,
    ).exclude(active_to__lt=day)
    lines = [
        Line(
            "staff_night_late",
            {"night_on": day},
            f"staff_night_late:{day}:{staff.pk}",
            account=staff.pk,
        )
        for staff in told.order_by("account")
    ]
    with transaction.atomic():
        return notify_many("system:watch", lines=lines, now=now)


@contextmanager
def _alone() -> Iterator[None]:
    """Holds the night for as long as this session lives, even when it is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            raise Conflict(gettext("Une nuit est déjà en cours : celle-ci n’a rien fait."))
    try:
        yield
    finally:
        # A session that was lost gave it back itself.
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _begin(day: date, now: datetime) -> Night:
    today = timezone.localdate(now)
    if day > today:
        raise Refusal(
            gettext("La nuit du %(day)s n’est pas encore venue : nous sommes le %(today)s.")
            % {"day": f"{day:%d/%m/%Y}", "today": f"{today:%d/%m/%Y}"},
            field="date",
        )
    later = Night.objects.filter(date__gt=day).order_by("-date").first()
    if later is not None:
        raise Refusal(
            gettext("La nuit du %(day)s a déjà eu lieu : une nuit ne remonte pas le temps.")
            % {"day": f"{later.date:%d/%m/%Y}"},
            field="date",
        )
    with transaction.atomic():
        before = Night.objects.filter(date__lt=day, finished_at__isnull=False)
        last = before.order_by("-date").first()
        since = day if last is None else min(date.fromordinal(last.date.toordinal() + 1), day)
        night, fresh = Night.objects.get_or_create(
            date=day, defaults={"started_at": now, "since": since}
        )
        if not fresh:
            night.runs += 1
            night.save(update_fields=["runs"])
        record(
            ACTOR, action="night.started", subject_kind="night", at=now,
            facts={"date": day, "since": night.since, "runs": night.runs},
        )  # fmt: skip
    return night


def _phase(night: Night, name: str, work: Callable[[], Found], progress: Progress) -> Found:
    progress(name, 0)
    found = work()
    night.phases = {**night.phases, name: _counts(found)}
    night.save(update_fields=["phases"])
    return found


def _counts(found: object) -> Mapping[str, Any]:
    """What a phase counted, as whole numbers and codes."""
    if is_dataclass(found) and not isinstance(found, type):
        return {
            name: value if isinstance(value, int | str) or value is None else len(value)
            for name, value in asdict(found).items()
        }
    return {"count": found if isinstance(found, int) else 0}
