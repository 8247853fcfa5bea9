"""Verification: any change is found and named, and what is not sealed yet is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from droitfil.journal import queries
from droitfil.journal.digests import SIZE
from droitfil.journal.models import Block
from droitfil.journal.queries import Head
from droitfil.journal.sealer import seal
from droitfil.journal.verification import Fault, Report, verify
from tests.journal.writing import NOW, guards_off, write

pytestmark = pytest.mark.django_db(transaction=True)

#: What an insider who knows how digests are made would also do.
RECOMPUTE = """
    UPDATE journal_entry SET digest =
        journal_digest(at, actor, action, subject_kind, subject, case_ref, facts)
"""


@pytest.fixture
def ids() -> list[int]:
    """Three sealed blocks of four entries, then two entries of tail."""
    written: list[int] = []
    for first in (0, 4, 8):
        written += write(4, first=first)
        seal(now=NOW)
    return written + write(2, first=12)


def found(report: Report) -> set[tuple[Fault, int | None]]:
    assert not report.intact
    return {(finding.fault, finding.entry) for finding in report.findings}


def test_a_journal_left_alone_is_intact_and_its_tail_is_told(ids: list[int]) -> None:
    report = verify()
    assert report.intact
    assert (report.blocks, report.entries, report.tail, report.tail_from) == (3, 12, 2, NOW)
    assert report.head == queries.head()


def test_an_empty_journal_is_intact() -> None:
    report = verify()
    assert (report.intact, report.head, report.tail, report.tail_from) == (True, None, 0, None)


@pytest.mark.parametrize("cunning", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "actor = 'system:day'",
        "action = 'paper.revoked'",
        "subject_kind = 'person'",
        "subject = NULL",
        "case_ref = gen_random_uuid()",
        """facts = '{"rank": 99}'""",
        """facts = facts || '{"more": null}'""",
    ],
)
def test_an_altered_entry_is_named(ids: list[int], change: str, cunning: bool) -> None:
    with guards_off() as run:
        run(f"UPDATE journal_entry SET {change} WHERE id = %s", [ids[5]])
        if cunning:
            run(f"{RECOMPUTE} WHERE id = %s", [ids[5]])
    assert found(verify()) == {(Fault.ALTERED, ids[5])}


def test_an_altered_digest_is_named(ids: list[int]) -> None:
    with guards_off() as run:
        run(r"UPDATE journal_entry SET digest = '\x00' WHERE id = %s", [ids[0]])
    assert found(verify()) == {(Fault.ALTERED, ids[0])}


@pytest.mark.parametrize("rank", [0, 5, 11])
def test_a_removed_entry_is_named(ids: list[int], rank: int) -> None:
    with guards_off() as run:
        run("DELETE FROM journal_entry WHERE id = %s", [ids[rank]])
    assert found(verify()) == {(Fault.REMOVED, ids[rank])}


def test_a_whole_block_of_entries_removed_is_named(ids: list[int]) -> None:
    with guards_off() as run:
        run("DELETE FROM journal_entry WHERE id = ANY(%s)", [ids[4:8]])
    assert found(verify()) == {(Fault.REMOVED, id_) for id_ in ids[4:8]}


@pytest.mark.parametrize("number", [-5, 0])
def test_an_entry_slipped_among_sealed_ones_is_named(ids: list[int], number: int) -> None:
    number = number or ids[0] - 1
    with guards_off() as run:
        run(
            "INSERT INTO journal_entry (id, at, actor, action, subject_kind, digest)"
            " VALUES (%s, now(), 'system:night', 'paper.issued', 'paper',"
            " journal_digest(now(), 'system:night', 'paper.issued', 'paper', NULL, NULL, '{}'))",
            [number],
        )
    assert found(verify()) == {(Fault.INSERTED, number)}


@pytest.mark.parametrize(("one", "other"), [(4, 7), (1, 10)], ids=["same block", "two blocks"])
@pytest.mark.parametrize("cunning", [False, True])
def test_two_entries_exchanged_are_named(
    ids: list[int], one: int, other: int, cunning: bool
) -> None:
    columns = "facts, digest" if cunning else "facts, at"
    with guards_off() as run:
        run(
            f"UPDATE journal_entry AS mine SET ({columns}) = ("
            f"  SELECT {columns} FROM journal_entry AS theirs"
            "   WHERE theirs.id = CASE mine.id WHEN %(a)s THEN %(b)s ELSE %(a)s END)"
            " WHERE mine.id IN (%(a)s, %(b)s)",
            {"a": ids[one], "b": ids[other]},
        )
    assert found(verify()) == {(Fault.REORDERED, ids[one]), (Fault.REORDERED, ids[other])}


def test_an_entry_given_another_number_is_named(ids: list[int]) -> None:
    with guards_off() as run:
        run("UPDATE journal_entry SET id = %s WHERE id = %s", [ids[-1] + 100, ids[6]])
    assert found(verify()) == {(Fault.REORDERED, ids[6])}


def test_an_altered_tail_is_named(ids: list[int]) -> None:
    with guards_off() as run:
        run("UPDATE journal_entry SET action = 'paper.revoked' WHERE id = %s", [ids[-1]])
    report = verify()
    assert found(report) == {(Fault.ALTERED, ids[-1])}
    assert report.tail == 1


@pytest.mark.parametrize(
    "change",
    [
        "sealed_at = sealed_at + interval '1 second'",
        "settled = settled + 1",
        "digests = digests || digests",
        r"hash = '\x00'",
        r"previous_hash = '\x00'",
        "entries = entries + '{[1000000,1000001)}'",
        "entries = entries + '{[1000000,1000000000000)}'",
        "entries = '{}'",
        "entries = '{[1000000,)}'",
    ],
)
def test_an_altered_block_is_named(ids: list[int], change: str) -> None:
    with guards_off("journal_block") as run:
        run(f"UPDATE journal_block SET {change} WHERE number = 2")
    faults = {(finding.fault, finding.block) for finding in verify().findings}
    assert (Fault.ALTERED, 2) in faults


def test_a_removed_block_is_named(ids: list[int]) -> None:
    with guards_off("journal_block") as run:
        run("DELETE FROM journal_block WHERE number = 2")
    faults = {(finding.fault, finding.block) for finding in verify().findings}
    assert (Fault.REMOVED, 2) in faults


def reseal_everything() -> None:
    """A whole new chain over the altered entries: nothing inside the database contradicts it."""
    with guards_off("journal_block") as run:
        run("DELETE FROM journal_block")
    seal(now=NOW)


def forget_the_end() -> None:
    last = Block.objects.latest("number")
    for table in ("journal_entry", "journal_block"):
        with guards_off(table) as run:
            if table == "journal_entry":
                run("DELETE FROM journal_entry WHERE id >= %s", [last.entries[0].lower])
            else:
                run("DELETE FROM journal_block WHERE number = %s", [last.number])


@pytest.mark.parametrize("rewrite", [reseal_everything, forget_the_end])
def test_a_chain_made_again_is_betrayed_by_the_head_that_was_published(
    ids: list[int], rewrite: Callable[[], None]
) -> None:
    published = queries.head()
    assert published is not None
    assert verify(published=published).intact
    rewrite()
    assert verify().intact
    assert found(verify(published=published)) == {(Fault.HEAD, None)}


def test_an_earlier_head_stays_true(ids: list[int]) -> None:
    published = queries.head()
    seal(now=NOW)
    assert verify(published=published).intact


def test_a_head_is_written_and_read_again() -> None:
    made = Head(12, bytes(range(SIZE)))
    assert Head.read(str(made)) == made
    for text in ("", "12", "12:00", "x:" + "0" * 64, f"012:{'0' * 64}"):
        with pytest.raises(ValueError):
            Head.read(text)
