#!/usr/bin/env python3
"""Django's command line, with the private database held while a command runs."""

from __future__ import annotations

import os
import sys

#: Commands that never open the database.
WITHOUT_DATABASE = {"check", "collectstatic", "compilemessages", "help", "makemessages", "version"}


def main() -> None:
    """Runs the command; exits 1 with a French sentence when the database cannot start."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from droitfil.lib import postgres

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if settings.PRIVATE_DATABASE is not None and command not in WITHOUT_DATABASE:
        try:
            postgres.hold(settings.PRIVATE_DATABASE, durable=not settings.TESTING)
        except postgres.PostgresError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
