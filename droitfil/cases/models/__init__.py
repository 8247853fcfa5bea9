"""Cases, what is given and asked for them, the papers issued, and what is owed next."""

from __future__ import annotations

from droitfil.cases.models.case import Case
from droitfil.cases.models.exchanges import Amendment, Complement, ComplementItem, Piece
from droitfil.cases.models.letters import Letter
from droitfil.cases.models.papers import Coverage, Paper

__all__ = [
    "Amendment",
    "Case",
    "Complement",
    "ComplementItem",
    "Coverage",
    "Letter",
    "Paper",
    "Piece",
]
