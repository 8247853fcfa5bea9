"""What the kernel's tests share: the law of the project and one way to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from droitfil.lawbook import load_law
from droitfil.rules.answer import Answer, plain
from droitfil.rules.law import Law
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.rules.situations import population

#: Enough situations for every branch of the law to be met, ten times where it can be.
SITUATIONS = 9000
Ask = Callable[[Mapping[str, Any]], dict[str, Any]]


@pytest.fixture(scope="session")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="session")
def ask(law: Law) -> Ask:
    """The answer in French to plain data, by the kernel alone."""

    def asked(question: Mapping[str, Any]) -> dict[str, Any]:
        return plain(answer(read_question(question, law), law))

    return asked


@pytest.fixture(scope="session")
def answers(law: Law) -> list[tuple[dict[str, Any], Answer]]:
    """The generated population, the same on every run, each question beside its answer."""
    return [
        (question, answer(read_question(question, law), law))
        for question in population(law, SITUATIONS)
    ]
