"""Every text exists in each language, whole, and with the same holes to fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LOCALE = ROOT / "droitfil" / "locale"
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
HOLE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)[^}]*\}")
KEYWORDS = parse_keywords(["_", "gettext", "gettext_lazy", "ngettext:1,2", "ngettext_lazy:1,2"])


def _catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    if isinstance(message.id, tuple):
        for text in message.string:
            yield message.id[1], text
    else:
        yield message.id, str(message.string)


@pytest.fixture(scope="module")
def said() -> set[str]:
    """Every text that code, pages and law say."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_ours)
    return {m[2][0] if isinstance(m[2], tuple) else m[2] for m in found}


def _ours(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "node_modules", "mutants", "staticfiles"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_in_the_catalogue(language: str, said: set[str]) -> None:
    catalogue = _catalogue(language)
    missing = sorted(text for text in said if text and catalogue.get(text) is None)
    assert missing == [], "make messages, then translate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    for message in _catalogue(language):
        if message.id:
            assert not message.fuzzy, message.id
            assert all(text for _, text in _texts(message)), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_holes_of_its_text(language: str) -> None:
    for message in _catalogue(language):
        if message.id:
            for source, text in _texts(message):
                assert set(HOLE.findall(text)) <= set(HOLE.findall(source)), message.id
                if not isinstance(message.id, tuple):
                    assert set(HOLE.findall(text)) == set(HOLE.findall(source)), message.id


def test_no_catalogue_is_left_out() -> None:
    assert sorted(path.name for path in LOCALE.iterdir() if path.is_dir()) == sorted(LANGUAGES)
