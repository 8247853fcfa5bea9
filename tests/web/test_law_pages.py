"""The law as a jurist reads it: nothing of ``law/`` is out of reach, and each doubt is shown."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from droitfil.cli import law as command
from droitfil.lawbook import load_law
from droitfil.web.public.law_search import LONGEST_SEARCH, plain, search, uncertain
from droitfil.web.public.law_words import CONFIDENCES, HOLES, KEYS, KINDS
from droitfil.web.public.title_sheet import sheet

LAW = load_law()


def _text(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200, address
    return unescape(response.content.decode())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_title_has_its_page(language: str) -> None:
    for title in LAW.titles.values():
        page = _text(f"/droit/titres/{title.article}?langue={language}")
        assert title.article in page
        if language == "fr":
            assert title.label in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_parameter_shows_its_article_its_certainty_and_each_of_its_dates(
    language: str,
) -> None:
    for parameter in LAW.parameters.values():
        page = _text(f"/droit/parametres/{parameter.name}?langue={language}")
        assert parameter.article in page
        current = parameter.at(timezone.localdate())
        sure = current.confidence or parameter.confidence
        facts = page[page.index('<dl class="facts">') : page.index("</dl>")]
        assert f"badge--{sure}" in facts
        assert page.count('class="card"') == len(parameter.values)
        for dated in parameter.values:
            if dated.start:
                assert str(dated.start.year) in page


def test_every_rule_shows_its_article_and_its_certainty() -> None:
    listed = _text("/droit/regles")
    for rule in LAW.rules.values():
        assert f'href="/droit/regles/{rule.id}"' in listed
        page = _text(f"/droit/regles/{rule.id}")
        assert f"<dd>{rule.article}</dd>" in page
        assert str(CONFIDENCES[rule.confidence][0]) in page


def test_a_list_shows_how_sure_the_value_in_force_today_is() -> None:
    table = LAW.parameters["tax_table"]
    assert table.confidence == "V"
    assert table.at(timezone.localdate()).confidence == "S"
    listed = _text("/droit/parametres")
    row = next(row for row in listed.split("<tr>") if 'href="/droit/parametres/tax_table"' in row)
    assert "badge--S" in row
    assert "badge--V" not in row


def test_the_holes_of_a_rule_s_sentence_are_named_in_the_reader_s_words() -> None:
    names = {hole for rule in LAW.rules.values() for says in rule.says.values()
             for hole in re.findall(r"\{(\w+)", says)}  # fmt: skip
    assert names <= set(HOLES)
    assert {name: str(word) for name, word in HOLES.items()} == command.HOLES
    french = _text("/droit/regles/R431-4")
    assert "du <var>premier jour</var> au <var>dernier jour</var>" in french
    english = _text("/droit/regles/R431-4?langue=en")
    assert "<var>first day</var>" in english
    assert "du <var>premier jour</var>" in english


def test_what_is_uncertain_is_listed_whole() -> None:
    page = _text("/droit/incertain")
    doubts = uncertain(LAW, "U")
    assert len(doubts) > 0
    for parameter, _values in doubts.parameters:
        assert f'href="/droit/parametres/{parameter.name}"' in page
    for rule in doubts.rules:
        assert f'href="/droit/regles/{rule.id}"' in page


@pytest.mark.parametrize("path", ["titres/X1", "regles/rien", "parametres/__class__"])
def test_what_the_law_does_not_hold_is_not_found(path: str) -> None:
    assert Client().get(f"/droit/{path}").status_code == 404


@pytest.mark.parametrize("typed", ["L421-1", "l.421-1", "L. 421-1", "L 421-1"])
def test_an_article_is_found_however_it_is_typed(typed: str) -> None:
    assert LAW.titles["L421-1"] in search(LAW, typed).titles


def test_a_search_ignores_accents_and_takes_every_word() -> None:
    assert plain("Récépissé") == "recepisse"
    found = search(LAW, "etudiant mobilite")
    assert found.titles
    assert all("tudiant" in title.label for title in found.titles)
    assert len(search(LAW, "zzzz")) == 0
    assert len(search(LAW, "  ")) == 0


def test_a_search_is_shown_without_harm() -> None:
    page = Client().get("/droit", {"q": '<script>"é' + "x" * 500}).content.decode()
    assert "<script>" not in page
    assert 'value="&lt;script&gt;&quot;é' in page
    assert f'{"x" * LONGEST_SEARCH}"' not in page


def test_a_title_tells_what_the_lists_say() -> None:
    page = _text("/droit/titres/L421-11")
    delay = LAW.parameters["silence_delays"].values[0].value["special"]["L421-11"]["days"]
    assert f"{delay} jours" in page
    assert "depuis le 1er mai 2021" in page
    assert "/droit/parametres/listed_titles" in page


def test_a_title_names_the_doubts_that_decide_it() -> None:
    page = _text("/droit/titres/EU-family")
    assert "/droit/parametres/eu_family_fee" in page
    assert "badge--U" in page


def test_a_child_s_document_has_its_own_silence() -> None:
    lines = sheet(LAW, LAW.titles["DCEM"], date(2026, 6, 1))
    months = LAW.value("dcem_silence", date(2026, 6, 1))["months"]
    assert [line.says for line in lines if line.parameter == "dcem_silence"] == [
        (f"{months} mois",)
    ]


def test_every_field_of_a_value_has_words() -> None:
    known = {*KEYS, *KINDS, *LAW.titles}
    unnamed = {
        key
        for parameter in LAW.parameters.values()
        for dated in parameter.values
        for key in _keys(dated.value)
        if key not in known
    }
    assert unnamed == set()


def _keys(value: object) -> set[str]:
    if hasattr(value, "items"):
        return {str(k) for k in value} | {k for inner in value.values() for k in _keys(inner)}  # type: ignore[attr-defined]
    if isinstance(value, list | tuple):
        return {k for inner in value for k in _keys(inner)}
    return set()
