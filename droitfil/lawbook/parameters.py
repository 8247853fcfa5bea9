"""law/parameters.yaml: dated legal values, each of its own shape."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from droitfil.lawbook import parameter_shapes, shapes
from droitfil.lawbook.shapes import Context
from droitfil.lawbook.source import Source
from droitfil.rules.law import Dated, Parameter

_UNITS = ("jours", "mois", "ans", "€")
_UNSURE = "U"
LISTED_TITLES = "listed_titles"

_ROW = shapes.record(
    {
        "label": shapes.text,
        "article": shapes.articles,
        "confidence": shapes.confidence,
        "says": shapes.text,
        "values": shapes.many(shapes.anything, unique=False, empty=False),
    },
    {"unit": shapes.one_of(*_UNITS)},
)


def read_parameters(
    source: Source, titles: Collection[str], rules: Collection[str]
) -> Mapping[str, Parameter]:
    """Parameters by name, in the order of the file; raises LawError."""
    context = Context(source, titles, rules)
    rows: Any = source.data
    if not isinstance(rows, dict):
        source.refuse((), rows, "n'est pas un ensemble de paramètres ; écrivez « nom: ».")
    for name in parameter_shapes.SHAPES:
        if name not in rows:
            source.refuse((), name, "ce paramètre manque ; le programme en a besoin, remettez-le.")
    return MappingProxyType({name: _parameter(context, name, row) for name, row in rows.items()})


def _parameter(context: Context, name: str, row: Any) -> Parameter:
    source = context.source
    if (
        isinstance(row, dict)
        and row.get("confidence") == _UNSURE
        and not isinstance(row.get("says"), str)
    ):
        source.refuse(
            (name, "says"),
            row.get("says"),
            "la confiance est U et rien ne dit pourquoi ; écrivez ce qui est incertain et ce que "
            "nous retenons.",
        )
    read = dict(_ROW(context, (name,), row))
    del read["values"]
    return Parameter(name=name, values=_values(context, name, row["values"]), **read)


def _values(context: Context, name: str, rows: list[Any]) -> tuple[Dated, ...]:
    source = context.source
    shape = shapes.record(
        {
            "from": shapes.nullable(shapes.day),
            "value": parameter_shapes.SHAPES.get(name, shapes.anything),
        },
        {"article": shapes.articles, "confidence": shapes.confidence, "note": shapes.text},
    )
    found: list[Dated] = []
    for rank, row in enumerate(rows):
        path = (name, "values", rank)
        read = dict(shape(context, path, row))
        start: date | None = read.pop("from")
        if found and (start is None or (found[-1].start or date.min) >= start):
            source.refuse(
                (*path, "from"),
                start,
                "n'est pas après la date précédente ; rangez les valeurs de la plus ancienne à la "
                "plus récente, null seulement pour la première.",
            )
        found.append(Dated(start=start, **read))
    return tuple(found)


def listings(
    source: Source, parameter: Parameter
) -> Mapping[tuple[str, str], tuple[tuple[date, date | None], ...]]:
    """(article, request) → periods in the téléservice list, sorted; refuses overlapping ones."""
    found: dict[tuple[str, str], list[tuple[date, date | None, int]]] = {}
    for rank, wave in enumerate(parameter.values[-1].value):
        path = (LISTED_TITLES, "values", len(parameter.values) - 1, "value", rank)
        start, end = wave["from"], wave.get("to")
        if end is not None and end < start:
            source.refuse((*path, "to"), end, f"est avant le {start} ; corrigez l'une des dates.")
        for article in wave["articles"]:
            for request in wave["requests"]:
                periods = found.setdefault((article, request), [])
                for first, last, other in periods:
                    if (last is None or start <= last) and (end is None or first <= end):
                        source.refuse(
                            (*path, "articles"),
                            f"{article} ({request})",
                            f"est déjà dans la liste ce jour-là (rang {other}) ; retirez-le d'une "
                            "des deux vagues ou finissez la première par « to ».",
                        )
                periods.append((start, end, rank))
    return MappingProxyType(
        {
            key: tuple(sorted((first, last) for first, last, _ in periods))
            for key, periods in found.items()
        }
    )
