"""``python -m droitfil.lib.postgres``: the private database, by hand.

``run -- COMMAND`` holds it while a command runs; ``status``, ``stop``, ``url`` and ``erase`` do
what they say; ``keep`` is for the wrapper itself.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from droitfil.lib import postgres


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status, 1 when the database cannot be had."""
    parser = argparse.ArgumentParser(
        prog="droitfil db", description="La base PostgreSQL privée de ce dossier."
    )
    parser.add_argument("--home", type=Path, default=postgres.HOME, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMANDE")
    commands.add_parser("status", help="dit si elle tourne (0) ou non (3)")
    commands.add_parser("stop", help="l'arrête, qui que ce soit s'en serve")
    commands.add_parser("url", help="écrit son adresse, à donner comme DATABASE_URL")
    commands.add_parser("erase", help="l'arrête et efface ses données")
    run = commands.add_parser("run", help="la tient en marche le temps d'une commande")
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMANDE")
    keeper = commands.add_parser("keep")
    keeper.add_argument("home", type=Path)
    keeper.add_argument("--report", type=int, required=True)
    keeper.add_argument("--not-durable", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        return _do(asked)
    except postgres.PostgresError as error:
        print(error, file=sys.stderr)
        return 1


def _do(asked: argparse.Namespace) -> int:
    home: Path = asked.home
    if asked.command == "keep":
        from droitfil.lib.postgres.keeper import keep

        keep(home, report=asked.report, durable=not asked.not_durable)
    elif asked.command == "status":
        said = postgres.running(home)
        if said is None:
            print("La base privée ne tourne pas.")
            return 3
        print(f"La base privée tourne (PostgreSQL {said['major']}, processus {said['pid']}).")
    elif asked.command == "stop":
        print("Arrêtée." if postgres.stop(home) else "La base privée ne tournait pas.")
    elif asked.command == "url":
        print(postgres.url(home))
    elif asked.command == "erase":
        print("Données effacées." if postgres.erase(home) else "Il n'y avait rien à effacer.")
    else:
        words = asked.words[1:] if asked.words[:1] == ["--"] else asked.words
        if not words:
            print("Donnez la commande à lancer, après « -- ».", file=sys.stderr)
            return 2
        held = postgres.hold(home)
        # The command takes our place and our lock: it is the user, with whatever it starts.
        held.bequeath()
        try:
            os.execvpe(words[0], words, {**os.environ, "DATABASE_URL": held.url})  # nosec B606
        except OSError:
            print(f"La commande « {words[0]} » ne se lance pas.", file=sys.stderr)
            return 127
    return 0


if __name__ == "__main__":
    sys.exit(main())
