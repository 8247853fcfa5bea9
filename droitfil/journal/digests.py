"""What an entry and a block are worth: canonical texts and their SHA-256, in pure Python.

The canonical text of an entry is the JSON array, as PostgreSQL writes a ``jsonb`` value, of a
version, the instant (UTC, microseconds), actor, action, kind of subject, subject, case and facts.
The database computes the same digest on its own (``journal_digest``); verification uses this
module, so that neither is believed on its word.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

ENTRY_VERSION = "droitfil-entry-1"
BLOCK_VERSION = "droitfil-block-1"
#: What the first block is chained to.
NOTHING_BEFORE = bytes(32)
SIZE = 32


def canonical(value: Any) -> str:
    """``value`` as ``jsonb`` writes it: keys by length then bytes, one space after , and :."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{_text(key)}: {canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(canonical(item) for item in value) + "]"
    return _text(value)


def instant(at: datetime) -> str:
    """``at`` in UTC to the microsecond: "2026-11-23T09:00:00.000000Z"."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def entry_digest(
    *,
    at: datetime,
    actor: str,
    action: str,
    subject_kind: str,
    subject: UUID | None,
    case: UUID | None,
    facts: str,
) -> bytes:
    """The 32 bytes of an entry; ``facts`` is their canonical text."""
    head = _text(
        [
            *(ENTRY_VERSION, instant(at), actor, action, subject_kind),
            *(None if found is None else str(found) for found in (subject, case)),
        ]
    )
    return hashlib.sha256(f"{head[:-1]}, {facts}]".encode()).digest()


def block_hash(
    *,
    number: int,
    previous: bytes,
    sealed_at: datetime,
    settled: int,
    entries: str,
    digests: bytes,
) -> bytes:
    """The 32 bytes of a block; ``entries`` as PostgreSQL writes the ranges, "{[1,4),[6,9)}"."""
    head = _text([BLOCK_VERSION, number, previous.hex(), instant(sealed_at), settled, entries])
    return hashlib.sha256(head.encode() + b"\n" + digests).digest()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
