"""A slice of ``python -m bench.soak fuzz``: some hundreds of requests at every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.fuzz.walk import Walk
from tests.fuzz.world import People, drawn_ids, on_their_day

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = 250


@pytest.fixture
def people(settings: Any, tmp_path: Path) -> Iterator[People]:
    settings.FILES_DIR, settings.KEYS_DIR = tmp_path / "files", tmp_path / "keys"
    settings.CLAMD = tmp_path / "nobody.sock"
    settings.API_QUESTIONS_A_MINUTE = settings.VERIFICATIONS_A_MINUTE = 0
    with on_their_day(), drawn_ids(1):
        yield People()
    cache.clear()


def test_whatever_is_asked(people: People) -> None:
    walk = Walk(people, seed=1)
    answers = walk.run(REQUESTS)
    assert not walk.faults, "\n".join(str(fault) for _after, fault in walk.faults)
    assert answers.total() >= REQUESTS
    assert {200, 302, 404, 422} <= set(answers), "few things were tried"


def test_a_leak_would_be_noticed(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nobody had a right to anything: what people read of themselves is a leak."""
    monkeypatch.setattr(people, "open_to", lambda _visitor: set())
    walk = Walk(people, seed=2)
    walk.read("mine", "/moi")
    walk.read("mine", "/a-propos")
    ((_after, fault),) = walk.faults
    assert str(fault).startswith("reads ")
    assert "mine GET '/moi'" in str(fault)


def test_a_page_that_writes_would_be_noticed(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fuzz.walk.READING_WRITES", frozenset())
    walk = Walk(people, seed=2)
    resident = people.world.people.mariam
    walk.read("ag91", f"/agent/personnes/{resident.pk}")
    ((_after, fault),) = walk.faults
    assert "reading wrote ['journal_entry']" in str(fault)
