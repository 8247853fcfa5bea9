"""The law's sentences in other languages: gettext catalogues of their own domain, no Django.

French is the source and needs nothing. A sentence that a catalogue lacks stays French.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from droitfil.rules.sentences import FRENCH, Renderer, Sentence

SOURCE_LANGUAGE = "fr"
#: Beside the pages' own catalogue (« django »): the law is translated by who knows the law.
DOMAIN = "law"
_LOCALE = Path(__file__).resolve().parents[1] / "locale"
#: English as it is read in Europe: « 1 July 2025 », not « July 1, 2025 ».
_DATES = {"en": "en_GB"}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@lru_cache(maxsize=16)
def renderer(language: str) -> Renderer:
    """What writes the kernel's sentences in ``language`` (a code such as ``en``)."""
    if language == SOURCE_LANGUAGE:
        return FRENCH
    return Renderer(translate=_translate(language), format_date=_format_date(language))


def text(french: str, language: str) -> str:
    """A text of ``law/`` (label, note, sentence with its ``{names}``) in ``language``."""
    return renderer(language).text(Sentence(french, _NOTHING))


def _translate(language: str) -> Callable[[str], str]:
    catalogue = _catalogue(_LOCALE / language / "LC_MESSAGES" / DOMAIN)

    def translate(text: str) -> str:
        # The empty text is the name of the catalogue's own header.
        return catalogue.gettext(text) if text else text

    return translate


def _catalogue(path: Path) -> gettext.NullTranslations:
    """The compiled catalogue; the source one compiled in memory when it is newer or alone."""
    compiled, source = path.with_suffix(".mo"), path.with_suffix(".po")
    if compiled.is_file() and not (
        source.is_file() and source.stat().st_mtime > compiled.stat().st_mtime
    ):
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    if not source.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    buffer = BytesIO()
    with source.open("rb") as file:
        write_mo(buffer, read_po(file))
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def _format_date(language: str) -> Callable[[date], str]:
    from babel.dates import format_date

    locale = _DATES.get(language, language)

    def written(day: date) -> str:
        return format_date(day, "long", locale=locale)

    return written
