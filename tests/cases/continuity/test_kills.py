"""A slice of what ``make soak`` does 200 times (``bench.soak nights``)."""

from __future__ import annotations

from pathlib import Path

from tests.cases.continuity.kills import FIRST, STEP, Ground, trial


def test_nothing_is_lost_nor_done_twice(tmp_path: Path) -> None:
    ground = trial(tmp_path / "base", nights=2, kills=5, servers=1)
    assert ground.kills == 6
    assert ground.in_work >= 4  # the others came once it was over


def test_two_nights_at_once(tmp_path: Path) -> None:
    from droitfil.lib import postgres

    with postgres.hold(tmp_path / "base", durable=False):
        ground = Ground(tmp_path / "base")
        ground.prepare()
        day = FIRST + STEP
        together = [ground.start(day)[0] for _ in range(2)]
        said = [process.communicate(timeout=300)[0] for process in together]
        assert [process.returncode for process in together] == [0, 0]
        assert any("over" in words for words in said)
        found = ground.check(day)
        assert (found["findings"], found["lines_twice"], found["without_line"]) == ([], 0, 0)
