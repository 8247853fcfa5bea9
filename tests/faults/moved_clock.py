"""The machine's clock set back, jumping ahead, and the change of hour: ``python -m …``.

Run with libfaketime loaded, on a private base: the process moves its own clock by writing the file
that libfaketime reads, and no other process sees it. Says what it did; 1 with a sentence when
something is lost, or done twice.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from droitfil.lib import postgres

#: Where Debian's package ``faketime`` puts its library.
LIBRARIES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
)
PARIS = ZoneInfo("Europe/Paris")
#: The people are those of that day; the night after the next is the one of the change of hour.
FIRST = date(2025, 10, 24)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = 60


def library() -> Path | None:
    """libfaketime on this machine, if it has it."""
    found = (path for pattern in LIBRARIES for path in Path("/").glob(pattern[1:]))
    return next(found, None)


def run(people: int = PEOPLE) -> str:
    """The whole trial, in a process of its own; what it says.

    :raises AssertionError: with what it says.
    """
    loaded = library()
    assert loaded is not None
    # PostgreSQL keeps the time of the machine: it is started from here.
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.hold(Path(folder) / "base", durable=False) as base,
    ):
        clock = Path(folder) / "clock"
        clock.write_text("+0", encoding="ascii")
        environment = {
            **os.environ,
            "LD_PRELOAD": str(loaded),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.moved_clock", folder, base.url, str(people)],
            env=environment, cwd=postgres.PROJECT, text=True, capture_output=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return done.stdout


class _Clock:
    """The clock of this process."""

    def __init__(self) -> None:
        self._file = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])
        self._ahead = 0.0

    def at(self, year: int, month: int, day: int, hour: int, minute: int, *, fold: int = 0) -> None:
        """Sets it to an instant of Paris; ``fold``: the second time that this hour is read."""
        wanted = datetime(year, month, day, hour, minute, tzinfo=PARIS, fold=fold)
        self.by(wanted - datetime.now(UTC))

    def by(self, step: timedelta) -> None:
        """Moves it, back when negative."""
        self._ahead += step.total_seconds()
        self._file.write_text(f"{self._ahead:+.0f}", encoding="ascii")
        time.time()


def main(words: list[str]) -> int:
    """The trial, in a process whose clock may be moved."""
    from tests.private_base import set_up

    folder, url, people = words
    set_up(Path(folder), url)
    clock = _Clock()
    clock.at(2025, 10, 24, 9, 30)
    assert datetime.now(PARIS).date() == FIRST, "libfaketime is not loaded"
    _prepare(int(people))
    for trial in (_a_step_back_in_a_night, _the_change_of_hour, _a_day_too_many, _letters):
        trial(clock)
        _check(trial.__name__.strip("_"))
    return 0


def _prepare(people: int) -> None:
    from droitfil.attestations.actions import make_authority
    from tests.cases.population import Draw
    from tests.personas import Personas

    make_authority("system:tests", now=datetime.now(UTC))
    Draw(7, FIRST, Personas()).draw(people)


def _a_step_back_in_a_night(clock: _Clock) -> None:
    """An hour back in the middle of its papers: it ends all the same."""
    clock.at(2025, 10, 25, 2, 40)
    _due(lambda phase, _count: clock.by(-HOUR) if phase == "reminders" else None)
    clock.at(2025, 10, 25, 2, 50)
    _due()


def _the_change_of_hour(clock: _Clock) -> None:
    """The hour from two to three is lived twice, and its night once."""
    for minute in (1, 31):
        for fold in (0, 1):
            clock.at(2025, 10, 26, 2, minute, fold=fold)
            _due()
    clock.at(2025, 10, 26, 3, 1)
    _due()


def _a_day_too_many(clock: _Clock) -> None:
    """A jump of a day in the middle of a night, and the night of that day after it."""
    clock.at(2025, 10, 27, 2, 5)
    _due(lambda phase, _count: clock.by(DAY) if phase == "reminders" else None)
    _due()
    clock.by(-DAY)  # set right again: the night of the day has had its turn
    _due()


def _letters(clock: _Clock) -> None:
    """A worker has claimed letters when the clock goes back: they leave, once."""
    from droitfil.journal import outbox
    from droitfil.lib import clock as instance
    from droitfil.notices import outcomes
    from droitfil.notices.jobs import deliver

    clock.at(2025, 10, 29, 10, 0)
    outbox.claim(outcomes.EMAIL, limit=5, now=instance.now())  # and it dies
    clock.by(-HOUR)
    deliver(now=instance.now(), most=100_000)
    clock.by(2 * HOUR)
    deliver(now=instance.now(), most=100_000)


def _due(progress: Callable[[str, int], None] | None = None) -> None:
    """What the workers do every few minutes."""
    from droitfil.cases import jobs
    from droitfil.cases.continuity import night
    from droitfil.journal import sealer
    from droitfil.lib import clock

    whole = night.run_night
    if progress is not None:
        jobs.run_night = lambda day: whole(day, progress=progress)
    try:
        jobs.run_due_night(now=clock.now(), hour=2)
    finally:
        jobs.run_night = whole
    sealer.seal(now=clock.now())


def _check(what: str) -> None:
    """Nights that began are over, each once; nothing undue, nothing twice; the journal verifies."""
    from droitfil.cases.continuity.proof import is_intact
    from droitfil.cases.continuity.reconciliation import reconcile
    from droitfil.cases.models import Night, Proof
    from droitfil.journal.models import Entry
    from droitfil.journal.verification import verify
    from droitfil.notices.models import Delivery

    last = Night.objects.order_by("-date").first()
    assert last is not None
    unfinished = list(Night.objects.filter(finished_at=None).values_list("date", flat=True))
    assert not unfinished, f"{what}: {unfinished}"
    ended = Counter(_facts("night.finished"))
    assert set(ended.values()) == {1}, f"{what}: {ended}"
    assert all(is_intact(proof) for proof in Proof.objects.all()), what
    assert not reconcile(last.date).findings, what
    issued = Counter(Entry.objects.filter(action="paper.issued").values_list("subject", flat=True))
    assert not [paper for paper, count in issued.items() if count > 1], what
    assert verify().intact, what
    waiting = Delivery.objects.filter(channel="email", state="waiting").count()
    assert what != "letters" or waiting == 0, f"{what}: {waiting}"
    print(f"{what}: {Night.objects.count()} nights, {len(issued)} papers", flush=True)


def _facts(action: str) -> list[Any]:
    from droitfil.journal.models import Entry

    told = Entry.objects.filter(action=action).values_list("facts", flat=True)
    return [facts["date"] for facts in told]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
