"""The sealer: everything sealed exactly once, and nobody waits for it nor for one another."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, transaction

from droitfil.journal import sealer
from droitfil.journal.models import Block, Entry
from droitfil.journal.queries import head
from droitfil.journal.sealer import Sealed, seal
from droitfil.journal.verification import verify
from tests.journal.writing import NOW, at_once, write, write_one

pytestmark = pytest.mark.django_db(transaction=True)


def sealed_ids() -> list[int]:
    return [
        id_
        for block in Block.objects.order_by("number")
        for one in block.entries
        for id_ in range(one.lower, one.upper)
    ]


@contextmanager
def slow_writer() -> Iterator[psycopg.Connection]:
    """Another session that has written an entry and has not committed yet."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as raw:
        raw.execute(
            "INSERT INTO journal_entry (at, actor, action, subject_kind)"
            " VALUES (now(), 'system:slow', 'paper.issued', 'paper')"
        )
        yield raw


def test_what_is_written_is_sealed_in_chained_blocks() -> None:
    assert seal(now=NOW) == Sealed(blocks=0, entries=0)
    assert head() is None
    first = write(3)
    assert seal(now=NOW) == Sealed(blocks=1, entries=3)
    second = write(2)
    assert seal(now=NOW) == Sealed(blocks=1, entries=2)
    assert seal(now=NOW) == Sealed(blocks=0, entries=0)
    one, two = Block.objects.order_by("number")
    assert (one.number, two.number) == (1, 2)
    assert sealed_ids() == first + second
    assert bytes(two.previous_hash) == bytes(one.hash)
    made = head()
    assert made is not None
    assert (made.number, made.hash) == (2, bytes(two.hash))


def test_a_long_backlog_makes_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BLOCK_SIZE", 100)
    ids = write(250)
    assert seal(now=NOW) == Sealed(blocks=3, entries=250)
    assert sealed_ids() == ids
    assert verify().intact


def test_writers_at_once_do_not_wait_and_are_all_sealed_once() -> None:
    stop = threading.Event()

    def writer() -> int:
        for _ in range(40):
            write_one(rank=1)
            write(3)
        return 160

    def keep_sealing() -> int:
        count = 0
        while not stop.is_set():
            count += seal(now=NOW).entries
        return count

    def end() -> int:
        try:
            return sum(at_once(writer, writer, writer, writer))
        finally:
            stop.set()

    during, written = at_once(keep_sealing, end)
    after = seal(now=NOW).entries
    assert written == 640
    assert during + after == 640
    assert sorted(sealed_ids()) == list(Entry.objects.order_by("id").values_list("id", flat=True))
    assert len(set(sealed_ids())) == 640
    report = verify()
    assert (report.intact, report.entries, report.tail) == (True, 640, 0)


def test_no_writer_waits_for_another_nor_for_the_sealer() -> None:
    write(1)
    with slow_writer() as slow:
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            ids = write(10)
        seal(now=NOW)  # while the slow one still has not finished
        assert time.monotonic() - began < 10
        assert set(ids) <= set(sealed_ids())
        slow.commit()


def test_a_slow_writer_is_sealed_later_and_nothing_is_settled_past_it() -> None:
    with slow_writer() as slow:
        written = write(5)
        assert seal(now=NOW).entries == 5
        write(1)
        assert seal(now=NOW).entries == 1
        assert Block.objects.latest("number").settled == 0
        slow.commit()
    late = Entry.objects.get(actor="system:slow")
    assert late.pk < written[0]
    report = verify()
    assert (report.intact, report.tail, report.tail_from) == (True, 1, late.at)
    assert seal(now=NOW).entries == 1
    assert sealed_ids()[-1] == late.pk
    last = write(1)[0]
    seal(now=NOW)
    assert late.pk < Block.objects.latest("number").settled < last
    assert verify().intact


def test_an_entry_that_was_never_committed_leaves_no_trace() -> None:
    write(1)
    with slow_writer() as slow:
        slow.rollback()
    write(1)
    assert seal(now=NOW).entries == 2
    assert len(sealed_ids()) == 2
    assert verify().intact


def test_sealing_twice_at_once_seals_once() -> None:
    ids = write(300)
    both = at_once(lambda: seal(now=NOW), lambda: seal(now=NOW))
    assert sorted(sealed.entries for sealed in both) == [0, 300]
    assert sealed_ids() == ids
    assert verify().intact


def test_the_database_refuses_to_seal_an_entry_twice() -> None:
    write(3)
    seal(now=NOW)
    with pytest.raises(Exception, match="journal_block_seals_once"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_block SELECT number + 1, entries, digests, settled, given,"
            " writers, hash, hash, sealed_at FROM journal_block"
        )


def test_sealing_is_not_part_of_another_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        seal(now=NOW)
