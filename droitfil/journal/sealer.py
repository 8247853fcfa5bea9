"""Seals entries in blocks, each chained to the one before, without making any writer wait.

Ids are given before transactions end, so entries appear out of order. A block takes what has
appeared and is in no block yet; a writer that is slow is sealed in a later block. ``settled``
moves past an id only when every transaction that was writing when it was given is over: nothing
can appear there any more, and whatever does was put there by someone else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from droitfil.journal.digests import NOTHING_BEFORE, block_hash

#: Entries in one block, at most.
BLOCK_SIZE = 5_000
#: The advisory lock of who seals: "drtfsceu" as a number.
LOCK = 0x6472746673636575

_NO_HEAD: tuple[Any, ...] = (0, NOTHING_BEFORE, 0, 0, [])
_HEAD = """
    SELECT number, hash, settled, given, writers FROM journal_block ORDER BY number DESC LIMIT 1
"""
# The last id given is read before the writers: whoever holds an id holds the lock by then.
_GIVEN = """
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_entry_id_seq
"""
_WRITERS = """
    SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'journal_entry'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode = 'RowExclusiveLock'
      AND pid IS DISTINCT FROM pg_backend_pid()
"""
_BATCH = """
    WITH done AS (
        SELECT coalesce(range_agg(entries), '{}') AS entries FROM journal_block
        WHERE entries && int8multirange(int8range(%(settled)s, NULL, '()'))
    ), batch AS (
        SELECT id, digest FROM journal_entry
        WHERE id > %(settled)s AND NOT id <@ (SELECT entries FROM done)
        ORDER BY id LIMIT %(size)s
    )
    SELECT count(*), max(id), range_agg(int8range(id, id, '[]'))::text,
           string_agg(digest, ''::bytea ORDER BY id)
    FROM batch
"""
_INSERT = """
    INSERT INTO journal_block
        (number, entries, digests, settled, given, writers, previous_hash, hash, sealed_at)
    VALUES (%s, %s::int8multirange, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one call sealed."""

    blocks: int
    entries: int


def seal(*, now: datetime) -> Sealed:
    """Seals every entry committed before the call, in blocks of :data:`BLOCK_SIZE` at most.

    Each block is a transaction of its own: killed midway, what is sealed stays sealed. Two calls
    at once take turns. Not to be called inside a transaction.
    """
    blocks = entries = 0
    while True:
        with transaction.atomic(durable=True):
            taken = _seal_block(now)
        if not taken:
            return Sealed(blocks=blocks, entries=entries)
        blocks, entries = blocks + 1, entries + taken
        if taken < BLOCK_SIZE:
            return Sealed(blocks=blocks, entries=entries)


def seal_within(*, now: datetime) -> Sealed:
    """As :func:`seal`, in the caller's transaction: for who fills an empty journal alone.

    Any other writer would wait for that transaction to end.
    """
    blocks = entries = 0
    while taken := _seal_block(now):
        blocks, entries = blocks + 1, entries + taken
    return Sealed(blocks=blocks, entries=entries)


def _seal_block(now: datetime) -> int:
    with connection.cursor() as cursor:

        def one(statement: str, given: Any = None) -> Any:
            cursor.execute(statement, given)
            return cursor.fetchone()

        one("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        number, previous, settled, known, before = one(_HEAD) or _NO_HEAD
        (given,) = one(_GIVEN)
        (writers,) = one(_WRITERS)
        # Those who were writing then are over: what they left is seen by the statement below.
        reach = settled if set(before) & set(writers) else max(settled, known)
        count, last, ids, digests = one(_BATCH, {"settled": settled, "size": BLOCK_SIZE})
        if not count:
            return 0
        if count == BLOCK_SIZE:
            reach = max(settled, min(reach, last))
        made = block_hash(
            number=number + 1,
            previous=bytes(previous),
            sealed_at=now,
            settled=reach,
            entries=ids,
            digests=bytes(digests),
        )
        cursor.execute(
            _INSERT,
            [number + 1, ids, digests, reach, given, writers, bytes(previous), made, now],
        )
        return int(count)
