"""Every write about papers: certificates, issuing and revoking, sharing, receipts."""

from __future__ import annotations

from droitfil.attestations.actions.certificates import make_authority, rotate
from droitfil.attestations.actions.issuing import Issued, Order, issue, revoke

__all__ = ["Issued", "Order", "issue", "make_authority", "revoke", "rotate"]
