"""The entry of a WSGI server: ``granian --interface wsgi config.wsgi:application``."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from droitfil.lib import postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def _start() -> WSGIHandler:
    from django.conf import settings

    if settings.PRIVATE_DATABASE is not None:
        # This process is a user of the private database: it runs as long as we do.
        postgres.hold(settings.PRIVATE_DATABASE, durable=not settings.TESTING)
    made = get_wsgi_application()
    _warm()
    return made


def _warm() -> None:
    """Reads the law, the addresses and the pages now: no first visitor waits for them."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    from droitfil import web
    from droitfil.lawbook import load_law
    from droitfil.lawbook.errors import LawError
    from droitfil.lawbook.procedures import load_procedures

    get_resolver().url_patterns  # noqa: B018 (reading it imports every view)
    with suppress(LawError):  # /sante tells it, and the pages that need no law still serve
        load_law()
        load_procedures()
    pages = Path(web.__path__[0], "templates")
    for page in pages.rglob("*.html"):
        get_template(str(page.relative_to(pages)))
    # What is there for good is looked at by no garbage collection any more: with the whole law,
    # a page that met one took up to 240 ms, where the others took 30 to 40.
    gc.freeze()


application = _start()
