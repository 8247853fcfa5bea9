"""Cases, what is given and asked for them, the papers issued, what is owed next, the nights."""

from __future__ import annotations

from droitfil.cases.models.case import Case
from droitfil.cases.models.exchanges import Amendment, Complement, ComplementItem, Piece
from droitfil.cases.models.families import ChildClaim, ChildProof
from droitfil.cases.models.letters import Letter
from droitfil.cases.models.moves import Move
from droitfil.cases.models.nights import Alert, Night, Proof, Reminder
from droitfil.cases.models.pages import Page
from droitfil.cases.models.papers import Coverage, Paper

__all__ = [
    "Alert",
    "Amendment",
    "Case",
    "ChildClaim",
    "ChildProof",
    "Complement",
    "ComplementItem",
    "Coverage",
    "Letter",
    "Move",
    "Night",
    "Page",
    "Paper",
    "Piece",
    "Proof",
    "Reminder",
]
