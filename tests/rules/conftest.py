"""What the kernel's tests share: the law of the project, one way to ask, hypothesis profiles."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from droitfil.lawbook import load_law
from droitfil.rules.answer import Answer, plain
from droitfil.rules.law import Law
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.rules.situations import population

#: Enough situations for every branch of the law to be met, ten times where it can be.
SITUATIONS = 9000
Ask = Callable[[Mapping[str, Any]], dict[str, Any]]

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
#: The same examples on every run of ``make test``; ``HYPOTHESIS_PROFILE=soak`` looks for new ones.
settings.register_profile(
    "fast",
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=_QUIET,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
settings.register_profile(
    "soak",
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "5000")),
    deadline=None,
    suppress_health_check=_QUIET,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


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
