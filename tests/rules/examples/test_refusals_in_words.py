"""How a refusal shows a value and guesses what was meant."""

from __future__ import annotations

from typing import Any

import pytest

from droitfil.rules.law import Law
from droitfil.rules.problems import Problem, Refused
from droitfil.rules.question import read_question
from droitfil.rules.spelling import closest


def problems(law: Law, **question: Any) -> list[Problem]:
    with pytest.raises(Refused) as raised:
        read_question({"today": "2025-11-20", **question}, law)
    return list(raised.value.problems)


@pytest.mark.parametrize(
    ("written", "known", "meant"),
    [
        ("renewal", ["first", "renewal"], "renewal"),
        ("Renewal", ["first", "renewal"], "renewal"),
        ("RENEWAL", ["first", "renewal"], "renewal"),
        ("l421_1", ["L421-1", "L421-11"], "L421-1"),
        ("L4211", ["L421-1"], "L421-1"),
        ("renewl", ["first", "renewal"], "renewal"),
        ("renewall", ["first", "renewal"], "renewal"),
        ("renowal", ["first", "renewal"], "renewal"),
        ("renoval", ["first", "renewal"], ""),
        ("renewalll", ["first", "renewal"], ""),
        ("CSX", ["CST", "CSP"], "CST"),
        ("CS", ["CST", "CSP"], ""),
        ("", ["CST"], ""),
        ("-", ["CST", "-"], ""),
        ("MAT", ["MAR"], "MAR"),
        ("xarent", ["parent"], "parent"),
        ("parens", ["parent"], "parent"),
        ("arent", ["parent"], "parent"),
        ("xyz", [], ""),
    ],
)
def test_a_word_close_to_a_known_one(written: str, known: list[str], meant: str) -> None:
    assert closest(written, known) == meant


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (False, "false"),
        (12, "12"),
        ("demain", "demain"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_a_value_is_shown_as_written_and_never_whole_when_long(
    law: Law, value: Any, shown: str
) -> None:
    (problem,) = problems(law, today=value)
    assert problem.path == "today"
    assert problem.value == shown
    assert problem.says.startswith(f"today : « {shown} » ")


def test_a_missing_field_is_shown_as_null(law: Law) -> None:
    (problem,) = problems(law, today=None)
    assert (problem.path, problem.value) == ("today", "null")


def test_every_problem_is_a_line_of_the_refusal(law: Law) -> None:
    with pytest.raises(Refused) as raised:
        read_question({"today": "hier", "langage": "fr"}, law)
    lines = str(raised.value).split("\n")
    assert lines == [problem.says for problem in raised.value.problems]
    assert len(lines) == 2
    assert "vouliez-vous écrire « language » ?" in str(raised.value)


def test_lists_hold_fifty_things_at_most(law: Law) -> None:
    def documents(count: int) -> list[dict[str, str]]:
        return [{"id": f"d{i}", "kind": "CST"} for i in range(count)]

    question = read_question({"today": "2025-11-20", "documents": documents(50)}, law)
    assert len(question.documents) == 50
    (problem,) = problems(law, documents=documents(51))
    assert (problem.path, problem.value) == ("documents", "51")
    (problem,) = problems(law, documents={"id": "a"})
    assert problem.path == "documents"


@pytest.mark.parametrize(
    ("day", "right"),
    [
        ("1900-01-01", True),
        ("1899-12-31", False),
        ("2150-12-31", True),
        ("2151-01-01", False),
        ("2025-02-29", False),
        ("2024-02-29", True),
        ("2025-6-30", False),
        ("2025-06-30T00:00:00", False),
        ("30/06/2025", False),
    ],
)
def test_days(law: Law, day: str, right: bool) -> None:
    if right:
        assert read_question({"today": day}, law).today.isoformat() == day
    else:
        (problem,) = problems(law, today=day)
        assert (problem.path, problem.value) == ("today", day)


@pytest.mark.parametrize(("length", "right"), [("4y", True), ("18m", True), ("90d", True),
                                               ("0y", False), ("4", False), ("4Y", False),
                                               ("12345d", False), ("9999d", True)])  # fmt: skip
def test_lengths(law: Law, length: str, right: bool) -> None:
    document = {"id": "a", "kind": "CST", "length": length}
    if right:
        read = read_question({"today": "2025-11-20", "documents": [document]}, law)
        assert str(read.documents[0].length) == length
    else:
        (problem,) = problems(law, documents=[document])
        assert problem.path == "documents[0].length"


@pytest.mark.parametrize(("count", "read"), [(0, 0), (999, 999), ("7", 7), ("007", 7)])
def test_counts(law: Law, count: Any, read: int) -> None:
    question = {"today": "2025-11-20", "person": {"renewals_of_this_card": count}}
    assert read_question(question, law).person.renewals_of_this_card == read


@pytest.mark.parametrize("count", [-1, 1000, True, 1.5, "1000", "-1", "", "x"])
def test_counts_refused(law: Law, count: Any) -> None:
    (problem,) = problems(law, person={"renewals_of_this_card": count})
    assert problem.path == "person.renewals_of_this_card"


def test_what_absent_fields_mean(law: Law) -> None:
    document = {"id": "a", "kind": "CST", "article": "L421-1"}
    visa = {"id": "v", "kind": "VLS_TS", "article": "L421-1"}
    asked = [
        {"id": "same", "article": "L421-1", "holds": "a"},
        {"id": "other", "article": "L422-1", "holds": "a"},
        {"id": "visa", "article": "L421-1", "holds": "v"},
        {"id": "none", "article": "L421-1"},
        {"id": "said", "article": "L421-1", "holds": "a", "request": "change"},
    ]
    question = read_question(
        {"today": "2025-11-20", "documents": [document, visa], "applications": asked}, law
    )
    assert (question.assume_issued, question.language) == (True, "fr")
    assert question.person.renewals_of_this_card == 0
    assert question.person.parents == ()
    assert {a.id: a.request.value for a in question.applications} == {
        "same": "renewal", "other": "change", "visa": "first", "none": "first", "said": "change"
    }  # fmt: skip
    first = question.applications[0]
    assert first.holds is question.documents[0]
    assert (first.path, question.documents[1].path) == ("applications[0]", "documents[1]")
    assert (first.acknowledged, first.work_authorisation) == (True, False)
    assert (first.complements, first.remedies, first.incident, first.decision) == (
        (),
        (),
        None,
        None,
    )
    assert (first.filed_on, first.complete_on, first.listed, first.basis) == (None,) * 4


def test_pieces_and_remedies_are_read_in_the_order_of_their_days(law: Law) -> None:
    application = {
        "id": "a1",
        "complements": [{"asked_on": "2025-08-01"}, {"asked_on": "2025-07-01"}],
        "remedies": [
            {"kind": "gracieux", "asked_on": "2025-10-01"},
            {"kind": "reasons", "asked_on": "2025-09-01", "answered_on": "2025-09-20"},
        ],
    }
    read = read_question({"today": "2025-11-20", "applications": [application]}, law)
    (asked,) = read.applications
    assert [c.asked_on.month for c in asked.complements] == [7, 8]
    assert [remedy.kind.value for remedy in asked.remedies] == ["reasons", "gracieux"]
