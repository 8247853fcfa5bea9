"""``droitfil COMMAND``: finds the command and hands it the rest of the line.

Each command is a module with ``main(arguments) -> exit status``, imported only when it is asked
for: ``timeline`` and ``law`` start without Django.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence

#: name -> (module, what it does)
COMMANDS = {
    "timeline": ("droitfil.cli.timeline", "répond à une question : qui peut faire quoi, quel jour"),
    "law": (
        "droitfil.cli.law",
        "montre une règle, un titre, un paramètre, ou ce qui est incertain",
    ),
    "serve": ("droitfil.cli.serve", "sert les pages et l'interface HTTP sur cette machine"),
    "worker": (
        "droitfil.cli.supervisor",
        "fait ce qui est dû sans qu'on le demande, là où serve n'est pas",
    ),
    "territory": (
        "droitfil.cli.territory",
        "les communes et les bureaux : qui est compétent pour quelle adresse",
    ),
    "journal": ("droitfil.cli.journal", "le journal : le vérifier, le sceller, dire sa tête"),
    "files": ("droitfil.cli.files", "les pièces reçues : antivirus, quarantaine, ménage"),
    "keys": ("droitfil.cli.keys", "les clés des pièces et des signatures : les voir, en changer"),
    "night": (
        "droitfil.cli.night",
        "le travail de la nuit : papiers dus, rappels, alertes, preuve",
    ),
    "proof": ("droitfil.cli.proof", "la preuve de continuité d'une date"),
    "staff": ("droitfil.cli.staff", "les agents : leur rôle, leur bureau, leur clé"),
    "notices": ("droitfil.cli.notices", "les messages : leur départ, leurs retours"),
    "letters": (
        "droitfil.cli.letters",
        "les lettres : un lot à imprimer, sa remise à la poste, les retours",
    ),
    "verify": ("droitfil.cli.verify", "vérifie un papier sans réseau, par la liste de confiance"),
    "trust": ("droitfil.cli.trust", "écrit la liste de confiance, pour vérifier sans réseau"),
    "demo": ("droitfil.cli.demo", "la démonstration : un pays inventé, à charger ou à effacer"),
    "db": ("droitfil.cli.db", "la base PostgreSQL privée de ce dossier : état, arrêt, effacement"),
}
#: Exit statuses: it could not be done; what was given is refused; Ctrl-C, as shells count it.
FAILED, REFUSED, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status (0 done, 1 failed, 2 refused)."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    if not line or line[0] in ("-h", "--help", "help"):
        return _guarded(lambda: print(usage()))
    name, *rest = line
    if name not in COMMANDS:
        print(f"droitfil : « {name} » n'est pas une commande.\n\n{usage()}", file=sys.stderr)
        return REFUSED
    module = importlib.import_module(COMMANDS[name][0])
    return _guarded(lambda: module.main(rest))


def usage() -> str:
    """The commands there are, for a person."""
    lines = [f"  {name:<10} {does}" for name, (_, does) in COMMANDS.items()]
    return "\n".join(
        [
            "Usage : droitfil COMMANDE …",
            "",
            *lines,
            "",
            "Pour en savoir plus sur une commande : droitfil COMMANDE --help",
        ]
    )


def _guarded(run: Callable[[], int | None]) -> int:
    """A reader that leaves early or Ctrl-C ends the command quietly, without a traceback."""
    try:
        status = run() or 0
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes stdout again as it exits: give it somewhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


if __name__ == "__main__":
    sys.exit(main())
