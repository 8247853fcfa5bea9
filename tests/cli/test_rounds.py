"""The rounds and the night, in real workers: killed, at once, failing, hung."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as site
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from droitfil.attestations.actions import make_authority
from droitfil.cases.models import Night
from droitfil.lib import clock
from droitfil.lib.workers import NIGHTS, ROUNDS, standing
from droitfil.notices.actions import Line, notify_many
from droitfil.notices.models import Delivery, Message
from droitfil.people.models import Person
from tests.elsewhere import address, environment
from tests.lib.postgres_users import until
from tests.mail import PostOffice, post_office
from tests.personas import Personas

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
#: A worker of the queue named, which holds others for dead after some seconds; then what is done
#: to it before it begins.
WORKER = """
import sys
import django
django.setup()
from droitfil.cli import rounds, worker
rounds.SILENT = 3.0
{}
sys.exit(worker.main(sys.argv[1:]))
"""
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """``start(queue, to_it, NAME=value…)``: a worker; what it says stands in ``said(worker)``."""
    begun: list[subprocess.Popen[str]] = []
    with connection.cursor() as cursor:  # tables that are not emptied after each test
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
        cursor.execute("TRUNCATE procrastinate_periodic_defers")

    def started(queue: str, to_it: str = "", **settings: str) -> subprocess.Popen[str]:
        with (tmp_path / f"said-{len(begun)}").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", WORKER.format(to_it), queue],
                cwd=ROOT, env=environment(DROITFIL_KEYS=str(site.KEYS_DIR), **settings),
                stderr=output, text=True,
            )  # fmt: skip
        begun.append(process)
        return process

    yield started
    for process in begun:
        process.kill()
        process.wait()


def jobs(name: str, *states: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name, status__in=states).count()


def stopped(process: subprocess.Popen[str]) -> bool:
    process.terminate()
    return process.wait(30) == 0


class Stuck:
    """A table that nobody else may read or write, for as long as the block lasts."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __enter__(self) -> None:
        self.held = psycopg.connect(address())
        self.held.execute(f"LOCK TABLE {self.table} IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_: object) -> None:
        self.held.close()


def test_a_night_whose_worker_is_killed_is_taken_up_by_the_next(start: Start) -> None:
    assert Personas().amina.documents.count() == 1
    make_authority("system:tests", now=timezone.now())  # the proof of a night is signed
    with Stuck("case_paper"):
        first = start(NIGHTS, DROITFIL_NIGHT_HOUR="0")
        until(lambda: Night.objects.filter(runs=1).exists())
        first.kill()
        first.wait()
        assert jobs("night", "doing") == 1
    start(NIGHTS, DROITFIL_NIGHT_HOUR="0")
    assert not Night.objects.filter(finished_at__isnull=False).exists()
    start(ROUNDS)  # it is there that dead workers are noticed
    until(lambda: Night.objects.filter(runs=2, finished_at__isnull=False).exists())
    until(lambda: jobs("night", "doing", "todo") == 0)


def test_a_night_that_hangs_is_told_by_the_rounds(start: Start) -> None:
    head = Personas().head
    Night.objects.create(  # there were nights before
        date=date(2020, 1, 1), since=date(2020, 1, 1), started_at=clock.now(),
        finished_at=clock.now(),
    )  # fmt: skip
    morning = """
from droitfil.lib import clock
began, real = clock.now(), clock.now
clock.now = lambda: began.replace(hour=7, minute=0) + (real() - began)
"""
    with Stuck("case_paper"):
        start(NIGHTS, morning, DROITFIL_NIGHT_HOUR="0")
        until(lambda: jobs("night", "doing") == 1)
        start(ROUNDS, morning)
        until(lambda: Message.objects.filter(template="staff_night_late").exists())
        assert jobs("night", "doing") == 1
    told = Message.objects.filter(template="staff_night_late")
    assert {one.account_id for one in told} >= {head.pk}


def test_one_round_at_a_time_whatever_the_workers(start: Start, settings: Any) -> None:
    with post_office(settings) as office:
        release = held(office)
        told(4)
        both = [
            start(ROUNDS, DROITFIL_SMTP=f"smtp://127.0.0.1:{settings.EMAIL_PORT}") for _ in "ab"
        ]
        # One sends and waits for the server; another waits behind it; other rounds are done.
        until(lambda: jobs("deliver", "doing") == jobs("deliver", "todo") == 1)
        until(lambda: jobs("watch", "succeeded") and jobs("scan", "succeeded"))
        assert jobs("deliver", "doing") == jobs("deliver", "todo") == 1
        release()
        until(lambda: jobs("deliver", "succeeded") >= 3)
    assert len(office.received) == len({one["Message-ID"] for one in office.received}) == 4
    assert Delivery.objects.filter(state="sent").count() == 4
    assert all(stopped(process) for process in both)
    rounds = list(ProcrastinateJob.objects.values_list("task_name", "args__timestamp"))
    assert len(rounds) == len(set(rounds))
    assert not overlapping()


def test_a_round_that_fails_is_told_and_keeps_no_other_waiting(
    start: Start, tmp_path: Path
) -> None:
    broken = """
def deliver(*, now):
    raise ValueError("Amina Benali, née le 03/05/1990")
rounds.notices.deliver = deliver
"""
    worker = start(ROUNDS, broken)
    until(lambda: jobs("deliver", "failed") and jobs("watch", "succeeded"))
    assert stopped(worker)
    said = (tmp_path / "said-0").read_text()
    assert re.search(r"Job deliver\[\d+\].*error=ValueError", said), said
    assert "Amina" not in said
    assert "watch" not in said
    assert "Traceback" not in said


def test_what_fails_again_and_again_shows(start: Start, client: Client) -> None:
    def sante() -> dict[str, Any]:
        found: dict[str, Any] = client.get("/sante").json()["jobs"]
        return found

    assert sante() == {"working": False, "failing": []}
    for _ in range(2):
        ended("deliver", "failed")
    assert sante() == {"working": True, "failing": []}
    ended("deliver", "failed")
    ended("scan", "failed")
    assert sante() == {"working": True, "failing": ["deliver"]}
    ended("deliver", "succeeded")
    assert standing().failing == ()
    begun("night", attempts=3)  # it kills its worker each time
    assert standing().failing == ("night",)


def test_no_night_where_none_is_wanted(start: Start) -> None:
    known = "print(sorted(name for name, _ in rounds.app.periodic_registry.periodic_tasks))"
    for wanted, has in (("oui", True), ("non", False)):
        done = subprocess.run(
            [sys.executable, "-c", WORKER.format(known + "\nsys.exit()"), ROUNDS],
            cwd=ROOT, env=environment(DROITFIL_NIGHTS=wanted), capture_output=True, check=True,
        )  # fmt: skip
        assert (b"'night'" in done.stdout) is has
        assert b"'deliver'" in done.stdout


def told(count: int) -> None:
    """``count`` people, each with a message that leaves by e-mail."""
    people = Person.objects.bulk_create(
        Person(family_name=f"P{n}", born_on=date(1980, 1, 1), email=f"p{n}@exemple.example")
        for n in range(count)
    )
    lines = [
        Line("share_looked", {"looked_on": date(2025, 7, 1)}, f"k:{p.pk}", p.pk) for p in people
    ]
    with transaction.atomic():
        notify_many("system:tests", lines=lines, now=clock.now())


def held(office: PostOffice) -> Callable[[], None]:
    """The server takes each message and does not answer, until the result is called."""
    free, take = [False], office.handle_DATA

    async def handle(server: Any, session: Any, envelope: Any) -> str:
        while not free[0]:
            await asyncio.sleep(0.05)
        return await take(server, session, envelope)

    office.handle_DATA = handle  # type: ignore[method-assign]
    return lambda: free.__setitem__(0, True)


def overlapping() -> list[tuple[str, int, int]]:
    """Pairs of jobs of the same round that ran at the same time."""
    spans: dict[str, list[tuple[Any, Any, int]]] = {}
    for job in ProcrastinateJob.objects.filter(status="succeeded"):
        at = dict(ProcrastinateEvent.objects.filter(job=job).values_list("type", "at"))
        spans.setdefault(job.task_name, []).append((at["started"], at["succeeded"], job.pk))
    return [
        (name, first[2], second[2])
        for name, found in spans.items()
        for first, second in zip(sorted(found), sorted(found)[1:], strict=False)
        if second[0] < first[1]
    ]


def begun(name: str, attempts: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
            " VALUES (%s, %s, 'doing', %s) RETURNING id",
            [ROUNDS, name, attempts],
        )
        return int(cursor.fetchone()[0])


def ended(name: str, how: str) -> None:
    pk = begun(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, %s, false)", [pk, how])
