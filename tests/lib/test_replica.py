"""What a process remembers of servers that were silent; the rest is drilled with real ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.utils import timezone
from pytest_django import Settings

from droitfil.lib import replica
from droitfil.lib.rate_limits import allow


@pytest.fixture(autouse=True)
def _a_replica(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has replayed everything."""
    settings.REPLICA = True
    monkeypatch.setattr(replica, "_watch", replica._Watch())
    monkeypatch.setattr(replica, "_number", lambda _alias, _statement: 7)
    with replica.tolerated() as shown:
        assert shown is not None


def test_who_comes_next_does_not_wait_for_a_silent_primary() -> None:
    asked = []

    def ask() -> str:
        asked.append("the primary")
        raise OperationalError

    def otherwise(shown: datetime) -> str:
        assert shown <= timezone.now()
        return "the replica"

    assert [replica.unless_silent(ask, otherwise) for _ in range(3)] == ["the replica"] * 3
    assert asked == ["the primary"]


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> int:
        raise OperationalError

    monkeypatch.setattr(replica, "_number", silent)
    with pytest.raises(OperationalError):
        replica.unless_silent(lambda: silent(), lambda _shown: 0)


@pytest.mark.django_db
def test_nothing_is_counted_meanwhile(django_assert_num_queries: Any) -> None:
    now = timezone.now()
    replica.primary_was_silent()
    with django_assert_num_queries(0):
        verdicts = [
            allow("x", HttpRequest(), limit=1, window_seconds=60, now=now) for _ in range(3)
        ]
    assert all(verdict.allowed for verdict in verdicts)
