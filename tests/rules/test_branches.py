"""The counter: a generated population reaches every branch of the law, on every run the same."""

from __future__ import annotations

from typing import Any

from droitfil.rules.answer import Answer, plain
from droitfil.rules.law import Law
from tests.rules.branches import BRANCHES, count, table
from tests.rules.situations import REQUESTS


def test_every_branch_is_reached(law: Law, answers: list[tuple[Any, Answer]]) -> None:
    found = count(((question, plain(answered)) for question, answered in answers), law)
    print(table(found))
    assert set(found) == set(BRANCHES), "a branch without a name in BRANCHES"
    assert [name for name, number in found.items() if number == 0] == []


def test_every_title_is_asked_in_every_way(law: Law, answers: list[tuple[Any, Answer]]) -> None:
    asked = {
        (a["article"], a["request"]) for question, _ in answers for a in question["applications"]
    }
    assert {(article, request) for article in law.titles for request in REQUESTS} <= asked
