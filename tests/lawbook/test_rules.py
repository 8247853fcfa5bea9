"""Each rule speaks whole French sentences, and holds the ones that the kernel asks it for."""

from __future__ import annotations

import re
from typing import Any

import pytest

from droitfil.lawbook import load_law
from droitfil.rules.law import CONFIDENCES, Rule

LAW = load_law()
#: Beyond so many words between two stops, a sentence is hard to follow.
MOST_WORDS = 28
LENGTHS = {"length_one_year", "length_years", "length_months"}
READINGS = {"default", "two_readings"}


def each() -> Any:
    return pytest.mark.parametrize("rule", LAW.rules.values(), ids=lambda rule: rule.id)


@each()
def test_it_has_an_article_a_heading_and_a_confidence(rule: Rule) -> None:
    assert rule.article
    assert rule.confidence in CONFIDENCES
    assert rule.label[0].isupper()
    assert not rule.label.endswith(".")
    assert "{" not in rule.label


@each()
def test_it_speaks_short_whole_sentences(rule: Rule) -> None:
    for says in (*rule.says.values(), *([rule.note] if rule.note else [])):
        assert says.endswith(".")
        assert says[0].isupper() or says[0].isdigit()
        assert "  " not in says
        assert not re.search(r"\b(?:tu|ton|tes)\b", says), "people are told « vous »"
        assert not re.search(r"[^ ][;:?!](?: |$)", says), "a space goes before ; : ? !"
    for says in rule.says.values():
        for part in re.split(r"(?<=[.;:]) ", says):
            assert len(part.split()) <= MOST_WORDS, part


@each()
def test_quoted_alone_it_takes_no_figures(rule: Rule) -> None:
    assert "{" not in rule.says.get("bare", "")


def test_a_rule_that_sets_a_length_says_it_in_years_and_months() -> None:
    lengths = LAW.parameters["card_lengths"].values[-1].value
    rules = {row["rule"] for row in lengths.values()}
    rules.add(LAW.parameters["talent_family_long"].values[-1].value["rule"])
    for name in rules:
        assert set(LAW.rules[name].says) >= LENGTHS, name


def test_a_rule_that_sets_a_silence_says_one_date_or_two() -> None:
    delays = LAW.parameters["silence_delays"].values[-1].value
    rows = [delays["default"]]
    for group in ("special", "family_of_cbe", "mobility", "uncertain"):
        rows += delays[group].values()
    for row in rows:
        assert set(LAW.rules[row["rule"]].says) >= READINGS, row["rule"]


def test_a_rule_that_owes_a_paper_can_name_it_alone() -> None:
    owing = [rule for rule in LAW.rules.values() if "owed" in rule.says]
    assert owing
    assert all("bare" in rule.says for rule in owing)
