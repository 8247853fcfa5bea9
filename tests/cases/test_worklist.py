"""The worklist of an office: in order, page by page, for whom, at what cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from droitfil.cases.models import Case, Coverage
from droitfil.cases.reference import new_reference
from droitfil.cases.worklist import (
    Filters,
    Held,
    Place,
    cases_of,
    find_case,
    offices_of,
    prepared,
    worklist,
)
from droitfil.people.models import Person, Staff
from droitfil.rules.lifecycle import State
from tests.cases.writing import DAY, counter_draft, draft, filed, raw_case
from tests.personas import NOW, Personas, competent, place


def many(people: Personas, count: int, **changed: Any) -> list[Case]:
    """Cases of as many people, covered for 0, 1, 2… days, two people a day."""
    made = []
    for number in range(count):
        person = Person.objects.create(
            family_name=f"Nom {number}", given_names="A", born_on=DAY - timedelta(days=9000),
            commune=people.evry,
        )  # fmt: skip
        case = raw_case(State.SUBMITTED, people, person=person, reference=new_reference("91", DAY))
        row = {"covered_until": DAY + timedelta(days=number // 2), "chain_stop": "incomplete"}
        Coverage.objects.create(
            case=case, person=person, office=case.office, title=case.article, **row | changed
        )
        made.append(case)
    return made


def walk(people: Personas, most: int, **more: Any) -> list[Coverage]:
    """Every row of the list, page after page."""
    found, after = [], None
    for _ in range(100):
        page = worklist(people.nadia, people.at_evry, on=DAY, after=after, most=most, **more)
        found += page.rows
        if page.following is None:
            return found
        after = Place.read(str(page.following))
        assert after == page.following
    raise AssertionError("no end")


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
def test_pages_follow_one_another_and_lose_nobody(people: Personas, most: int) -> None:
    cases = [*many(people, 9), *many(people, 3, covered_until=None)]
    found = walk(people, most)
    assert len(found) == len(cases) == len({row.case_id for row in found})
    keys = [(row.covered_until is None, row.covered_until, row.case_id) for row in found]
    assert [key[:2] for key in keys] == sorted(
        (key[:2] for key in keys), key=lambda key: (key[0], key[1] or DAY)
    )


def test_a_page_costs_the_same_however_long_the_list(people: Personas) -> None:
    costs = []
    assert people.nadia
    for count in (1, 12):
        many(people, count)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = worklist(people.nadia, people.at_evry, on=DAY, most=8)
            assert [str(row.case.reference) + row.person.given_names for row in page.rows]
            assert all(row.agent is None and row.asked_until is None for row in page.rows)
        costs.append(len(captured))
    assert costs == [3, 2]  # who reads, the rows; those without end only when there is room


def test_the_list_is_narrowed(people: Personas) -> None:
    mine, other, *_rest = many(people, 4)
    nadia = Staff.objects.get(account=people.nadia)
    Coverage.objects.filter(case=mine).update(agent=nadia)
    Case.objects.filter(pk=other.pk).update(state="in_review")
    Coverage.objects.filter(case=other).update(
        due_on=DAY, next_kind="API", next_rank=1, next_from=DAY, chain_stop=""
    )

    def found(**filters: Any) -> set[Any]:
        return {row.case_id for row in walk(people, 2, filters=Filters(**filters))}

    assert found(held=Held.MINE) == {mine.pk}
    assert mine.pk not in found(held=Held.NOBODY)
    assert len(found(held=Held.NOBODY)) == 3
    assert found(state=State.IN_REVIEW) == {other.pk}
    assert other.pk not in found(breaks=True)
    assert len(found(breaks=True)) == 3
    assert found(title="L423-7") == set()
    assert len(found(title="L421-1")) == 4


def test_only_what_waits_for_a_decision_is_listed(people: Personas) -> None:
    (case,) = many(people, 1)
    Coverage.objects.filter(case=case).update(chain_stop="decided")
    for state in ("in_review", "incomplete"):
        Case.objects.filter(pk=case.pk).update(state=state)
        assert len(walk(people, 5)) == 1
    person = Person.objects.create(
        family_name="X", given_names="Y", born_on=DAY, commune=people.evry
    )
    granted = raw_case(
        State.GRANTED, people, person=person, reference=new_reference("91", DAY), decided_on=DAY
    )
    Coverage.objects.create(case=granted, person=person, office=granted.office, title="L421-1")
    assert granted.pk not in {row.case_id for row in walk(people, 5)}
    rows = walk(people, 5, filters=Filters(state=State.GRANTED))
    assert [row.case_id for row in rows] == [granted.pk]


def test_another_territory_reads_nothing(people: Personas) -> None:
    many(people, 2)
    elsewhere = competent("91-palaiseau", place("91477", "Palaiseau", "91"))
    assert people.at_lyon
    for reader in (people.paul, people.denis, people.admin, people.stranger):
        page = worklist(reader, people.at_evry, on=DAY)
        assert (page.rows, page.following) == ([], None)
        assert people.at_evry not in offices_of(reader, DAY)
    for reader in (people.nadia, people.hugo, people.claire):
        assert len(worklist(reader, people.at_evry, on=DAY).rows) == 2
        assert set(offices_of(reader, DAY)) >= {people.at_evry, elsewhere}
        assert not set(offices_of(reader, DAY)) & set(offices_of(people.paul, DAY))
        assert worklist(reader, elsewhere, on=DAY).rows == []


def test_a_case_is_found_by_its_reference_however_written(people: Personas) -> None:
    case = filed(people)
    for text in (case.reference, case.reference.lower(), case.reference.replace("-", " ")):
        assert find_case(people.nadia, text, on=DAY) == case
        assert find_case(people.paul, text, on=DAY) is None
    assert find_case(people.nadia, case.reference[:-1] + "?", on=DAY) is None
    assert find_case(people.nadia, "Diallo", on=DAY) is None
    assert list(cases_of(people.nadia, people.mariam, on=DAY)) == [case]
    assert list(cases_of(people.paul, people.mariam, on=DAY)) == []


def test_what_is_prepared_for_the_counter_waits_there(people: Personas) -> None:
    online, counter = draft(people), counter_draft(people)
    assert prepared(people.nadia, people.at_evry, on=DAY) == [counter]
    assert prepared(people.paul, people.at_evry, on=DAY) == []
    assert online not in prepared(people.nadia, people.at_evry, on=DAY)
    assert NOW


@pytest.mark.parametrize("text", ["", "x", "2025-06-20", "2025-06-20_", "hier_x", "sans-fin_1"])
def test_a_place_that_is_none_begins_the_list(text: str) -> None:
    assert Place.read(text) is None
