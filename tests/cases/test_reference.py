"""A reference with one wrong sign, or two swapped, is told from any other."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from droitfil.cases.reference import SIGNS, new_reference, read_reference

DEPARTMENTS = st.sampled_from(["01", "2A", "2B", "91", "974", "988"])
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))


@given(DEPARTMENTS, DAYS)
def test_a_reference_is_read_however_it_is_typed(department: str, on: date) -> None:
    made = new_reference(department, on)
    for typed in (made, made.lower(), made.replace("-", " "), f" {made.replace('-', '')} "):
        assert read_reference(typed) == made


@given(DEPARTMENTS, DAYS, st.integers(0, 6), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_seen(department: str, on: date, place: int, sign: str) -> None:
    made = new_reference(department, on)
    drawn = made.replace("-", "")[-7:]
    wrong = drawn[:place] + sign + drawn[place + 1 :]
    head = made.replace("-", "")[:-7]
    assert (read_reference(head + wrong) is None) == (wrong != drawn)


@given(DEPARTMENTS, DAYS, st.integers(0, 4))
def test_two_signs_swapped_are_seen(department: str, on: date, place: int) -> None:
    made = new_reference(department, on).replace("-", "")
    drawn = made[-7:]
    swapped = drawn[:place] + drawn[place + 1] + drawn[place] + drawn[place + 2 :]
    assert (read_reference(made[:-7] + swapped) is None) == (swapped != drawn)


@given(st.text(max_size=20))
def test_anything_else_is_none(text: str) -> None:
    found = read_reference(text)
    assert found is None or read_reference(found) == found
