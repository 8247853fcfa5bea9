"""Rights that no paper in sight covers: told to the person, the agent and the office in time.

An alert has an owner, a reason and a remedy; it is closed when the day is covered or the case over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
from django.db import connection, transaction

from droitfil.cases.models import Alert, Case, Coverage
from droitfil.cases.queries import Situation, situations_of
from droitfil.journal.actions import Line as Entry
from droitfil.journal.actions import record_many
from droitfil.lawbook import load_law
from droitfil.notices.actions import Line, notify_many
from droitfil.people.models import Staff
from droitfil.rules.answer import Answer, ApplicationAnswer
from droitfil.rules.lifecycle import PENDING
from droitfil.rules.periods import add_days, day_after
from droitfil.rules.problems import Refused as Unanswerable

log = structlog.get_logger(__name__)
ACTOR = "system:night"
BATCH = 200
_PENDING = sorted(state.value for state in PENDING)

# The first day without proof is the one after ``covered_until``: covered all the same when a paper
# that the night will publish, of any case of the person, begins by then.
_UNCOVERED = """
    SELECT coverage.case_id FROM coverage JOIN case_file ON case_file.id = coverage.case_id
    WHERE covered_until < %(until)s AND case_file.state = ANY(%(pending)s)
      AND NOT EXISTS (
          SELECT FROM coverage AS other
          WHERE other.person_id = coverage.person_id
            AND other.next_from <= coverage.covered_until + 1
      )
    ORDER BY covered_until, coverage.case_id
"""


@dataclass(frozen=True, slots=True)
class Alerted:
    """What one night did, and how many alerts stand open after it."""

    opened: int = 0
    closed: int = 0
    open: int = 0


def alert(today: date, *, now: datetime) -> Alerted:
    """Closes the alerts that are over, opens those whose day comes near."""
    days = int(load_law().value("gap_alert_days", today))
    with connection.cursor() as cursor:
        cursor.execute(_UNCOVERED, {"until": add_days(today, days), "pending": _PENDING})
        uncovered = [case for (case,) in cursor.fetchall()]
    closed = _close(uncovered, today, now)
    known = set(
        Alert.objects.filter(closed_on__isnull=True, case__in=uncovered).values_list(
            "case", flat=True
        )
    )
    fresh = [case for case in uncovered if case not in known]
    opened = 0
    for start in range(0, len(fresh), BATCH):
        opened += _open(fresh[start : start + BATCH], today, now)
    return Alerted(opened, closed, Alert.objects.filter(closed_on__isnull=True).count())


def _close(uncovered: Sequence[UUID], today: date, now: datetime) -> int:
    """Alerts of cases that are covered or over, and those whose day is another one now."""
    with transaction.atomic():
        standing = Alert.objects.select_for_update(of=("self",)).filter(closed_on__isnull=True)
        rows = {
            row.case_id: row for row in Coverage.objects.filter(case__in=standing.values("case"))
        }
        still, over = set(uncovered), []
        for alert in standing.order_by("from_on", "id"):
            row = rows.get(alert.case_id)
            if row is None:
                alert.closed_because = Alert.End.ENDED
            elif alert.case_id not in still:
                alert.closed_because = Alert.End.COVERED
            elif row.covered_until is not None and day_after(row.covered_until) != alert.from_on:
                alert.closed_because = Alert.End.CHANGED
            else:
                continue
            alert.closed_on = today
            over.append(alert)
        Alert.objects.bulk_update(over, ["closed_on", "closed_because"])
        record_many(
            Entry(
                ACTOR, "alert.closed", "case", now, a.case_id, a.case_id,
                {"alert": a.pk, "because": str(a.closed_because)},
            )
            for a in over
        )  # fmt: skip
    return len(over)


def _open(cases: Sequence[UUID], today: date, now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            Case.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk__in=cases, state__in=_PENDING)
            .select_related("person", "person__commune", "agent", "coverage")
            .order_by("id")
        )
        heads = _heads({case.office_id for case in rows}, today)
        # Those whose end is known no more changed since they were listed.
        ends = {c: c.coverage.covered_until for c in rows if c.coverage.covered_until is not None}
        from_on = {case: day_after(end) for case, end in ends.items()}
        made = []
        for batch in _by_person(from_on):
            days = {case.person: max(from_on[case], today) for case in batch}
            situations = situations_of(days)
            for case in batch:
                situation, owners = situations[case.person_id], heads.get(case.office_id, [])
                try:
                    alert = _alert(case, situation, from_on[case], owners, today)
                except Unanswerable:  # the proof tells it among those it could not decide
                    log.warning("night.unanswerable", phase="alerts", case=str(case.pk))
                    continue
                if alert is not None:
                    made.append(alert)
        Alert.objects.bulk_create(made)
        record_many(
            Entry(
                ACTOR, "alert.opened", "case", now, a.case_id, a.case_id,
                {"alert": a.pk, "from": a.from_on, "reason": str(a.reason), "rule": a.rule},
            )
            for a in made
        )  # fmt: skip
        lines = [line for a in made for line in _lines(a, heads.get(a.office_id, []))]
        notify_many(ACTOR, lines=lines, now=now)
    return len(made)


def _by_person(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """The cases in groups that have one of each person: each is looked at on a day of its own."""
    groups: list[dict[UUID, Case]] = []
    for case in cases:
        free = next((group for group in groups if case.person_id not in group), None)
        if free is None:
            groups.append(free := {})
        free[case.person_id] = case
    return (list(group.values()) for group in groups)


def _alert(
    case: Case, situation: Situation, from_on: date, heads: Sequence[Staff], today: date
) -> Alert | None:
    """The alert of ``case``; None when the law asks no proof of the person that day (a minor).

    :param situation: of the person on the first day without proof, or today when it is past.
    """
    day = max(from_on, today)
    answer = situation.shared_answer()
    gap = next((gap for gap in answer.gaps if gap.end == day), None)
    if gap is None:
        return None
    owner = case.agent or next(iter(heads), None)
    return Alert(
        case=case, person=case.person, office_id=case.office_id, owner=owner, from_on=from_on,
        reason=reason_of(case, situation, answer), entitled=gap.entitled, rule=gap.rule,
        remedy=gap.remedy, opened_on=today,
    )  # fmt: skip


def reason_of(case: Case, situation: Situation, answer: Answer) -> Alert.Reason:
    """Why no paper covers the day, told of the case itself."""
    name = situation.name_of(case)
    application = next(a for a in answer.applications if a.id == name)
    if case.complete_on is None:
        return Alert.Reason.INCOMPLETE
    if case.coverage.next_from is not None:
        return Alert.Reason.PAPER_LATER
    if application.timing == "early":
        return Alert.Reason.EARLY
    if _is_late(application):
        return Alert.Reason.LATE
    if case.held_id is None:
        return Alert.Reason.FIRST
    if any(warning.code == "fact_missing" for warning in answer.warnings):
        return Alert.Reason.UNKNOWN
    return Alert.Reason.NOT_OWED


def _is_late(application: ApplicationAnswer) -> bool:
    return application.timing is not None and application.timing.startswith(("late", "beyond"))


def _heads(offices: set[str], today: date) -> dict[str, list[Staff]]:
    found: dict[str, list[Staff]] = {}
    on_duty = Staff.objects.filter(
        office__in=offices, role=Staff.Role.HEAD, active_from__lte=today, account__is_active=True
    ).exclude(active_to__lt=today)
    for staff in on_duty.order_by("active_from", "account"):
        assert staff.office_id is not None
        found.setdefault(staff.office_id, []).append(staff)
    return found


def _lines(alert: Alert, heads: Sequence[Staff]) -> list[Line]:
    reference = alert.case.reference
    facts = {"from_on": alert.from_on, "office": alert.office_id, "reference": reference}
    lines = [Line("alert_gap", facts, f"alert_gap:{alert.pk}", alert.person_id, case=alert.case_id)]
    accounts = {head.pk for head in heads}
    if alert.owner_id is not None:
        accounts.add(alert.owner_id)
    for account in sorted(accounts, key=str):
        key = f"staff_gap:{alert.pk}:{account}"
        lines.append(Line("staff_gap", facts, key, account=account, case=alert.case_id))
    return lines
