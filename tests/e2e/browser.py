"""Debian's Chromium, driven by Playwright: how it is found, started and watched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: Milliseconds before a page that does not come is a fault: a busy machine is none.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
#: A desk screen of 1280 × 1024 enlarged four times.
ENLARGED = {"width": 320, "height": 256}
#: Over all responses of a cold load, in bytes. The tests serve nothing compressed but HTML: what
#: a visitor loads is lighter still.
HEAVIEST = 60_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab(browser: Browser, viewport: dict[str, int], **options: Any) -> Iterator[Page]:
    """A fresh tab with an empty cache and no cookie, of a French browser."""
    options = {"locale": "fr-FR", **options}
    context = browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    try:
        yield context.new_page()
    finally:
        context.close()


def follow(pressed: Locator) -> None:
    """Presses a link or a button that leads to a page, and waits until that page has come.

    A click returns before the answer: what reads or presses next would meet the page left.
    """
    with pressed.page.expect_navigation():
        pressed.click()


def weigh(page: Page, address: str) -> dict[str, int]:
    """Bytes on the wire of a cold load, headers included, by address."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on(
        "Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]})
    )

    def finished(event: dict[str, Any]) -> None:
        sizes[names.get(event["requestId"], "?")] = int(event["encodedDataLength"])

    session.on("Network.loadingFinished", finished)
    page.goto(address, wait_until="networkidle")
    return sizes
