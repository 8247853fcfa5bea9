"""A primary killed under acts, its replica promoted: nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from tests.drills.clusters import Ground, Server
from tests.drills.guide import follow
from tests.drills.sites import ROOT, Web, code_of, lives, living, settings
from tests.lib.postgres_users import until

#: Seconds for something to happen, on a busy machine.
WITHIN = 240.0


@dataclass
class Told:
    """What the database acknowledged to the processes that act, as they wrote it."""

    logs: list[Path]

    def lines(self) -> list[dict[str, Any]]:
        return [
            json.loads(line)
            for log in self.logs
            for line in log.read_text(encoding="utf-8").splitlines(keepends=True)
            if line.endswith("\n")
        ]

    def count(self, action: str = "") -> int:
        return sum(not action or one["action"] == action for one in self.lines())


@contextmanager
def acts(
    environment: dict[str, str], folder: Path, *, processes: int, first: int = 1
) -> Iterator[Told]:
    """Processes that file and grant requests as long as the block lasts, whatever happens.

    :param first: number of the first one; two with the same number would draw the same people.
    """
    numbers = range(first, first + processes)
    told = Told([folder / f"told-{number}" for number in numbers])
    begun = []
    for number, log in zip(numbers, told.logs, strict=True):
        with log.open("wb") as output:
            words = ("act", str(number), datetime.now(UTC).date().isoformat())
            process = subprocess.Popen(
                living(*words), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                env=code_of(ROOT, environment) | {"DROITFIL_ENV": "test"},
            )  # fmt: skip
        begun.append(process)
    try:
        yield told
        assert all(process.poll() is None for process in begun)
    finally:
        for process in begun:
            process.kill()
            process.wait()


def judged(environment: dict[str, str], told: Told) -> dict[str, Any]:
    """What became of everything acknowledged; fails when something is lost, doubled or wrong."""
    lines = "".join(f"{json.dumps(one)}\n" for one in told.lines())
    found: dict[str, Any] = json.loads(lives(environment, "check", stdin=lines.encode()))
    wrong = ("lost", "cases_lost", "filed_twice", "granted_without_paper")
    assert [found[name] for name in wrong] == [0, 0, 0, 0], found
    assert found["journal"], found
    assert found["findings"] == [], found["findings"]
    return found


def both(first: Server, second: Server) -> str:
    """The address that knows two servers of a ground, wherever writing is accepted."""
    place = str(first.ground.sockets).replace("/", "%2F")
    login, name = first.variables["PGUSER"], first.variables["PGDATABASE"]
    return f"postgresql://{login}@{place}:{first.port},{place}:{second.port}/{name}"


def replicated(primary: Server, name: str, port: int) -> Server:
    """A replica made as the guide says."""
    made = Server(primary.ground, primary.ground.folder / name, port)
    reached = (
        f"host={primary.ground.sockets} port={primary.port} user={primary.variables['PGUSER']}"
    )
    follow("replica", primary.ground, postgres=made.variables | {"PRIMARY": reached})
    return made


def staleness(primary: Server, replica: Server, count: int) -> list[float]:
    """Milliseconds from what the primary acknowledged to its being seen on the replica."""
    found = []
    with (
        psycopg.connect(primary.url, autocommit=True) as writes,
        psycopg.connect(replica.url, autocommit=True) as reads,
    ):
        writes.execute("CREATE TABLE IF NOT EXISTS drill_beat (number int)")
        for number in range(count):
            writes.execute("INSERT INTO drill_beat VALUES (%s)", [number])
            at = time.perf_counter()
            seen = "SELECT max(number) FROM drill_beat"
            while (reads.execute(seen).fetchone() or (None,))[0] != number:
                pass
            found.append((time.perf_counter() - at) * 1000)
        writes.execute("DROP TABLE drill_beat")
    return found


@dataclass
class Outcome:
    """What a trial measured: seconds, one a promotion, and milliseconds of staleness."""

    acknowledged: int = 0
    granted: int = 0
    promoting: list[float] = field(default_factory=list)
    acting_again: list[float] = field(default_factory=list)
    pages_again: list[float] = field(default_factory=list)
    stale: list[float] = field(default_factory=list)


def trial(
    *, promotions: int, processes: int, people: int = 12, seed: int = 1,
    say: Callable[[str], None] = lambda text: None,
) -> Outcome:  # fmt: skip
    """So many times: acts, the primary killed at some moment, the replica promoted, all checked.

    The replica of each time is the primary of the next.
    """
    dice, found = random.Random(seed), Outcome()
    with tempfile.TemporaryDirectory() as kept, Ground() as ground:
        folder = Path(kept)
        primary = ground.server("machine-0", 5500)
        alone = settings(primary.url, folder)
        lives(alone, "prepare", str(people))
        for number in range(1, promotions + 1):
            replica = replicated(primary, f"machine-{number}", 5500 + number)
            follow("wait-for-replica", ground, postgres=primary.variables)
            environment = alone | {"DATABASE_URL": both(primary, replica)}
            first = 1 + (number - 1) * processes
            with (
                Web(environment) as web,
                acts(environment, folder, processes=processes, first=first) as told,
            ):
                until(lambda told=told: told.count("case.granted") >= processes, within=WITHIN)
                found.stale += staleness(primary, replica, 200)
                time.sleep(dice.uniform(0, 3))
                _promote(primary, replica, told, web, found)
                time.sleep(dice.uniform(0, 2))
            checked = judged(environment, told)
            found.acknowledged += checked["acknowledged"]
            found.granted += checked["granted"]
            say(
                f"promotion {number} : {checked['acknowledged']} écritures acquittées, aucune "
                f"perdue ; promue en {found.promoting[-1]:.1f} s, actes de nouveau après "
                f"{found.acting_again[-1]:.1f} s, pages après {found.pages_again[-1]:.1f} s"
            )
            primary = replica
    return found


def _promote(primary: Server, replica: Server, told: Told, web: Web, found: Outcome) -> None:
    """The primary dies, the replica takes its place; seconds since then, each time."""
    primary.kill()
    killed, last = time.monotonic(), told.count()
    follow("promote", replica.ground, postgres=replica.variables)
    found.promoting.append(time.monotonic() - killed)
    until(lambda: told.count() > last, within=WITHIN)
    found.acting_again.append(time.monotonic() - killed)
    until(lambda: web.ask("/sante").status == 200, within=WITHIN)
    found.pages_again.append(time.monotonic() - killed)
