"""The day of the instance, for commands that answer without Django (``droitfil.lib.clock``)."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
#: Where a demonstration keeps how many days it stands ahead: ``settings.CLOCK_FILE``.
CLOCK = Path(__file__).resolve().parents[2] / ".droitfil" / "clock"


def today() -> date:
    """The day in Paris; in a demonstration, the one it was moved on to."""
    day = datetime.now(PARIS).date()
    if os.environ.get("DROITFIL_ENV", "demo") != "demo":
        return day
    try:
        return day + timedelta(days=int(CLOCK.read_text(encoding="ascii")))
    except FileNotFoundError:
        return day
