"""Verifying and keeping what was answered: receipts, sealed, which whoever checked keeps.

Many at once are one transaction: nobody is answered before what they were told is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from droitfil.attestations import verification
from droitfil.attestations.actions.certificates import signer
from droitfil.attestations.answers import Answer
from droitfil.attestations.models import Purpose, Receipt

FORMAT = "droitfil-receipt-1"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a paper is worth, and the receipt of the answer; None for one that is not genuine, or
    while the base that keeps receipts is silent."""

    answer: Answer
    receipt: Receipt | None


def verify_papers(shown: Sequence[bytes], *, now: datetime) -> list[Verified]:
    """Is each of what is shown one of our papers, and does it hold today? Answers kept, in order.

    As many statements for a hundred as for one.

    :param shown: as :func:`verification.verify_many`, which says what it raises.
    """
    answers = verification.verify_many(shown, now=now)
    kept = [answer.genuine and answer.known_at >= now for answer in answers]
    told = [answer.for_receipt() for answer, keeps in zip(answers, kept, strict=True) if keeps]
    receipts = iter(keep(told, now=now))
    return [
        Verified(answer, next(receipts) if keeps else None)
        for answer, keeps in zip(answers, kept, strict=True)
    ]


def keep(told: Iterable[dict[str, Any]], *, now: datetime) -> list[Receipt]:
    """A receipt of each thing told, sealed, in the caller's transaction if any; no name in it."""
    contents = list(told)
    if not contents:
        return []
    signs = signer(Purpose.SEAL)
    heading = {
        "format": FORMAT, "at": now.isoformat(), "day": timezone.localdate(now).isoformat()
    }  # fmt: skip
    receipts = []
    for said in contents:
        id_ = uuid4()  # its address is a secret: nothing of it may be guessed
        content = json.dumps(
            {**heading, "id": str(id_), **said},
            ensure_ascii=False, sort_keys=True, separators=(",", ":"),
        )  # fmt: skip
        signature = signs.sign(f"{FORMAT}\n{content}".encode())
        receipts.append(
            Receipt(
                id=id_, at=now, content=content, certificate=signs.certificate, signature=signature
            )
        )
    return Receipt.objects.bulk_create(receipts)
