"""Every sentence of the law that a person reads reaches the catalogues."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import extract

from droitfil.lawbook import load_law

LAW = Path(__file__).resolve().parents[2] / "law"


def extracted(name: str) -> dict[str, int]:
    """Each message of a file of the law, and its line, through Babel itself."""
    with (LAW / name).open("rb") as file:
        found = extract("droitfil.lawbook.extraction:extract_law", file)
        return {message: line for line, message, _, _ in found if isinstance(message, str)}


def test_titles_are_translated_by_label_words_and_limits() -> None:
    messages = extracted("titles.yaml")
    for title in load_law().titles.values():
        for text in (title.label, title.printed, title.work_limit, title.note):
            assert not text or text in messages


def test_parameters_are_translated_by_label_and_sentence() -> None:
    messages = extracted("parameters.yaml")
    for parameter in load_law().parameters.values():
        assert {parameter.label, parameter.says} <= set(messages)
        assert not parameter.unit or parameter.unit == "€" or parameter.unit in messages
        for dated in parameter.values:
            assert not dated.note or dated.note in messages


def test_rules_are_translated_by_every_sentence() -> None:
    messages = extracted("rules.yaml")
    for rule in load_law().rules.values():
        assert rule.label in messages
        assert set(rule.says.values()) <= set(messages)


@pytest.mark.parametrize("name", ["calendar.yaml", "codes.yaml"])
def test_codes_and_days_are_no_sentences(name: str) -> None:
    assert extracted(name) == {}


def test_a_sentence_keeps_its_line() -> None:
    label = load_law().titles["L421-1"].label
    line = extracted("titles.yaml")[label]
    assert label in (LAW / "titles.yaml").read_text("utf-8").splitlines()[line - 1]
