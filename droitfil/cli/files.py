"""``droitfil files``: pieces received; scanned, swept after a crash, opened after a restore."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

#: Pieces that ``check`` opens when not told to open all; lost ones that it names.
OPENED, SHOWN = 200, 20
EPILOG = """Les commandes :
  status      dit si l'antivirus répond, et combien de pièces l'attendent
  check       ouvre des pièces (les dernières, d'autres au hasard) avec leurs clés : à faire après
              une restauration, et de temps en temps sur la copie de secours (statut 1 si l'une
              manque) ; --all les ouvre toutes
  scan        fait contrôler les pièces en quarantaine
  sweep       efface du disque ce dont aucune pièce ne parle (restes d'un arrêt brutal)"""


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask of uploads; 1 when the antivirus or the database is missing."""
    parser = Parser("droitfil files", "Les pièces reçues.", EPILOG)
    parser.add_argument("command", choices=list(ACTIONS), metavar="COMMANDE")
    parser.add_argument("--all", action="store_true", help="pour check : toutes les pièces")
    asked = parser.parse_args(arguments)
    if asked.all and asked.command != "check":
        parser.error("--all n'a de sens qu'avec check")
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return _check(None) if asked.all else ACTIONS[asked.command]()


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


def _check(most: int | None = OPENED) -> int:
    from droitfil.files.queries import check

    found = check(most=most)
    for piece, why in found.lost[:SHOWN]:
        print(f"✗ {piece} : {why}")
    if len(found.lost) > SHOWN:
        print(f"✗ … et {len(found.lost) - SHOWN} autres.")
    if found.lost:
        print(f"Perdues : {_pieces(len(found.lost))}. Ouvertes : {_pieces(found.opened)}.")
        return 1
    print(f"✓ {_pieces(found.opened)} : tout s'ouvre, octet pour octet.")
    return 0


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


ACTIONS: dict[str, Callable[[], int]] = {
    "status": _status, "check": _check, "scan": _scan, "sweep": _sweep
}  # fmt: skip
