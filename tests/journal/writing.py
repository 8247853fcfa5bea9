"""Entries for the tests of the journal, workers at once, and hands that tamper."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from droitfil.journal.actions import Line, Message, record, record_many
from droitfil.journal.models import Entry

NOW = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)
NADIA = "staff:4b8a1c1e-0d5c-4d0e-9a53-0f0a3f6d1d11"
NIGHT = "system:night"
AMINA = UUID("0a7f6c0e-77a5-4d4b-8c39-9a1b2c3d4e5f")
CASE = UUID("7d0c9f5a-1f6e-4b1a-bb7a-2f6f1f0b9c42")


def line(rank: int = 0, **changed: Any) -> Line:
    given = {
        "actor": NIGHT, "action": "paper.issued", "subject_kind": "paper", "at": NOW,
        "subject": AMINA, "case": CASE, "facts": {"rank": rank}, **changed,
    }  # fmt: skip
    return Line(**given)


def write(count: int, *, first: int = 0) -> list[int]:
    with transaction.atomic():
        return record_many(line(rank) for rank in range(first, first + count))


def write_one(*, send: Sequence[Message] = (), **facts: Any) -> Entry:
    with transaction.atomic():
        return record(
            NADIA, action="case.decided", subject_kind="case", at=NOW, case=CASE,
            facts=facts, send=send,
        )  # fmt: skip


@contextmanager
def guards_off(table: str = "journal_entry") -> Iterator[Callable[..., None]]:
    """What someone who owns the tables can do, and verification must find."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread, all begun together; what each returned. An error is raised here."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)
    errors: list[BaseException] = []

    def run(rank: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=30)
            results[rank] = work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    if errors:
        raise errors[0]
    return results
