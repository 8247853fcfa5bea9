"""The bundle by which papers are verified without the platform: made now, signed."""

from __future__ import annotations

from datetime import datetime

from droitfil.attestations import trust
from droitfil.attestations.actions.certificates import signer
from droitfil.attestations.models import Purpose
from droitfil.attestations.queries import current_trust


def bundle(*, now: datetime) -> str:
    """The signed text of what is known at ``now``: certificates, revocations.

    :raises droitfil.lib.refusals.Refusal: when no key can sign it.
    """
    signs = signer(Purpose.SEAL)
    known = current_trust(now=now, revocations=True)
    return trust.written(known, signs=str(signs.certificate), key=signs.key)
