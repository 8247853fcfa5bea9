"""What each public page weighs on the wire, cold, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

from bench.bars import Bar, Say
from tests.absences import NO_CHROMIUM
from tests.e2e.browser import HEAVIEST, PHONE, chromium, tab, weigh
from tests.e2e.pages import PAGES


def bars(say: Say, address: str) -> Iterator[Bar]:
    """Bytes of the heaviest page, headers included; nothing on a machine without Chromium."""
    if NO_CHROMIUM.missing():
        say(f"les pages ne sont pas pesées : {NO_CHROMIUM.reason}.")
        return
    weights: dict[str, int] = {}
    with chromium() as browser:
        for page in PAGES:
            say(f"la page {page.path}…")
            with tab(browser, PHONE) as opened:
                weights[page.name] = sum(weigh(opened, page.address(address, "fr")).values())
    heaviest = max(weights, key=weights.__getitem__)
    yield Bar(
        "page_weight",
        f"Page la plus lourde ({heaviest})",
        weights[heaviest] / 1000,
        "ko",
        at_most=HEAVIEST / 1000,
        details=weights,
    )
