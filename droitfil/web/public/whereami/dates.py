"""Dates as people write them: three boxes, forgiving, with a gentle sentence when unclear."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

#: How a month may begin, in French and in English, without accents.
_MONTHS = {
    "janv": 1, "jan": 1, "fev": 2, "feb": 2, "mars": 3, "mar": 3, "avr": 4, "apr": 4, "mai": 5,
    "may": 5, "juin": 6, "jun": 6, "juil": 7, "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10,
    "nov": 11, "dec": 12,
}  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\Z")
_WHOLE = re.compile(
    r"(\d{1,2})(?:er|st|nd|rd|th)?[\s/.\-]+([^\W\d_]+\.?|\d{1,2})[\s/.\-]+(\d{2,4})\Z"
)
FIRST_YEAR, LAST_YEAR = 1900, 2150
#: A number longer than a year is none of a date.
_MOST_DIGITS = 4
#: A birth year of two digits beyond this one is of the last century.
_PIVOT = 26


@dataclass(frozen=True, slots=True)
class Unclear(Exception):
    """What was written is not a day; ``says`` is a sentence, ``part`` the box to look at."""

    says: Any
    part: str = "j"  # j | m | a


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(c for c in folded if not unicodedata.combining(c))


def read_day(day: str, month: str, year: str, *, past: bool = False) -> date | None:
    """The day written in three boxes, or whole in the first one; None when all are empty.

    ``past``: a year of two digits is one that has gone by (a birth).
    :raises Unclear: for what is not a day, with what would be right.
    """
    day, month, year = day.strip(), month.strip(), year.strip()
    if not (day or month or year):
        return None
    if not month and not year:
        whole = _plain(day)
        if match := _ISO.match(whole):
            year, month, day = match.groups()
        elif match := _WHOLE.match(whole):
            day, month, year = match.groups()
    for value, part, says in (
        (day, "j", _("Écrivez aussi le jour, par exemple 1.")),
        (month, "m", _("Écrivez aussi le mois, par exemple 7 ou juillet.")),
        (year, "a", _("Écrivez aussi l’année, par exemple 2025.")),
    ):
        if not value:
            raise Unclear(says, part)
    number = re.sub(r"(?:er|st|nd|rd|th)\Z", "", _plain(day))
    if not _is_short(number) or not 1 <= int(number) <= 31:
        raise Unclear(_("Le jour est un nombre de 1 à 31."), "j")
    return _build(int(number), _month(month), _year(year, past=past))


def _is_short(text: str) -> bool:
    """Digits, few enough to be read as a number: Python refuses thousands of them."""
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _month(text: str) -> int:
    plain = _plain(text).rstrip(".")
    if plain.isdigit() and plain.isascii():
        if _is_short(plain) and 1 <= int(plain) <= 12:
            return int(plain)
        raise Unclear(_("Le mois est un nombre de 1 à 12."), "m")
    for length in (4, 3):
        if plain[:length] in _MONTHS:
            return _MONTHS[plain[:length]]
    raise Unclear(_("Écrivez le mois en chiffres (7) ou en lettres (juillet)."), "m")


def _year(text: str, *, past: bool) -> int:
    plain = _plain(text)
    if not plain.isdigit() or not plain.isascii() or len(plain) not in (2, 4):
        raise Unclear(_("L’année a quatre chiffres, par exemple 2025."), "a")
    year = int(plain)
    if len(plain) == 2:
        year += 1900 if past and year > _PIVOT else 2000
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unclear(_("Vérifiez l’année."), "a")
    return year


def _build(day: int, month: int, year: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unclear(
            _("Ce jour n’existe pas dans le calendrier : vérifiez le jour et le mois."), "j"
        ) from None


def iso(text: str | None) -> date | None:
    """A day of the state; None for anything else."""
    try:
        return date.fromisoformat(text) if text and len(text) == 10 else None
    except ValueError:
        return None
