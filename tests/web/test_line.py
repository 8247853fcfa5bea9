"""The drawing of the line of rights: its lines leave the words readable."""

from __future__ import annotations

from datetime import date

import pytest

from droitfil.web.public.whereami.line import LEFT, draw

LANES = ("Rester", "Travailler", "Voyager et revenir")


def spans(*days: str) -> list[dict[str, object]]:
    """Spans that begin on these days, one after the other, the last without end."""
    right = {"stay": True, "work": "full", "travel": "ok"}
    ends = [*(days[1:]), None]
    return [{"from": start, "to": end, **right} for start, end in zip(days, ends, strict=True)]


@pytest.mark.parametrize("today", ["2025-01-02", "2025-02-01", "2025-06-10", "2025-12-30"])
def test_no_line_crosses_the_name_of_a_lane(today: str) -> None:
    marked = [(date(2025, month, 3), "un jour marqué") for month in range(1, 13)]
    day = date.fromisoformat(today)
    drawing = draw(spans("2025-01-01", "2025-07-01"), day, marked, LANES, "aujourd’hui")
    assert drawing is not None
    crossing = 0
    for mark in (*drawing.marks, drawing.today):
        assert mark.strokes[-1][1] == drawing.bottom
        for baseline, name in drawing.lanes:
            if mark.x < LEFT + 7 * len(name):
                crossing += 1
                assert all(b <= baseline - 9 or a >= baseline for a, b in mark.strokes)
    assert crossing > 0


def test_a_line_down_to_a_label_crosses_no_other_label() -> None:
    near = [(date(2025, 6, 1), "dépôt"), (date(2025, 9, 1), "plus de papier"),
            (date(2025, 9, 20), "silence = refus"), (date(2025, 10, 2), "réponse")]  # fmt: skip
    drawing = draw(spans("2024-07-01", "2025-09-01"), date(2025, 6, 5), near, LANES, "aujourd’hui")
    assert drawing is not None
    for mark in drawing.marks:
        for other in drawing.marks:
            size = 7.0 * len(other.text)
            shift = {"start": 0.0, "end": size, "middle": size / 2}[other.anchor]
            left = other.text_x - shift
            above = other.y < mark.y
            assert mark is other or not (above and left < mark.x < left + size), (mark, other)
