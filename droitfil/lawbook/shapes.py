"""What a value of the law's files must look like, and how it is frozen for the kernel.

A shape is called with the context, the place and the plain value; it returns the frozen value
(mappings read-only, lists as tuples) or refuses with what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from droitfil.lawbook.source import Source
from droitfil.lawbook.tree import Path
from droitfil.rules.law import CONFIDENCES

_LENGTH = re.compile(r"[1-9]\d{0,2}[ymd]\Z", re.ASCII)
_RULE = re.compile(r"[A-Z][A-Za-z0-9-]*\Z", re.ASCII)
#: One source: an article (its code first when it is not the CESEDA), a named text, or a document.
_ARTICLE = re.compile(
    r"(?:(?:CJA|CRPA|CGI|CSS|CC|LIL|code du travail) )?(?:[LRD]\*?\d+(?:-\d+)*|(?<= )\d+)"
    r"(?: al\. \d+)?(?: \([^()]+\))?"
    r"|(?:Accord|Arrêté|CAA|CE|Décret|Directive|Loi|Règlement) [^,]+"
    r"|[A-Z]{3,4}",
)
#: A place inside the source before it: « 1° », « 2° à 6° », « dernier al. », « article 128 ».
_PLACE = re.compile(r"\d+°(?: à \d+°)?|(?:premier|dernier) al\.|al\. \d+|article \d+(?:-\d+)*")
_TITLE = re.compile(r"L\d{3}-\d+(?:-\d+)*|[A-Z][A-Za-z]*(?:-[A-Za-z0-9]+)?", re.ASCII)

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Context:
    """The file being read, and the codes that the rest of the law knows."""

    def __init__(
        self, source: Source, titles: Collection[str] = (), rules: Collection[str] = ()
    ) -> None:
        self.source = source
        self.titles = titles
        self.rules = rules


Shape = Callable[[Context, Path, Any], Any]


def integer(context: Context, path: Path, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        context.source.refuse(path, value, "n'est pas un nombre entier ; écrivez par exemple 3.")
    return value


def boolean(context: Context, path: Path, value: Any) -> bool:
    if not isinstance(value, bool):
        context.source.refuse(path, value, "n'est ni true ni false ; écrivez l'un des deux.")
    return value


def day(context: Context, path: Path, value: Any) -> date:
    if not isinstance(value, date):
        context.source.refuse(
            path, value, "n'est pas une date ; écrivez AAAA-MM-JJ sans guillemets."
        )
    return value


def text(context: Context, path: Path, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        context.source.refuse(path, value, "n'est pas un texte ; écrivez une phrase ou un nom.")
    return value


def length(context: Context, path: Path, value: Any) -> str:
    if not isinstance(value, str) or not _LENGTH.match(value):
        context.source.refuse(
            path, value, "n'est pas une durée ; écrivez un nombre suivi de y, m ou d."
        )
    return value


def rule_id(context: Context, path: Path, value: Any) -> str:
    if not isinstance(value, str) or not _RULE.match(value):
        context.source.refuse(
            path, value, "n'est pas un nom de règle ; écrivez l'article puis un mot, sans point."
        )
    return value


def known_rule(context: Context, path: Path, value: Any) -> str:
    if value not in context.rules:
        context.source.refuse(
            path, value, "n'est pas une règle de rules.yaml ; corrigez-la ou ajoutez-la là."
        )
    return str(value)


def title_code(context: Context, path: Path, value: Any) -> str:
    if not isinstance(value, str) or not _TITLE.fullmatch(value):
        context.source.refuse(
            path, value, "n'est pas l'article d'un titre ; écrivez-le avec des traits d'union."
        )
    return value


def known_title(context: Context, path: Path, value: Any) -> str:
    if value not in context.titles:
        context.source.refuse(
            path, value, "n'est pas un titre de titles.yaml ; corrigez-le ou ajoutez-le là."
        )
    return str(value)


def articles(context: Context, path: Path, value: Any) -> str:
    """Where a value comes from: one source, or several separated by commas."""
    parts = value.split(", ") if isinstance(value, str) else [""]
    first, *others = parts
    if not _ARTICLE.fullmatch(first) or not all(
        _ARTICLE.fullmatch(part) or _PLACE.fullmatch(part) for part in others
    ):
        context.source.refuse(
            path,
            value,
            "n'est pas une liste d'articles ; écrivez-les sans point, avec un trait d'union, "
            "séparés par une virgule et une espace.",
        )
    return str(value)


def one_of(*words: str) -> Shape:
    def check(context: Context, path: Path, value: Any) -> str:
        if value not in words:
            context.source.refuse(path, value, f"n'est pas connu ; écrivez {_choice(words)}.")
        return str(value)

    return check


confidence = one_of(*CONFIDENCES)


def nullable(shape: Shape) -> Shape:
    def check(context: Context, path: Path, value: Any) -> Any:
        return None if value is None else shape(context, path, value)

    return check


def many(shape: Shape, *, unique: bool = True, empty: bool = True) -> Shape:
    """A list; every item of the same shape, none twice when ``unique``."""

    def check(context: Context, path: Path, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            context.source.refuse(path, value, "n'est pas une liste ; écrivez-la entre crochets.")
        if not value and not empty:
            context.source.refuse(path, "", "la liste est vide ; écrivez au moins une valeur.")
        found: list[Any] = []
        for rank, item in enumerate(value):
            read = shape(context, (*path, rank), item)
            if unique and read in found:
                context.source.refuse((*path, rank), item, "est écrit deux fois ; retirez-en un.")
            found.append(read)
        return tuple(found)

    return check


def record(required: Mapping[str, Shape], optional: Mapping[str, Shape] = _NOTHING) -> Shape:
    """A mapping whose keys are known; every required one is there."""
    known = {**required, **optional}

    def check(context: Context, path: Path, value: Any) -> Mapping[str, Any]:
        mapping = _mapping(context, path, value)
        for key in mapping:
            if key not in known:
                context.source.refuse(
                    (*path, key), key, f"ce champ n'existe pas ; les champs sont {_choice(known)}."
                )
        for key in required:
            if key not in mapping:
                context.source.refuse(
                    path, "", f"le champ « {key} » manque ; les champs sont {_choice(known)}."
                )
        return MappingProxyType(
            {key: known[key](context, (*path, key), item) for key, item in mapping.items()}
        )

    return check


def table(key: Shape, shape: Shape) -> Shape:
    """A mapping from keys of one shape to values of another."""

    def check(context: Context, path: Path, value: Any) -> Mapping[str, Any]:
        mapping = _mapping(context, path, value)
        return MappingProxyType(
            {
                key(context, (*path, name), name): shape(context, (*path, name), item)
                for name, item in mapping.items()
            }
        )

    return check


def anything(context: Context, path: Path, value: Any) -> Any:
    """Frozen, not checked: for a parameter whose shape is not described yet."""
    if isinstance(value, dict):
        return MappingProxyType(
            {key: anything(context, (*path, key), item) for key, item in value.items()}
        )
    if isinstance(value, list):
        return tuple(anything(context, (*path, rank), item) for rank, item in enumerate(value))
    return value


def _mapping(context: Context, path: Path, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        context.source.refuse(path, value, "n'est pas un ensemble de champs ; écrivez « nom: … ».")
    return value


def _choice(words: Collection[str]) -> str:
    *first, last = list(words)
    return f"{', '.join(first)} ou {last}" if first else last
