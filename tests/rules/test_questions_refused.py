"""Whatever is given as a question, it is answered or refused with a sentence: never a traceback."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from droitfil.lawbook import load_law
from droitfil.rules.answer import plain
from droitfil.rules.law import Law
from droitfil.rules.problems import Refused
from droitfil.rules.question import RECORDS, read_question
from droitfil.rules.timeline import answer
from tests.rules.situations import situations

LAW: Law = load_law()
_NAMES = sorted({name for fields in RECORDS.values() for name in fields})
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["2025-02-30", "2025-06-30", "0001-01-01", "9999-12-31", "2025-06-30T00:00"]),
    st.sampled_from(["CSP", "renewal", "L421-1", "a1", "card", "4y", "9999y", "TIR", "٢٠٢٥-٠١-٠١"]),
)
_KEYS = st.one_of(st.sampled_from(_NAMES), st.text(max_size=8))
_JUNK = st.recursive(
    _SCALARS,
    lambda inside: st.one_of(
        st.lists(inside, max_size=4), st.dictionaries(_KEYS, inside, max_size=6)
    ),
    max_leaves=25,
)


def refusal(question: Any) -> Refused | None:
    """Why the question is refused; None when it is answered."""
    try:
        read = read_question(question, LAW)
    except Refused as refused:
        return refused
    plain(answer(read, LAW))
    return None


def answered_or_refused(question: Any) -> None:
    refused = refusal(question)
    if refused is None:
        return
    assert refused.problems
    for problem in refused.problems:
        assert problem.says.startswith(problem.path)
        assert len(problem.says) > len(problem.path) + 10
        assert problem.says[-1] in ".?", problem.says


@given(_JUNK)
def test_anything_at_all_is_answered_or_refused(question: Any) -> None:
    answered_or_refused(question)


@given(situations(LAW), st.data())
def test_a_question_spoilt_somewhere_is_answered_or_refused(
    question: dict[str, Any], data: st.DataObject
) -> None:
    spoilt = copy.deepcopy(question)
    place: Any = spoilt
    while True:
        key = data.draw(
            st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
        )
        inner = place[key]
        if not inner or not isinstance(inner, (dict, list)) or data.draw(st.booleans()):
            break
        place = inner
    place[key] = data.draw(_JUNK)
    answered_or_refused(spoilt)


@given(situations(LAW), st.data())
def test_a_valid_question_keeps_its_answer_when_written_with_every_default(
    question: dict[str, Any], data: st.DataObject
) -> None:
    """Absent and null mean the same, in every record."""
    written = copy.deepcopy(question)
    for record, rows in (
        ("question", [written]),
        ("person", [written["person"]]),
        ("document", written["documents"]),
        ("application", written["applications"]),
    ):
        for row in rows:
            for name in RECORDS[record]:
                row.setdefault(name, None)
    here = plain(answer(read_question(question, LAW), LAW))
    assert plain(answer(read_question(written, LAW), LAW)) == here
