from __future__ import annotations

import pytest
from django.core.cache import cache
from django.utils import timezone

from droitfil.attestations.actions import make_authority
from tests.cases.writing import DAY
from tests.files.conftest import _own_folders, clamd, running_clamd
from tests.personas import Personas

__all__ = ["_own_folders", "clamd", "running_clamd"]


@pytest.fixture
def people(db: None) -> Personas:
    """An office whose papers can be signed: the pages sign at the real instant."""
    make_authority("system:tests", now=timezone.now())
    return Personas()


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _day_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: DAY)
