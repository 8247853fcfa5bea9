"""The worklist of an office: its cases that wait, those whose rights end first at the top.

Pages follow one another by key, never by number: the last row of one is where the next begins.
However long the list, a page reads as many rows as it shows, along one index of ``Coverage``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypedDict
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from droitfil.cases.access import visible_cases
from droitfil.cases.models import Alert, Case, Complement, Coverage, Letter, Move
from droitfil.cases.reference import read_reference
from droitfil.people.access import OPENS_FILES, Reader, staff_of
from droitfil.people.models import Person, Staff
from droitfil.rules.lifecycle import PENDING, State
from droitfil.territory.models import Office

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

_PENDING = [state.value for state in PENDING]
#: Rows of a page.
SHOWN = 50


class Held(StrEnum):
    """By whom a case of the list is held."""

    MINE = "moi"
    NOBODY = "personne"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; by default, everything that waits for a decision."""

    held: Held | None = None
    #: ``None``: pending; else cases in this state only.
    state: State | None = None
    title: str = ""
    #: Only those whose rights end and after whom no paper comes.
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after this row. ``covered_until`` is None among those without end."""

    covered_until: date | None
    case: UUID

    def __str__(self) -> str:
        return f"{self.covered_until or 'sans-fin'}_{self.case}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that ``str`` wrote; None for anything else."""
        day, _, case = text.partition("_")
        try:
            return cls(None if day == "sans-fin" else date.fromisoformat(day), UUID(case))
        except ValueError:
            return None


class Beside(TypedDict):
    """What a row of the list says beside its coverage."""

    #: The last day to answer a request for pieces.
    asked_until: date | None
    #: When the case came from another office.
    came_at: datetime | None
    #: Its person wrote and no agent has read it.
    answered: bool


#: Its ``case``, the ``person`` and the ``agent`` are at hand.
Row: TypeAlias = "WithAnnotations[Coverage, Beside]"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and where the next page begins, None after the last one."""

    rows: list[Row]
    following: Place | None


def offices_of(reader: Reader, on: date) -> QuerySet[Office]:
    """The offices whose list ``reader`` may open on ``on``, their own department by department."""
    staff = staff_of(reader, on)
    if staff is None or staff.role not in OPENS_FILES:
        return Office.objects.none()
    return Office.objects.filter(department__in=staff.territory).order_by("department", "id")


def worklist(
    reader: Reader,
    office: Office,
    *,
    on: date,
    filters: Filters = Filters(),
    after: Place | None = None,
    most: int = SHOWN,
) -> Page:
    """A page of the list of ``office``, in two statements at most.

    :param office: one of :func:`offices_of` for ``reader``; for any other, nothing.
    """
    staff = _opens(reader, office, on)
    if staff is None:
        return Page([], None)
    chosen = _narrowed(Coverage.objects.filter(office=office), filters, staff.pk)
    rows: list[Row] = []
    if after is None or after.covered_until is not None:
        rows = list(_dated(chosen, after)[: most + 1])
    if len(rows) <= most:
        rest = chosen.filter(covered_until__isnull=True).order_by("case")
        if after is not None and after.covered_until is None:
            rest = rest.filter(case__gt=after.case)
        rows += rest[: most + 1 - len(rows)]
    if len(rows) <= most:
        return Page(rows, None)
    last = rows[most - 1]
    return Page(rows[:most], Place(last.covered_until, last.case_id))


def find_case(reader: Reader, text: str, *, on: date) -> Case | None:
    """The case whose reference ``text`` writes, if ``reader`` may open it."""
    reference = read_reference(text)
    if reference is None:
        return None
    return visible_cases(reader, on).filter(reference=reference).first()


def cases_of(reader: Reader, person: Person, *, on: date) -> QuerySet[Case]:
    """The cases of ``person`` that ``reader`` may open, the latest first."""
    found = visible_cases(reader, on).filter(person=person)
    return found.select_related("office", "agent").order_by("-started_at", "id")


def open_alerts(reader: Reader, office: Office, *, on: date, most: int = SHOWN) -> list[Alert]:
    """The rights of the office's people that no paper in sight covers, the nearest day first."""
    found = Alert.objects.filter(
        office=office, closed_on__isnull=True, case__in=visible_cases(reader, on)
    )
    return list(found.select_related("case", "person", "owner").order_by("from_on", "id")[:most])


def moves_of(
    reader: Reader, office: Office, *, on: date, most: int = SHOWN
) -> tuple[list[Move], list[Move]]:
    """What came to ``office`` and what left it, the latest first. What left is known by its
    reference and by the office that follows it, and by nothing else.

    :param office: one of :func:`offices_of` for ``reader``; for any other, nothing.
    """
    if _opens(reader, office, on) is None:
        return [], []
    moves = Move.objects.select_related("case", "before", "after").order_by("-at", "-id")
    came = moves.filter(after=office, case__in=visible_cases(reader, on))
    return list(came.select_related("case__person")[:most]), list(
        moves.filter(before=office)[:most]
    )


def letters_to(reader: Reader, office: Office, *, on: date, most: int = SHOWN) -> list[Letter]:
    """What people wrote to ``office`` and no agent has read, the oldest first."""
    unread = Letter.objects.filter(
        staff__isnull=True, read_at__isnull=True, case__office=office,
        case__in=visible_cases(reader, on),
    )  # fmt: skip
    return list(unread.select_related("case__person", "case__agent").order_by("at", "id")[:most])


def prepared(reader: Reader, office: Office, *, on: date, most: int = SHOWN) -> list[Case]:
    """What was prepared at home and waits to be registered at the counter of ``office``."""
    drafts = visible_cases(reader, on).filter(office=office, state=State.DRAFT.value)
    return list(drafts.select_related("person").order_by("-saved_at", "id")[:most])


def _opens(reader: Reader, office: Office, on: date) -> Staff | None:
    """The function by which ``reader`` opens the list of ``office`` on ``on``, if any does."""
    staff = staff_of(reader, on)
    if staff is None or staff.role not in OPENS_FILES:
        return None
    return staff if office.department_id in staff.territory else None


def _narrowed(coverages: QuerySet[Coverage], filters: Filters, reader: UUID) -> QuerySet[Row]:
    wanted = Q(case__state=filters.state.value) if filters.state else Q(case__state__in=_PENDING)
    if filters.held is Held.MINE:
        wanted &= Q(agent=reader)
    elif filters.held is Held.NOBODY:
        wanted &= Q(agent__isnull=True)
    if filters.title:
        wanted &= Q(title=filters.title)
    if filters.breaks:
        wanted &= Q(due_on__isnull=True, covered_until__isnull=False)
    asked = Complement.objects.filter(
        case=OuterRef("case"), produced_on__isnull=True, lapsed_on__isnull=True
    )
    came = Move.objects.filter(case=OuterRef("case"), after=OuterRef("office"))
    unread = Letter.objects.filter(staff__isnull=True, read_at__isnull=True)
    return (
        coverages.filter(wanted)
        .select_related("case", "person", "agent")
        .annotate(
            asked_until=Subquery(asked.values("due_on")[:1]),
            came_at=Subquery(came.order_by("-at").values("at")[:1]),
            answered=Exists(unread.filter(case=OuterRef("case"))),
        )
    )


def _dated(chosen: QuerySet[Row], after: Place | None) -> QuerySet[Row]:
    found = chosen.filter(covered_until__isnull=False).order_by("covered_until", "case")
    if after is None:
        return found
    # The first condition is read along the index; the second takes away what was shown of that day.
    shown = Q(covered_until=after.covered_until, case__lte=after.case)
    return found.filter(~shown, covered_until__gte=after.covered_until)
