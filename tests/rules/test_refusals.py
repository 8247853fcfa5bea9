"""What cannot be answered is refused by its path, its value and what would be right, in French."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question, answer_text
from droitfil.lawbook.reading import Unreadable
from droitfil.rules.problems import Refused
from tests.rules.legal_cases import Loader

ROWS: list[dict[str, Any]] = yaml.load(
    (Path(__file__).parent / "refusals.yaml").read_text(encoding="utf-8"), Loader
)
REFUSED = [row for row in ROWS if "refusal" in row]
ACCEPTED = [row for row in ROWS if "accepted" in row]


def _ask(row: dict[str, Any]) -> None:
    if "text" in row:
        answer_text(row["text"] or "", load_law())
    else:
        answer_question(row["question"], load_law())


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row["refusal"])
def test_refused_by_path_value_and_what_would_be_right(row: dict[str, Any]) -> None:
    with pytest.raises((Refused, Unreadable)) as raised:
        _ask(row)
    refused = raised.value
    if isinstance(refused, Refused):
        assert {problem.path for problem in refused.problems} == {row["path"]}
        sentence = next(p.says for p in refused.problems if p.path == row["path"])
        assert row["path"] in sentence
    else:
        assert isinstance(refused, Unreadable)
        sentence = refused.says
        assert "path" not in row, f"{row['path']} devait être nommé par la lecture des champs"
    assert sentence[-1] in ".?"
    assert "Traceback" not in sentence
    for word in [row.get("value", ""), *row.get("says", ())]:
        assert word in sentence, sentence


@pytest.mark.parametrize("row", ACCEPTED, ids=lambda row: row["accepted"])
def test_not_refused(row: dict[str, Any]) -> None:
    assert all(
        answered["today"] == "2025-11-20" for answered in answer_text(row["text"], load_law())
    )


def test_one_bad_document_among_many_leaves_nothing_answered() -> None:
    with pytest.raises(Refused) as raised:
        answer_text("today: 2025-11-20\n---\ntoday: demain\n", load_law())
    assert [problem.path for problem in raised.value.problems] == ["today"]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Refused) as raised:
        answer_question({"today": "hier", "person": {"lives_in": "99"}, "what": "?"}, load_law())
    assert {problem.path for problem in raised.value.problems} == {
        "today",
        "person.lives_in",
        "what",
    }
