"""The counter: a generated population reaches every branch of the law, on every run the same."""

from __future__ import annotations

from collections.abc import Iterator

from droitfil.rules.law import Law
from tests.rules.branches import BRANCHES, count, table
from tests.rules.conftest import Ask
from tests.rules.situations import REQUESTS, Question, population

SITUATIONS = 6000


def test_every_branch_is_reached(law: Law, ask: Ask) -> None:
    asked: set[tuple[str, str]] = set()

    def rows() -> Iterator[tuple[Question, Question]]:
        for question in population(law, SITUATIONS):
            asked.update((a["article"], a["request"]) for a in question["applications"])
            yield question, ask(question)

    found = count(rows(), law)
    print(table(found))
    assert set(found) == set(BRANCHES), "a branch without a name in BRANCHES"
    assert [name for name, number in found.items() if number == 0] == []
    every = {(article, request) for article in law.titles for request in REQUESTS}
    assert every <= asked
