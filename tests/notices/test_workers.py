"""Workers that are killed and workers at once: nothing lost, one double at most, and recognised."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from droitfil.journal.models import OutboxMessage
from droitfil.journal.outbox import LEASE
from droitfil.journal.verification import verify
from droitfil.notices import jobs
from droitfil.notices.actions import Line, notify_many
from droitfil.notices.jobs import deliver
from droitfil.notices.models import Delivery
from droitfil.people.models import Person
from tests.elsewhere import environment
from tests.mail import PostOffice
from tests.notices.telling import BY, DUE, NOW

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import sys
from datetime import datetime
import django
django.setup()
from droitfil.notices.jobs import deliver
deliver(now=datetime.fromisoformat(sys.argv[1]))
"""


def told(count: int) -> None:
    """``count`` people, each with a message that leaves by e-mail."""
    people = Person.objects.bulk_create(
        Person(family_name=f"P{n}", born_on=date(1980, 1, 1), email=f"p{n}@exemple.example")
        for n in range(count)
    )
    facts = {"looked_on": DUE}
    with transaction.atomic():
        notify_many(
            BY, lines=[Line("share_looked", facts, f"k:{p.pk}", p.pk) for p in people], now=NOW
        )


def worker(office_port: int, *, now: datetime) -> subprocess.Popen[bytes]:
    """Another process that delivers from the tests' database."""
    env = environment(DROITFIL_SMTP=f"smtp://127.0.0.1:{office_port}")
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, now.isoformat()], cwd=ROOT, env=env, stderr=subprocess.PIPE
    )


def ended_well(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said.decode()


def slow(office: PostOffice) -> None:
    """Each message takes a while, so that a worker can be killed amid them."""
    take = office.handle_DATA

    async def handle(server: Any, session: Any, envelope: Any) -> str:
        answer = await take(server, session, envelope)
        await asyncio.sleep(0.02)
        return answer

    office.handle_DATA = handle  # type: ignore[method-assign]


def seen(office: PostOffice) -> Counter[str]:
    return Counter(str(one["Message-ID"]) for one in office.received)


@pytest.mark.parametrize("after", [7, 26])
def test_a_worker_killed_midway_doubles_one_at_most(
    office: PostOffice, settings: Any, after: int
) -> None:
    slow(office)
    told(30)
    process = worker(settings.EMAIL_PORT, now=NOW)
    deadline = time.monotonic() + 60
    while len(office.received) < after and time.monotonic() < deadline:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    assert after <= len(office.received) <= 30
    # Others wait for what it had claimed, no longer than its lease.
    later = NOW + LEASE + timedelta(minutes=1)
    deliver(now=later)
    counts = seen(office)
    assert len(counts) == 30
    assert counts.total() <= 31
    assert max(counts.values()) <= 2
    assert Delivery.objects.filter(state="sent").count() == 30
    assert not OutboxMessage.objects.filter(done_at__isnull=True).exists()
    assert verify().intact


def test_two_workers_at_once_share(office: PostOffice, settings: Any) -> None:
    slow(office)
    told(60)
    other = worker(settings.EMAIL_PORT, now=NOW)
    deadline = time.monotonic() + 60
    while not office.received and time.monotonic() < deadline:
        time.sleep(0.002)
    mine = deliver(now=NOW)["sent"]
    ended_well(other)
    counts = seen(office)
    assert len(counts) == counts.total() == 60
    assert 0 < mine < 60
    assert Delivery.objects.filter(state="sent").count() == 60


def test_a_slow_server_never_outlasts_the_lease(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(office)
    told(jobs.BATCH)
    monkeypatch.setattr(jobs, "LONGEST_BATCH", timedelta(milliseconds=100))
    sent = deliver(now=NOW)["sent"]
    assert 0 < sent < jobs.BATCH
    assert deliver(now=NOW) == {}  # the rest is still its own
    monkeypatch.undo()
    assert deliver(now=NOW + LEASE + timedelta(minutes=1))["sent"] == jobs.BATCH - sent
    assert max(seen(office).values()) == 1
