"""Every write about papers: certificates, issuing and revoking, sharing, receipts."""

from __future__ import annotations

from droitfil.attestations.actions.certificates import make_authority, rotate
from droitfil.attestations.actions.issuing import Issued, Order, issue, revoke
from droitfil.attestations.actions.receipts import receipt_of_look, receipt_of_paper
from droitfil.attestations.actions.sharing import (
    Shared,
    make_share_code,
    open_share_code,
    revoke_share_code,
)

__all__ = [
    "Issued",
    "Order",
    "Shared",
    "issue",
    "make_authority",
    "make_share_code",
    "open_share_code",
    "receipt_of_look",
    "receipt_of_paper",
    "revoke",
    "revoke_share_code",
    "rotate",
]
