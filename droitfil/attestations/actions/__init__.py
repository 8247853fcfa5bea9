"""Every write about papers: certificates, issuing and revoking, sharing, receipts."""

from __future__ import annotations

from droitfil.attestations.actions.certificates import make_authority, rotate
from droitfil.attestations.actions.issuing import Issued, Order, issue, revoke
from droitfil.attestations.actions.receipts import Verified, verify_papers
from droitfil.attestations.actions.sharing import (
    Asked,
    Shared,
    make_share_code,
    open_share_code,
    open_share_codes,
    revoke_share_code,
)

__all__ = [
    "Asked",
    "Issued",
    "Order",
    "Shared",
    "Verified",
    "issue",
    "make_authority",
    "make_share_code",
    "open_share_code",
    "open_share_codes",
    "revoke",
    "revoke_share_code",
    "rotate",
    "verify_papers",
]
