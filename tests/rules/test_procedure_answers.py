"""Answers to a procedure as a form sends them: read, or said wrong with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droitfil.rules.procedure import (
    Asks,
    Version,
    required_pieces,
    visible_questions,
)
from droitfil.rules.procedure_answers import (
    MOST_LONG_TEXT,
    plain_answers,
    read_answers,
    validate,
)
from droitfil.rules.sentences import FRENCH
from tests.rules.filings import (
    EMPLOYEE,
    LAW,
    SAME_JOB,
    facts,
)

FORM = {**SAME_JOB, "name_differs": "false", "family_changed": "false", "truthful": "true"}
FORM |= {"regulated_profession": "false"}


def read(written: dict[str, Any], version: Version = EMPLOYEE) -> Any:
    return read_answers(version, written, facts(version), countries=LAW.countries)


def test_a_form_is_read_and_written_back_the_same() -> None:
    first = read({**FORM, "housed_since": "2024-05-01", "comment": ""})
    assert first.problems == ()
    assert first.values == {**SAME_JOB, "housed_since": date(2024, 5, 1)}
    again = read(plain_answers(first.values))
    assert again == first


@pytest.mark.parametrize(
    ("field", "value", "code", "says"),
    [
        ("name_differs", "peut-être", "unreadable", "n'est ni oui ni non"),
        ("housing", "château", "unreadable", "n'est pas un des choix"),
        ("housing", ["tenant"], "unreadable", "n'est pas un des choix"),
        ("housed_since", "2024-02-30", "unreadable", "n'est pas une date du calendrier"),
        ("housed_since", "2026-02-11", "future", "Le 11 février 2026 n'est pas encore arrivé."),
        ("gross_monthly", "2 000,50", "unreadable", "n'est pas un nombre entier"),
        ("gross_monthly", "-1", "unreadable", "n'est pas un nombre entier"),
        ("gross_monthly", "1000000", "out_of_bounds", "est trop grand"),
        ("gross_monthly", "9" * 70, "unreadable", "n'est pas un nombre entier"),
        ("employer_siret", "123", "out_of_bounds", "est trop court"),
        ("employer_name", "x" * 201, "out_of_bounds", "trop long"),
        ("employer_name", "a\x00b", "unreadable", "n'est pas un texte"),
        ("employer_name", 12, "unreadable", "n'est pas un texte"),
        ("comment", "x" * (MOST_LONG_TEXT + 1), "out_of_bounds", "trop long"),
        ("couleur", "bleu", "unknown", "n'est pas une question de cette démarche"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    field: str, value: Any, code: str, says: str
) -> None:
    found = read({**FORM, field: value})
    problem = found.problems[0]
    assert (problem.field, problem.code) == (field, code)
    assert says in FRENCH.text(problem.says)
    assert FRENCH.text(problem.remedy).endswith(".")
    assert field not in found.values


def test_numbers_are_read_as_people_write_them() -> None:
    assert read({**FORM, "gross_monthly": "2 100"}).values["gross_monthly"] == 2100


def test_what_is_wrong_behind_a_hidden_question_troubles_nobody() -> None:
    assert read({**FORM, "host_address_current": "peut-être"}).problems == ()


def test_validate_adds_what_is_missing_in_the_order_of_the_form() -> None:
    written = {**FORM, "housing": "château"}
    del written["passport_status"], written["truthful"]
    found = validate(EMPLOYEE, written, facts(EMPLOYEE), countries=LAW.countries)
    assert [(p.field, p.code) for p in found.problems] == [
        ("passport_status", "missing"),
        ("housing", "unreadable"),
        ("truthful", "missing"),
    ]
    assert found.problems[0].article == "R431-10"
    assert validate(EMPLOYEE, FORM, facts(EMPLOYEE), countries=LAW.countries).problems == ()


_WRITTEN = st.dictionaries(
    st.sampled_from([q.id for q in EMPLOYEE.questions]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 10**7),
        st.text(max_size=20),
        st.lists(st.text(max_size=5), max_size=3),
        st.sampled_from([c.value for q in EMPLOYEE.questions for c in q.choices]),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    ),
)


@given(_WRITTEN)
def test_whatever_is_sent_is_read_or_said_wrong(written: dict[str, Any]) -> None:
    found = read(written)
    assert read(plain_answers(found.values)).values == found.values
    for problem in found.problems:
        assert "{" not in FRENCH.text(problem.remedy)
        assert problem.field not in found.values
    shown = {q.id for q in visible_questions(EMPLOYEE, found.values, facts(EMPLOYEE))}
    assert set(found.values) <= shown
    for required in required_pieces(EMPLOYEE, found.values, facts(EMPLOYEE)):
        assert all(reason.name in shown or "." in reason.name for reason in required.reasons)


def test_every_question_about_a_country_is_a_choice_of_the_law() -> None:
    question = replace(EMPLOYEE.questions[0], id="land", asks=Asks.COUNTRY, choices=())
    version = replace(EMPLOYEE, questions=(question,), pieces=())
    assert read({"land": "MAR"}, version).values == {"land": "MAR"}
    wrong = read({"land": "Maroc"}, version).problems[0]
    assert "n'est pas le code d'un pays" in FRENCH.text(wrong.says)


def test_several_choices_keep_the_order_of_the_form() -> None:
    question = replace(EMPLOYEE.questions[0], id="many", asks=Asks.CHOICES)
    version = replace(EMPLOYEE, questions=(question,), pieces=())
    assert read({"many": ["lost", "valid"]}, version).values == {"many": ("valid", "lost")}
    assert read({"many": "lost"}, version).values == {"many": ("lost",)}
    assert read({"many": ["lost", "nope"]}, version).problems[0].code == "unreadable"
