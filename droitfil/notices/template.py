"""The templates of ``templates/``: one notice a file, its versions, each in every language.

A version that was used stays for ever: messages keep its number and no words. What a file may
hold is told in ``templates/README.md``; a file that holds anything else is refused as it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "templates"
#: The source language first; every template speaks all of them.
LANGUAGES = ("fr", "en")
#: In a hole, beside the facts: the site's name, as people type it.
SITE = "site"

_HOLE = re.compile(r"\{(\w+)\}")


class To(StrEnum):
    """Who a template is for."""

    PERSON = "person"
    STAFF = "staff"


class Sends(StrEnum):
    """What leaves beside the message of the inbox."""

    NOTHING = "nothing"
    EMAIL = "email"  # and a text message to whoever has no e-mail address
    ALL = "all"  # e-mail and text message


class Fact(StrEnum):
    """What a fact is, hence how it is written."""

    DAY = "day"  # « 1er mai 2021 »
    CODE = "code"  # a reference, as it stands
    COUNT = "count"
    OFFICE = "office"  # the id of an office, read as its name
    PAPER = "paper"  # a kind of document: API, RECEPISSE, ADF…
    PROCEDURE = "procedure"  # the code of a procedure, read as its label
    PIECES = "pieces"  # codes of pieces of the fact « procedure », read as their labels


@dataclass(frozen=True, slots=True)
class Words:
    """What a version says in one language; holes in braces."""

    subject: str
    text: tuple[str, ...]
    inside: tuple[str, ...]
    sms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """``facts`` by name; those of ``optional`` may be absent, with the paragraphs they stand in."""

    number: int
    facts: Mapping[str, Fact]
    optional: frozenset[str]
    words: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Template:
    """A notice: who it is for, what leaves, and whether rights depend on it (``legal``)."""

    slug: str
    to: To
    legal: bool
    sends: Sends
    #: A letter leaves besides, whatever else does.
    paper: bool
    versions: Mapping[int, Version]

    @property
    def latest(self) -> Version:
        """The version that new messages use."""
        return self.versions[max(self.versions)]


class BadTemplate(Exception):
    """A file of ``templates/`` that cannot be used; names the file and the field."""


@lru_cache(maxsize=4)
def load_templates(folder: Path = FOLDER) -> Mapping[str, Template]:
    """Every template by its slug, which is the file's name.

    :raises BadTemplate: names the file, the field and what is wrong.
    """
    found = {path.stem: _template(path) for path in sorted(folder.glob("*.yaml"))}
    return MappingProxyType(found)


def holes(paragraph: str) -> set[str]:
    """The names that a paragraph leaves to fill."""
    return set(_HOLE.findall(paragraph))


def _template(path: Path) -> Template:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    top = {"to", "legal", "sends", "versions"}
    data = _fields(path, "", data, top | {"paper"}, least=top)
    try:
        to, sends = To(data["to"]), Sends(data["sends"])
    except ValueError as error:
        raise BadTemplate(f"{path.name}: {error}") from error
    versions = {number: _version(path, number, row) for number, row in data["versions"].items()}
    if sorted(versions) != list(range(1, len(versions) + 1)) or type(data["legal"]) is not bool:
        raise BadTemplate(f"{path.name}: versions are 1, 2, 3…; legal is true or false")
    paper = data.get("paper", False)
    if type(paper) is not bool or (paper and (to is not To.PERSON or sends is Sends.NOTHING)):
        raise BadTemplate(f"{path.name}: paper is true or false, for what leaves to a person")
    for version in versions.values():
        for language, words in version.words.items():
            if bool(words.sms) != (to is To.PERSON and sends is not Sends.NOTHING):
                raise BadTemplate(f"{path.name}, {language}: sms is for what leaves to a person")
    return Template(path.stem, to, data["legal"], sends, paper, MappingProxyType(versions))


def _version(path: Path, number: int, row: Any) -> Version:
    where = f"versions.{number}"
    row = _fields(path, where, row, {"facts", *LANGUAGES})
    facts: dict[str, Fact] = {}
    optional = set()
    for name, kind in row["facts"].items():
        if kind.endswith("?"):
            optional.add(name)
        if kind.rstrip("?") not in list(Fact):
            raise BadTemplate(f"{path.name}, {where}.facts.{name}: unknown kind {kind}")
        facts[name] = Fact(kind.rstrip("?"))
    if Fact.PIECES in facts.values() and facts.get("procedure") is not Fact.PROCEDURE:
        raise BadTemplate(f"{path.name}, {where}: pieces are those of a fact « procedure »")
    version = Version(
        number, MappingProxyType(facts), frozenset(optional),
        MappingProxyType({code: _words(path, f"{where}.{code}", row[code]) for code in LANGUAGES}),
    )  # fmt: skip
    for code, words in version.words.items():
        _check_holes(f"{path.name}, {where}.{code}", version, words)
    return version


def _words(path: Path, where: str, row: Any) -> Words:
    row = _fields(path, where, row, {"subject", "text", "inside", "sms"}, least={"subject", "text"})
    return Words(
        subject=str(row["subject"]),
        text=tuple(row["text"]),
        inside=tuple(row.get("inside", ())),
        sms=tuple(row.get("sms", ())),
    )


def _check_holes(where: str, version: Version, words: Words) -> None:
    paragraphs = [*words.text, *words.inside, *words.sms]
    filled = set().union(*(holes(p) for p in [words.subject, *paragraphs])) - {SITE}
    if filled - set(version.facts):
        raise BadTemplate(f"{where}: no fact fills {sorted(filled - set(version.facts))}")
    # Pieces need the procedure to be named, be it said or not.
    unsaid = set(version.facts) - set().union(*(holes(p) for p in [*words.text, *words.inside]))
    unsaid -= {name for name, kind in version.facts.items() if kind is Fact.PROCEDURE}
    if unsaid:
        raise BadTemplate(f"{where}: the text does not say {sorted(unsaid)}")
    if holes(words.subject) & version.optional:
        raise BadTemplate(f"{where}: a subject cannot be left out")


def _fields(
    path: Path, where: str, row: Any, allowed: set[str], least: Iterable[str] | None = None
) -> dict[str, Any]:
    if not isinstance(row, dict) or set(row) - allowed or set(least or allowed) - set(row):
        raise BadTemplate(f"{path.name}, {where or 'top'}: the fields are {sorted(allowed)}")
    return row
