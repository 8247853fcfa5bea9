"""Legal time, by worked examples: months date to date, franc limits, whole years."""

from __future__ import annotations

from datetime import date

import pytest

from droitfil.rules.law import Law
from droitfil.rules.periods import (
    add_days,
    add_months,
    add_years,
    birthday,
    day_after,
    day_before,
    days_of_hours,
    franc_limit,
    last_day,
    next_working_day,
    whole_years,
)

D = date.fromisoformat


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-04-15", 4, "2025-08-15"),
        ("2025-10-31", 4, "2026-02-28"),
        ("2025-06-30", 3, "2025-09-30"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2025-06-30", 6, "2025-12-30"),
        ("2025-10-31", 3, "2026-01-31"),
        ("2025-06-30", -2, "2025-04-30"),
        ("2025-12-31", -2, "2025-10-31"),
        ("2026-01-31", -2, "2025-11-30"),
        ("2025-12-29", 2, "2026-02-28"),
        ("2025-12-28", 2, "2026-02-28"),
        ("2025-01-31", 11, "2025-12-31"),
        ("2025-12-01", 1, "2026-01-01"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2025-05-31", 1, "2025-06-30"),
        ("2025-05-30", 1, "2025-06-30"),
        ("2025-05-29", 1, "2025-06-29"),
    ],
)
def test_months_run_date_to_date(day: str, months: int, expected: str) -> None:
    assert add_months(D(day), months) == D(expected)


def test_days_and_years() -> None:
    assert add_days(D("2025-06-30"), -120) == D("2025-03-02")
    assert add_days(D("2025-06-30"), -60) == D("2025-05-01")
    assert add_days(D("2026-05-31"), -120) == D("2026-01-31")
    assert add_days(D("2027-02-28"), -60) == D("2026-12-30")
    assert add_days(D("2025-10-20"), 90) == D("2026-01-18")
    assert add_days(D("2026-03-02"), 60) == D("2026-05-01")
    assert add_years(D("2024-02-29"), 1) == D("2025-02-28")
    assert add_years(D("2024-02-29"), 4) == D("2028-02-29")
    assert day_before(add_years(D("2026-05-04"), 5)) == D("2031-05-03")
    assert day_after(D("2025-12-31")) == D("2026-01-01")
    assert day_before(D("2026-01-01")) == D("2025-12-31")


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2025-07-01", 3, "2025-09-30"),
        ("2025-10-01", 3, "2025-12-31"),
        ("2026-01-20", 6, "2026-07-19"),
        ("2025-12-15", 3, "2026-03-14"),
        ("2026-03-02", 3, "2026-06-01"),
    ],
)
def test_a_paper_of_months_ends_on_the_eve(start: str, months: int, expected: str) -> None:
    assert last_day(D(start), months) == D(expected)


def test_hours_fall_within_days() -> None:
    assert [days_of_hours(hours) for hours in (1, 24, 25, 48, 49)] == [1, 1, 2, 2, 3]


def test_a_limit_rolls_over_closed_days(law: Law) -> None:
    closed = law.closed_days("91")
    friday, saturday, sunday = D("2025-10-17"), D("2025-10-18"), D("2025-10-19")
    assert next_working_day(friday, closed) == friday
    assert next_working_day(saturday, closed) == next_working_day(sunday, closed) == D("2025-10-20")
    assert next_working_day(D("2025-12-25"), closed) == D("2025-12-26")
    assert next_working_day(D("2025-12-26"), closed) == D("2025-12-26")
    assert next_working_day(D("2025-12-26"), law.closed_days("67")) == D("2025-12-29")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("2025-10-15", "2025-10-16"),
        ("2026-03-03", "2026-03-04"),
        ("2026-02-10", "2026-02-11"),
        ("2026-05-05", "2026-05-06"),
        ("2026-08-20", "2026-08-21"),
        ("2025-10-17", "2025-10-20"),
        ("2025-10-16", "2025-10-17"),
        ("2026-04-30", "2026-05-04"),
    ],
)
def test_a_franc_limit_counts_neither_end(law: Law, target: str, expected: str) -> None:
    assert franc_limit(D(target), law.closed_days(None)) == D(expected)


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        ("2021-07-01", "2025-06-30", 4),
        ("2024-01-01", "2024-12-31", 1),
        ("2024-01-01", "2025-12-31", 2),
        ("2015-03-15", "2025-03-14", 10),
        ("2024-03-01", "2025-02-28", 1),
        ("2024-02-29", "2025-02-27", 1),
        ("2021-07-01", "2025-06-29", None),
        ("2021-07-01", "2025-07-01", None),
        ("2025-01-01", "2025-06-30", None),
        ("2025-01-02", "2025-01-01", None),
    ],
)
def test_whole_years_of_printed_dates(start: str, end: str, years: int | None) -> None:
    assert whole_years(D(start), D(end)) == years


def test_birthdays() -> None:
    assert birthday(D("2007-09-10"), 18) == D("2025-09-10")
    assert day_before(birthday(D("2007-09-10"), 19)) == D("2026-09-09")
    assert birthday(D("2008-02-29"), 18) == D("2026-02-28")
    assert add_months(birthday(D("2007-08-15"), 18), 2) == D("2025-10-15")
