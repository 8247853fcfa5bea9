"""Sentences the kernel speaks: a French template of the law's data, and the facts it quotes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_first_of_month = "1er"


def french_date(day: date) -> str:
    """``2025-07-01`` as « 1er juillet 2025 »."""
    number = _first_of_month if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"


class Sentence(NamedTuple):
    """A French template and its values; rendered only when somebody reads it."""

    template: str
    args: Mapping[str, Any]


class Renderer:
    """Turns sentences into text in one language.

    ``translate`` maps a French template to the language's own (gettext); ``format_date`` writes a
    day the way the language does. Values that are texts (names of papers) are translated too.
    """

    def __init__(
        self,
        translate: Callable[[str], str] = str,
        format_date: Callable[[date], str] = french_date,
    ) -> None:
        self._translate = translate
        self._format_date = format_date

    def text(self, sentence: Sentence) -> str:
        template = self._translate(sentence.template)
        if not sentence.args:
            return template
        return template.format_map({name: self._value(v) for name, v in sentence.args.items()})

    def _value(self, value: Any) -> str:
        if isinstance(value, date):
            return self._format_date(value)
        if isinstance(value, str):
            return self._translate(value)
        return str(value)


class FrenchRenderer(Renderer):
    """The legal language: nothing to translate, so a shorter way."""

    def text(self, sentence: Sentence) -> str:
        args = sentence.args
        if not args:
            return sentence.template
        return sentence.template.format_map(
            {
                name: french_date(value) if isinstance(value, date) else value
                for name, value in args.items()
            }
        )


FRENCH = FrenchRenderer()
