"""The law read in English: translated, the French beneath it, and each said to be what it is."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from droitfil.lawbook import load_law, translations

LAW = load_law()


def _page(address: str, language: str) -> str:
    return unescape(Client().get(f"{address}?langue={language}").content.decode())


@pytest.mark.parametrize("rule", ["R431-2", "L521-1", "L414-11"])
def test_a_rule_is_told_in_english_with_its_french_beneath(rule: str) -> None:
    french = LAW.rules[rule].says["default"]
    english = translations.text(french, "en")
    page = _page(f"/droit/regles/{rule}", "en")
    assert english in page
    assert f'<span lang="fr" class="soft small">{french}</span>' in page
    assert page.index(english) < page.index(french)


def test_in_french_nothing_is_said_twice() -> None:
    french = LAW.parameters["tax_event"].says
    page = _page("/droit/parametres/tax_event", "fr")
    assert page.count(french) == 1
    assert 'class="soft small"' not in page.split("<h1>")[1].split("</p>")[0]


def test_words_printed_on_a_card_stay_french_and_say_so() -> None:
    page = _page("/droit/titres/L422-1", "en")
    assert '<span lang="fr">ÉTUDIANT</span>' in page
    assert "“Étudiant” card (student)" in page


def test_numbers_and_codes_are_of_no_language() -> None:
    values = _page("/droit/parametres/silence_delays", "en").split("</dl>")[1:]
    assert values
    assert 'lang="fr"' not in "".join(values)
