"""Comparing a case with an answer: what differs is told in French, and nothing slips through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.rules.legal_cases import Case, differences, read_cases

UNEXCUSED = """
- {case: a, source: b, scenario: c, question: {today: 2025-01-01}, expect: {gaps: []},
   unexpressed: [{date: 2025-01-01}]}
"""
ANSWER: dict[str, Any] = {
    "today": "2025-09-01",
    "applications": [
        {
            "id": "a1",
            "window": None,
            "late_fee": "none",
            "protected": False,
            "duties": [
                {"issue": "API", "from": "2025-07-01"},
                {"issue": "ADF", "from": "2025-08-01"},
            ],
            "fees": [
                {"code": "T-STD", "amount": 200, "upfront": 0},
                {"code": "T-REG", "amount": 200, "upfront": 50},
            ],
            "appeals": [],
        }
    ],
    "spans": [
        {"from": "2025-07-01", "to": "2025-07-31", "stay": True, "proofs": ["api:a1:1", "card"]},
        {"from": "2025-08-01", "to": None, "stay": False, "proofs": []},
    ],
    "gaps": [],
    "todo": [],
    "lapses": [],
    "warnings": [{"code": "gap_ahead", "from": "2025-08-01"}, {"code": "late_fee_risk"}],
    "explain": [],
}


def told(expect: dict[str, Any], strict: bool = False) -> list[str]:
    """The differences between ``expect`` and the answer above."""
    return differences(
        Case("essai", "essai.yaml", "contrat", "…", {}, expect, (), strict, ""), ANSWER
    )


@pytest.mark.parametrize(
    "expect",
    [
        {"today": "2025-09-01"},
        {"applications": {"a1": {"window": None, "protected": False, "late_fee": "none"}}},
        {"applications": {"a1": {"duties": [{"issue": "API"}, {"from": "2025-08-01"}]}}},
        {"applications": {"a1": {"duties": [{"issue": "API"}, "etc"]}}},
        {"applications": {"a1": {"fees": [{"code": "T-REG"}, {"amount": "200"}]}}},
        {"applications": {"a1": {"fees": [{"code": "T-REG"}, "etc"], "fee_total": "400"}}},
        {"applications": {"a1": {"upfront_total": "50", "appeals": []}}},
        {"days": {"2025-07-31": {"stay": True, "proofs": ["card", "api:a1:1"]}}},
        {"days": {"2030-01-01": {"stay": False, "proofs": []}}},
        {"warnings": [{"code": "late_fee_risk"}]},
        {"gaps": [], "todo": []},
        {"spans": [{"from": "2025-07-*"}, {"to": None}]},
        {"absent": {"warnings": ["silence_near"], "fees": {"a1": [{"code": "T-LATE"}]}}},
    ],
)
def test_agreement_says_nothing(expect: dict[str, Any]) -> None:
    assert told(expect) == []


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ({"today": "2025-09-02"}, "today : attendu 2025-09-02, trouvé 2025-09-01."),
        ({"applications": {"a2": {"window": None}}}, "applications.a2 : attendu une demande"),
        (
            {"applications": {"a1": {"window": {"to": "2025-05-01"}}}},
            "applications.a1.window : attendu {to: 2025-05-01}, trouvé null.",
        ),
        (
            {"applications": {"a1": {"protected": None}}},
            "applications.a1.protected : attendu null, trouvé false.",
        ),
        ({"applications": {"a1": {"silence": None}}}, "aucun champ de ce nom"),
        ({"applications": {"a1": {"duties": [{"issue": "API"}]}}}, "duties (1 éléments)"),
        ({"applications": {"a1": {"duties": [{"issue": "ADF"}, "etc"]}}}, "duties[0].issue"),
        ({"applications": {"a1": {"fees": [{"code": "T-STD"}]}}}, "fees : attendu rien de plus"),
        ({"applications": {"a1": {"fee_total": "200"}}}, "fee_total : attendu 200, trouvé 400."),
        ({"applications": {"a1": {"appeals": [{"against": "silence"}]}}}, "appeals : attendu"),
        ({"days": {"2025-06-30": {"stay": True}}}, "une seule période qui tient ce jour"),
        ({"days": {"2025-07-31": {"proofs": ["card"]}}}, "proofs : attendu rien de plus"),
        ({"days": {"2025-07-31": {"work": "full"}}}, "work : attendu full, trouvé aucun champ"),
        ({"spans": [{"from": "2025-07-01"}]}, "spans (1 éléments)"),
        ({"warnings": []}, "warnings : attendu rien de plus"),
        ({"warnings": [{"code": "silence_near"}]}, "attendu {code: silence_near}"),
        (
            {"absent": {"warnings": ["late_fee_risk"]}},
            "absent.warnings : attendu rien comme {code: late_fee_risk}",
        ),
        ({"absent": {"duties": {"a1": ["ADF"]}}}, "absent.applications.a1.duties"),
    ],
)
def test_a_difference_names_the_field_the_expected_and_the_found(
    expect: dict[str, Any], sentence: str
) -> None:
    assert any(sentence in one for one in told(expect)), told(expect)


def test_a_strict_case_tells_every_warning() -> None:
    one = {"warnings": [{"code": "late_fee_risk"}]}
    assert told(one) == []
    assert told(one, strict=True) != []
    assert told({"warnings": [{"code": "late_fee_risk"}, "etc"]}, strict=True) == []


@pytest.mark.parametrize(
    "absent", [{"warning": ["x"]}, {"warnings": [{}]}, {"channel": {"a1": ["x"]}}]
)
def test_an_absence_that_could_not_fail_is_refused(absent: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        told({"absent": absent})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- {case: a, source: b, scenario: c, question: {today: 2025-01-01}}", "« expect » manque"),
        (
            "- {case: a, source: b, scenario: c, question: {today: 2025-01-01}, expect: {on: 1}}",
            "attente inconnue on",
        ),
        (
            "- {case: a, source: b, scenario: c, question: {}, expect: {gaps: []}}",
            "« question » manque",
        ),
        ("- {case: a, why: b}", "champ inconnu why"),
        (
            UNEXCUSED,
            "et why",
        ),
        ("- {case: a, case: b}", "deux fois"),
    ],
)
def test_a_case_badly_written_is_refused_by_its_place(
    tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "essai.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as raised:
        read_cases(tmp_path)
    assert sentence in str(raised.value)


def test_scalars_are_taken_as_written(tmp_path: Path) -> None:
    (tmp_path / "essai.yaml").write_text(
        "- case: a\n  source: b\n  scenario: c\n"
        "  question: {today: 2025-01-01, lives_in: 01, on: no}\n"
        "  expect: {applications: {a1: {protected: false, silence: null, late_fee: none}}}\n",
        encoding="utf-8",
    )
    (case,) = read_cases(tmp_path)
    assert case.question == {"today": "2025-01-01", "lives_in": "01", "on": "no"}
    assert case.expect == {
        "applications": {"a1": {"protected": False, "silence": None, "late_fee": "none"}}
    }
