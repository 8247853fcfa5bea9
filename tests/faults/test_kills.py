"""A slice of ``python -m bench.soak faults``: an office at work under some blows."""

from __future__ import annotations

from pathlib import Path

from tests.faults.trial import under_blows


def test_nothing_acknowledged_is_lost_nor_done_twice(tmp_path: Path) -> None:
    blows = under_blows(tmp_path, kills=6, residents=4)
    assert blows.count.total() == 6
    assert blows.told.answers[302] >= 4 * 3
