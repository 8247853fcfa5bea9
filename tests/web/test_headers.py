from __future__ import annotations

import pytest
from django.test import Client

from tests.e2e.pages import PAGES, Page


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_keeps_to_itself(page: Page) -> None:
    response = Client().get(page.path)
    policy = dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["style-src"] == policy["font-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert response["Referrer-Policy"] == ("same-origin" if page.cookies else "no-referrer")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    assert set(response.cookies) == page.cookies


def test_https_is_remembered_in_production(settings: object) -> None:
    settings.SECURE_HSTS_SECONDS = 60  # type: ignore[attr-defined]
    response = Client().get("/", secure=True)
    assert response["Strict-Transport-Security"].startswith("max-age=60")
