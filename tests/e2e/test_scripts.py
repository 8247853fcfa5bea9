"""Other scripts and directions: only the letters shown are loaded, and right-to-left holds."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from tests.e2e.browser import PHONE, tab
from tests.e2e.pages import PAGES, Page

WRITTEN = {
    "latin-ext": "Şükrü Çağlar",
    "cyrillic": "Права и сроки",
    "arabic": "حقوقك ومواعيدك",
}


@pytest.mark.parametrize("script", WRITTEN)
def test_the_letters_of_a_script_are_loaded_when_shown(
    script: str, site: str, browser: Browser
) -> None:
    with tab(browser, PHONE) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site}/a-propos", wait_until="networkidle")
        assert not any(script in address for address in asked)
        page.evaluate(
            "text => { document.querySelector('h1').textContent = text }", WRITTEN[script]
        )
        page.evaluate("document.fonts.ready")
        loaded = {address.rpartition("noto-sans-")[2] for address in asked}
        assert f"{script}.woff2" in loaded
        assert loaded.isdisjoint(f"{other}.woff2" for other in WRITTEN if other != script)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_right_to_left_holds(page: Page, site: str, browser: Browser) -> None:
    """No right-to-left language is spoken yet: the page is turned round, and must hold."""
    with tab(browser, PHONE) as opened:
        opened.goto(page.address(site, "fr"))
        opened.evaluate("document.documentElement.dir = 'rtl'")
        assert opened.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        brand = opened.locator(".brand").bounding_box()
        assert brand is not None
        assert brand["x"] > PHONE["width"] / 2


def test_a_right_to_left_language_turns_the_page(client: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "LANGUAGES", [*settings.LANGUAGES, ("ar", "العربية")])
    page = client.get("/?langue=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
