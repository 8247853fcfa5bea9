"""A country's worth of invented people, written by COPY: for measures, not for a visit.

The people live the lives of :mod:`droitfil.demo.lives` in every office of the mainland, Alsace and
Moselle apart, whose days off are their own; the tables are the real ones, and end with the keys,
checks and indexes that they began with (:mod:`droitfil.demo.scaffold`). What is written is what the
nights before the day of loading would have left: the next night, the worklists, the reconciliation
and the proof run on it. The journal holds the signed papers and one line a batch, not each act of
each life.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from droitfil.attestations.actions import issue
from droitfil.cases.models import Case
from droitfil.demo import scaffold
from droitfil.demo.author import NUMBERS, TABLES, Author, Batch, Place
from droitfil.demo.cast import BY
from droitfil.demo.crew import by_several
from droitfil.demo.scaffold import Ledger
from droitfil.demo.stories import at
from droitfil.journal import sealer
from droitfil.journal.actions import record
from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import plain_departments
from droitfil.people.models import Account, Staff
from droitfil.rules.periods import add_years
from droitfil.territory.models import Office

#: Measured: what a person takes in the tables and their indexes, and what a load needs besides
#: (the log of PostgreSQL, what is sorted, the empty base).
BYTES_A_PERSON, BYTES_BESIDES = 2_800, 3_000_000_000
#: People written by one transaction; what a process holds in memory, whatever their number in all.
BATCH = 10_000
#: Processes that write, at most: PostgreSQL works beside each.
HANDS = 8

Progress = Callable[[int, int], None]


def begin(*, today: date, people: int, seed: int) -> None:
    """Opens the ledger of a load of ``people`` people, in the caller's transaction if any."""
    scaffold.take_down(list(TABLES), Ledger(people, seed, today, BATCH, 0))


def fill(
    *,
    now: Callable[[], datetime],
    progress: Progress = lambda done, everyone: None,
    put_up: Progress = lambda done, everyone: None,
    hands: int = 1,
) -> int:
    """Writes the people of the load that was begun, beside those of the small office; how many.

    No night is run. Stopped anywhere and called again, it goes on: each batch is a transaction.

    :param put_up: told how many keys and indexes are up again, of how many.
    :param hands: processes that write; with one, this process alone.
    :raises droitfil.demo.scaffold.Occupied: when another process loads this base.
    """
    with scaffold.alone():
        asked = scaffold.unfinished()
        assert asked is not None
        places, weights = _places(asked.today, now())
        author = Author(
            asked.today, asked.seed, places, weights, _taken(), people=asked.people,
            size=asked.batch,
        )  # fmt: skip
        _write_all(author, now, progress, hands)
        scaffold.put_up(list(TABLES), put_up)
        sealer.seal(now=now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        scaffold.close()
    return asked.people


def hands() -> int:
    """As many processes as this machine has processors, up to :data:`HANDS`."""
    return min(os.cpu_count() or 1, HANDS)


def bytes_needed(people: int) -> int:
    """What writing ``people`` takes on the disk, from what was measured."""
    return people * BYTES_A_PERSON + BYTES_BESIDES


def bytes_free() -> int | None:
    """What the disk of the database has left; None when it is on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    local = not connection.settings_dict["HOST"] or connection.settings_dict["HOST"][0] == "/"
    try:
        return shutil.disk_usage(folder).free if local else None
    except OSError:
        return None


def _write_all(author: Author, now: Callable[[], datetime], progress: Progress, hands: int) -> None:
    there = scaffold.written()
    ranks = [rank for rank in range(author.batches) if rank not in there]
    done = author.people - sum(author.size_of(rank) for rank in ranks)
    given = (author, now)
    # Several only when there is enough to share.
    written: Iterator[int] = (
        by_several(_write, given, ranks, hands)
        if min(hands, len(ranks)) > 1
        else (_write(given, rank) for rank in ranks)
    )
    for people in written:
        done += people
        progress(done, author.people)


def _write(given: tuple[Author, Callable[[], datetime]], rank: int) -> int:
    """Writes a batch, unless it is written; how many people it has."""
    author, now = given
    batch = author.batch(rank)
    with transaction.atomic():
        if scaffold.begin_batch(rank, batch.people):
            _copy(batch)
            at_once = now()
            issue(BY, batch.papers, now=at_once)
            record(
                BY, action="demo.filled", subject_kind="demo", at=at_once,
                facts={"people": batch.people, "papers": len(batch.papers)},
            )  # fmt: skip
    return batch.people


def _copy(batch: Batch) -> None:
    with connection.cursor() as cursor:
        # Lost together, or not at all: the ledger is of the same transaction.
        cursor.execute("SET LOCAL synchronous_commit = off")
        for table, columns in TABLES.items():
            statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
            with cursor.copy(statement) as copy:
                copy.write("".join(batch.lines[table]))


def _taken() -> frozenset[str]:
    """The references of the small office's cases, whatever was written since."""
    others = Case.objects.exclude(person__foreigner_number__startswith=str(NUMBERS)[:2])
    return frozenset(others.values_list("reference", flat=True))


def _places(today: date, now: datetime) -> tuple[list[Place], list[int]]:
    """The offices of the departments that live by the common calendar, by how many live there."""
    alike = plain_departments(load_law())
    offices = (
        Office.objects.filter(active_to__isnull=True)
        .select_related("seat")
        .prefetch_related("seat__postal_codes")
        .order_by("department", "id")
    )
    kept = [office for office in offices if office.department_id in alike]
    staffed = set(_agents())
    _hire([office for office in kept if office.pk not in staffed], add_years(today, -6), now)
    agents = _agents()
    places = [
        Place(office, office.seat_id, office.seat.postal_codes.all()[0].code, agents[office.pk])
        for office in kept
    ]
    return places, [office.seat.population + 20_000 for office in kept]


def _agents() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    agents = Staff.objects.filter(role=Staff.Role.AGENT).order_by("account")
    for office, account in agents.values_list("office", "account"):
        found.setdefault(str(office), []).append(str(account))
    return found


def _hire(offices: Sequence[Office], first_day: date, now: datetime) -> None:
    """An agent in each office that has none; no password nor passkey opens their account."""
    if not offices:
        return
    accounts, hired = [], []
    for office in offices:
        account = Account(email=f"agent.{office.pk}@demo.example", created_at=at(first_day))
        account.set_unusable_password()
        accounts.append(account)
        hired.append(
            Staff(
                account=account, name=f"Agent {office.pk}", role=Staff.Role.AGENT, office=office,
                territory=[office.department_id], active_from=first_day,
            )
        )  # fmt: skip
    with transaction.atomic():
        Account.objects.bulk_create(accounts)
        Staff.objects.bulk_create(hired)
        record(BY, action="demo.hired", subject_kind="demo", at=now, facts={"agents": len(hired)})
