"""When to tell someone to file: moments of a window, in order, none before it opens."""

from __future__ import annotations

from datetime import date

from droitfil.rules.answer import Window
from droitfil.rules.reminders import following, latest, moments

DAYS = {"before_close": [15, 3], "after_close": [1, 45, 200]}
OPENS, CLOSES = date(2025, 3, 2), date(2025, 5, 1)


def _found(start: date | None, helps_until: date | None) -> list[tuple[str, date]]:
    window = Window(start, CLOSES, "R431-5-1-listed")
    return [(m.step, m.day) for m in moments(window, helps_until, DAYS)]


def test_the_moments_of_a_window() -> None:
    assert _found(OPENS, date(2025, 6, 15)) == [
        ("opens", date(2025, 3, 2)),
        ("halfway", date(2025, 4, 1)),
        ("closing-15", date(2025, 4, 16)),
        ("closing-3", date(2025, 4, 28)),
        ("late-1", date(2025, 5, 2)),
        ("late-45", date(2025, 6, 15)),
    ]


def test_nothing_late_where_lateness_helps_nothing() -> None:
    assert [step for step, _ in _found(OPENS, None)] == [
        "opens", "halfway", "closing-15", "closing-3",
    ]  # fmt: skip
    assert [step for step, _ in _found(OPENS, date(2025, 6, 14))][-1] == "late-1"


def test_a_window_without_first_day_has_only_its_end() -> None:
    assert [step for step, _ in _found(None, None)] == ["closing-15", "closing-3"]


def test_none_before_a_short_window_opens() -> None:
    start = date(2025, 4, 20)
    found = _found(start, None)
    assert found == [
        ("opens", start), ("halfway", date(2025, 4, 25)), ("closing-3", date(2025, 4, 28)),
    ]  # fmt: skip


def test_only_the_latest_is_told_and_the_next_is_known() -> None:
    found = moments(Window(OPENS, CLOSES, "R431-5-1-listed"), None, DAYS)
    assert latest(found, date(2025, 3, 1)) is None
    assert following(found, date(2025, 3, 1)) == OPENS
    told = latest(found, date(2025, 4, 20))
    assert told is not None
    assert (told.step, told.about, told.day) == ("closing-15", "closing", date(2025, 4, 16))
    assert latest(found, OPENS) == found[0]
    assert following(found, OPENS) == date(2025, 4, 1)
    assert following(found, date(2025, 4, 28)) is None
