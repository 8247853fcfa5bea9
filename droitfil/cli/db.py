"""``droitfil db``: the private PostgreSQL of this checkout, by hand.

It needs no starting: whatever needs it starts it, and it stops with its last user.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from droitfil.cli.parser import Parser
from droitfil.lib import postgres

NOT_RUNNING = 3  # as service managers say it
NOT_FOUND = 127  # as shells say it
EPILOG = """Les commandes :
  status            dit si elle tourne (statut 0) ou non (statut 3)
  url               écrit son adresse, à donner comme DATABASE_URL
  stop              l'arrête, qui que ce soit s'en serve
  erase             l'arrête et efface ses données, avec les pièces de .droitfil/files
  run COMMANDE …    la tient en marche le temps d'une commande, qui reçoit DATABASE_URL"""


def main(arguments: Sequence[str]) -> int:
    """Does what ``arguments`` ask of the database; returns the exit status."""
    parser = Parser("droitfil db", "La base PostgreSQL privée de ce dossier.", EPILOG)
    parser.add_argument("--home", type=Path, default=postgres.HOME, help="son dossier")
    parser.add_argument("command", choices=list(ACTIONS), metavar="COMMANDE")
    line, words = _cut(list(arguments))
    asked = parser.parse_args(line)
    if words and asked.command != "run":
        parser.error(f"« {' '.join(words)} » est en trop")
    try:
        return ACTIONS[asked.command](asked.home, words)
    except postgres.PostgresError as error:
        print(error, file=sys.stderr)
        return 1


def _cut(line: list[str]) -> tuple[list[str], list[str]]:
    """Our words, then those of the command to run."""
    if "run" not in line:
        return line, []
    at = line.index("run") + 1
    words = line[at:]
    return line[:at], words[1:] if words[:1] == ["--"] else words


def _status(home: Path, _words: list[str]) -> int:
    said = postgres.running(home)
    if said is None:
        print("La base privée ne tourne pas.")
        return NOT_RUNNING
    print(f"La base privée tourne : PostgreSQL {said['major']}, processus {said['pid']}.")
    return 0


def _url(home: Path, _words: list[str]) -> int:
    print(postgres.url(home))
    return 0


def _stop(home: Path, _words: list[str]) -> int:
    print("Arrêtée." if postgres.stop(home) else "La base privée ne tournait pas.")
    return 0


def _erase(home: Path, _words: list[str]) -> int:
    erased = postgres.erase(home)
    if home == postgres.HOME:  # what it alone could open
        shutil.rmtree(home.parent / "files", ignore_errors=True)
    print("Données effacées." if erased else "Il n'y avait rien à effacer.")
    return 0


def _run(home: Path, words: list[str]) -> int:
    if not words:
        print("Donnez la commande à lancer : droitfil db run COMMANDE …", file=sys.stderr)
        return 2
    held = postgres.hold(home)
    # The command takes our place and our lock: it is the user, with whatever it starts.
    held.bequeath()
    try:
        os.execvpe(words[0], words, {**os.environ, "DATABASE_URL": held.url})  # nosec B606
    except OSError:
        print(f"La commande « {words[0]} » ne se lance pas.", file=sys.stderr)
        return NOT_FOUND


ACTIONS: dict[str, Callable[[Path, list[str]], int]] = {
    "status": _status,
    "url": _url,
    "stop": _stop,
    "erase": _erase,
    "run": _run,
}
