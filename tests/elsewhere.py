"""What another process needs to work on the database of the tests."""

from __future__ import annotations

import os
from urllib.parse import quote

from django.db import connection


def address() -> str:
    """The address of the database of the tests."""
    base = connection.settings_dict
    login = quote(base["USER"]) + (f":{quote(base['PASSWORD'])}" if base["PASSWORD"] else "")
    at = f"localhost:{base['PORT'] or 5432}/{base['NAME']}"
    return f"postgresql://{login}@{at}?host={quote(base['HOST'], safe='')}"


def environment(**settings: str) -> dict[str, str]:
    """Variables of a process that works on it, with these settings and no other."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("DROITFIL_")},
        "DROITFIL_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address(),
        **settings,
    }
