"""Verifying live: what was signed, then what the base knows of it at this instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from droitfil.attestations import offline
from droitfil.attestations.answers import Answer, Standing, by_its_dates, said_by_paper
from droitfil.attestations.models import Attestation
from droitfil.attestations.queries import current_trust, with_marks
from droitfil.rules.seal import from_canonical


def verify(shown: bytes, *, now: datetime) -> Answer:
    """As :func:`verify_many`, for one."""
    return verify_many([shown], now=now)[0]


def verify_many(shown: Sequence[bytes], *, now: datetime) -> list[Answer]:
    """Is each of what is shown one of our papers, and does it hold today? In the order given.

    The signature says what was issued; the base, asked once about all, says whether it was revoked
    or replaced since.

    :param shown: each as :func:`offline.verify`, which says what it raises.
    """
    trust, day = current_trust(now=now), timezone.localdate(now)
    answers = [offline.verify(one, trust, day=day) for one in shown]
    found = with_marks({answer.mark for answer in answers if answer.genuine and answer.mark})
    return [_known(answer, found.get(answer.mark)) for answer in answers]


def _known(answer: Answer, found: Attestation | None) -> Answer:
    if not answer.genuine or answer.said is None or not answer.mark:
        return answer
    if found is None:
        return replace(answer, standing=Standing.UNKNOWN)
    said = said_by_paper(from_canonical(found.content), answer.said.issued_on)
    answer = replace(answer, said=said, standing=by_its_dates(said, answer.day))
    ended = getattr(found, "revocation", None)
    if ended is None:
        return answer
    return answer.ended(ended.reason, timezone.localdate(ended.revoked_at))
