"""What holds of every application: windows, papers owed, silences, appeals."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings

from droitfil.lawbook import load_law
from droitfil.rules.answer import plain
from droitfil.rules.law import Law
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.rules.restated import (
    complete_on,
    day,
    filed_on,
    first_day_of_api,
    held,
    horizon,
    right_on,
    timing_of_a_holder,
)
from tests.rules.situations import holders_in_time, situations

LAW: Law = load_law()
ANY = situations(LAW)
ONE_DAY = timedelta(days=1)


def ask(question: dict[str, Any]) -> dict[str, Any]:
    return plain(answer(read_question(question, LAW), LAW))


def both(question: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each application beside its answer."""
    answered = ask(question)["applications"]
    assert [a["id"] for a in answered] == [a["id"] for a in question["applications"]]
    return list(zip(question["applications"], answered, strict=True))


@given(ANY)
@settings(max_examples=settings.default.max_examples * 2)
def test_an_api_is_owed_exactly_when_the_conditions_say_so(question: dict[str, Any]) -> None:
    for asked, answered in both(question):
        owed = [duty for duty in answered["duties"] if duty["issue"] == "API"]
        expected = first_day_of_api(question, asked, answered, LAW)
        if expected is None:
            assert owed == []
        else:
            assert owed[0]["from"] == expected.isoformat()


@given(holders_in_time(LAW, decided=False))
def test_a_complete_filer_in_time_is_never_without_proof(question: dict[str, Any]) -> None:
    answered = ask(question)
    assert answered["applications"][0]["timing"] == "in_time"
    assert answered["gaps"] == []
    assert all(span["stay"] for span in answered["spans"])


@given(holders_in_time(LAW, decided=True))
def test_a_complete_filer_in_time_has_no_gap_before_the_decision(question: dict[str, Any]) -> None:
    answered = ask(question)
    application = question["applications"][0]
    first = date.fromisoformat(question["documents"][0]["from"])
    eve = date.fromisoformat(application["decision"]["taken_on"]) - ONE_DAY
    last = max(eve, date.fromisoformat(question["documents"][0]["to"]))
    last = min(last, horizon(answered))
    on = first
    while on <= last:
        span = right_on(answered, on)
        assert span is not None
        assert span["stay"], on
        on = date.max if span["to"] is None else date.fromisoformat(span["to"]) + ONE_DAY
    if application["decision"]["outcome"] == "granted":
        assert answered["gaps"] == []


@given(ANY)
def test_a_holder_is_in_time_by_the_calendar_alone(question: dict[str, Any]) -> None:
    for asked, answered in both(question):
        card, filed, window = held(question, asked), filed_on(asked), answered["window"]
        if card is None or filed is None or window is None or answered["protected"]:
            continue
        if window["rule"] not in ("R431-5-1-listed", "R431-5-1-unlisted"):
            continue
        end = date.fromisoformat(card["to"])
        expected = timing_of_a_holder(end, answered["channel"] == "teleservice", filed)
        if expected == "after_expiry":
            late = ("late_after_expiry", "beyond_six_months")
            assert answered["timing"] in late
            six = filed.isoformat() <= answered["last_day_as_renewal"]
            assert answered["timing"] == late[0 if six else 1]
        else:
            assert answered["timing"] == expected


@given(ANY)
def test_a_silence_never_precedes_completeness_nor_a_decision(question: dict[str, Any]) -> None:
    for asked, answered in both(question):
        silence, complete = answered["silence"], complete_on(asked)
        if silence is None:
            assert answered["appeal"] is None
            continue
        assert complete is not None
        assert complete.isoformat() <= silence["earliest"] <= silence["latest"]
        decision = asked.get("decision")
        assert decision is None or silence["earliest"] < decision["taken_on"]


@given(ANY)
def test_what_is_not_filed_owes_nothing(question: dict[str, Any]) -> None:
    for asked, answered in both(question):
        if filed_on(asked) is not None:
            assert answered["timing"] != "not_filed"
            continue
        assert answered["timing"] == "not_filed"
        assert answered["duties"] == []
        assert answered["silence"] is None
        assert answered["appeal"] is None


@given(ANY)
def test_duties_follow_each_other_and_come_in_time(question: dict[str, Any]) -> None:
    for asked, answered in both(question):
        filed, decision = filed_on(asked), asked.get("decision")
        duties = answered["duties"]
        for duty in duties:
            assert filed is not None
            assert filed.isoformat() <= duty["from"]
            assert duty["due_on"] <= duty["from"]
            assert duty["to"] is None or duty["from"] <= duty["to"]
            assert (duty["issue"] == "ADF") == (
                decision is not None
                and decision["outcome"] == "granted"
                and duty["rule"] == "R431-15-1-4"
            )
        for before, after in itertools.pairwise(duties):
            assert before["from"] < after["from"]
        if decision is None and duties and duties[0]["to"] is not None:
            assert duties[-1]["to"] >= question["today"], "the one covering today is missing"
            begun = [duty for duty in duties if duty["from"] <= question["today"]]
            assert len(duties) - len(begun) <= 1, "more than the next one"


@given(ANY)
def test_appeals_are_open_today_and_end_on_a_working_day(question: dict[str, Any]) -> None:
    department = question["person"].get("lives_in")
    closed = LAW.closed_days(department)
    for _, answered in both(question):
        for way in answered["appeals"]:
            assert way["limit"] is None or question["today"] <= way["limit"]
            assert way["target"] is None or way["limit"] is None or way["target"] <= way["limit"]
        if answered["appeal"] is not None:
            limit = day(answered["appeal"]["limit"])
            assert limit is not None
            assert limit.weekday() < 5
            assert limit not in closed
            assert answered["silence"]["earliest"] < answered["appeal"]["target"]
            assert answered["appeal"]["target"] < answered["appeal"]["limit"]


@given(ANY)
def test_a_late_fee_needs_a_missed_window_of_a_holder(question: dict[str, Any]) -> None:
    for asked, answered in both(question):
        if answered["late_fee"] in (None, "none"):
            continue
        card = held(question, asked)
        assert card is not None
        assert asked["request"] != "first"
        assert not answered["protected"]
        on = filed_on(asked) or date.fromisoformat(question["today"])
        assert answered["window"]["to"] < on.isoformat()
        assert (answered["late_fee"] == "certain") == (card["to"] < on.isoformat())
