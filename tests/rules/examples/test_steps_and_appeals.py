"""Worked situations told whole: ways of appeal, steps, taxes, papers of EU families, minors."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.conftest import Ask

Row = dict[str, Any]
REFUSED: Row = {"taken_on": "2026-02-03", "outcome": "refused", "notified_on": "2026-02-03"}


def card(**more: Any) -> Row:
    """A card of one year that ends with 2025."""
    printed = {"from": "2025-01-01", "to": "2025-12-31"}
    return {"id": "card", "kind": "CST", "article": "L421-1", **printed, **more}


def asked(**more: Any) -> Row:
    """Its renewal, asked at the counter in the last two months, complete at once."""
    found = {"id": "a1", "article": "L421-1", "request": "renewal", "holds": "card"}
    return {**found, "filed_on": "2025-11-15", "complete_on": "2025-11-15", **more}


def step(do: str, start: str | None, end: str | None, rule: str, **of: str) -> Row:
    return {"do": do, **of, "from": start, "to": end, "rule": rule}


def way(against: str, start: str | None, target: str | None, limit: str | None, rule: str) -> Row:
    return {"against": against, "from": start, "target": target, "limit": limit, "rule": rule}


@pytest.mark.parametrize(
    ("removal", "today", "target", "limit", "rule"),
    [
        ("voluntary_departure", "2026-02-10", "2026-03-03", "2026-03-04", "L911-1"),
        ("assigned", "2026-02-05", "2026-02-10", "2026-02-11", "L921-1"),
        ("detained", "2026-02-04", "2026-02-05", "2026-02-05", "L921-2"),
    ],
)
def test_a_removal_takes_the_refusal_with_it(
    ask: Ask, removal: str, today: str, target: str, limit: str, rule: str
) -> None:
    answered = ask(
        {
            "today": today,
            "documents": [card()],
            "applications": [asked(decision={**REFUSED, "removal": removal})],
            "person": {"lives_in": "91"},
        }
    )
    assert answered["applications"][0]["appeals"] == [
        way("removal", "2026-02-03", target, limit, rule),
        way("refusal", "2026-02-03", target, limit, "L614-1"),
    ]
    leave = step("leave_voluntarily", "2026-02-03", "2026-03-05", "L612-1", application="a1")
    assert answered["todo"] == ([leave] if removal == "voluntary_departure" else [])


def test_a_removal_rolls_over_the_closed_days_of_the_place(ask: Ask) -> None:
    """Seven days from 18 December 2025 end on the 25th, franc on Friday 26: closed in Moselle,
    where the limit moves to Monday 29."""
    decision = {**REFUSED, "taken_on": "2025-12-18", "notified_on": "2025-12-18"}
    limits = {}
    for place in ("91", "57"):
        question = {
            "today": "2025-12-20",
            "documents": [card()],
            "applications": [asked(decision={**decision, "removal": "assigned"})],
            "person": {"lives_in": place},
        }
        limits[place] = ask(question)["applications"][0]["appeals"][0]["limit"]
    assert limits == {"91": "2025-12-26", "57": "2025-12-29"}


def test_nothing_runs_from_a_refusal_that_was_not_notified(ask: Ask) -> None:
    decision = {"taken_on": "2026-02-03", "outcome": "refused", "removal": "detained"}
    answered = ask(
        {"today": "2026-02-10", "documents": [card()], "applications": [asked(decision=decision)]}
    )
    assert answered["applications"][0]["appeals"] == [
        way("refusal", None, None, None, "R421-1"),
        way("removal", None, None, None, "R421-1"),
    ]
    assert answered["todo"] == []


def test_a_file_closed_for_a_missing_piece_is_filed_again(ask: Ask) -> None:
    decision = {"taken_on": "2026-02-03", "outcome": "closed", "notified_on": "2026-02-05"}
    application = asked(decision=decision, complete_on=None)
    question = {"today": "2026-02-10", "documents": [card()], "applications": [application]}
    answered = ask(question)
    again = step("file_again", "2026-02-03", None, "R431-11-closed", application="a1")
    assert answered["todo"] == [again]
    assert answered["applications"][0]["appeals"] == []
    # Closed although complete, it is a refusal.
    complete = ask({**question, "applications": [asked(decision=decision)]})
    (refusal,) = complete["applications"][0]["appeals"]
    assert refusal == way("refusal", "2026-02-05", "2026-04-05", "2026-04-07", "R421-1")


def test_pieces_still_due_are_to_be_produced(ask: Ask) -> None:
    complements = [
        {"asked_on": "2025-11-20", "due_on": "2025-12-20"},
        {"asked_on": "2025-11-25"},
        {"asked_on": "2025-11-18", "produced_on": "2025-11-19"},
        {"asked_on": "2025-11-16", "due_on": "2025-11-30"},
    ]
    question = {
        "today": "2025-12-01",
        "documents": [card()],
        "applications": [asked(complements=complements)],
    }
    due = [
        step("produce_pieces", "2025-11-20", "2025-12-20", "R431-11-2", application="a1"),
        step("produce_pieces", "2025-11-25", "2025-12-25", "R431-11-2", application="a1"),
    ]
    assert ask(question)["todo"] == due
    last = ask({**question, "today": "2025-12-20"})["todo"]
    assert last == due
    assert ask({**question, "today": "2025-12-21"})["todo"] == due[1:]


def test_when_to_file(ask: Ask) -> None:
    """The window; once missed, the end of the card, then the six months of R431-8."""
    question = {"documents": [card()], "applications": [asked(filed_on=None, complete_on=None)]}
    found = {
        today: ask({"today": today, **question})["todo"][0]
        for today in ("2025-09-01", "2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")
    }
    window = step("file", "2025-10-31", "2025-12-31", "R431-5-1-unlisted", application="a1")
    late = {**window, "to": "2026-06-30", "rule": "R431-8"}
    assert found["2025-09-01"] == found["2025-12-31"] == window
    assert found["2026-01-01"] == found["2026-06-30"] == late
    assert found["2026-07-01"]["to"] is None
    alone = ask({"today": "2025-09-01", "documents": [card()]})["todo"]
    assert alone == [step("file", "2025-10-31", "2025-12-31", "R431-5-1-unlisted", document="card")]


@pytest.mark.parametrize(
    ("kind", "length", "moved", "declares"),
    [
        ("CSP", "4y", "2025-06-30", True),
        ("CSP", "13m", "2025-06-30", True),
        ("CSP", "12m", "2025-06-30", False),
        ("CST", "1y", "2025-06-30", False),
        ("CR", "10y", "2025-06-30", True),
        ("CSP", "4y", "2025-01-01", True),
        ("CSP", "4y", "2025-12-31", True),
        ("CSP", "4y", "2024-12-31", False),
        ("CSP", "4y", "2026-01-01", False),
        ("VLS_TS", "4y", "2025-06-30", False),
        ("DCEM", "5y", "2025-06-30", False),
        ("API", "4y", "2025-06-30", False),
    ],
)
def test_who_declares_a_new_address(
    ask: Ask, kind: str, length: str, moved: str, declares: bool
) -> None:
    document = card(kind=kind, length=length)
    answered = ask({"today": "2026-06-01", "documents": [document], "person": {"moved_on": moved}})
    steps = [one for one in answered["todo"] if one["do"] == "declare_address"]
    assert len(steps) == declares
    if declares:
        assert (steps[0]["document"], steps[0]["from"]) == ("card", moved)
        assert steps[0]["rule"] == "R431-23"


def test_the_new_address_is_declared_within_three_months(ask: Ask) -> None:
    document = card(kind="CSP", length=None)
    document |= {"from": "2022-01-01"}
    question = {
        "today": "2025-11-01",
        "documents": [document],
        "person": {"moved_on": "2025-10-31"},
    }
    steps = [one for one in ask(question)["todo"] if one["do"] == "declare_address"]
    assert steps == [
        step("declare_address", "2025-10-31", "2026-01-31", "R431-23", document="card")
    ]


STANDARD, REDUCED, FREE = "T-STD", "T-RED", "T-0-first"
OLD, NEW = ("T-STAMP", 25), ("T-STAMP", 50)


@pytest.mark.parametrize(
    ("article", "request_", "before", "after"),
    [
        ("L421-1", "first", [(STANDARD, 200), OLD], [(STANDARD, 300), NEW]),
        ("L422-1", "first", [(REDUCED, 50), OLD], [(REDUCED, 100), NEW]),
        ("L424-1", "first", [(FREE, 0), OLD], [(FREE, 0), NEW]),
        ("L424-1", "change", [(STANDARD, 200), OLD], [(STANDARD, 200), NEW]),
        ("L424-13", "first", [(STANDARD, 200), OLD], [(STANDARD, 300), NEW]),
        ("L425-4", "first", [("T-0", 0)], [("T-APS", 100)]),
        ("L425-6", "first", [("T-EXO", 0)], [("T-EXO", 0)]),
        ("L426-8", "first", [("T-0", 0), OLD], [("T-0", 0), NEW]),
    ],
)  # fmt: skip
def test_taxes_before_and_after_may_2026(
    ask: Ask, article: str, request_: str, before: list[Row], after: list[Row]
) -> None:
    for today, expected in (("2026-04-30", before), ("2026-05-01", after)):
        held = card(article="L423-23", to="2026-12-31")
        application = {"id": "a1", "article": article, "request": request_, "holds": "card"}
        found = ask({"today": today, "documents": [held], "applications": [application]})
        fees = found["applications"][0]["fees"]
        assert [(fee["code"], fee["amount"]) for fee in fees] == expected
        assert {(fee["due"], fee["upfront"]) for fee in fees} == {("handover", 0)}
        rules = {"T-EXO": "L436-8", "T-STAMP": "L436-7"}
        assert [fee["rule"] for fee in fees] == [rules.get(f["code"], "L436-1") for f in fees]


def test_a_late_renewal_is_told_its_tax(ask: Ask) -> None:
    application = asked(filed_on="2026-02-01", complete_on="2026-02-01")
    found = ask({"today": "2026-04-20", "documents": [card()], "applications": [application]})
    late = {"code": "T-LATE", "amount": 180, "upfront": 0, "due": "handover", "rule": "L436-5"}
    assert found["applications"][0]["late_fee"] == "certain"
    assert found["applications"][0]["fees"][-1] == {**late, "confidence": "V"}
    codes = [warning["code"] for warning in found["warnings"]]
    assert codes.count("late_fee_risk") == 1


def test_an_eu_family_has_an_attestation_until_the_card_and_a_right_after(ask: Ask) -> None:
    application = {
        "id": "a1",
        "article": "EU-family",
        "request": "first",
        "filed_on": "2026-02-10",
        "decision": {"taken_on": "2026-04-01", "outcome": "granted"},
        "handed_over_on": "2026-05-04",
    }
    question: Row = {
        "today": "2026-06-20",
        "applications": [application],
        "person": {"entered_on": "2026-01-05"},
    }
    answered = ask(question)
    right = {"stay": True, "work": "full", "social": True, "travel": "none"}
    assert answered["spans"] == [
        {
            "from": "2026-02-10", "to": "2026-05-04", **right,
            "proofs": ["eu_attestation:a1:1"], "rules": ["R233-17", "R233-18"],
        },
        {"from": "2026-05-05", "to": None, **right, "proofs": ["R233-18"], "rules": ["R233-18"]},
    ]  # fmt: skip
    found = answered["applications"][0]
    due = {"due_on": "2026-08-10", "length": "5y", "to": None, "rule": "R233-17"}
    assert found["card"] == due
    assert found["duties"][0]["to"] == "2026-05-04"

    decision = {"taken_on": "2026-04-01", "outcome": "refused"}
    refused = {**application, "decision": decision}
    del refused["handed_over_on"]
    lost = ask({**question, "applications": [refused]})
    assert [(span["from"], span["to"], span["stay"]) for span in lost["spans"]] == [
        ("2026-02-10", "2026-04-01", True),
        ("2026-04-02", None, False),
    ]
    assert [(gap["from"], gap["to"], gap["remedy"]) for gap in lost["gaps"]] == [
        ("2026-04-02", "2026-06-20", "L521-1")
    ]


def test_work_begins_after_a_year_in_france(ask: Ask) -> None:
    application = {
        "id": "a1",
        "article": "L426-13",
        "request": "first",
        "listed": False,
        "filed_on": "2025-12-20",
        "complete_on": "2025-12-20",
    }
    question: Row = {"today": "2026-01-05", "applications": [application]}
    person = {"in_france_since": "2025-02-10"}
    spans = ask({**question, "person": person})["spans"]
    assert [(span["from"], span["to"], span["work"]) for span in spans] == [
        ("2025-12-20", "2026-02-09", "none"),
        ("2026-02-10", "2026-03-19", "full"),
        ("2026-03-20", "2026-06-19", "full"),
    ]
    unknown = ask(question)
    assert {span["work"] for span in unknown["spans"]} == {"none"}
    missing = {warning.get("field") for warning in unknown["warnings"]}
    assert "person.in_france_since" in missing
    rules = [(one["rule"], one["facts"]) for one in unknown["explain"]]
    assert ("R431-14", ["applications[0].article"]) in rules


@pytest.mark.parametrize(
    ("since", "lapse", "steps"),
    [
        ("2015-01-01", "2026-09-09", ["file"]),
        ("2020-09-10", "2026-09-09", ["file"]),
        ("2020-09-11", "2025-11-10", ["hand_back", "file"]),
    ],
)
def test_a_minor_s_document_lapses_by_age(
    ask: Ask, since: str, lapse: str, steps: list[str]
) -> None:
    document = {"id": "d", "kind": "DCEM", "article": "DCEM"}
    printed = {"from": "2023-03-02", "to": "2028-03-01"}
    answered = ask(
        {
            "today": "2026-06-01",
            "documents": [{**document, **printed}],
            "person": {"born_on": "2007-09-10", "in_france_since": since},
        }
    )
    assert answered["lapses"] == [{"document": "d", "lapses_on": lapse, "rule": "D414-4"}]
    assert answered["spans"][0]["proofs"] == ["d"]
    assert answered["spans"][0]["to"] == lapse
    assert [one["do"] for one in answered["todo"]] == steps


def test_a_title_asked_too_late_waits_without_paper_but_its_grant_is_attested(ask: Ask) -> None:
    application = {
        "id": "a1",
        "article": "L435-4",
        "request": "first",
        "filed_on": "2027-01-04",
        "complete_on": "2027-01-04",
        "commission_on": "2027-02-01",
    }
    waiting = ask({"today": "2027-03-01", "applications": [application]})
    assert waiting["applications"][0]["duties"] == []
    decision = {"taken_on": "2027-02-20", "outcome": "granted"}
    granted = ask({"today": "2027-03-01", "applications": [{**application, "decision": decision}]})
    attestation = {"issue": "ADF", "from": "2027-02-20", "to": None, "due_on": "2027-02-20"}
    assert granted["applications"][0]["duties"] == [{**attestation, "rule": "R431-15-1-4"}]
    assert granted["spans"][-1]["proofs"] == ["adf:a1:1"]
