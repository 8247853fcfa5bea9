"""The entry of a WSGI server: ``granian --interface wsgi config.wsgi:application``."""

from __future__ import annotations

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from droitfil.lib import postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def _start() -> WSGIHandler:
    from django.conf import settings

    if settings.PRIVATE_DATABASE is not None:
        # This process is a user of the private database: it runs as long as we do.
        postgres.hold(settings.PRIVATE_DATABASE, durable=not settings.TESTING)
    return get_wsgi_application()


application = _start()
