"""Accounts, people, what they hold, who their family is, and which agents may open their file."""

from __future__ import annotations

from droitfil.people.models.accounts import Account, AccountManager, Staff
from droitfil.people.models.links import Link, LinkAttempt, LinkClaim, LinkNotice
from droitfil.people.models.persons import (
    FOREIGNER_NUMBER,
    LENGTH,
    FamilyLink,
    Person,
    ResidenceDocument,
)

__all__ = [
    "FOREIGNER_NUMBER",
    "LENGTH",
    "Account",
    "AccountManager",
    "FamilyLink",
    "Link",
    "LinkAttempt",
    "LinkClaim",
    "LinkNotice",
    "Person",
    "ResidenceDocument",
    "Staff",
]
