"""Verifying live: what was signed, then what the base knows of it at this instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from droitfil.attestations import offline
from droitfil.attestations.answers import Answer, Standing, by_its_dates, said_by_paper
from droitfil.attestations.queries import current_trust, with_mark
from droitfil.rules.seal import from_canonical


def verify(shown: bytes, *, now: datetime) -> Answer:
    """Is what is shown one of our papers, and does it hold today?

    The signature says what was issued; the base says whether it was revoked or replaced since.

    :param shown: as :func:`offline.verify`, which says what it raises.
    """
    answer = offline.verify(shown, current_trust(now=now), day=timezone.localdate(now))
    if not answer.genuine or answer.said is None or not answer.mark:
        return answer
    found = with_mark(answer.mark)
    if found is None:
        return replace(answer, standing=Standing.UNKNOWN)
    said = said_by_paper(from_canonical(found.content), answer.said.issued_on)
    answer = replace(answer, said=said, standing=by_its_dates(said, answer.day))
    ended = getattr(found, "revocation", None)
    if ended is None:
        return answer
    return answer.ended(ended.reason, timezone.localdate(ended.revoked_at))
