"""How many questions a minute, counted in the real database."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from pytest_django import Settings

from droitfil.lib.models import RateCount
from tests.api.conftest import PROBLEM, TIMELINE, Check, Post

pytestmark = pytest.mark.django_db

QUESTION = {"today": "2025-11-20"}


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Settings, _as_often_as_you_like: None) -> None:
    settings.API_QUESTIONS_A_MINUTE = 3


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """One instant for the whole test: a new minute must not begin within it."""
    from django.utils import timezone

    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_the_fourth_question_waits_and_says_how_long(post: Post, differs: Check) -> None:
    assert [post(QUESTION).status_code for _ in range(4)] == [200, 200, 200, 429]
    response = post(QUESTION)
    assert response["Content-Type"] == PROBLEM
    assert 1 <= int(response["Retry-After"]) <= 60
    body = json.loads(response.content)
    assert differs("Probleme", body) == []
    assert body["detail"].startswith("Plus de 3 questions en une minute")


def test_refused_questions_count_too(post: Post) -> None:
    assert [post("{").status_code for _ in range(4)] == [400, 400, 400, 429]


def test_each_client_has_its_own_count(client: Client) -> None:
    for address in ("192.0.2.1", "192.0.2.2"):
        for _ in range(3):
            response = client.post(
                TIMELINE, "{}", content_type="application/json", REMOTE_ADDR=address
            )
            assert response.status_code == 422
    assert RateCount.objects.count() == 2


def test_reading_the_law_is_not_counted(client: Client) -> None:
    assert [client.get("/api/v1/law").status_code for _ in range(5)] == [200] * 5
    assert RateCount.objects.count() == 0


def test_no_limit_when_the_operator_says_so(post: Post, settings: Settings) -> None:
    settings.API_QUESTIONS_A_MINUTE = 0
    assert [post(QUESTION).status_code for _ in range(5)] == [200] * 5
    assert RateCount.objects.count() == 0
