"""Who may see whom: the predicate and the filter say the same of a mixed population."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from droitfil.lawbook import load_law
from droitfil.people.access import (
    can_see_person,
    last_birth_of_age,
    may_decide,
    staff_of,
    visible_persons,
)
from droitfil.people.actions import linking
from droitfil.people.models import Account, FamilyLink, Person, Staff
from droitfil.rules.periods import birthday
from droitfil.territory.models import Office
from tests.people.test_linking import RIGHT
from tests.personas import NOW, TODAY, Personas, account, office, place

READERS = ("amina_account", "stranger", "nadia", "paul", "denis")
#: reader -> may see Amina, may see Ilyès
EXPECTED = {
    "amina_account": (True, True),
    "stranger": (False, False),
    "nadia": (True, True),
    "paul": (False, False),
    "denis": (False, False),
}


@pytest.mark.parametrize("reader", READERS)
def test_each_persona_sees_whom_they_may(people: Personas, reader: str) -> None:
    persons = (people.amina, people.ilyes)
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    who = getattr(people, reader)
    seen = set(visible_persons(who, TODAY).values_list("pk", flat=True))
    for person, expected in zip(persons, EXPECTED[reader], strict=True):
        person.refresh_from_db()
        assert can_see_person(who, person, TODAY) == expected
        assert (person.pk in seen) == expected


def test_a_parent_sees_a_child_until_the_day_of_age(people: Personas) -> None:
    son, mother = people.ilyes, people.amina_account
    linking.link_file(mother, facts=RIGHT, now=NOW)
    eighteen = birthday(son.born_on, 18)
    assert can_see_person(mother, son, eighteen - timedelta(days=1))
    assert not can_see_person(mother, son, eighteen)


def test_staff_only_on_the_days_of_their_function(people: Personas) -> None:
    person, nadia = people.amina, people.nadia
    Staff.objects.filter(account=nadia).update(active_to=TODAY)
    assert can_see_person(nadia, person, TODAY)
    assert not can_see_person(nadia, person, TODAY + timedelta(days=1))
    assert staff_of(nadia, date(2023, 12, 31)) is None


def test_a_closed_account_sees_nothing(people: Personas) -> None:
    person, nadia = people.amina, people.nadia
    nadia.is_active = False
    nadia.save()
    assert not can_see_person(nadia, person, TODAY)
    assert not visible_persons(nadia, TODAY).exists()


def test_the_contact_centre_reads_and_decides_nothing(people: Personas) -> None:
    person = people.amina
    claire = account("claire@contact.example")
    Staff.objects.create(
        account=claire, name="Claire", role="support", territory=["91"], active_from=TODAY
    )
    assert can_see_person(claire, person, TODAY)
    assert not may_decide(claire, person, TODAY)


def test_nobody_is_nobody(people: Personas) -> None:
    assert not can_see_person(AnonymousUser(), people.amina, TODAY)
    assert not visible_persons(AnonymousUser(), TODAY).exists()


def test_predicate_and_filter_agree_on_a_mixed_population(db: None) -> None:
    """Every reader × everyone, on several days: no pair differs, and each answer is met."""
    chance = random.Random(20250602)
    places = [place("91228", "Évry", "91"), place("69123", "Lyon", "69"), None]
    accounts = [account(f"compte{n}@exemple.example") for n in range(12)]
    offices = _offices()
    functions: list[tuple[str, list[str], int, int | None]] = [
        # role, territory, first day, last day: counted from TODAY
        ("agent", ["91"], -400, None),
        ("head", ["69"], -400, 0),
        ("support", ["91", "69"], 0, 9),
        ("ministry", [], -400, None),
        ("admin", [], -400, None),
        ("agent", ["69", "91"], -400, -1),
        ("agent", ["91"], 1, None),
    ]
    for who, (role, territory, first, last) in zip(accounts, functions, strict=False):
        Staff.objects.create(
            account=who,
            name="Une personne",
            role=role,
            office=offices[territory[0]] if role in ("agent", "head") else None,
            territory=territory,
            active_from=TODAY + timedelta(days=first),
            active_to=None if last is None else TODAY + timedelta(days=last),
        )
    linked = accounts[4:]
    persons = []
    for n in range(60):
        mine = linked[n] if n < len(linked) else None
        persons.append(
            Person.objects.create(
                family_name=f"P{n}",
                born_on=chance.choice(
                    [
                        date(1980, 1, 1), date(2007, 6, 1), date(2007, 6, 2), date(2007, 6, 3),
                        date(2008, 2, 29), date(2015, 5, 5),
                    ]
                ),
                commune=chance.choice(places),
                account=mine,
                linked_at=NOW if mine else None,
            )
        )  # fmt: skip
    for _n in range(150):
        one, other = chance.sample(persons, 2)
        start = chance.choice([None, TODAY - timedelta(days=30), TODAY + timedelta(days=1)])
        end = chance.choice([None, None, TODAY, TODAY + timedelta(days=60)])
        if start and end and end < start:
            end = None
        FamilyLink.objects.get_or_create(
            person=one, relative=other, kind=chance.choice(["parent", "child", "spouse"]),
            defaults={"from_on": start, "to_on": end},
        )  # fmt: skip
    met = set()
    for on in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9), date(2026, 2, 28)):
        for who in accounts:
            seen = list(visible_persons(who, on).values_list("pk", flat=True))
            assert len(seen) == len(set(seen))
            for person in persons:
                may = can_see_person(who, person, on)
                assert may == (person.pk in set(seen)), (who.email, person.family_name, on)
                met.add((may, staff_of(who, on) is not None, person.account_id == who.pk))
    assert len(met) >= 6


def _offices() -> dict[str, Office]:
    return {
        "91": office("91-evry", place("91228", "Évry", "91")),
        "69": office("69-lyon", place("69123", "Lyon", "69")),
    }


@given(
    st.dates(date(1990, 1, 1), date(2060, 12, 31)),
    st.integers(min_value=-3, max_value=3),
)
def test_the_latest_birth_of_age_is_that_of_the_kernel(on: date, near: int) -> None:
    age = int(load_law().value("majority_age", on))
    edge = last_birth_of_age(on)
    born = edge + timedelta(days=near)
    assert (birthday(born, age) <= on) == (born <= edge)


def test_an_account_without_a_file_has_no_child(db: None) -> None:
    alone: Account = account("seul@exemple.example")
    child = Person.objects.create(family_name="Enfant", born_on=date(2015, 1, 1))
    assert not can_see_person(alone, child, TODAY)
