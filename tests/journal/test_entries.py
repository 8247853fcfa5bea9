"""Entries: written with the fact they tell, kept for ever, without a name in them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from droitfil.journal import queries
from droitfil.journal.actions import Message, plain, record, record_many, record_reading
from droitfil.journal.digests import canonical, entry_digest
from droitfil.journal.models import Entry, OutboxMessage
from tests.journal.writing import AMINA, CASE, NADIA, NIGHT, NOW, line, write, write_one

pytestmark = pytest.mark.django_db


def stored(pk: int) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts::text, digest FROM journal_entry WHERE id = %s", [pk])
        facts, digest = cursor.fetchone()
    return facts, bytes(digest)


def worth(entry: Entry, facts: str) -> bytes:
    return entry_digest(
        at=entry.at, actor=entry.actor, action=entry.action, subject_kind=entry.subject_kind,
        subject=entry.subject, case=entry.case, facts=facts,
    )  # fmt: skip


def test_an_entry_says_who_did_what_when() -> None:
    paris = timezone(timedelta(hours=1))
    at = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=paris)
    with transaction.atomic():
        made = record(
            NADIA, action="case.decided", subject_kind="person", subject=AMINA, case=CASE, at=at,
            facts={"outcome": "granted", "from": date(2026, 12, 1), "paper": CASE, "pages": 3},
        )  # fmt: skip
    entry = Entry.objects.get(pk=made.pk)
    assert (entry.actor, entry.action) == (NADIA, "case.decided")
    assert (entry.subject_kind, entry.subject, entry.case) == ("person", AMINA, CASE)
    assert entry.at == at
    assert entry.facts == {
        "outcome": "granted", "from": "2026-12-01", "paper": str(CASE), "pages": 3,
    }  # fmt: skip
    assert bytes(entry.digest) == bytes(made.digest) == worth(entry, canonical(entry.facts))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET action = 'case.refused'",
        "UPDATE journal_entry SET action = 'case.refused' WHERE false",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry CASCADE",
        "UPDATE journal_block SET number = number + 1",
        "DELETE FROM journal_block",
        "TRUNCATE journal_block",
    ],
)
@pytest.mark.parametrize("ignored", [False, True])
def test_the_database_refuses_to_change_what_was_written(statement: str, ignored: bool) -> None:
    entry = write_one()
    with connection.cursor() as cursor:
        if ignored:  # how pgtrigger switches off the triggers whose body is its own
            cursor.execute(
                "SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true)"
                " FROM pg_trigger WHERE NOT tgisinternal"
            )
        with pytest.raises(DatabaseError, match="only takes new rows"), transaction.atomic():
            cursor.execute(statement)
    assert Entry.objects.get().action == entry.action


def test_an_entry_is_written_in_the_transaction_of_its_fact() -> None:
    with transaction.atomic():
        record(NADIA, action="case.decided", subject_kind="case", at=NOW, send=[Message("mail")])
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record(NADIA, action="case.decided", subject_kind="case", at=NOW)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"name": "Amina Benali"}, ValueError),
        ({"who": {"email": ["amina@exemple.invalid"]}}, ValueError),
        ({"street": "rue\n"}, ValueError),
        ({"code": "x" * 121}, ValueError),
        ({"amount": 225.5}, TypeError),
        ({"at": datetime(2026, 1, 1)}, TypeError),  # noqa: DTZ001
        ({"what": object()}, TypeError),
        ({"Amina Benali": 1}, ValueError),
        ({"a": {"Amina Benali": 1}}, ValueError),
    ],
)
def test_facts_hold_no_text(facts: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error), transaction.atomic():
        write_one(**facts)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "facts",
    [
        '{"a": "Amina Benali"}', '{"a": [{"b": "é"}]}', '{"a": "b, c"}', '{"a": "b\\"c"}',
        '{"Amina Benali": 1}', "[]", '"x"', f'{{"a": "{"x" * 4000}"}}',
    ],
)  # fmt: skip
def test_nor_do_those_that_come_by_sql(facts: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (at, actor, action, subject_kind, facts)"
            " VALUES (now(), 'system:night', 'paper.issued', 'paper', %s)",
            [facts],
        )


@pytest.mark.parametrize("actor", ["nadia", "staff:12", "system:", "system:Night", "person:x y"])
def test_an_actor_is_written_one_way(actor: str) -> None:
    with pytest.raises(ValueError), transaction.atomic():
        record_many([line(actor=actor)])


@pytest.mark.parametrize(
    "changed",
    [{"action": "Case decided"}, {"subject_kind": ""}, {"subject_kind": "Paper"}],
)
def test_names_are_written_one_way(changed: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        record_many([line(**changed)])


def test_a_set_based_writer_needs_no_digest_and_cannot_give_a_wrong_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry"
            " (at, actor, action, subject_kind, subject, case_ref, facts, digest)"
            " SELECT now(), 'system:night', 'paper.issued', 'paper', gen_random_uuid(), NULL,"
            " jsonb_build_object('rank', n, 'paper', gen_random_uuid()), 'wrong'"
            " FROM generate_series(1, 50) AS n"
        )
    entries = list(Entry.objects.all())
    assert len(entries) == 50
    for entry in entries:
        assert bytes(entry.digest) == worth(entry, canonical(entry.facts))


def test_many_entries_in_order_and_in_two_statements(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2), transaction.atomic(savepoint=False):
        ids = record_many(line(rank, send=[Message("mail")]) for rank in range(100))
    assert ids == sorted(ids)
    ranks = Entry.objects.order_by("id").values_list("facts__rank", flat=True)
    assert list(ranks) == list(range(100))
    assert list(OutboxMessage.objects.order_by("id").values_list("entry", flat=True)) == ids
    assert record_many([]) == []


def test_ten_thousand_entries_do_not_take_long() -> None:
    began = time.monotonic()
    assert len(write(10_000)) == 10_000
    # Less than a second when nothing else runs; a statement a row would take far longer than this.
    assert time.monotonic() - began < 10


def test_a_message_of_the_same_key_is_the_same_message() -> None:
    for key in ("reminder-1", "reminder-1", None, None):
        write_one(send=[Message("mail", {"key": key}, key=key)])
    write_one(send=[Message("sms", {}, key="reminder-1")])
    kept = OutboxMessage.objects.order_by("id").values_list("kind", "key")
    assert list(kept) == [
        ("mail", "reminder-1"), ("mail", None), ("mail", None), ("sms", "reminder-1"),
    ]  # fmt: skip


def test_history_is_read_the_latest_first_by_pages() -> None:
    ids = write(5)
    write_one()
    assert [entry.pk for entry in queries.of_subject(AMINA)] == ids[::-1]
    assert [entry.pk for entry in queries.of_subject(AMINA, before=ids[3])[:2]] == [ids[2], ids[1]]
    assert queries.of_case(CASE).count() == 6
    read = record_reading(NADIA, subject_kind="person", subject=AMINA, at=NOW)
    assert list(queries.readings_of(AMINA)) == [read]
    assert (read.action, read.actor) == ("person.read", NADIA)


CODES = st.text("abcXYZ019_.:;=*/+()#-", max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | CODES | st.dates() | st.uuids(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CODES, inner, max_size=3),
    max_leaves=8,
)


class TestTwins(TestCase):
    """The database and Python compute the same digest of the same entry."""

    @settings(max_examples=150, deadline=None)
    @given(
        facts=st.dictionaries(CODES, VALUES, max_size=5),
        at=st.datetimes(
            datetime(1990, 1, 1),  # noqa: DTZ001 - as hypothesis asks for them
            datetime(2100, 1, 1),  # noqa: DTZ001
            timezones=st.just(UTC),
        ),
        subject=st.none() | st.uuids(),
        case=st.none() | st.uuids(),
    )
    def test_the_twins_agree(
        self, facts: dict[str, Any], at: datetime, subject: UUID | None, case: UUID | None
    ) -> None:
        with transaction.atomic():
            made = record(
                NIGHT, action="paper.issued", subject_kind="paper", subject=subject, case=case,
                at=at, facts=facts,
            )  # fmt: skip
        text, digest = stored(made.pk)
        assert text == canonical(plain(facts))
        assert digest == bytes(made.digest) == worth(made, text)
