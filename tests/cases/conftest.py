from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.files.conftest import _own_folders, clamd, running_clamd
from tests.personas import Personas

__all__ = ["_own_folders", "clamd", "running_clamd"]


@pytest.fixture
def people(db: None) -> Personas:
    return Personas()


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Counts of tries stand in the memory of the process: each test begins with none."""
    cache.clear()
