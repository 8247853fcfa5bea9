"""Where and when lives are lived: the country, its procedures as ways through it, its hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from typing import Any

from django.utils import timezone

from droitfil.cases.models import Case
from droitfil.demo.answers import CHILD
from droitfil.demo.country import figures
from droitfil.demo.country.places import EXAMINERS
from droitfil.demo.country.population import Births, working
from droitfil.people.models import Account
from droitfil.rules.facts import Kind

#: Yields the next instant at which something happens; what stands after it is done then.
Life = Iterator[datetime]


@dataclass(frozen=True, slots=True)
class Way:
    """A procedure as it is lived: from which document, to which card.

    :param held: kind, title (its code) and years of the document it starts from.
    :param sort: a key of ``figures.REQUESTS``.
    """

    procedure: str
    sort: str
    card: Kind
    years: int
    held: tuple[Kind, str, int] | None = None
    aged: tuple[int, int] = (23, 58)
    months: tuple[int, ...] = figures.EVERY_MONTH.value
    counter: bool = False


_STUDENT: dict[str, Any] = {"aged": (19, 28), "months": figures.STUDENT_MONTHS.value}
WAYS: Mapping[str, Way] = {
    way.procedure: way
    for way in (
        Way("renouvellement-parent-enfant-francais", "renewal", Kind.CSP, 2,
            (Kind.CSP, "pef", 2)),
        Way("renouvellement-resident-conjoint-francais", "renewal", Kind.CR, 10,
            (Kind.CR, "cfcr", 10), aged=(35, 70)),
        Way("renouvellement-etudiant", "renewal", Kind.CST, 1, (Kind.CST, "etu", 1), **_STUDENT),
        Way("renouvellement-salarie", "renewal", Kind.CST, 1, (Kind.CST, "salarie", 1),
            counter=True),
        Way("renouvellement-resident-refugie", "renewal", Kind.CR, 10, (Kind.CR, "ref", 10),
            aged=(33, 70)),
        Way("carte-resident-conjoint-francais", "change", Kind.CR, 10, (Kind.CSP, "cf", 2)),
        Way("premiere-carte-etudiant", "first", Kind.CST, 1, (Kind.VLS_TS, "etu", 1),
            **_STUDENT),
        Way("carte-resident-refugie", "first", Kind.CR, 10),
        Way("premiere-carte-jeune-arrive", "first", Kind.CST, 1, aged=(18, 18), counter=True),
        Way("premiere-carte-jeune-confie", "first", Kind.CST, 1, aged=(18, 18)),
        Way(CHILD, "child", Kind.DCEM, 5, aged=(28, 48), months=figures.CHILD_MONTHS.value),
    )
}  # fmt: skip


@dataclass
class Country:
    """Where lives are lived, from ``first`` to the eve of ``last``."""

    first: date
    last: date
    births: Births
    staff: Mapping[str, Account]
    #: The first day on which each procedure may be begun.
    since: Mapping[str, date] = field(default_factory=dict)

    @property
    def opening(self) -> datetime:
        return at(self.first, 7)

    def examiner(self, case: Case, dice: Random) -> Account:
        """The agent who holds the case, else one of its office."""
        if case.agent_id is not None:
            return next(a for a in self.staff.values() if a.pk == case.agent_id)
        return self.staff[dice.choice(EXAMINERS[case.office_id])]


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute, second)))


def when(instant: datetime) -> dict[str, Any]:
    return {"now": instant, "today": timezone.localdate(instant)}


def office_hours(dice: Random, day: date) -> datetime:
    return at(working(day), dice.randint(9, 16), dice.randint(0, 59), dice.randint(0, 59))


def any_hour(dice: Random, day: date) -> datetime:
    return at(day, dice.randint(8, 17), dice.randint(0, 59), dice.randint(0, 59))
