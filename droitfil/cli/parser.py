"""``argparse`` that speaks French: its help, its usage and its refusals."""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

#: argparse's own sentences -> ours; what they quote is kept.
_SENTENCES = (
    (r"the following arguments are required: (.+)", r"il manque \1"),
    (r"unrecognized arguments: (.+)", r"« \1 » est en trop ou inconnu"),
    (r"argument (.+): expected one argument", r"\1 attend une valeur"),
    (r"argument (.+): ignored explicit argument (.+)", r"\1 n'attend pas de valeur"),
    (
        r"argument (.+): invalid choice: '?(.*?)'? \(choose from (.+)\)",
        r"\1 : « \2 » n'est pas un choix ; prenez \3",
    ),
    (
        r"ambiguous option: (.+) could match (.+)",
        r"« \1 » peut vouloir dire \2 : écrivez-le entier",
    ),
)


class _FrenchHelp(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        super().add_usage(usage, actions, groups, "Usage : " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser for one command; refusals are one French sentence and exit status 2."""

    def __init__(self, prog: str, description: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            formatter_class=_FrenchHelp,
            add_help=False,
            allow_abbrev=False,
        )
        self._positionals.title = "Ce qu'il faut dire"
        self._optionals.title = "Options"
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")

    def error(self, message: str) -> NoReturn:
        """Says what is wrong and how the command is written; exits with status 2."""
        for pattern, french in _SENTENCES:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, french, message)
                break
        print(f"{self.prog} : {message}.\n{self.format_usage().rstrip()}", file=sys.stderr)
        sys.exit(2)
