"""Who is born in the country: drawn from dice, in the proportions of :mod:`figures`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from droitfil.demo.cast import NATIONS
from droitfil.demo.country import figures
from droitfil.demo.country.places import STREETS, TOWNS, Town
from droitfil.people.models import Person
from droitfil.rules.periods import add_days, add_years
from droitfil.territory.models import Commune

Drawn = TypeVar("Drawn")
#: First of the foreigner's numbers of the country; those of the personas begin otherwise.
_NUMBERS = 9_800_000_000


def weighted(dice: Random, weights: Mapping[Drawn, float]) -> Drawn:
    return dice.choices(list(weights), list(weights.values()))[0]


def percent(dice: Random, of_a_hundred: float) -> bool:
    return dice.random() * 100 < of_a_hundred


def delay(dice: Random, mean: float) -> int:
    """Days, log-normal of this mean; between three days and two years."""
    spread = figures.SPREAD.value
    drawn = dice.lognormvariate(math.log(mean) - spread**2 / 2, spread)
    return max(3, min(730, round(drawn)))


def day_in(dice: Random, first: date, last: date, months: Sequence[int]) -> date:
    """A day from ``first`` to ``last``, each month as often as its weight says."""
    days = [add_days(first, n) for n in range((last - first).days + 1)]
    return dice.choices(days, [months[day.month - 1] for day in days])[0]


def working(day: date) -> date:
    """``day``, or the Monday after."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


class Births:
    """Invented people, each with a number of their own."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.number = 0
        self._communes = Commune.objects.in_bulk([town.commune for town in TOWNS])

    def town(self, *, elsewhere: str = "") -> Town:
        """Where someone lives; not in the commune ``elsewhere``."""
        department = weighted(self.dice, figures.DEPARTMENTS.value)
        towns = [t for t in TOWNS if t.department == department and t.commune != elsewhere]
        return self.dice.choices(towns, [town.weight for town in towns])[0]

    def address(self, town: Town) -> dict[str, Any]:
        return {
            "address_line": f"{self.dice.randint(1, 90)} {self.dice.choice(STREETS)}",
            "postal_code": town.postal_code, "commune": self._communes[town.commune],
        }  # fmt: skip

    def someone(self, *, aged: tuple[int, int], on: date) -> dict[str, Any]:
        """The facts of an adult, of an age in years from ``aged[0]`` to ``aged[1]`` on ``on``."""
        dice = self.dice
        nation = dice.choices(NATIONS, [nation.weight for nation in NATIONS])[0]
        woman = dice.random() < 0.5
        self.number += 1
        known_email, known_phone = (
            percent(dice, share.value) for share in (figures.EMAIL, figures.PHONE)
        )
        return {
            "foreigner_number": str(_NUMBERS + self.number),
            "family_name": dice.choice(nation.families),
            "given_names": dice.choice(nation.women if woman else nation.men),
            "sex": Person.Sex.FEMALE if woman else Person.Sex.MALE,
            "born_on": add_days(add_years(on, -dice.randint(*aged) - 1), dice.randint(1, 364)),
            "birth_place": dice.choice(nation.cities), "birth_country": nation.code,
            "nationality": nation.code, "language": weighted(dice, figures.LANGUAGES.value),
            "email": f"habitant{self.number}@demo.example" if known_email else "",
            "phone": f"+336390{self.number:05d}" if known_phone else "",
            **self.address(self.town()),
        }  # fmt: skip

    def child_of(self, parent: Person, *, on: date) -> dict[str, Any]:
        """The facts of a child of ``parent``, still far from coming of age on ``on``."""
        dice = self.dice
        nation = next(n for n in NATIONS if n.code == parent.nationality)
        girl = dice.random() < 0.5
        return {
            "family_name": parent.family_name,
            "given_names": dice.choice(nation.women if girl else nation.men),
            "sex": Person.Sex.FEMALE if girl else Person.Sex.MALE,
            "born_on": add_days(add_years(on, -dice.randint(2, 13)), -dice.randint(0, 364)),
            "birth_place": dice.choice(nation.cities), "birth_country": nation.code,
            "nationality": nation.code, "address_line": parent.address_line,
            "postal_code": parent.postal_code, "commune": parent.commune,
        }  # fmt: skip
