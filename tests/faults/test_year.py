"""A slice of ``python -m bench.soak year``: some nights of a handful of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.faults.year import live

pytestmark = pytest.mark.django_db(transaction=True)


def test_night_after_night(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    year = live(12, 40)
    assert year.nights == 12
    assert year.acts.total() > 0
