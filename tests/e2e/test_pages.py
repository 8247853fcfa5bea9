"""Every page in a real browser: light, readable by all, at any size, by keyboard, no script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLResolver, get_resolver, resolve
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.e2e.browser import DESK, ENLARGED, HEAVIEST, PHONE, tab, weigh
from tests.e2e.pages import BEHIND, FILES, KEPT, MACHINES, PAGES, Page

#: Presses of the Tab key: beyond that many, a list of links repeats itself.
PRESSES = 40

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

FOCUSED = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const around = e.closest('label') || e;
  const outlined = x => x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) >= 2;
  return {name: e.tagName, text: (e.innerText || e.id || '').trim().slice(0, 40),
    seen: outlined(s) || outlined(getComputedStyle(around)),
    inside: r.width > 0 && r.height > 0 && r.bottom > 0 && r.top < innerHeight &&
      r.right > 0 && r.left < innerWidth};
}"""
#: Where the Tab key stops: a group of radio buttons counts for one.
STOPS = """() => {
  const shown = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(e => e.type !== 'hidden' && !e.disabled && e.checkVisibility());
  const radios = shown.filter(e => e.type === 'radio');
  return shown.length - radios.length + new Set(radios.map(e => e.name)).size;
}"""
SPILLED = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.offsetParent !== null
    && !e.closest('.visually-hidden'))
  .map(e => e.tagName + '.' + e.className).slice(0, 5)"""
SCRIPTED = """() => [...document.querySelectorAll('*')]
  .filter(e => e.tagName === 'SCRIPT' || [...e.attributes].some(
    a => a.name.startsWith('on') || a.name === 'style' || /^javascript:/.test(a.value)))
  .map(e => e.outerHTML.slice(0, 80))"""


def test_every_address_is_in_the_list() -> None:
    listed = {resolve(page.path.partition("?")[0]).url_name for page in PAGES if page.status != 404}
    web = set(_names(get_resolver("droitfil.web.urls").url_patterns))
    assert web - listed == BEHIND | FILES | KEPT | MACHINES


def _names(patterns: list[Any]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


@each_page
def test_light_without_script(page: Page, site: str, browser: Browser) -> None:
    with tab(browser, PHONE, java_script_enabled=False) as opened:
        sizes = weigh(opened, page.address(site, "fr"))
        assert sum(sizes.values()) <= HEAVIEST, sizes
        assert any("noto-sans-latin." in address for address in sizes)
        assert not any("arabic" in address or "cyrillic" in address for address in sizes)
        assert all(address.startswith(site) for address in sizes), sizes


@each_page
def test_readable_by_all(page: Page, site: str, browser: Browser) -> None:
    # The two widths share the languages: axe is slow, and the words change no structure.
    for viewport, language in ((PHONE, page.languages[0]), (DESK, page.languages[-1])):
        with tab(browser, viewport) as opened:
            answered = opened.goto(page.address(site, language))
            assert answered is not None
            assert answered.status == page.status
            assert opened.locator("html").get_attribute("lang") == language
            assert opened.evaluate(SCRIPTED) == []
            assert opened.locator("h1").count() == 1
            report = Axe().run(opened)
            assert report.violations_count == 0, report.generate_report()


@each_page
def test_enlarged_four_times(page: Page, site: str, browser: Browser) -> None:
    with tab(browser, ENLARGED) as opened:
        for language in page.languages:
            opened.goto(page.address(site, language))
            assert opened.evaluate("document.documentElement.scrollWidth") <= ENLARGED["width"]
            assert opened.evaluate(SPILLED) == []


@each_page
def test_by_keyboard(page: Page, site: str, browser: Browser) -> None:
    with tab(browser, PHONE) as opened:
        opened.goto(page.address(site, "fr"))
        _press(opened, "Tab")
        assert opened.evaluate("document.activeElement.className") == "skip"
        expected = opened.evaluate(STOPS)
        visited = 1
        while visited < min(expected, PRESSES):
            _press(opened, "Tab")
            visited += 1
            focused = opened.evaluate(FOCUSED)
            assert focused["name"] != "BODY", f"{visited} of {expected}"
            assert focused["seen"], focused
            assert focused["inside"], focused
        opened.goto(page.address(site, "fr"))
        _press(opened, "Tab")
        _press(opened, "Enter")
        assert opened.evaluate("document.activeElement.id") == "contenu"


def _press(opened: Tab, key: str) -> None:
    opened.keyboard.press(key)
