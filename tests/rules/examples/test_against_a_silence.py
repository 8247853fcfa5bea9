"""A renewal complete on 15 November 2025: silence on 15 March 2026, and every way from there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.conftest import Ask

Row = dict[str, Any]


def reasons(asked: str, answered: str | None = None) -> Row:
    return {"kind": "reasons", "asked_on": asked, "answered_on": answered}


def gracieux(asked: str, answered: str | None = None) -> Row:
    return {**reasons(asked, answered), "kind": "gracieux"}


def ways(ask: Ask, today: str, **more: Any) -> list[tuple[str, str, str, str]]:
    card = {"id": "card", "kind": "CST", "article": "L421-1"}
    dates = {"from": "2025-01-01", "to": "2025-12-31"}
    asked = {"id": "a1", "article": "L421-1", "request": "renewal", "holds": "card"}
    filed = {"filed_on": "2025-11-15", "complete_on": "2025-11-15"}
    (found,) = ask(
        {
            "today": today,
            "documents": [{**card, **dates}],
            "applications": [{**asked, **filed, **more}],
            "person": {"lives_in": "91"},
        }
    )["applications"]
    expected = {"target": "2026-05-15", "limit": "2026-05-18"}
    assert found["appeal"] == (expected if more.get("acknowledged", True) else None)
    assert {way["against"] for way in found["appeals"]} <= {"silence"}
    return [(w["from"], w["target"], w["limit"], w["rule"]) for w in found["appeals"]]


PLAIN = ("2026-03-15", "2026-05-15", "2026-05-18", "R421-2")


@pytest.mark.parametrize(
    ("today", "open_"),
    [("2026-03-14", False), ("2026-03-15", True), ("2026-05-18", True), ("2026-05-19", False)],
)
def test_open_from_the_silence_to_the_franc_day(ask: Ask, today: str, open_: bool) -> None:
    assert ways(ask, today) == ([PLAIN] if open_ else [])


@pytest.mark.parametrize(("today", "open_"), [("2027-03-15", True), ("2027-03-16", False)])
def test_without_acknowledgement_a_year_and_no_more(ask: Ask, today: str, open_: bool) -> None:
    year = ("2026-03-15", "2026-05-15", "2027-03-15", "L112-6")
    assert ways(ask, today, acknowledged=False) == ([year] if open_ else [])


@pytest.mark.parametrize(
    ("today", "remedies", "expected"),
    [
        # Reasons given: two months from them.
        ("2026-06-20", [reasons("2026-04-01", "2026-04-20")],
         ("2026-04-20", "2026-06-20", "2026-06-22", "L232-4")),
        # Asked on the very day of the silence, not given: a year, the target stays.
        ("2026-07-20", [reasons("2026-03-15")],
         ("2026-03-15", "2026-05-15", "2027-03-15", "L232-4")),
        # Asked on the last useful day, still in time; the day before the silence, too early.
        ("2026-07-20", [reasons("2026-05-18")],
         ("2026-03-15", "2026-05-15", "2027-03-15", "L232-4")),
        ("2026-07-20", [reasons("2026-03-14")], None),
        ("2026-07-20", [reasons("2026-05-19")], None),
        # A gracieux on the last day: rejected by two months of silence, or by its answer.
        ("2026-07-20", [gracieux("2026-05-18")],
         ("2026-07-18", "2026-09-18", "2026-09-21", "L411-2")),
        ("2026-07-20", [gracieux("2026-05-18", "2026-06-01")],
         ("2026-06-01", "2026-08-01", "2026-08-03", "L411-2")),
        # An answer after the silent rejection changes nothing.
        ("2026-07-20", [gracieux("2026-05-18", "2026-07-19")],
         ("2026-07-18", "2026-09-18", "2026-09-21", "L411-2")),
        ("2026-07-20", [gracieux("2026-05-19")], None),
        # It interrupts once; one made too early does not count.
        ("2026-08-20", [gracieux("2026-05-18"), gracieux("2026-07-20")],
         ("2026-07-18", "2026-09-18", "2026-09-21", "L411-2")),
        ("2026-06-20", [gracieux("2026-03-01"), gracieux("2026-04-20")],
         ("2026-06-20", "2026-08-20", "2026-08-21", "L411-2")),
    ],
)  # fmt: skip
def test_after_a_remedy(
    ask: Ask, today: str, remedies: list[Row], expected: tuple[str, ...] | None
) -> None:
    assert ways(ask, today, remedies=remedies) == ([] if expected is None else [expected])
