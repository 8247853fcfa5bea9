"""``POST /api/v1/timeline``: its headers, its independence from the caller's."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.api.conftest import TIMELINE, Post

QUESTION = {"today": "2025-11-20"}


def test_an_answer_is_kept_nowhere(post: Post) -> None:
    response = post(QUESTION)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "Access-Control-Allow-Origin" not in response


def test_accept_language_changes_nothing(post: Post) -> None:
    answers = {post(QUESTION, **{"Accept-Language": x}).content for x in ("fr", "en", "ar", "*")}
    assert len(answers) == 1


def test_the_answer_is_readable_utf8(post: Post) -> None:
    question = {**QUESTION, "documents": [{"id": "card", "kind": "CSP", "to": "2025-06-30"}]}
    text = post(question).content.decode("utf-8")
    assert "é" in text
    assert "\\u00" not in text
    assert text.startswith('{\n  "today": "2025-11-20",\n')


def test_no_cookie_and_no_token_is_needed(post: Post) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(TIMELINE, json.dumps(QUESTION), content_type="application/json")
    assert response.status_code == 200


@pytest.mark.parametrize("query", ["?language=en", "?today=2020-01-01"])
def test_nothing_is_read_from_the_address(client: Client, post: Post, query: str) -> None:
    response = client.post(TIMELINE + query, json.dumps(QUESTION), content_type="application/json")
    assert response.content == post(QUESTION).content
