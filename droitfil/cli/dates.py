"""A date given on a command line."""

from __future__ import annotations

from datetime import date

from droitfil.cli.parser import Parser


def read_date(parser: Parser, written: str | None, default: date) -> date:
    """The date ``written`` as AAAA-MM-JJ, ``default`` when absent; refuses any other text."""
    if written is None:
        return default
    try:
        found = date.fromisoformat(written)
        if found.isoformat() != written:  # a week, a date without dashes
            raise ValueError
        return found
    except ValueError:
        parser.error(f"--date vaut « {written} » : écrivez une date AAAA-MM-JJ")
