"""Each sentence is said with its figures, on the strength of its facts (``explanations.yaml``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from droitfil.rules.law import Law
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.rules.examples.propose import said

ROWS: list[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("explanations.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
)


def _subject(row: dict[str, Any]) -> str:
    return str(row.get("rule") or row["warning"])


SUBJECTS = sorted({_subject(row) for row in ROWS})


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_rule_says_its_figures_and_its_facts(law: Law, subject: str) -> None:
    for row in _rows_of(subject):
        expected = {key: value for key, value in row.items() if key != "question"}
        heard = list(said(answer(read_question(row["question"], law), law), law))
        assert expected in heard, [one for one in heard if _subject(one) == subject]


def _rows_of(subject: str) -> Iterator[dict[str, Any]]:
    return (row for row in ROWS if _subject(row) == subject)


def test_every_rule_of_the_law_has_its_example(law: Law) -> None:
    assert set(law.rules) <= set(SUBJECTS)
