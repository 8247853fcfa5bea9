"""Finding one's way in the law's data: search, what is uncertain, who names whom."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from droitfil.rules.law import Dated, Law, Parameter, Rule, Title

#: A search longer than this is cut: nobody types an article that long.
LONGEST_SEARCH = 80


def plain(text: str) -> str:
    """``text`` without accents, case, apostrophes or the points and hyphens of article numbers."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    bare = re.sub(r"\b([lrd])[\s.]*(?=\d)", r"\1", bare)
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, each list in the order of the law's files."""

    titles: tuple[Title, ...]
    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]

    def __len__(self) -> int:
        return len(self.titles) + len(self.rules) + len(self.parameters)


def search(law: Law, words: str) -> Found:
    """The titles, rules and parameters that hold every one of ``words``."""
    wanted = plain(words[:LONGEST_SEARCH]).split()
    if not wanted:
        return Found((), (), ())

    def holds(*texts: str) -> bool:
        text = " ".join(plain(text) for text in texts)
        return all(word in text for word in wanted)

    return Found(
        tuple(
            t for t in law.titles.values() if holds(t.article, t.code, t.label, t.printed, t.note)
        ),
        tuple(
            r
            for r in law.rules.values()
            if holds(r.id, r.article, r.label, r.note, *r.says.values())
        ),
        tuple(
            p for p in law.parameters.values() if holds(p.name, p.article, p.label, p.says)
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uncertain:
    """What is not read in the text, by degree: rules, parameters (whole or one value), titles."""

    confidence: str
    rules: tuple[Rule, ...]
    parameters: tuple[tuple[Parameter, tuple[Dated, ...]], ...]
    titles: tuple[Title, ...]

    def __len__(self) -> int:
        return len(self.rules) + len(self.parameters) + len(self.titles)


def uncertain(law: Law, confidence: str) -> Uncertain:
    """All that stands at ``confidence``; a parameter counts for any part of it."""
    parameters = []
    for parameter in law.parameters.values():
        values = tuple(
            dated
            for dated in parameter.values
            if (dated.confidence or parameter.confidence) == confidence
            or ("confidence", confidence) in _fields(dated.value)
        )
        if values:
            parameters.append((parameter, values))
    return Uncertain(
        confidence,
        tuple(r for r in law.rules.values() if r.confidence == confidence),
        tuple(parameters),
        tuple(t for t in law.titles.values() if t.confidence == confidence),
    )


def naming(law: Law, article: str) -> tuple[Parameter, ...]:
    """The parameters of which a value names ``article``."""
    return tuple(
        parameter
        for parameter in law.parameters.values()
        if any(article in _words(dated.value) for dated in parameter.values)
    )


def _fields(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every named leaf of a nested value: a part of it may be less sure than the whole."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, str):
                yield key, inner
            else:
                yield from _fields(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _fields(inner)


def _words(value: Any) -> Iterator[Any]:
    """Every key and leaf of a nested value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _words(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _words(inner)
    else:
        yield value
