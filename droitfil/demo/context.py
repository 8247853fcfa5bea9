"""What every page says of the demonstration: the one date of the instance."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from droitfil.lib import clock


def demonstration(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``demo_day``, the day of the instance; absent out of a demonstration."""
    if settings.ENVIRONMENT != "demo":
        return {}
    day: date = clock.today()
    return {"demo_day": day, "demo_moved": clock.is_moved()}
