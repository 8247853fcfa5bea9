"""The outbox: one worker a message, tried again, given up in the end, never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from droitfil.journal import outbox
from droitfil.journal.actions import Message
from droitfil.journal.models import OutboxMessage
from droitfil.journal.outbox import LEASE, LOST, MOST_ATTEMPTS, Claimed, claim, done, fail, retry
from droitfil.journal.queries import given_up
from tests.journal.writing import NOW, at_once, write_one

pytestmark = pytest.mark.django_db


def send(count: int = 1, **changed: object) -> None:
    for rank in range(count):
        write_one(send=[Message("mail", {"rank": rank}, **changed)])  # type: ignore[arg-type]


def take(now: object = NOW, limit: int = 10) -> list[Claimed]:
    return claim("mail", limit=limit, now=now)  # type: ignore[arg-type]


def test_what_is_due_is_claimed_in_order_and_once() -> None:
    send(3)
    send(1, due_at=NOW + timedelta(hours=1))
    entry = write_one(send=[Message("sms")])
    first, others = take(limit=1), take()
    assert [message.payload["rank"] for message in first + others] == [0, 1, 2]
    assert take() == []
    assert [message.entry for message in claim("sms", limit=5, now=NOW)] == [entry.pk]
    assert len(take(NOW + timedelta(hours=1), limit=10)) == 4  # the lease of three is over too


def test_done_is_done() -> None:
    send(2)
    messages = take()
    assert done(messages, now=NOW) == 2
    assert done(messages, now=NOW) == 0
    assert take(NOW + timedelta(days=30)) == []
    assert OutboxMessage.objects.filter(done_at=NOW).count() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_share_and_nobody_has_the_same() -> None:
    send(60)

    def work() -> list[int]:
        mine: list[int] = []
        while batch := take(limit=7):
            mine += [message.id for message in batch]
        return mine

    one, other, third = at_once(work, work, work)
    everything = one + other + third
    assert len(everything) == len(set(everything)) == 60


def test_a_failure_is_tried_again_later_and_later_then_given_up() -> None:
    send()
    now, waits = NOW, []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        (message,) = take(now)
        assert message.attempts == attempt
        kept = retry(message, error="smtp-450", now=now)
        assert kept is (attempt < MOST_ATTEMPTS)
        row = OutboxMessage.objects.get()
        if kept:
            waits.append(row.due_at - now)
            assert take(row.due_at - timedelta(microseconds=1)) == []
            now = row.due_at
    assert waits == sorted(waits)
    assert waits[0] == outbox.FIRST_WAIT
    assert (row.failed_at, row.error, row.done_at) == (now, "smtp-450", None)
    assert take(now + timedelta(days=365)) == []
    assert list(given_up()) == [row]


def test_given_up_at_once_when_it_can_never_succeed() -> None:
    send()
    (message,) = take()
    assert fail(message, error="no-address", now=NOW)
    assert not fail(message, error="no-address", now=NOW)
    assert done([message], now=NOW) == 0
    assert given_up().get().error == "no-address"


def test_a_lost_worker_leaves_its_message_to_another_and_ends_nothing_afterwards() -> None:
    send()
    (lost,) = take()
    assert take(NOW + LEASE - timedelta(seconds=1)) == []
    (again,) = take(NOW + LEASE)
    assert (again.id, again.attempts) == (lost.id, 2)
    assert done([lost], now=NOW + LEASE) == 0
    assert not retry(lost, error="late", now=NOW + LEASE)
    assert done([again], now=NOW + LEASE) == 1


def test_a_message_that_kills_its_workers_ends_too() -> None:
    send()
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        assert len(take(now)) == 1
        now += LEASE
    assert take(now) == []
    assert given_up().get().error == LOST
