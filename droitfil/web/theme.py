"""The theme hook: an operator's look, laid over ours without touching our files.

``DROITFIL_THEME`` names a folder that may hold ``static/theme.css`` (loaded last: redefine the
tokens of ``:root``, add fonts and logos beside it) and ``templates/`` (a file of the same path
takes the place of ours, for instance ``parts/mark.svg`` or ``public/base.html``). Nothing else of
Droitfil changes. The State's own design system is reserved to its services: an operator who is
entitled to it adds it this way.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

STYLESHEET = "theme.css"


def theme(request: HttpRequest) -> dict[str, str]:
    """Context processor: ``theme_stylesheet``, empty without a theme; ``section``, empty."""
    folder: Path | None = getattr(settings, "DROITFIL_THEME", None)
    found = folder is not None and (Path(folder) / "static" / STYLESHEET).is_file()
    return {"theme_stylesheet": STYLESHEET if found else "", "section": ""}
