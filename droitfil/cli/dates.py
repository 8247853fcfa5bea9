"""A date given on a command line."""

from __future__ import annotations

from datetime import date

from droitfil.cli.parser import Parser


def read_date(parser: Parser, written: str | None, default: date) -> date:
    """The date ``written`` as AAAA-MM-JJ, ``default`` when absent; refuses any other text."""
    if written is None:
        return default
    try:
        if len(written) != 10:
            raise ValueError
        return date.fromisoformat(written)
    except ValueError:
        parser.error(f"--date vaut « {written} » : écrivez une date AAAA-MM-JJ")
