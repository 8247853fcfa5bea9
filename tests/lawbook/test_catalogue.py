"""The law in every language but French: nothing missing, nothing left over, nothing left French."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from droitfil.lawbook import load_law, translations
from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.translations import DOMAIN, SOURCE_LANGUAGE
from tests.rules.legal_cases import read_cases

ROOT = Path(__file__).resolve().parents[2]
LAW = load_law()
LANGUAGES = [language for language in LAW.languages if language != SOURCE_LANGUAGE]

#: French names that English keeps, because people must find them on their papers and in letters.
FRENCH_NAMES = (
    "attestation de prolongation d'instruction",
    "attestation de décision favorable",
    "attestation de demande",
    "autorisation provisoire de séjour",
    "autorisations provisoires de séjour",
    "carte bleue européenne",
    "centre de contact citoyen",
    "Conseil d'État",
    "commission du titre de séjour",
    "conjoint de retraité",
    "étudiant - programme de mobilité",
    "au pair",
    "bénéficiaire de la protection subsidiaire",
    "bénéficiaire du statut d'apatride",
    "juge des référés",
    "porteur de projet",
    "profession médicale et de la pharmacie",
    "recherche d'emploi ou création d'entreprise",
    "titre d'identité et de voyage",
    "titre de voyage pour apatride",
    "titre de voyage pour réfugié",
    "titres d'identité républicains",
    "titre d'identité républicain",
    "vie privée et familiale",
    "visa de régularisation",
    "programme de mobilité",
)
FRENCH_WORDS = re.compile(
    r"\b(?:le|la|les|du|des|de|d'|l'|un|une|est|sont|et|ou|dans|avec|pour|vous|votre|que|qui|sur|"
    r"au|aux|ne|pas|sans|par|cette|ce|ces|titre|carte|demande|préfecture)\b",
    re.IGNORECASE,
)


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "droitfil" / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        return read_po(file)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What « make messages » finds in the law and in the kernel today."""
    path = tmp_path_factory.mktemp("messages") / "law.pot"
    mapping = str(ROOT / "babel-law.cfg")
    CommandLineInterface().run(
        ["pybabel", "--quiet", "extract", "--mapping", mapping, "--output", str(path), str(ROOT)]
    )
    with path.open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_follows_the_law(language: str, template: Catalog) -> None:
    wanted = {message.id for message in template if message.id}
    there = {message.id for message in catalogue(language) if message.id}
    assert wanted - there == set(), "to translate: make messages"
    assert there - wanted == set(), "said no more: make messages"
    assert not catalogue(language).obsolete


def test_the_kernels_own_words_are_asked_for(template: Catalog) -> None:
    assert "la date de naissance" in template
    assert any("{what}" in str(message.id) for message in template)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_whole(language: str) -> None:
    assert len(messages(language)) > len(LAW.rules) + len(LAW.titles) + len(LAW.parameters)
    for message in messages(language):
        french, said = str(message.id), str(message.string)
        assert said, french
        assert not message.fuzzy, french
        assert names(said) == names(french), french
        assert said.endswith(".") == french.endswith("."), french
        assert said.lstrip("“€")[0].isupper() >= french[0].isupper(), french


def names(text: str) -> set[str]:
    return set(re.findall(r"\{[^}]*\}", text))


def test_english_keeps_of_french_only_names() -> None:
    for message in messages("en"):
        said = str(message.string)
        assert not french_left(said), said
        assert not re.search(r"[«»]| [:;?!]", said), said


def french_left(text: str) -> list[str]:
    """French words of ``text`` that are no name; words printed in capitals are names."""
    for name in FRENCH_NAMES:
        text = re.sub(re.escape(name), "", text, flags=re.IGNORECASE)
    text = re.sub(r"\b[A-ZÀ-Ý]{2,}(?:['’ -]+(?:[A-ZÀ-Ý]{1,}\b|\())*", "", text)
    return FRENCH_WORDS.findall(text)


def test_words_printed_on_a_paper_stay_as_printed() -> None:
    for title in LAW.titles.values():
        assert capitals(translations.text(title.printed, "en")) == capitals(title.printed)


def capitals(text: str) -> list[str]:
    return re.findall(r"\b[A-ZÀ-Ý]{2,}\b", text)


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_an_answer_speaks_english_beside_french(case: Any) -> None:
    answered = answer_question({**case.question, "language": "en"}, LAW)
    sentences = list(said_in(answered))
    for french, english in sentences:
        assert english != french
        assert not french_left(english), english
        assert "{" not in english
    assert sentences or not answered["explain"]


def said_in(value: Any) -> Any:
    """Each French sentence of an answer, and what is said beside it."""
    if isinstance(value, dict):
        for key in ("says", "why"):
            if key in value:
                yield value[key], value["said"]
        for inner in value.values():
            yield from said_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from said_in(inner)
