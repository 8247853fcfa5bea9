"""People of every sort, drawn from a seed: what they hold, ask and were given, as rows.

The same seed draws the same people. Each is told by the branch it was drawn for.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction

from droitfil.cases.continuity import coverage
from droitfil.cases.continuity.reading import Known, those
from droitfil.cases.models import Case, Complement, Coverage, Paper
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
    "under_complement": 1, "answered": 1, "long_card": 2, "resident": 1, "student": 1,
    "substitution": 1, "card_withdrawn": 1, "handed_over": 1, "closed": 1, "born_here": 1,
}  # fmt: skip
TELESERVICE, COUNTER, RESIDENT, STUDENT = "L423-7", "L421-1", "L426-17", "L422-1"
#: A fact of a case: itself, or what the day of filing makes of it.
Fact = object | Callable[[date], object]
Row = TypeVar("Row", bound=models.Model)


@dataclass
class Population:
    """The people drawn, and the branch of each."""

    branches: dict[UUID, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.branches.values())

    def persons(self, among: Iterable[UUID] | None = None) -> Iterator[Person]:
        return Person.objects.filter(pk__in=self.branches if among is None else among).iterator()


def instant(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), tzinfo=UTC)


class Draw:
    """Draws people whose cases are pending around ``day``."""

    def __init__(self, seed: int | random.Random, day: date, people: Personas) -> None:
        self.random = seed if isinstance(seed, random.Random) else random.Random(seed)
        self.day = day
        self.people = people
        self.office: Office = office("91-evry", people.evry)
        self.made = Population()
        #: Rows not written yet, in the order in which one needs the other; None: each at once.
        self._waiting: list[models.Model] | None = None

    def draw(self, count: int) -> Population:
        """Draws each branch at least once, then by chance."""
        names, weights = list(BRANCHES), list(BRANCHES.values())
        more = self.random.choices(names, weights, k=max(0, count - len(names)))
        return self.draw_these([*names, *more][:count])

    def draw_these(self, names: Sequence[str]) -> Population:
        """Draws a person of each branch named, all written together."""
        self._waiting = []
        drawn = {getattr(self, name)().pk: name for name in names}
        rows, self._waiting = self._waiting, None
        with transaction.atomic():
            for kind in (Person, ResidenceDocument, Case, Complement, Paper):
                kind.objects.bulk_create([row for row in rows if isinstance(row, kind)])
            self.made.branches.update(drawn)
            for person in self.made.persons(drawn):
                coverage.refresh_person(person, today=self.day)
        return self.made

    def _keep(self, row: Row) -> Row:
        if self._waiting is None:
            row.save(force_insert=True)
        else:
            self._waiting.append(row)
        return row

    # -- what each is made of

    def person(self, born_on: date = date(1990, 3, 2), nationality: str = "MAR") -> Person:
        return self._keep(
            Person(
                family_name="Tirée", given_names="Au sort", born_on=born_on,
                nationality=nationality, family_key="tiree", usual_key="", given_key="au sort",
                commune=self.people.evry,
            )
        )  # fmt: skip

    def expiry(self) -> date:
        """An end of validity around ``day``, at the end of a month more often than by chance."""
        end = self.day + timedelta(days=self.random.randint(-400, 60))
        if self.random.random() < 0.4:
            end = add_days(end.replace(day=1), -1)
        return end

    def card(
        self, person: Person, article: str, end: date, years: int = 1, **changed: object
    ) -> ResidenceDocument:
        return self._keep(
            ResidenceDocument(
                person=person, article=article, valid_to=end, source="tests",
                kind="CR" if years == 10 else "CSP" if years > 1 else "CST",
                valid_from=add_days(add_months(end, -12 * years), 1), **changed,
            )
        )  # fmt: skip

    def case(
        self,
        person: Person,
        held: ResidenceDocument | None,
        article: str,
        filed_on: date,
        *,
        complete_on: Fact = None,
        state: State = State.SUBMITTED,
        **changed: Fact,
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
        fields |= changed
        facts = {name: fact(filed_on) if callable(fact) else fact for name, fact in fields.items()}
        return self._keep(Case(**facts))

    def in_window(self, end: date) -> date:
        """A day of filing in time: between four and two months before the last day."""
        return min(add_days(end, -self.random.randint(61, 119)), self.day)

    def _renewal(self, article: str = TELESERVICE, years: int = 1, **changed: Fact) -> Case:
        person, end = self.person(), self.expiry()
        filed_on = self.in_window(end)
        changed.setdefault("complete_on", filed_on)
        return self.case(
            person, self.card(person, article, end, years), article, filed_on, **changed
        )

    def _after(self, least: int, most: int) -> Callable[[date], date]:
        days = self.random.randint(least, most)
        return lambda filed_on: add_days(filed_on, days)

    def _before_today(self, least: int, most: int) -> Callable[[date], date]:
        """By the eve: what ends on the day of a first night leaves a day that no night covered."""
        days = self.random.randint(least, most)
        return lambda filed_on: min(add_days(filed_on, days), add_days(self.day, -1))

    # -- one method a branch

    def in_time(self) -> Person:
        return self._renewal().person

    def in_time_completed_late(self) -> Person:
        return self._renewal(complete_on=self._after(1, 200)).person

    def counter(self) -> Person:
        return self._renewal(COUNTER).person

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
        return self._renewal(complete_on=None).person

    def under_complement(self) -> Person:
        case = self._renewal(state=State.INCOMPLETE)
        self._asked(case, self.day, None)
        return case.person

    def answered(self) -> Person:
        case = self._renewal(complete_on=self._after(30, 60))
        assert case.filed_on is not None
        self._asked(case, add_days(case.filed_on, 5), add_days(case.filed_on, 25))
        return case.person

    def _asked(self, case: Case, on: date, produced_on: date | None) -> None:
        self._keep(
            Complement(
                case=case, asked_at=instant(on), asked_on=on, due_on=add_days(on, 30),
                asked_by_id=self.people.nadia.pk, produced_on=produced_on,
            )
        )  # fmt: skip

    def commission(self) -> Person:
        return self._renewal(commission_on=self._after(0, 300)).person

    def commission_ahead(self) -> Person:
        seized = add_days(self.day, self.random.randint(1, 120))
        return self._renewal(COUNTER, commission_on=seized).person

    def two_cases(self) -> Person:
        case = self._renewal()
        assert case.filed_on is not None
        filed_on = add_days(case.filed_on, self.random.randint(0, 40))
        self.case(case.person, case.held, COUNTER, filed_on, complete_on=filed_on, request="change")
        return case.person

    def other_card_later(self) -> Person:
        case = self._renewal()
        assert case.held is not None
        assert case.held.valid_to is not None
        end = add_days(case.held.valid_to, self.random.randint(100, 700))
        self.card(case.person, RESIDENT, end)
        return case.person

    def revoked(self) -> Person:
        case = self._renewal()
        assert case.held is not None
        assert case.held.valid_to is not None
        assert case.filed_on is not None
        first = max(add_days(case.held.valid_to, 1), case.filed_on)
        self._keep(
            Paper(
                case=case, person=case.person, kind="API", rank=1, valid_from=first,
                valid_to=add_days(add_months(first, 3), -1), published_at=instant(first),
                void_at=instant(first), void_on=add_days(first, self.random.randint(0, 50)),
                void_reason="revoked",
            )
        )  # fmt: skip
        return case.person

    def _decided(self, state: State, outcome: str, **changed: Fact) -> Case:
        return self._renewal(
            state=state, outcome=outcome, decided_on=self._before_today(5, 300),
            decided_by_id=self.people.nadia.pk, reasons="" if outcome == "granted" else "Motifs",
            **changed,
        )  # fmt: skip

    def refused(self) -> Person:
        return self._decided(State.REFUSED, "refused").person

    def closed(self) -> Person:
        return self._decided(State.CLOSED, "closed").person

    def granted(self) -> Person:
        return self._decided(State.GRANTED, "granted").person

    def handed_over(self) -> Person:
        person, end = self.person(), self.expiry()
        filed_on = self.in_window(end)
        decided_on = min(add_days(filed_on, self.random.randint(5, 300)), self.day)
        given_on = min(add_days(decided_on, self.random.randint(0, 60)), self.day)
        new = self.card(person, TELESERVICE, add_days(add_months(decided_on, 24), -1), 2)
        case = self.case(
            person, self.card(person, TELESERVICE, end), TELESERVICE, filed_on,
            complete_on=filed_on, state=State.HANDED_OVER, outcome="granted",
            decided_on=decided_on, decided_by_id=self.people.nadia.pk, handed_over_on=given_on,
            card=new,
        )  # fmt: skip
        # Its attestation was given with the decision, and ended with the card in hand.
        self._keep(
            Paper(
                case=case, person=person, kind="ADF", rank=1, valid_from=decided_on,
                valid_to=given_on, published_at=instant(decided_on),
            )
        )  # fmt: skip
        return person

    def withdrawn(self) -> Person:
        return self._renewal(
            state=State.WITHDRAWN, withdrawn_on=self._before_today(30, 30)
        ).person  # fmt: skip

    def long_card(self) -> Person:
        """L433-3 carries its rights on beside the papers."""
        return self._renewal(self.random.choice((TELESERVICE, COUNTER)), years=4).person

    def resident(self) -> Person:
        return self._renewal(RESIDENT, years=10).person

    def student(self) -> Person:
        return self._renewal(STUDENT).person

    def substitution(self) -> Person:
        """Filed after the window, a block in the window having been established."""
        person, end = self.person(), self.expiry()
        opened_on = add_days(end, -self.random.randint(61, 119))
        filed_on = add_days(opened_on, self.random.randint(10, 150))
        self.case(
            person, self.card(person, TELESERVICE, end), TELESERVICE, filed_on,
            complete_on=filed_on, incident_opened_on=opened_on,
            incident_established_on=add_days(opened_on, self.random.randint(0, 10)),
            incident_registered_on=filed_on,
        )  # fmt: skip
        return person

    def card_withdrawn(self) -> Person:
        """The card renewed was taken back: it still says where the request starts from."""
        person, end = self.person(), self.expiry()
        filed_on = self.in_window(end)
        held = self.card(
            person, TELESERVICE, end, withdrawn_on=add_days(filed_on, self.random.randint(0, 90))
        )
        self.case(person, held, TELESERVICE, filed_on, complete_on=filed_on)
        return person

    def unfiled(self) -> Person:
        person = self.person()
        self.card(person, TELESERVICE, self.expiry())
        return person

    def born_here(self) -> Person:
        """A minor who holds a travel document: no proof of stay is asked."""
        person = self.person(add_months(self.day, -12 * self.random.randint(1, 17)))
        self._keep(
            ResidenceDocument(
                person=person, kind="DCEM", valid_from=add_months(self.day, -6),
                valid_to=add_months(self.day, 48), source="tests",
            )
        )  # fmt: skip
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


def everyone(day: date) -> Iterator[Known]:
    """Everyone who holds or held a document, or filed a case, in the order of their ids."""
    concerned = Person.objects.filter(
        models.Q(documents__isnull=False) | models.Q(cases__filed_on__isnull=False)
    )
    return those(list(concerned.order_by("pk").distinct().values_list("pk", flat=True)), day)


def rows() -> dict[UUID, tuple[object, ...]]:
    """What is stored of each case, as comparable values."""
    names = (
        "covered_until", "next_kind", "next_rank", "next_from", "next_to", "chain_months",
        "chain_stop", "due_on",
    )  # fmt: skip
    return {row[0]: row[1:] for row in Coverage.objects.values_list("case_id", *names)}
