"""A slice of ``bench.soak upgrade``: processes that change one by one under people who file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.upgrade import NoHistory, checkout, trial


def test_nobody_notices_that_the_processes_change() -> None:
    found = trial("HEAD", clients=4, people=12)
    assert found.failures == {}
    assert found.asked > 20
    assert found.filed >= 2


def test_a_clone_without_history_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoHistory) as refused:
        checkout("0" * 40, tmp_path / "old")
    assert "n'est pas dans cette copie" in str(refused.value)
