"""Every legal case that a person could type is typed, and finds the command's answer."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.reading import read_documents
from tests.rules.legal_cases import Case, read_cases
from tests.web.questionnaire import Visitor

CASES = read_cases()
#: Cases that nobody could type, and why.
NOT_TYPABLE: dict[str, str] = {
    "Titre demandé inconnu : ni période, ni retard, ni droit de retard ne sont affirmés": (
        "aux pages, renouveler une carte, c'est demander le titre qu'elle porte"
    ),
}


def renamed(question: dict[str, Any]) -> dict[str, Any]:
    """The same question with the names that the pages give: d1, d2… and a1, a2…"""
    named = copy.deepcopy(question)
    names: dict[str, str] = {}
    for letter, key in (("d", "documents"), ("a", "applications")):
        for i, item in enumerate(named.get(key) or [], start=1):
            names[item["id"]] = item["id"] = f"{letter}{i}"
    for item in [*(named.get("documents") or []), *(named.get("applications") or [])]:
        for key in ("holds", "application"):
            if item.get(key):
                item[key] = names[item[key]]
    return named


def without_lengths_read_from_dates(answer: dict[str, Any]) -> dict[str, Any]:
    """A length that the printed dates already say is not asked: the answer names one fact less."""
    for because in answer["explain"]:
        because["facts"] = [fact for fact in because["facts"] if not fact.endswith(".length")]
    return answer


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.name not in NOT_TYPABLE], ids=lambda case: str(case)
)
def test_a_case_typed_finds_the_answer_of_the_command(case: Case) -> None:
    law = load_law()
    visitor = Visitor.of(case.question, law).walk()
    typed = read_documents(visitor.file())[0]
    expected = answer_question({**renamed(case.question), "language": "fr"}, law)
    found = answer_question({**typed, "language": "fr"}, law)
    assert without_lengths_read_from_dates(found) == without_lengths_read_from_dates(expected)
    for address in visitor.addresses:
        assert "p." not in address, f"a personal fact stands in the address {address}"


def test_every_case_left_aside_exists_and_says_why() -> None:
    assert set(NOT_TYPABLE) <= {case.name for case in CASES}
    assert all(NOT_TYPABLE.values())
