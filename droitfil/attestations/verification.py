"""Verifying live: what was signed, then what the base knows of it at this instant."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from droitfil.attestations import offline
from droitfil.attestations.answers import Answer, Fault, Standing, by_its_dates, said_by_paper
from droitfil.attestations.queries import current_trust, with_mark
from droitfil.lib import replica
from droitfil.rules.seal import from_canonical

#: What a certificate made a moment ago is, for a replica that has not seen it.
_UNKNOWN = (Fault.UNKNOWN_AUTHORITY, Fault.UNKNOWN_CERTIFICATE)


def verify(shown: bytes, *, now: datetime) -> Answer:
    """Is what is shown one of our papers, and does it hold today?

    The signature says what was issued; the base says whether it was revoked or replaced since.
    Certificates may be read from a replica. A revocation counts at once: the primary is asked, and
    a replica answers only while the primary is silent, with the instant it knows (``known_at``).

    :param shown: as :func:`offline.verify`, which says what it raises.
    """
    day = timezone.localdate(now)
    try:
        trust, old = replica.read(lambda: current_trust(now=now))
        answer = offline.verify(shown, trust, day=day)
        if old is not None and answer.fault in _UNKNOWN:
            answer = offline.verify(shown, current_trust(now=now), day=day)
        return _known(answer, DEFAULT_DB_ALIAS)
    except replica.SILENT:
        with replica.tolerated(math.inf) as known_at:
            if known_at is None:
                raise
            answer = offline.verify(shown, current_trust(now=known_at), day=day)
            return _known(answer, replica.ALIAS)


def _known(answer: Answer, using: str) -> Answer:
    """The answer with what a base knows of the paper."""
    if not answer.genuine or answer.said is None or not answer.mark:
        return answer
    found = with_mark(answer.mark, using=using)
    if found is None:
        return replace(answer, standing=Standing.UNKNOWN)
    said = said_by_paper(from_canonical(found.content), answer.said.issued_on)
    answer = replace(answer, said=said, standing=by_its_dates(said, answer.day))
    ended = getattr(found, "revocation", None)
    if ended is None:
        return answer
    return answer.ended(ended.reason, timezone.localdate(ended.revoked_at))
