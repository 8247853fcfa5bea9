"""No room left, for some seconds."""

from __future__ import annotations

from pathlib import Path

from tests.absences import NO_DISK, skip_without
from tests.faults.full_disk import fill


@skip_without(NO_DISK)
def test_what_could_not_be_written_is_told_and_done_later(tmp_path: Path) -> None:
    filled = fill(tmp_path, residents=3, full=4)
    assert sum(count for status, count in filled.meanwhile.answers.items() if status >= 400) > 0
    assert filled.afterwards.answers[302] > 0
