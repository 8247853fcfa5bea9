"""``droitfil files``: pieces received; scans those that wait, sweeps what a crash left behind."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

EPILOG = """Les commandes :
  status      dit si l'antivirus répond, et combien de pièces l'attendent
  scan        fait contrôler les pièces en quarantaine
  sweep       efface du disque ce dont aucune pièce ne parle (restes d'un arrêt brutal)"""


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask of uploads; 1 when the antivirus or the database is missing."""
    parser = Parser("droitfil files", "Les pièces reçues.", EPILOG)
    parser.add_argument("command", choices=list(ACTIONS), metavar="COMMANDE")
    asked = parser.parse_args(arguments)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return ACTIONS[asked.command]()


def _status() -> int:
    from django.utils import timezone

    from droitfil.files import antivirus
    from droitfil.files.queries import waiting

    try:
        said = f"L'antivirus répond : {antivirus.version()}."
        status = 0
    except antivirus.Unavailable:
        said = "L'antivirus ne répond pas : ce qui arrive est gardé en quarantaine."
        status = 1
    print(said)
    found = waiting()
    if found.since is not None:
        since = f"{timezone.localtime(found.since):%d/%m/%Y à %H:%M}"
        print(f"En quarantaine : {_pieces(found.count)}, depuis le {since}.")
    else:
        print("Aucune pièce en quarantaine.")
    return status


def _scan() -> int:
    from droitfil.files.jobs import scan_waiting
    from droitfil.lib import clock

    done = scan_waiting(clock.now())
    print(
        f"Saines : {_pieces(done.clean)}. Infectées, écartées : {_pieces(done.refused)}. "
        f"Encore en quarantaine : {_pieces(done.waiting)}."
    )
    return 1 if done.waiting else 0


def _sweep() -> int:
    from droitfil.files.jobs import TooManyOrphans, sweep_orphans

    try:
        swept = sweep_orphans()
    except TooManyOrphans as error:
        print(
            f"Rien n'est effacé : {error.orphans} fichiers sont sans pièce, et {error.known} "
            "seulement en ont une. DATABASE_URL et DROITFIL_FILES vont-ils ensemble ?",
            file=sys.stderr,
        )
        return 1
    print(f"Effacé du disque : {swept} fichier{'s' if swept > 1 else ''} sans pièce.")
    return 0


def _pieces(count: int) -> str:
    return f"{count:,} {'pièce' if count < 2 else 'pièces'}".replace(",", "\u202f")


ACTIONS: dict[str, Callable[[], int]] = {"status": _status, "scan": _scan, "sweep": _sweep}
