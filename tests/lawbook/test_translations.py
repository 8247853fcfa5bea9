"""The law's sentences in French as they are, in other languages by their own catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from droitfil.lawbook import translations
from droitfil.lawbook.translations import DOMAIN, renderer
from droitfil.rules.sentences import FRENCH, Sentence

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Le {day}, {paper} est dû."
msgstr "On {day}, {paper} is due."

msgid "un récépissé"
msgstr "a récépissé"
"""
SENTENCE = Sentence("Le {day}, {paper} est dû.", {"day": date(2025, 7, 1), "paper": "un récépissé"})


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of one sentence, where the project's would be."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / f"{DOMAIN}.po").write_text(CATALOGUE, "utf-8")
    monkeypatch.setattr(translations, "_LOCALE", tmp_path)
    renderer.cache_clear()
    yield folder
    renderer.cache_clear()


def test_french_is_the_source() -> None:
    assert renderer("fr") is FRENCH
    assert FRENCH.text(SENTENCE) == "Le 1er juillet 2025, un récépissé est dû."


def test_a_sentence_its_values_and_its_dates_are_translated(locale: Path) -> None:
    assert renderer("en").text(SENTENCE) == "On 1 July 2025, a récépissé is due."


def test_a_compiled_catalogue_gives_the_same(locale: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (
        (locale / f"{DOMAIN}.po").open("rb") as source,
        (locale / f"{DOMAIN}.mo").open("wb") as target,
    ):
        write_mo(target, read_po(source))
    (locale / f"{DOMAIN}.po").unlink()
    assert renderer("en").text(SENTENCE) == "On 1 July 2025, a récépissé is due."


def test_a_catalogue_edited_since_it_was_compiled_is_read_afresh(locale: Path) -> None:
    (locale / f"{DOMAIN}.mo").write_bytes(b"perime")
    os.utime(locale / f"{DOMAIN}.mo", (0, 0))
    assert renderer("en").text(SENTENCE) == "On 1 July 2025, a récépissé is due."


def test_what_the_catalogue_lacks_stays_french(locale: Path) -> None:
    assert renderer("en").text(Sentence("Une phrase nouvelle.", {})) == "Une phrase nouvelle."
    assert renderer("en").text(Sentence("{empty}", {"empty": ""})) == ""


def test_a_language_without_catalogue_stays_french(locale: Path) -> None:
    text = renderer("es").text(SENTENCE)
    assert text == "Le 1 de julio de 2025, un récépissé est dû."
