"""One browser a worker, and the site served on a real port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.absences import NO_CHROMIUM
from tests.e2e.browser import chromium

# Playwright runs an event loop in this thread; Django would refuse the database beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip by name on a machine that lacks it."""
    if NO_CHROMIUM.missing():
        pytest.skip(NO_CHROMIUM.reason)
    with chromium() as started:
        yield started


@pytest.fixture
def site(live_server: Any) -> str:
    """The address of the site, without a slash at the end."""
    return str(live_server.url)
