"""The site as ``granian`` serves it to the fuzz: on the day of its people, forgetting tries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import cache

from config.wsgi import application as site
from droitfil.lib import clock
from tests.cases.writing import AT, DAY

clock.now, clock.today = lambda: AT, lambda: DAY


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """One request."""
    cache.clear()
    return site(environ, start)
