"""``droitfil keys``: the master keys that no database and no copy of the project holds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

EPILOG = """Les commandes :
  signing     les clés qui signent les papiers (droitfil keys signing --help)
  status      les clés maîtresses des pièces, et combien de pièces chacune ouvre
  rotate      tire une clé maîtresse et en enveloppe à nouveau la clé de chaque pièce ; interrompue,
              elle n'a rien perdu, et la suivante la termine"""
#: Who acts, in the journal: whoever may run commands on the machine.
ACTOR = "system:keys"


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask of the keys; 1 when a key is missing or the database is."""
    if arguments[:1] == ["signing"]:
        from droitfil.cli import signing_keys

        return signing_keys.main(arguments[1:])
    parser = Parser("droitfil keys", "Les clés maîtresses, gardées hors de la base.", EPILOG)
    parser.add_argument("command", choices=["signing", *ACTIONS], metavar="COMMANDE")
    asked = parser.parse_args(arguments)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from droitfil.files.vault import KeyMissing

    try:
        return ACTIONS[asked.command]()
    except KeyMissing as error:
        print(error, file=sys.stderr)
        return 1


def _status() -> int:
    from django.conf import settings

    from droitfil.files.queries import uses_of_keys
    from droitfil.files.vault import KeyMissing, keyring

    ring, uses = keyring(), uses_of_keys()
    if not uses:
        print(f"Aucune clé dans {settings.KEYS_DIR} : la première viendra avec la première pièce.")
        return 0
    missing = False
    for id_, count in uses.items():
        try:
            ring.get(id_)
            said = "en service" if id_ == ring.current().id else ""
        except KeyMissing as error:
            missing, said = True, str(error)
        print(f"{id_}  {_pieces(count)}  {said}".rstrip())
    return 1 if missing else 0


def _rotate() -> int:
    from django.conf import settings
    from django.utils import timezone

    from droitfil.files.actions import rotate_keys

    done = rotate_keys(ACTOR, now=timezone.now())
    if done.finished_earlier:
        print("La rotation précédente n'était pas finie : elle l'est maintenant.")
    print(f"Clé en service : {done.current}. {_pieces(done.rewrapped)} sous cette clé désormais.")
    for id_ in done.unused:
        print(
            f"{id_} n'ouvre plus aucune pièce. Gardez {settings.KEYS_DIR / f'{id_}.key'} aussi "
            "longtemps que des sauvegardes d'avant ce jour, puis effacez-la."
        )
    return 0


def _pieces(count: int) -> str:
    return f"{count:,} {'pièce' if count < 2 else 'pièces'}".replace(",", "\u202f")


ACTIONS: dict[str, Callable[[], int]] = {"status": _status, "rotate": _rotate}
