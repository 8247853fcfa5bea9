"""An answer to read in a terminal of 80 columns."""

from __future__ import annotations

from typing import Any


def page(answer: dict[str, Any]) -> str:
    """The answer as a page of plain text."""
    return str(answer["today"])
