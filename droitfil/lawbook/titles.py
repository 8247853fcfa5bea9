"""law/titles.yaml: the titles of residence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from droitfil.lawbook import shapes
from droitfil.lawbook.shapes import Context
from droitfil.lawbook.source import Source
from droitfil.rules.facts import PAPERS, Kind, Work
from droitfil.rules.law import Title

#: Travel documents are asked for and fill no residence right: they are no ``Kind`` held.
_TRAVEL_KINDS = ("TVR", "TIV", "TVA")
_KINDS = (*(kind.value for kind in Kind if kind not in PAPERS), *_TRAVEL_KINDS)
_WORK = tuple(work.value for work in Work if work is not Work.PROBABLE_SIXTY_PERCENT)

_ROW = shapes.record(
    {
        "code": shapes.text,
        "article": shapes.title_code,
        "label": shapes.text,
        "kinds": shapes.many(shapes.one_of(*_KINDS), empty=False),
        "printed": shapes.text,
        "work": shapes.one_of(*_WORK),
        "work_rule": shapes.known_rule,
    },
    {
        "work_limit": shapes.text,
        "book_two": shapes.boolean,
        "travel_document": shapes.boolean,
        "minor_document": shapes.boolean,
        "confidence": shapes.confidence,
        "note": shapes.text,
    },
)


def read_titles(source: Source, rules: Collection[str]) -> Mapping[str, Title]:
    """Titles by article, in the order of the file; raises LawError."""
    context = Context(source, rules=rules)
    rows: Any = source.data
    if not isinstance(rows, list):
        source.refuse((), rows, "n'est pas une liste de titres ; commencez chaque titre par « - ».")
    titles: dict[str, Title] = {}
    codes: set[str] = set()
    for rank, row in enumerate(rows):
        title = Title(**_ROW(context, (rank,), row))
        if title.article in titles:
            source.refuse((rank, "article"), title.article, "est déjà un titre ; retirez-en un.")
        if title.code in codes:
            source.refuse(
                (rank, "code"), title.code, "nomme déjà un titre ; choisissez un autre nom."
            )
        codes.add(title.code)
        titles[title.article] = title
    return MappingProxyType(titles)
