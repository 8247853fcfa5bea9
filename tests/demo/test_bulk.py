"""People written by COPY: the tables hold what the nights before would have left."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from droitfil.attestations.actions import Order, make_authority
from droitfil.attestations.models import Attestation
from droitfil.cases import sealing
from droitfil.cases.continuity import coverage, sweep
from droitfil.cases.continuity.night import run_night
from droitfil.cases.continuity.proof import survey, verdict_of
from droitfil.cases.continuity.reconciliation import of_person, reconcile
from droitfil.cases.models import Alert, Case, Coverage, Night, Paper, Reminder
from droitfil.cases.worklist import Place, worklist
from droitfil.cli.database import refuse_unfinished
from droitfil.cli.main import main
from droitfil.demo import author, bulk, scaffold
from droitfil.demo.author import TABLES
from droitfil.demo.cast import BY
from droitfil.demo.crew import by_several
from droitfil.demo.load import SEED
from droitfil.journal.verification import verify
from droitfil.lawbook import load_law
from droitfil.lib import clock
from droitfil.lib.postgres import PostgresError
from droitfil.people.models import Person, Staff
from droitfil.rules.lifecycle import State
from droitfil.rules.seal import KINDS, canonical
from droitfil.territory.models import Office
from tests.cases.population import everyone, rows

TODAY = timezone.localdate()
PEOPLE = 700


@pytest.fixture
def filled(places: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(author, "LIVES", 90)
    monkeypatch.setattr(bulk, "BATCH", 300)
    make_authority(BY, now=timezone.now())
    told: list[tuple[int, int]] = []
    bulk.begin(today=TODAY, people=PEOPLE, seed=SEED)
    bulk.fill(now=timezone.now, progress=lambda done, everyone: told.append((done, everyone)))
    assert told == [(300, PEOPLE), (600, PEOPLE), (PEOPLE, PEOPLE)]


def test_the_nights_before_left_nothing_undone(filled: None) -> None:
    eve = TODAY - timedelta(days=1)
    assert Person.objects.count() == PEOPLE
    states = set(Case.objects.values_list("state", flat=True))
    assert {State.SUBMITTED, State.IN_REVIEW, State.HANDED_OVER, State.REFUSED} <= states
    found = reconcile(eve)
    assert found.findings == ()
    assert found.cases == Case.objects.count()
    totals = survey(TODAY).totals
    assert totals["undecided"] == 0
    assert totals == survey(TODAY, shortcut=False).totals
    version = load_law().version
    one_by_one = Counter(verdict_of(known, TODAY, version).standing for known in everyone(TODAY))
    assert {name: totals[name] for name in one_by_one} == one_by_one
    assert one_by_one.total() == totals["people"] == PEOPLE
    signed = Attestation.objects.count()
    assert 0 < signed <= Paper.objects.count()
    assert verify().intact
    # Each row of coverage is the one that an event of the case would write today.
    before = rows()
    for person in Person.objects.filter(coverages__isnull=False).distinct()[:60]:
        coverage.refresh_person(person, today=TODAY)
    assert rows() == before


def test_what_is_signed_is_what_a_night_would_have_signed(
    filled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = dict(Attestation.objects.values_list("key", "content"))
    lasting = Paper.objects.filter(void_on__isnull=True, kind__in=KINDS).exclude(valid_to__lt=TODAY)
    orders: list[Order] = []
    monkeypatch.setattr(sealing, "issue", lambda _by, given, now: orders.extend(given))
    sealing.sign(BY, list(lasting.values_list("pk", flat=True)), now=timezone.now())
    assert {order.key: canonical(order.paper).decode() for order in orders} == kept
    assert {order.holder for order in orders} == set(
        Attestation.objects.values_list("holder", flat=True)
    )


def _by_one(people: int, size: int) -> set[str]:
    """The ids of those whom one process would write without a stop."""
    places, weights = bulk._places(TODAY, timezone.now())
    again = author.Author(TODAY, SEED, places, weights, frozenset(), people=people, size=size)
    return {
        line.partition("\t")[0]
        for rank in range(again.batches)
        for line in again.batch(rank).lines["person"]
    }


def _standing() -> set[object]:
    return {*scaffold._standing(list(TABLES))}


def test_a_load_that_is_stopped_goes_on(places: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else opens the base meanwhile; in the end nobody could tell that it was stopped."""
    monkeypatch.setattr(author, "LIVES", 60)
    monkeypatch.setattr(bulk, "BATCH", 100)
    make_authority(BY, now=timezone.now())
    before = _standing()

    def stop(done: int, _everyone: int) -> None:
        if done == 200:
            raise KeyboardInterrupt

    bulk.begin(today=TODAY, people=250, seed=SEED)
    with pytest.raises(KeyboardInterrupt):
        bulk.fill(now=timezone.now, progress=stop)
    left = scaffold.unfinished()
    assert left == scaffold.Ledger(250, SEED, TODAY, 100, 200)
    assert not before & _standing()
    with pytest.raises(PostgresError, match="droitfil demo load"):
        refuse_unfinished()
    told: list[tuple[int, int]] = []
    assert bulk.fill(now=timezone.now, put_up=lambda *up: told.append(up)) == 250
    assert _standing() == before
    assert told[-1] == (len(before), len(before))
    assert scaffold.unfinished() is None
    refuse_unfinished()
    assert {id_.hex for id_ in Person.objects.values_list("pk", flat=True)} == _by_one(250, 100)
    assert reconcile(TODAY - timedelta(days=1)).findings == ()


@pytest.mark.django_db(transaction=True)
def test_several_processes_write_what_one_would(
    places: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(author, "LIVES", 60)
    monkeypatch.setattr(bulk, "BATCH", 50)
    monkeypatch.setattr(settings, "KEYS_DIR", tmp_path)
    monkeypatch.setenv("DROITFIL_KEYS", str(tmp_path))  # those of the processes too
    make_authority(BY, now=timezone.now())
    bulk.begin(today=TODAY, people=320, seed=SEED)
    done: list[int] = []
    bulk.fill(now=clock.now, progress=lambda count, _everyone: done.append(count), hands=2)
    assert sorted(done) == done
    assert done[-1] == 320 == Person.objects.count()
    assert {id_.hex for id_ in Person.objects.values_list("pk", flat=True)} == _by_one(320, 50)
    assert reconcile(TODAY - timedelta(days=1)).findings == ()
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_a_process_that_ends_before_its_time_is_told(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RuntimeError, match="has ended"):
        list(by_several(_end, 3, [1, 2], 2))


def _end(status: int, _task: int) -> int:
    os._exit(status)


def test_the_next_night_publishes_what_is_due(filled: None) -> None:
    (day,) = Coverage.objects.order_by("due_on").values_list("due_on", flat=True)[:1]
    assert day is not None
    due = Coverage.objects.filter(due_on__lte=day).count()
    assert due >= 2
    planned = Reminder.objects.count()
    run_night(day, now=lambda: datetime.combine(day, time(1), UTC))
    night = Night.objects.get()
    assert night.phases["papers"]["papers"] >= due
    assert night.phases["papers"]["by_kernel"] == 0
    assert night.phases["reconciliation"]["findings"] == 0
    assert Reminder.objects.count() == planned
    assert not Alert.objects.filter(reason=Alert.Reason.UNKNOWN).exists()


def test_alike_and_one_by_one_find_the_same_faults(filled: None) -> None:
    """Those who stand for others are asked for all: each fault is told of the right person."""
    whole = Paper.objects.filter(void_on__isnull=True, valid_to__isnull=False).order_by("id")
    missing, shorter, later = whole[:3]
    missing.delete()
    assert shorter.valid_to is not None
    shorter.valid_to -= timedelta(days=3)
    shorter.save()
    later.valid_from += timedelta(days=2)
    later.save()
    found = reconcile(TODAY - timedelta(days=1)).findings
    one_by_one = [
        finding
        for known in everyone(TODAY - timedelta(days=1))
        if known.files
        for finding in of_person(known, TODAY - timedelta(days=1))
    ]
    assert len(found) >= 3
    assert sorted(map(str, found)) == sorted(map(str, one_by_one))
    references = {finding.reference for finding in found}
    assert {missing.case.reference, shorter.case.reference, later.case.reference} == references


@pytest.fixture
def only_indexes(filled: None) -> None:
    """A small table is read whole whatever its indexes: the plan is the one of a large one when
    reading whole and sorting cost more than anything."""
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def _plan(statement: str, given: Mapping[str, Any] | None = None) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (COSTS OFF) {statement}", given)
        return [line for (line,) in cursor.fetchall()]


def test_the_selection_of_the_night_reads_along_its_index(only_indexes: None) -> None:
    plan = _plan(sweep.STATEMENT, sweep.given(TODAY, timezone.now(), batch=100))
    due = plan[plan.index("  CTE due") : plan.index("  CTE paper")]
    assert any("Index Scan using coverage_due on coverage" in line for line in due), due
    assert not [line for line in due if "Seq Scan" in line and "held" not in line], due
    assert not [line for line in due if "Sort" in line], due


def test_the_worklist_reads_along_its_index(only_indexes: None) -> None:
    office = Office.objects.get(pk="75-paris")
    account = Staff.objects.filter(office=office, role=Staff.Role.AGENT)[0].account
    middle = Coverage.objects.filter(office=office, covered_until__isnull=False)[0]
    looked_at = 0
    for after in (None, Place(middle.covered_until, middle.case_id)):
        with CaptureQueriesContext(connection) as said:
            worklist(account, office, on=TODAY, after=after, most=3)
        for query in said.captured_queries:
            if 'FROM "coverage"' in query["sql"]:
                plan = _plan(query["sql"])
                looked_at += 1
                assert any("using coverage_of_office on coverage" in line for line in plan), plan
                assert not [line for line in plan if "Seq Scan" in line], plan
                assert not [line for line in plan if "Sort Key: coverage" in line], plan
    assert looked_at >= 2


@pytest.mark.parametrize("people", ["0", "19", "20000001", "-5", "beaucoup"])
def test_a_number_that_is_none_is_refused(people: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "load", "--people", people])
    assert ended.value.code == 2
    assert "--people" in capsys.readouterr().err


def test_a_disk_too_small_is_said_before_anything_is_written(
    places: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DROITFIL_ENV", "demo")
    monkeypatch.setattr("droitfil.cli.demo.open_database", lambda **_: None)
    monkeypatch.setattr(bulk, "bytes_free", lambda: 10**9)
    assert main(["demo", "load", "--people", "500000"]) == 2
    said = capsys.readouterr().err
    assert "500\u202f000 personnes demandent environ 4,4 Go de disque" in said
    assert "il y en a 1,0 Go" in said
    assert not Person.objects.exists()
