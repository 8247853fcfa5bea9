"""``--format text``: what a worried person reads in a terminal."""

from __future__ import annotations

import os
from datetime import date

import pytest

from droitfil.cli import words
from droitfil.cli.reading_lines import WIDTH
from droitfil.cli.reading_text import page
from droitfil.cli.ribbon import ASCII, UNICODE, draw
from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.rules.facts import Kind, Outcome, Request, Work
from tests.cli.conftest import EXAMPLE, Run, command
from tests.rules.legal_cases import Case, read_cases

LAW = load_law()
CASES = read_cases()


def test_the_contract_s_example_says_what_to_do_first(run: Run) -> None:
    text = run("timeline", str(EXAMPLE), "--format", "text").out
    flat = " ".join(text.split())
    assert "Aucun papier ne prouve votre séjour depuis le 1er octobre 2025." in flat
    assert "Réclamer à la préfecture ce qu'elle doit depuis le 10 novembre 2025" in flat
    assert "Se dépose du 2 mars 2025 au 1er mai 2025 [R431-5, 1°]" in flat
    assert "La préfecture vous devait : ✗ attestation de prolongation" in flat
    assert "La préfecture vous doit : ✗ attestation de décision favorable" in flat
    assert "225 € à la remise" in flat
    assert flat.index("Réclamer") < flat.index("POURQUOI")
    drawn = next(line for line in text.splitlines() if "█" in line)
    assert drawn.count("█") > drawn.count("▒") > 0
    assert "▲ aujourd'hui" in text


@pytest.mark.parametrize(
    ("outcome", "taken_on", "today"),
    [
        ("granted", "2025-11-10", "2025-11-20"),
        ("granted", "2025-09-10", "2025-09-20"),
        ("refused", "2025-09-10", "2025-09-20"),
    ],
)
def test_a_silence_that_a_decision_replaced_is_not_told(
    outcome: str, taken_on: str, today: str
) -> None:
    decision = {"taken_on": taken_on, "notified_on": taken_on, "outcome": outcome}
    flat = told(today=today, decision=decision)
    assert "Le silence" not in flat
    assert "né du silence" not in flat
    assert "La préfecture vous devait" in flat
    assert ("Recours" in flat) is False
    assert ("Contester le refus" in flat) is (outcome == "refused")


def test_a_decision_still_to_come_leaves_the_silence_as_it_is() -> None:
    flat = told(today="2025-09-20", decision={"taken_on": "2025-11-10", "outcome": "granted"})
    assert "Le silence a valu refus le 15 août 2025" in flat


def test_what_a_missing_fact_hides_is_said_unknown() -> None:
    decision = {"taken_on": "2025-11-10", "outcome": "granted"}
    flat = told(today="2025-11-20", decision=decision, filed_on=None, complete_on=None)
    unknown = "nous ne savons pas s'il est à temps (il manque applications[0].filed_on)"
    assert f"Votre dépôt {unknown}" in flat
    assert "Droit de retard nous ne savons pas (il manque applications[0].filed_on)" in flat
    flat = told(today="2025-11-20", article=None)
    assert "Se dépose nous ne savons pas (il manque applications[0].article)" in flat
    assert "aucun délai" not in flat


def told(today: str, **more: object) -> str:
    """TC-01 with ``more`` said of its application, in one line."""
    card = {"id": "card", "kind": "CSP", "article": "L421-1", "from": "2021-07-01",
            "to": "2025-06-30"}  # fmt: skip
    filed = {"filed_on": "2025-04-15", "complete_on": "2025-04-15", "listed": True}
    application = {"id": "a1", "article": "L421-1", "request": "renewal", "holds": "card",
                   **filed, **more}  # fmt: skip
    question = {"today": today, "documents": [card], "applications": [application]}
    text = page(question, answer_question(question, LAW), LAW)
    return " ".join(text[: text.index("POURQUOI")].split())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_case_can_be_read_in_80_columns(case: Case) -> None:
    answer = answer_question(case.question, LAW)
    text = page(case.question, answer, LAW)
    assert max(map(len, text.splitlines())) <= WIDTH
    flat = " ".join(text.split())
    assert "(il manque )" not in flat
    for application in answer["applications"]:
        for duty in application["duties"]:
            assert words.DOCUMENTS[duty["issue"]] in flat
    for reason in answer["explain"]:
        assert " ".join(reason["says"].split()) in flat


def test_a_terminal_without_unicode_gets_a_drawing_all_the_same() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    ran = command("timeline", str(EXAMPLE), "--format", "text", env=env)
    assert (ran.returncode, ran.stderr) == (0, b"")
    text = ran.stdout.decode("latin-1")
    assert "^ aujourd'hui" in text
    assert "######" in text
    assert "préfecture" in text


def test_a_terminal_of_ascii_only_is_served_too() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = command("timeline", str(EXAMPLE), "--format", "text", env=env)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_many_questions_make_many_pages() -> None:
    ran = command(
        "timeline", "-", "--format", "text", stdin=b"today: 2025-01-01\n---\ntoday: 2025-01-02"
    )
    assert ran.stdout.decode().count("Où en suis-je, au") == 2


def test_every_code_has_its_words() -> None:
    assert set(words.DOCUMENTS) == set(Kind)
    assert set(words.REQUESTS) == set(Request)
    assert set(words.WORK) == set(Work)
    assert set(words.OUTCOMES) == set(Outcome)
    seen = {
        (step["do"], way["against"], fee["code"])
        for case in CASES
        for answer in [answer_question(case.question, LAW)]
        for step in answer["todo"] or [{"do": "file"}]
        for application in answer["applications"] or [{"appeals": [], "fees": []}]
        for way in application["appeals"] or [{"against": "silence"}]
        for fee in application["fees"] or [{"code": "T-STD"}]
    }
    for step, against, fee in seen:
        assert step in words.STEPS
        assert against in words.AGAINST
        assert fee in words.FEES


def _span(
    start: str, end: str | None, *, stay: bool = True, proof: str = "card"
) -> dict[str, object]:
    return {"from": start, "to": end, "stay": stay, "proofs": [proof] if stay else []}


def test_the_line_is_solid_then_light_then_dotted_with_today_under_its_day() -> None:
    spans = [
        _span("2025-01-01", "2025-06-30"),
        _span("2025-07-01", "2025-09-30", proof="api:a1:1"),
        _span("2025-10-01", None, stay=False),
    ]
    drawn, dates, arrow = draw(spans, ["card"], date(2025, 8, 15), 78, UNICODE)
    assert drawn.index("█") < drawn.index("▒") < drawn.index("·")
    assert drawn[arrow.index("▲")] == "▒"
    assert drawn.endswith("▸")
    assert "07/2025" in dates
    assert max(len(drawn), len(dates), len(arrow)) <= 78


@pytest.mark.parametrize("today", ["1990-01-01", "2025-01-01", "2140-12-31"])
@pytest.mark.parametrize("end", ["2025-01-01", "2035-01-01", None])
def test_the_line_fits_whatever_its_length(today: str, end: str | None) -> None:
    lines = draw([_span("2025-01-01", end)], ["card"], date.fromisoformat(today), 78, ASCII)
    assert all(len(line) <= 79 for line in lines)
    assert lines[2].strip() == "^"
