"""law/calendar.yaml: the public holidays of each territory."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from droitfil.lawbook import shapes
from droitfil.lawbook.shapes import Context
from droitfil.lawbook.source import Source
from droitfil.lawbook.tree import Path

_NATIONAL = "FR"
_DAYS = re.compile(r"\d{2}-\d{2}(?: \d{2}-\d{2})*\Z", re.ASCII)
_YEAR = re.compile(r"\d{4}\Z", re.ASCII)


class Calendar(NamedTuple):
    holidays: Mapping[str, frozenset[date]]
    until: int


def _year(context: Context, path: Path, value: Any) -> str:
    if not _YEAR.match(value):
        context.source.refuse(path, value, "n'est pas une année ; écrivez quatre chiffres.")
    return str(value)


def _days(context: Context, path: Path, value: Any) -> tuple[date, ...]:
    """The days of one year, written « MM-JJ MM-JJ … », in order."""
    if not isinstance(value, str) or not _DAYS.match(value):
        context.source.refuse(
            path, value, "n'est pas une suite de jours ; écrivez MM-JJ, séparés par une espace."
        )
    year = int(path[-1])
    found: list[date] = []
    for word in value.split():
        try:
            day = date(year, int(word[:2]), int(word[3:]))
        except ValueError:
            context.source.refuse(path, word, f"n'existe pas en {year} ; vérifiez mois et jour.")
        if found and day <= found[-1]:
            context.source.refuse(
                path, word, "n'est pas après le jour précédent ; triez les jours."
            )
        found.append(day)
    return tuple(found)


_FILE = shapes.record(
    {
        "until": shapes.integer,
        "territories": shapes.table(shapes.text, shapes.table(_year, _days)),
    }
)


def read_calendar(source: Source, departments: Collection[str]) -> Calendar:
    """Holidays by territory, each territory covering the same years; raises LawError."""
    read = _FILE(Context(source), (), source.data)
    territories = read["territories"]
    if _NATIONAL not in territories:
        source.refuse(
            ("territories",), "", f"le territoire {_NATIONAL} manque ; écrivez les jours nationaux."
        )
    first = min((int(year) for year in territories[_NATIONAL]), default=read["until"])
    years = [str(year) for year in range(first, read["until"] + 1)]
    holidays: dict[str, frozenset[date]] = {}
    for territory, by_year in territories.items():
        if territory != _NATIONAL and territory not in departments:
            source.refuse(
                ("territories", territory), territory, "n'est pas un territoire de codes.yaml."
            )
        if list(by_year) != years:
            source.refuse(
                ("territories", territory),
                ", ".join(sorted(set(years) ^ set(by_year))),
                f"années en trop ou manquantes ; écrivez-les de {first} à {read['until']}.",
            )
        holidays[territory] = frozenset(day for days in by_year.values() for day in days)
    return Calendar(MappingProxyType(holidays), read["until"])
