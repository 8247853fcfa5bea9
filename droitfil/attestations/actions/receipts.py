"""Sealed receipts: what a verification answered, which whoever checked in good faith keeps."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from droitfil.attestations.actions.certificates import signer
from droitfil.attestations.answers import Answer, Rights
from droitfil.attestations.models import Look, Purpose, Receipt

FORMAT = "droitfil-receipt-1"


def receipt_of_paper(answer: Answer, *, now: datetime) -> Receipt:
    """The receipt of a genuine paper: its number and rights, whether it holds; no name."""
    said = answer.said
    assert said is not None
    return _keep(
        now,
        {
            "about": "paper",
            "kind": said.kind,
            "reference": said.reference,
            "standing": str(answer.standing),
            "reason": answer.reason,
            "ended_on": answer.ended_on and answer.ended_on.isoformat(),
            "may_stay": said.may_stay,
            "may_work": str(said.may_work),
            "limits": list(said.limits),
            "from": said.valid_from.isoformat(),
            "until": said.valid_to and said.valid_to.isoformat(),
        },
    )


def receipt_of_look(rights: Rights, look: Look, *, now: datetime) -> Receipt:
    """The receipt of what a share code showed."""
    with transaction.atomic():
        made = _keep(
            now,
            {
                "about": "share_code",
                "may_stay": rights.may_stay,
                "may_work": str(rights.may_work),
                "limits": list(rights.limits),
                "until": rights.until and rights.until.isoformat(),
            },
        )
        look.receipt = made
        look.save(update_fields=["receipt"])
    return made


def _keep(now: datetime, said: dict[str, Any]) -> Receipt:
    signs = signer(Purpose.SEAL)
    id_ = uuid4()  # its address is a secret: nothing of it may be guessed
    content = json.dumps(
        {
            "format": FORMAT,
            "id": str(id_),
            "at": now.isoformat(),
            "day": timezone.localdate(now).isoformat(),
            **said,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return Receipt.objects.create(
        id=id_,
        at=now,
        content=content,
        certificate=signs.certificate,
        signature=signs.sign(f"{FORMAT}\n{content}".encode()),
    )
