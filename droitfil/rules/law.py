"""The law as the kernel reads it: frozen tables built by ``droitfil.lawbook`` from ``law/``.

The kernel holds no article, amount or delay of its own: it asks :meth:`Law.value` for a dated
parameter, :meth:`Law.title` for a title, :meth:`Law.rule` for a rule's article and sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: V read in the text, S secondary source, R recalled, U unsure (then a parameter decides).
CONFIDENCES = ("V", "S", "R", "U")


@dataclass(frozen=True, slots=True)
class Dated:
    """One value in force from ``start`` (None = always) until the next one begins."""

    start: date | None
    value: Any
    article: str | None = None  # when it differs from the parameter's
    confidence: str | None = None  # when it differs from the parameter's
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A legal value with its article, its history and how sure we are of it."""

    name: str
    label: str
    article: str
    confidence: str
    says: str
    values: tuple[Dated, ...]  # sorted by start
    unit: str = ""

    def at(self, on: date) -> Dated:
        """The value in force on ``on``; the oldest one for a day before all of them."""
        found = self.values[0]
        for dated in self.values:
            if dated.start is None or dated.start <= on:
                found = dated
        return found


@dataclass(frozen=True, slots=True)
class Title:
    """One row of ``law/titles.yaml``."""

    code: str  # "salarie"
    article: str  # "L421-1"
    label: str  # French name of the title
    kinds: tuple[
        str, ...
    ]  # kinds of card that carry it: CST CSP CR CRA APS EU_FAMILY DCEM TVR TIV TVA ...
    printed: str  # words printed on the card, for the pages
    work: str  # right to work of the card itself: a value of facts.Work
    work_rule: str  # rule id that gives it
    work_limit: str = ""  # sentence shown beside the right to work (hours, employer...)
    book_two: bool = False  # EU citizens' families: titles III and IV do not apply
    travel_document: bool = False  # TVR TIV TVA
    minor_document: bool = False  # DCEM
    confidence: str = "V"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of ``law/rules.yaml``: a rule id, its article and the sentences it speaks."""

    id: str
    article: str
    label: str
    confidence: str
    says: Mapping[str, str]  # variant -> French template; "default" always there
    note: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    titles: Mapping[str, Title]  # by article
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, Rule]
    holidays: Mapping[str, frozenset[date]]  # by territory: "FR", "57", "67", "68", "971"...
    departments: Mapping[str, str]  # code -> name
    countries: Mapping[str, str]  # ISO 3166-1 alpha-3 -> French name
    #: (article, request) -> periods (from, to or None) in the téléservice list, from the
    #: parameter ``listed_titles``.
    listings: Mapping[tuple[str, str], tuple[tuple[date, date | None], ...]]
    languages: tuple[str, ...] = ("fr", "en")
    version: str = ""  # digest of the files, quoted in answers' metadata and on /droit
    calendar_until: int = field(default=0)  # last year the calendar covers

    def value(self, name: str, on: date) -> Any:
        """The value of parameter ``name`` in force on ``on``."""
        parameter = self.parameters[name]
        values = parameter.values
        if len(values) == 1:
            return values[0].value
        return parameter.at(on).value

    def title(self, article: str | None) -> Title | None:
        return self.titles.get(article) if article is not None else None

    def closed_days(self, department: str | None) -> frozenset[date]:
        """Public holidays where the person lives (national ones when unknown)."""
        return self.holidays.get(department or "FR") or self.holidays["FR"]
