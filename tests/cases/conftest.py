from __future__ import annotations

import pytest
from django.core.cache import cache

from droitfil.attestations.actions import make_authority
from tests.files.conftest import _own_folders, clamd, running_clamd
from tests.personas import NOW, Personas

__all__ = ["_own_folders", "clamd", "running_clamd"]


@pytest.fixture
def people(db: None) -> Personas:
    return Personas()


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Counts of tries stand in the memory of the process: each test begins with none."""
    cache.clear()


@pytest.fixture(autouse=True)
def _authority(request: pytest.FixtureRequest, _own_folders: None) -> None:
    """Papers are signed as they are issued: someone must be able to."""
    if {"db", "transactional_db", "people"} & set(request.fixturenames):
        request.getfixturevalue(
            "transactional_db" if "transactional_db" in request.fixturenames else "db"
        )
        make_authority("system:tests", now=NOW)
