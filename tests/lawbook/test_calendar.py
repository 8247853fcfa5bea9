"""Our lists of public holidays against the independent ``holidays`` package."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from droitfil.lawbook import load_law

FIRST_YEAR = 2018

#: Our territory → the package's subdivision.
SUBDIVISIONS = {
    "FR": None,
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
#: Days the package gives that no law makes a holiday there: use of the place, or of schools.
#: A limit rolled over on such a day would be shown too late.
LOCAL_CUSTOMS = {
    "971": {"Mi-Carême", "Vendredi saint", "Fête de Victor Schoelcher"},
    "972": {"Fête de Victor Schoelcher"},
    "978": {"Fête de Victor Schoelcher"},
}


@pytest.mark.parametrize("territory", SUBDIVISIONS)
def test_holidays_agree_with_an_independent_list(territory: str) -> None:
    law = load_law()
    customs = LOCAL_CUSTOMS.get(territory, set())
    theirs = holidays.country_holidays(
        "FR",
        subdiv=SUBDIVISIONS[territory],
        years=range(FIRST_YEAR, law.calendar_until + 1),
        language="fr",
    )
    expected = {day for day, names in theirs.items() if not set(names.split("; ")) <= customs}
    assert customs <= {name for names in theirs.values() for name in names.split("; ")}
    assert law.holidays[territory] == expected


def test_every_territory_of_the_file_is_compared() -> None:
    assert set(load_law().holidays) == set(SUBDIVISIONS)


def test_the_calendar_reaches_beyond_any_limit_we_compute() -> None:
    assert load_law().calendar_until >= date.today().year + 2  # noqa: DTZ011 - a reminder, not a rule


@pytest.mark.parametrize(
    ("territory", "own"),
    [
        ("57", {(12, 26)}),
        ("67", {(12, 26)}),
        ("68", {(12, 26)}),
        ("971", {(5, 27)}),
        ("972", {(5, 22)}),
        ("973", {(6, 10)}),
        ("974", {(12, 20)}),
        ("976", {(4, 27)}),
    ],
)
def test_the_days_the_law_gives_a_territory(territory: str, own: set[tuple[int, int]]) -> None:
    law = load_law()
    beside = law.holidays[territory] - law.holidays["FR"]
    fixed = {(day.month, day.day) for day in beside if day not in good_fridays(law.holidays["FR"])}
    assert fixed == own
    assert law.holidays["FR"] <= law.holidays[territory]


def good_fridays(national: frozenset[date]) -> set[date]:
    """Three days before each Easter Monday."""
    mondays = (d for d in national if d.month in (3, 4) and d.weekday() == 0)
    return {monday - timedelta(days=3) for monday in mondays}


def test_good_friday_is_a_holiday_in_alsace_and_moselle_only_there_and_in_polynesia() -> None:
    law = load_law()
    fridays = good_fridays(law.holidays["FR"])
    assert len(fridays) == law.calendar_until - FIRST_YEAR + 1
    for territory, days in law.holidays.items():
        assert fridays <= days if territory in ("57", "67", "68", "987") else not fridays & days


def test_a_person_elsewhere_has_the_national_days() -> None:
    law = load_law()
    assert law.closed_days("91") is law.holidays["FR"]
    assert law.closed_days(None) is law.holidays["FR"]
    assert law.closed_days("974") is law.holidays["974"]
