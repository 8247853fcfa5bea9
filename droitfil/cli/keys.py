"""``droitfil keys``: the private keys, which are files and never rows."""

from __future__ import annotations

from collections.abc import Sequence

from droitfil.cli.parser import Parser

EPILOG = """Les clés :
  signing   celles qui signent les papiers (droitfil keys signing --help)"""


def main(arguments: Sequence[str]) -> int:
    """Hands the rest of the line to the keys that are named."""
    if arguments[:1] == ["signing"]:
        from droitfil.cli import signing_keys

        return signing_keys.main(arguments[1:])
    parser = Parser("droitfil keys", "Les clés privées, hors de la base.", EPILOG)
    parser.add_argument("keys", choices=("signing",), metavar="CLÉS")
    parser.parse_args(arguments)
    return 2
