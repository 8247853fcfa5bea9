"""``droitfil mail``: sends the messages that wait, those about links first tried at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

EPILOG = """À lancer chaque minute. Ce qui n'a pas pu partir est réessayé, puis abandonné ;
plusieurs processus peuvent le faire en même temps."""


def main(arguments: Sequence[str]) -> int:
    """Sends what is due; 1 when the database cannot be had."""
    Parser("droitfil mail", "Envoie les messages qui attendent.", EPILOG).parse_args(arguments)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from django.utils import timezone

    from droitfil.people.jobs import tell_contacts

    sent = tell_contacts(now=timezone.now())
    print(f"{sent} message{'s' if sent > 1 else ''} envoyé{'s' if sent > 1 else ''}.")
    return 0
