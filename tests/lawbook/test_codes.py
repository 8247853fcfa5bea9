"""Departments and countries against independent lists."""

from __future__ import annotations

from babel import Locale
from babel.core import get_global

from droitfil.lawbook import load_law

#: Codes of travel documents and of no territory of Unicode's: Kosovo, stateless, refugee, unknown.
BESIDE = {"XKX", "XXA", "XXB", "XXX"}


def test_there_are_101_departments_and_the_collectivities() -> None:
    departments = load_law().departments
    metropolitan = {f"{n:02}" for n in range(1, 96) if n != 20} | {"2A", "2B"}
    overseas = {"971", "972", "973", "974", "976"}
    assert len(metropolitan | overseas) == 101
    assert set(departments) - metropolitan - overseas == {"975", "977", "978", "986", "987", "988"}
    assert metropolitan | overseas < set(departments)
    assert (departments["01"], departments["2A"], departments["976"]) == (
        "Ain",
        "Corse-du-Sud",
        "Mayotte",
    )


def test_countries_are_those_of_iso_3166() -> None:
    countries = load_law().countries
    names = Locale("fr").territories
    aliases = get_global("territory_aliases")
    assert len(countries) - len(BESIDE) == 249
    for code, name in countries.items():
        if code not in BESIDE:
            (short,) = aliases[code]
            assert name == names[short].replace("’", "'").replace("\xa0", " ")
