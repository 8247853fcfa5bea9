"""What waits to be done outside: claimed by one worker at a time, tried again, then given up.

A worker claims, does the work, and says it is done or must be tried again. One that dies leaves
its messages to others after :data:`LEASE`: the work is done at least once, so whoever does it
uses the message's id to do it once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

#: How long a claimed message is left to its worker.
LEASE = timedelta(minutes=10)
#: Attempts before a message is given up: about two days, as long as mail servers try.
MOST_ATTEMPTS = 16
#: The wait after the first failure; it doubles each time, up to the longest.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)

#: Nobody came back from the last attempt allowed.
LOST = "worker-lost"

_GIVE_UP = """
    UPDATE journal_outbox SET failed_at = %(now)s, error = %(lost)s
    WHERE id IN (
        SELECT id FROM journal_outbox
        WHERE kind = %(kind)s AND done_at IS NULL AND failed_at IS NULL
          AND due_at <= %(now)s AND taken_at <= %(expired)s AND attempts >= %(most)s
        FOR UPDATE SKIP LOCKED
    )
"""
_CLAIM = """
    WITH due AS (
        SELECT id FROM journal_outbox
        WHERE kind = %(kind)s AND done_at IS NULL AND failed_at IS NULL AND due_at <= %(now)s
          AND (taken_at IS NULL OR taken_at <= %(expired)s) AND attempts < %(most)s
        ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE journal_outbox SET taken_at = %(now)s, attempts = attempts + 1
        FROM due WHERE journal_outbox.id = due.id
        RETURNING journal_outbox.id, entry_id, payload, attempts, due_at
    )
    SELECT id, entry_id, payload, attempts FROM taken ORDER BY due_at, id
"""
# Only the worker of the latest attempt may end it: one that comes back late changes nothing.
_END = """
    UPDATE journal_outbox
    SET done_at = %(done)s, failed_at = %(failed)s, error = %(error)s,
        due_at = coalesce(%(due)s, due_at),
        taken_at = CASE WHEN %(due)s::timestamptz IS NULL THEN taken_at END
    FROM unnest(%(ids)s::bigint[], %(attempts)s::smallint[]) AS mine (id, attempts)
    WHERE journal_outbox.id = mine.id AND journal_outbox.attempts = mine.attempts
      AND taken_at IS NOT NULL AND done_at IS NULL AND failed_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker has to deal with; ``attempts`` counts this one."""

    id: int
    entry: int
    kind: str
    payload: dict[str, Any]
    attempts: int


def claim(kind: str, *, limit: int, now: datetime) -> list[Claimed]:
    """Takes up to ``limit`` messages due at ``now``, the longest due first; nobody else has them.

    Workers that claim together share the messages and do not wait for one another. One whose last
    attempt allowed was lost with its worker is given up on the way.
    """
    given: dict[str, Any] = {
        "kind": kind, "limit": limit, "now": now, "expired": now - LEASE,
        "most": MOST_ATTEMPTS, "lost": LOST,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GIVE_UP, given)
        cursor.execute(_CLAIM, given)
        return [
            Claimed(id=id_, entry=entry, kind=kind, payload=json.loads(payload), attempts=attempts)
            for id_, entry, payload, attempts in cursor.fetchall()
        ]


def done(messages: Iterable[Claimed], *, now: datetime) -> int:
    """Ends these messages well; how many were still this worker's to end."""
    return _end(list(messages), done=now)


def retry(message: Claimed, *, error: str, now: datetime) -> bool:
    """Leaves the message for later, longer each time; gives it up after :data:`MOST_ATTEMPTS`.

    :param error: why, a code ("smtp-450"), without anything of the person.
    :return: False when it is given up, or was no longer this worker's.
    """
    if message.attempts >= MOST_ATTEMPTS:
        fail(message, error=error, now=now)
        return False
    wait = min(FIRST_WAIT * 2 ** (message.attempts - 1), LONGEST_WAIT)
    return bool(_end([message], due=now + wait, error=error))


def fail(message: Claimed, *, error: str, now: datetime) -> bool:
    """Gives the message up at once; False when it was no longer this worker's."""
    return bool(_end([message], failed=now, error=error))


def _end(
    messages: list[Claimed],
    *,
    done: datetime | None = None,
    failed: datetime | None = None,
    due: datetime | None = None,
    error: str = "",
) -> int:
    given: dict[str, Any] = {
        "done": done,
        "failed": failed,
        "due": due,
        "error": error,
        "ids": [message.id for message in messages],
        "attempts": [message.attempts for message in messages],
    }
    with connection.cursor() as cursor:
        cursor.execute(_END, given)
        return int(cursor.rowcount)
