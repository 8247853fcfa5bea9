"""What an answer says of a rule that it only quotes."""

from __future__ import annotations

import pytest

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.rules.sentences import FRENCH
from droitfil.rules.trace import Trace

LAW = load_law()


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("L521-3", LAW.rules["L521-3"].says["default"]),  # takes no figure
        ("R431-12", LAW.rules["R431-12"].says["bare"]),  # its default names a day
        ("R431-6", LAW.rules["R431-6"].label),  # names a day, and has nothing shorter
    ],
)
def test_a_rule_quoted_alone_speaks_without_figures(rule: str, says: str) -> None:
    trace = Trace(LAW)
    trace.ensure(rule, "today")
    (because,) = trace.explain()
    assert (because.rule, FRENCH.text(because.says), because.facts) == (rule, says, ("today",))


def test_a_rule_already_explained_is_not_quoted_again() -> None:
    trace = Trace(LAW)
    trace.because("L521-3", "documents")
    trace.ensure("L521-3", "today")
    assert [because.facts for because in trace.explain()] == [("documents",)]


@pytest.mark.parametrize(
    ("article", "says"),
    [("L423-2", "La carte dure un an au plus."), ("L424-1", "La carte dure 10 ans.")],
)
def test_a_length_is_told_in_words(article: str, says: str) -> None:
    application = {"id": "a1", "article": article, "request": "first", "filed_on": "2026-01-05"}
    asked = {"today": "2026-01-10", "applications": [application]}
    explained = answer_question(asked, LAW)["explain"]
    assert says in [because["says"] for because in explained if because["rule"] == "L411-3"]
