"""What a command needs before it reads or writes: the database held, its tables up to date."""

from __future__ import annotations

import os


def open_database(*, quiet: bool = False, migrate: bool = True, unfinished: bool = False) -> None:
    """Sets Django up, holds the private PostgreSQL until this process ends, brings tables up.

    Says on the standard output when it makes the private database, unless ``quiet``: for a
    command whose output is a file.

    :param migrate: False for a process whose parent brought the tables up.
    :param unfinished: also a base into which a demonstration is half loaded, without its keys.
    :raises droitfil.lib.postgres.PostgresError: when no private database can be had, or when what
        it holds is unfinished.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    from droitfil.lib import postgres

    if settings.PRIVATE_DATABASE is not None:
        if not quiet and not (settings.PRIVATE_DATABASE / "keeper.json").exists():
            print("▸ Création de la base de données privée (une fois)…", flush=True)
        # Held until this process ends; processes that it starts hold it too.
        postgres.hold(settings.PRIVATE_DATABASE, durable=not settings.TESTING)
    if not apps.ready:  # once: logging set up again would hold this moment's output for ever
        django.setup()
    if migrate:
        call_command("migrate", interactive=False, verbosity=0)
    if settings.ENVIRONMENT == "demo" and not unfinished:
        refuse_unfinished()


def refuse_unfinished() -> None:
    """:raises droitfil.lib.postgres.PostgresError: while people are half loaded into the base."""
    from droitfil.demo import scaffold
    from droitfil.lib.postgres import PostgresError

    if scaffold.unfinished() is not None:
        raise PostgresError(
            "Le chargement de la démonstration s'est arrêté en chemin, ou n'est pas fini : "
            "finissez-le par droitfil demo load, ou effacez tout par droitfil demo reset."
        )
