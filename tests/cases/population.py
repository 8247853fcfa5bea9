"""People of every sort, drawn from a seed: what they hold, ask and were given, as rows.

The same seed draws the same people. Each is told by the branch it was drawn for.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from droitfil.cases.continuity import coverage
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.cases.reference import new_reference
from droitfil.people.models import Person, ResidenceDocument
from droitfil.rules.lifecycle import State
from droitfil.rules.periods import add_days, add_months
from droitfil.territory.models import Office
from tests.personas import Personas, office

#: What is drawn, and how often.
BRANCHES = {
    "in_time": 8, "in_time_completed_late": 3, "counter": 5, "counter_late": 2, "late": 2,
    "early": 2, "incomplete": 3, "beyond": 1, "commission": 2, "commission_ahead": 1,
    "two_cases": 2, "other_card_later": 2, "revoked": 1, "refused": 1, "granted": 2,
    "withdrawn": 1, "unfiled": 2, "turning_18": 1, "refugee": 1, "eu_family": 1,
    "under_complement": 1,
}  # fmt: skip
TELESERVICE, COUNTER = "L423-7", "L421-1"


@dataclass
class Population:
    """The people drawn, and the branch of each."""

    branches: dict[UUID, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.branches.values())

    def persons(self) -> Iterator[Person]:
        return Person.objects.filter(pk__in=self.branches).iterator()


def instant(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), tzinfo=UTC)


class Draw:
    """Draws people whose cases are pending around ``day``."""

    def __init__(self, seed: int, day: date, people: Personas) -> None:
        self.random = random.Random(seed)
        self.day = day
        self.people = people
        self.office: Office = office("91-evry", people.evry)
        self.made = Population()

    def draw(self, count: int) -> Population:
        names, weights = list(BRANCHES), list(BRANCHES.values())
        for number in range(count):
            # Each branch at least once, then by chance.
            name = names[number] if number < len(names) else self.random.choices(names, weights)[0]
            with transaction.atomic():
                person = getattr(self, name)()
                coverage.refresh_person(person, today=self.day)
            self.made.branches[person.pk] = name
        return self.made

    # -- what each is made of

    def person(self, born_on: date = date(1990, 3, 2), nationality: str = "MAR") -> Person:
        return Person.objects.create(
            family_name="Tirée", given_names="Au sort", born_on=born_on, nationality=nationality,
            family_key="tiree", usual_key="", given_key="au sort", commune=self.people.evry,
        )  # fmt: skip

    def expiry(self) -> date:
        """An end of validity around ``day``, at the end of a month more often than by chance."""
        end = self.day + timedelta(days=self.random.randint(-400, 60))
        if self.random.random() < 0.4:
            end = add_days(end.replace(day=1), -1)
        return end

    def card(self, person: Person, article: str, end: date, years: int = 1) -> ResidenceDocument:
        return ResidenceDocument.objects.create(
            person=person, kind="CSP" if years > 1 else "CST", article=article,
            valid_from=add_days(add_months(end, -12 * years), 1), valid_to=end, source="tests",
        )  # fmt: skip

    def case(
        self,
        person: Person,
        held: ResidenceDocument | None,
        article: str,
        filed_on: date,
        *,
        complete_on: date | None = None,
        state: State = State.SUBMITTED,
        **changed: object,
    ) -> Case:
        fields = {
            "reference": new_reference("91", filed_on), "person": person,
            "procedure": "tests", "version_on": filed_on, "article": article,
            "request": "renewal" if held is not None else "first", "held": held,
            "channel": "counter" if article == COUNTER else "teleservice",
            "office": self.office, "state": state.value, "acknowledged": True,
            "state_at": instant(filed_on), "started_at": instant(filed_on),
            "saved_at": instant(filed_on), "filed_at": instant(filed_on), "filed_on": filed_on,
            "complete_on": complete_on,
        }  # fmt: skip
        return Case.objects.create(**fields | changed)

    def in_window(self, end: date) -> date:
        """A day of filing in time: between four and two months before the last day."""
        return min(add_days(end, -self.random.randint(61, 119)), self.day)

    def _renewal(self, article: str = TELESERVICE, **changed: object) -> tuple[Person, Case]:
        person, end = self.person(), self.expiry()
        filed_on = self.in_window(end)
        changed.setdefault("complete_on", filed_on)
        return person, self.case(
            person, self.card(person, article, end), article, filed_on, **changed
        )

    # -- one method a branch

    def in_time(self) -> Person:
        return self._renewal()[0]

    def in_time_completed_late(self) -> Person:
        person, case = self._renewal()
        case.complete_on = add_days(case.filed_on, self.random.randint(1, 200))
        case.save()
        return person

    def counter(self) -> Person:
        return self._renewal(COUNTER)[0]

    def counter_late(self) -> Person:
        person, end = self.person(), self.expiry()
        filed_on = add_days(end, self.random.randint(1, 150))
        self.case(person, self.card(person, COUNTER, end), COUNTER, filed_on, complete_on=filed_on)
        return person

    def _at(self, first: int, last: int) -> Person:
        person, end = self.person(), self.expiry()
        filed_on = add_days(end, self.random.randint(first, last))
        card = self.card(person, TELESERVICE, end)
        self.case(person, card, TELESERVICE, filed_on, complete_on=filed_on)
        return person

    def late(self) -> Person:
        return self._at(-40, -1)

    def early(self) -> Person:
        return self._at(-200, -125)

    def beyond(self) -> Person:
        return self._at(190, 240)

    def incomplete(self) -> Person:
        return self._renewal(complete_on=None)[0]

    def under_complement(self) -> Person:
        return self._renewal(state=State.INCOMPLETE)[0]

    def commission(self) -> Person:
        person, case = self._renewal()
        case.commission_on = add_days(case.filed_on, self.random.randint(0, 300))
        case.save()
        return person

    def commission_ahead(self) -> Person:
        person, case = self._renewal(COUNTER)
        case.commission_on = add_days(self.day, self.random.randint(1, 120))
        case.save()
        return person

    def two_cases(self) -> Person:
        person, case = self._renewal()
        filed_on = add_days(case.filed_on, self.random.randint(0, 40))
        self.case(person, case.held, COUNTER, filed_on, complete_on=filed_on, request="change")
        return person

    def other_card_later(self) -> Person:
        person, case = self._renewal()
        end = add_days(case.held.valid_to, self.random.randint(100, 700))
        self.card(person, "L426-17", end)
        return person

    def revoked(self) -> Person:
        person, case = self._renewal()
        assert case.held is not None
        assert case.held.valid_to is not None
        first = max(add_days(case.held.valid_to, 1), case.filed_on)
        Paper.objects.create(
            case=case, person=person, kind="API", rank=1, valid_from=first,
            valid_to=add_days(add_months(first, 3), -1), published_at=instant(first),
            void_at=instant(first), void_on=add_days(first, self.random.randint(0, 50)),
            void_reason="revoked",
        )  # fmt: skip
        return person

    def _decided(self, state: State, outcome: str) -> Person:
        person, case = self._renewal()
        case.state, case.outcome = state.value, outcome
        case.decided_on = min(add_days(case.filed_on, self.random.randint(5, 300)), self.day)
        case.decided_by_id = self.people.nadia.pk
        case.reasons = "" if outcome == "granted" else "Motifs"
        Case.objects.filter(pk=case.pk).delete()
        case.save(force_insert=True)
        return person

    def refused(self) -> Person:
        return self._decided(State.REFUSED, "refused")

    def granted(self) -> Person:
        return self._decided(State.GRANTED, "granted")

    def withdrawn(self) -> Person:
        person, end = self.person(), self.expiry()
        filed_on = self.in_window(end)
        self.case(
            person, self.card(person, TELESERVICE, end), TELESERVICE, filed_on,
            complete_on=filed_on, state=State.WITHDRAWN,
            withdrawn_on=min(add_days(filed_on, 30), max(self.day, filed_on)),
        )  # fmt: skip
        return person

    def unfiled(self) -> Person:
        person = self.person()
        self.card(person, TELESERVICE, self.expiry())
        return person

    def turning_18(self) -> Person:
        born_on = add_months(self.day, -12 * 18 - self.random.randint(1, 8))
        person, filed_on = self.person(born_on), add_days(self.day, -self.random.randint(0, 20))
        self.case(person, None, "L423-21", filed_on, complete_on=filed_on, basis="turning_18")
        return person

    def refugee(self) -> Person:
        person, filed_on = self.person(), add_days(self.day, -self.random.randint(0, 300))
        self.case(
            person, None, "L424-1", filed_on, complete_on=filed_on, basis="recognised_refugee"
        )
        return person

    def eu_family(self) -> Person:
        person, filed_on = self.person(), add_days(self.day, -self.random.randint(0, 300))
        self.case(person, None, "EU-family", filed_on, complete_on=filed_on)
        return person


def rows() -> dict[UUID, tuple[object, ...]]:
    """What is stored of each case, as comparable values."""
    names = (
        "covered_until", "next_kind", "next_rank", "next_from", "next_to", "chain_months",
        "chain_stop", "due_on",
    )  # fmt: skip
    return {row[0]: row[1:] for row in Coverage.objects.values_list("case_id", *names)}
