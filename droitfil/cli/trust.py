"""``droitfil trust export``: writes the signed bundle with which papers are verified offline."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

EPILOG = """Les commandes :
  export [FICHIER]  écrit la liste de confiance (« - » ou rien : sur la sortie standard) :
                    certificats publics, papiers retirés, instant ; signée"""


def main(arguments: Sequence[str]) -> int:
    """Writes the bundle; 1 when it cannot be made."""
    parser = Parser("droitfil trust", "De quoi vérifier les papiers sans réseau.", EPILOG)
    parser.add_argument("command", choices=("export",), metavar="COMMANDE")
    parser.add_argument("file", nargs="?", default="-", metavar="FICHIER")
    asked = parser.parse_args(arguments)
    from droitfil.lib.postgres import PostgresError

    try:
        open_database(quiet=True)
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    from droitfil.attestations.bundle import bundle
    from droitfil.lib import clock
    from droitfil.lib.refusals import Refused

    try:
        text = bundle(now=clock.now())
        if asked.file == "-":
            print(text)
        else:
            Path(asked.file).write_text(text, encoding="utf-8")
    except Refused as refusal:
        print(refusal.says, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"« {asked.file} » ne s'écrit pas : {error.strerror}.", file=sys.stderr)
        return 1
    return 0
