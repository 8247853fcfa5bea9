"""One answer for all those whose documents and dates are the same, and for nobody else."""

from __future__ import annotations

import copy
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import GROWN, plain_departments, shared
from droitfil.rules.answer import Answer
from droitfil.rules.periods import add_years
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.rules.legal_cases import read_cases
from tests.rules.situations import situations

LAW = load_law()


def _told(question: dict[str, Any]) -> tuple[Any, ...]:
    """What a shared answer is asked for."""
    said: Answer = answer(read_question(question, LAW), LAW)
    spans = [(s.start, s.end, s.stay, s.work) for s in said.spans]
    gaps = [(g.start, g.end, g.entitled, g.rule, g.remedy, g.why.template) for g in said.gaps]
    missing = [(w.code, w.field) for w in said.warnings if w.code == "fact_missing"]
    filings = [(a.duties, a.timing) for a in said.applications]
    # What a reminder tells, of whoever renews what they hold.
    renewals = [
        (a.window, a.last_day_as_renewal)
        for a, asked in zip(said.applications, question["applications"], strict=True)
        if "holds" in asked
    ]
    return spans, gaps, filings, renewals, missing


def _whole(question: dict[str, Any]) -> dict[str, Any]:
    """As those who share ask: every part is there."""
    whole = copy.deepcopy(question)
    for name in ("documents", "applications"):
        whole.setdefault(name, [])
    whole.setdefault("person", {})
    return whole


@pytest.mark.parametrize("case", read_cases(), ids=str)
def test_the_cases_of_the_law_answer_alike_once_shared(case: Any) -> None:
    question = _whole(case.question)
    assert _told(shared(question, LAW)) == _told(question)


@given(situations(LAW))
def test_drawn_situations_answer_alike_once_shared(question: dict[str, Any]) -> None:
    whole = _whole(question)
    assert _told(shared(whole, LAW)) == _told(whole)


def test_age_and_place_are_set_aside_only_when_nothing_depends_on_them() -> None:
    plain = sorted(plain_departments(LAW))
    dice = random.Random(3)
    question = {
        "today": "2026-03-01",
        "person": {"born_on": "1990-05-05", "nationality": "MAR", "lives_in": dice.choice(plain)},
        "documents": [{"id": "d1", "kind": "CSP", "from": "2022-03-01", "to": "2026-05-01"}],
        "applications": [],
    }
    other = copy.deepcopy(question)
    other["person"] = {"born_on": "1971-01-31", "nationality": "TUR", "lives_in": plain[-1]}
    assert shared(question, LAW) == shared(other, LAW)
    edge = add_years(date(2022, 3, 1), -GROWN)
    other["person"]["born_on"] = date.fromordinal(edge.toordinal() + 1).isoformat()
    assert shared(question, LAW) != shared(other, LAW)
    other["person"] |= {"born_on": "1971-01-31", "lives_in": "57"}
    assert shared(question, LAW) != shared(other, LAW)


def test_every_age_of_the_law_is_below_the_one_that_is_set_aside() -> None:
    ages = [
        dated.value
        for name in ("majority_age", "nineteen_age", "l423_21_arrival_age")
        for dated in LAW.parameters[name].values
    ]
    assert ages
    assert max(ages) < GROWN
