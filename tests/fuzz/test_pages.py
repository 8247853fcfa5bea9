"""A slice of ``python -m bench.soak fuzz``: some hundreds of requests at every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from droitfil.lib import clock
from tests.cases.writing import AT, DAY
from tests.fuzz.walk import Walk
from tests.fuzz.world import People

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = 250


@pytest.fixture
def people(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    settings.FILES_DIR, settings.KEYS_DIR = tmp_path / "files", tmp_path / "keys"
    settings.CLAMD = tmp_path / "nobody.sock"
    settings.API_QUESTIONS_A_MINUTE = settings.VERIFICATIONS_A_MINUTE = 0
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    yield People()
    cache.clear()


def test_whatever_is_asked(people: People) -> None:
    walk = Walk(people, seed=1)
    answers = walk.run(REQUESTS)
    assert not walk.faults, "\n".join(str(fault) for _after, fault in walk.faults)
    assert answers.total() >= REQUESTS
    assert {200, 302, 403, 404, 405} <= set(answers), "few things were tried"
