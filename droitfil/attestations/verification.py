"""Verifying live: what was signed, then what the base knows of it at this instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from droitfil.attestations import offline
from droitfil.attestations.answers import Answer, Fault, Standing, by_its_dates, said_by_paper
from droitfil.attestations.models import Attestation
from droitfil.attestations.queries import current_trust, with_marks
from droitfil.attestations.trust import Trust
from droitfil.lib import replica
from droitfil.rules.seal import from_canonical

#: What a certificate made a moment ago is, for a replica that has not seen it.
_UNKNOWN = (Fault.UNKNOWN_AUTHORITY, Fault.UNKNOWN_CERTIFICATE)


def verify_many(shown: Sequence[bytes], *, now: datetime) -> list[Answer]:
    """Is each of what is shown one of our papers, and does it hold today? In the order given.

    The signature says what was issued; the base, asked once about all, says whether it was revoked
    or replaced since. Certificates may be read from a replica. A revocation counts at once: the
    primary is asked, and a replica answers only while the primary is silent, with the instant it
    knows (``known_at``).

    :param shown: each as :func:`offline.verify`, which says what it raises.
    """
    day = timezone.localdate(now)

    def signed(trust: Trust) -> list[Answer]:
        return [offline.verify(one, trust, day=day) for one in shown]

    def by_primary() -> list[Answer]:
        trust, old = replica.read(lambda: current_trust(now=now))
        answers = signed(trust)
        if old is not None and any(answer.fault in _UNKNOWN for answer in answers):
            answers = signed(current_trust(now=now))
        return _known(answers, DEFAULT_DB_ALIAS)

    def by_replica(known_at: datetime) -> list[Answer]:
        return _known(signed(current_trust(now=known_at)), replica.ALIAS)

    return replica.unless_silent(by_primary, by_replica)


def _known(answers: Sequence[Answer], using: str) -> list[Answer]:
    """The answers with what a base knows of the papers."""
    marks = {answer.mark for answer in answers if answer.genuine and answer.mark}
    found = with_marks(marks, using=using)
    return [_with(answer, found.get(answer.mark)) for answer in answers]


def _with(answer: Answer, found: Attestation | None) -> Answer:
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
