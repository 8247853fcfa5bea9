"""Printed papers beside those owed; visas, travel documents, taxes, reasons: told whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.conftest import Ask

Row = dict[str, Any]
CARD: Row = {
    "id": "card", "kind": "CST", "article": "L421-1", "from": "2025-01-01", "to": "2025-12-31",
}  # fmt: skip
RENEWAL: Row = {
    "id": "a1", "article": "L421-1", "request": "renewal", "holds": "card", "listed": True,
    "filed_on": "2025-10-01", "complete_on": "2025-10-01",
}  # fmt: skip
GRANTED: Row = {"taken_on": "2026-03-10", "outcome": "granted"}


def paper(kind: str, start: str, end: str | None = None, **more: Any) -> Row:
    dates = {"from": start} if end is None else {"from": start, "to": end}
    return {"id": f"paper-{start}", "kind": kind, "application": "a1", **dates, **more}


def question(*papers: Row, **application: Any) -> Row:
    return {
        "today": "2026-05-20",
        "documents": [CARD, *papers],
        "applications": [{**RENEWAL, **application}],
    }


def owed(answered: Row) -> list[tuple[str, str, str | None]]:
    duties = answered["applications"][0]["duties"]
    return [(duty["issue"], duty["from"], duty["to"]) for duty in duties]


def proofs(answered: Row) -> list[tuple[str, str | None, str]]:
    spans = answered["spans"]
    return [(s["from"], s["to"], s["proofs"][0] if s["proofs"] else "") for s in spans]


def test_papers_owed_until_the_next_one(ask: Ask) -> None:
    answered = ask(question())
    assert owed(answered) == [
        ("API", "2026-01-01", "2026-03-31"),
        ("API", "2026-04-01", "2026-06-30"),
        ("API", "2026-07-01", "2026-09-30"),
    ]
    # On its own first day a paper is the one of the day: the next is listed too.
    assert len(owed(ask({**question(), "today": "2026-04-01"}))) == 3
    assert len(owed(ask({**question(), "today": "2026-03-31"}))) == 2


def test_a_printed_paper_speaks_for_itself_and_the_next_follows_it(ask: Ask) -> None:
    printed = paper("API", "2026-01-10", "2026-02-28")
    answered = ask(question(printed))
    assert owed(answered) == [
        ("API", "2026-01-01", "2026-02-28"),
        ("API", "2026-03-01", "2026-05-31"),
        ("API", "2026-06-01", "2026-08-31"),
    ]
    assert proofs(answered) == [
        ("2025-01-01", "2025-12-31", "card"),
        ("2026-01-01", "2026-01-09", "api:a1:1"),
        ("2026-01-10", "2026-02-28", "paper-2026-01-10"),
        ("2026-03-01", "2026-05-31", "api:a1:2"),
        ("2026-06-01", "2026-08-31", "api:a1:3"),
    ]


def test_without_assuming_the_days_not_printed_are_gaps(ask: Ask) -> None:
    printed = paper("API", "2026-01-10", "2026-02-28")
    answered = ask({**question(printed), "assume_issued": False})
    assert proofs(answered) == [
        ("2025-01-01", "2025-12-31", "card"),
        ("2026-01-01", "2026-01-09", ""),
        ("2026-01-10", "2026-02-28", "paper-2026-01-10"),
        ("2026-03-01", "2026-08-31", ""),
    ]
    assert [(g["from"], g["to"], g["entitled"], g["remedy"]) for g in answered["gaps"]] == [
        ("2026-01-01", "2026-01-09", True, "L521-3"),
        ("2026-03-01", "2026-05-20", True, "L521-1"),
    ]


@pytest.mark.parametrize(
    ("start", "end", "first"),
    [
        ("2025-12-15", "2026-02-28", "2026-02-28"),
        ("2025-12-15", "2026-01-01", "2026-01-01"),
        ("2025-11-01", "2025-12-31", "2026-03-31"),
        ("2026-03-31", "2026-05-10", "2026-05-10"),
        ("2026-04-01", "2026-05-10", "2026-03-31"),
    ],
)
def test_which_printed_paper_answers_the_first_duty(
    ask: Ask, start: str, end: str, first: str
) -> None:
    assert owed(ask(question(paper("API", start, end))))[0] == ("API", "2026-01-01", first)


def test_a_paper_of_another_kind_or_application_answers_nothing(ask: Ask) -> None:
    for other in (
        paper("RECEPISSE", "2026-01-10", "2026-02-28"),
        paper("API", "2026-01-10", "2026-02-28", application=None),
    ):
        assert owed(ask(question(other)))[0] == ("API", "2026-01-01", "2026-03-31")


def test_an_attestation_of_a_grant_is_assumed_until_it_is_printed(ask: Ask) -> None:
    papers = (paper("API", "2026-01-01", "2026-02-28"), paper("ADF", "2026-03-15"))
    answered = ask(question(*papers, decision=GRANTED))
    assert owed(answered)[-1] == ("ADF", "2026-03-10", None)
    assert proofs(answered)[1:] == [
        ("2026-01-01", "2026-02-28", "paper-2026-01-01"),
        ("2026-03-01", "2026-03-09", "api:a1:2"),
        ("2026-03-10", "2026-03-14", "adf:a1:1"),
        ("2026-03-15", None, "paper-2026-03-15"),
    ]
    assert [span["travel"] for span in answered["spans"][1:]] == [
        "practice", "practice", "warn", "warn",
    ]  # fmt: skip


def test_a_registration_by_substitution_is_attested_that_day(ask: Ask) -> None:
    incident = {
        "opened_on": "2025-10-20",
        "established_on": "2025-11-05",
        "registered_on": "2025-11-20",
    }
    application = {"filed_on": None, "complete_on": "2025-11-20", "incident": incident}
    answered = ask({**question(**application), "today": "2026-01-15"})["applications"][0]
    assert (answered["timing"], answered["protected"]) == ("in_time", True)
    first, second = answered["duties"]
    assert (first["from"], first["to"], first["due_on"]) == (
        "2026-01-01", "2026-03-31", "2025-11-20",
    )  # fmt: skip
    assert second["due_on"] == "2026-04-01"


@pytest.mark.parametrize(
    ("validated", "line"),
    [
        ("2025-12-01", [("2025-09-01", "2026-08-31", True)]),
        ("2025-12-02", [("2025-09-01", "2026-08-31", True)]),
        ("2025-12-04", [("2025-09-01", "2025-12-01", True), ("2025-12-02", "2025-12-03", False),
                        ("2025-12-04", "2026-08-31", True)]),
        ("2026-08-31", [("2025-09-01", "2025-12-01", True), ("2025-12-02", "2026-08-30", False),
                        ("2026-08-31", "2026-08-31", True)]),
        ("2026-09-01", [("2025-09-01", "2025-12-01", True)]),
        (None, [("2025-09-01", "2025-12-01", True)]),
    ],
)  # fmt: skip
def test_a_visa_is_validated_within_three_months(
    ask: Ask, validated: str | None, line: list[tuple[str, str, bool]]
) -> None:
    visa = {"id": "v", "kind": "VLS_TS", "article": "L422-1"}
    visa |= {"from": "2025-09-01", "to": "2026-08-31"}
    document = {**visa, "validated_on": validated}
    person = {"entered_on": "2025-09-01"}
    answered = ask({"today": "2026-01-10", "documents": [document], "person": person})
    spans = [(span["from"], span["to"], span["stay"]) for span in answered["spans"]]
    assert spans[:-1] == line
    assert spans[-1][1:] == (None, False)
    steps = [step for step in answered["todo"] if step["do"] == "validate_visa"]
    assert [(step["from"], step["to"], step["document"]) for step in steps] == (
        [("2025-09-01", "2025-12-01", "v")] if validated is None else []
    )


@pytest.mark.parametrize(
    ("article", "held", "kind", "amount", "length", "rule"),
    [
        ("TVR", "L424-1", "CR", 45, "5y", "L561-9"),
        ("TIV", "L424-9", "CSP", 40, "4y", "L561-10"),
        ("TIV", "L424-13", "CR", 45, "5y", "L561-10"),
        ("TVA", "L424-18", "CSP", 45, "5y", "L582-7"),
    ],
)
def test_travel_documents(
    ask: Ask, article: str, held: str, kind: str, amount: int, length: str, rule: str
) -> None:
    title = {"id": "t", "kind": kind, "article": held, "from": "2025-06-01", "to": "2029-05-31"}
    application = {"id": "a1", "article": article, "request": "first"}
    asked = {"today": "2026-07-01", "documents": [title], "applications": [application]}
    (found,) = ask(asked)["applications"]
    fee = {"code": "T-TVE", "amount": amount, "upfront": 0, "due": "handover"}
    assert found["fees"] == [{**fee, "rule": "CGI953", "confidence": "S"}]
    assert found["card"] == {"due_on": None, "length": length, "to": None, "rule": rule}
    assert [condition["met"] for condition in found["conditions"]] == [True]
    expired = ask({**asked, "today": "2029-06-01"})["applications"][0]
    assert [condition["met"] for condition in expired["conditions"]] == [False]


def test_an_eu_family_that_renews_late_and_a_minor_s_document(ask: Ask) -> None:
    family = {"id": "f", "kind": "EU_FAMILY", "article": "EU-family"}
    family |= {"from": "2021-06-01", "to": "2026-05-31"}
    application = {"id": "a1", "article": "EU-family", "request": "renewal", "holds": "f"}
    late = {**application, "filed_on": "2026-06-15", "complete_on": "2026-06-15"}
    answered = ask({"today": "2026-07-01", "documents": [family], "applications": [late]})
    due = {"upfront": 0, "due": "handover"}
    assert answered["applications"][0]["fees"] == [
        {"code": "T-EU", "amount": 0, **due, "rule": "L237-1", "confidence": "U"},
        {"code": "T-LATE", "amount": 180, **due, "rule": "L436-5", "confidence": "S"},
    ]
    assert [(span["from"], span["travel"]) for span in answered["spans"]] == [
        ("2021-06-01", "ok"), ("2026-06-01", "warn"), ("2026-06-15", "practice"),
    ]  # fmt: skip
    for parent, amount in (("EU", 0), ("FR", 50)):
        minor = ask(
            {
                "today": "2026-07-01",
                "person": {"parents": [{"kind": parent}]},
                "applications": [{"id": "a1", "article": "DCEM", "request": "first"}],
            }
        )["applications"][0]
        assert [(fee["code"], fee["amount"]) for fee in minor["fees"]] == [("T-DCEM", amount)]
        assert {fee["due"] for fee in minor["fees"]} == {"handover"}


def test_reasons_are_asked_while_the_appeal_is_open(ask: Ask) -> None:
    application = {"filed_on": "2025-11-15", "complete_on": "2025-11-15", "listed": False}
    asked = {**question(**application), "today": "2026-03-20"}
    (step,) = ask(asked)["todo"]
    assert step == {
        "do": "ask_reasons", "application": "a1", "from": "2026-03-15", "to": "2026-05-18",
        "rule": "L232-4",
    }  # fmt: skip
    done = [{"kind": "reasons", "asked_on": "2026-03-18"}]
    assert ask({**question(**application, remedies=done), "today": "2026-03-20"})["todo"] == []
    other = [{"kind": "gracieux", "asked_on": "2026-03-18"}]
    still = ask({**question(**application, remedies=other), "today": "2026-03-20"})["todo"]
    assert [one["do"] for one in still] == ["ask_reasons"]
    assert ask({**asked, "today": "2026-03-14"})["todo"] == []


def test_a_first_card_without_visa_pays_part_of_its_regularisation_at_once(ask: Ask) -> None:
    application = {"id": "a1", "article": "L435-1", "request": "first", "listed": False}
    asked = {"today": "2026-06-10", "applications": [application]}
    fees = ask({**asked, "person": {"entered_on": "2020-01-01"}})["applications"][0]["fees"]
    assert [(fee["code"], fee["amount"], fee["upfront"]) for fee in fees] == [
        ("T-STD", 300, 0), ("T-STAMP", 50, 0), ("T-REG", 300, 100),
    ]  # fmt: skip
    recent = ask({**asked, "person": {"entered_on": "2026-05-01"}})["applications"][0]["fees"]
    assert [fee["code"] for fee in recent] == ["T-STD", "T-STAMP"]
