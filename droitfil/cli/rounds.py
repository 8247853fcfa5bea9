"""What is done when nobody asks: rounds, every few seconds or minutes, and the night.

procrastinate keeps the hours and gives each round to one worker, however many machines have one.
It keeps no fact: what is owed waits in the outbox and in ``coverage``, and a round may be killed
at any point. Imported once Django is set up, by the workers alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import procrastinate
from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from droitfil.cases import jobs as cases
from droitfil.cases.continuity.night import tell_unfinished
from droitfil.files.jobs import scan_waiting
from droitfil.journal import sealer
from droitfil.lib import clock
from droitfil.lib.workers import NIGHTS, ROUNDS
from droitfil.notices import jobs as notices

#: Seconds without a sign after which a worker is held for dead.
SILENT = 30.0
#: Hours that jobs are kept, for whoever looks: what went well, and what did not.
KEPT, KEPT_FAILED = 1, 24 * 7

Do = Callable[[datetime], object]


def _every(hours: str, *, queue: str = ROUNDS) -> Callable[[Do], Do]:
    """Gives the function to one worker at each of ``hours`` (cron; seconds come last).

    One at most runs at a time, wherever the workers are, and one at most waits behind it. One that
    fails is not tried again: the next does what is still due.
    """

    def given(do: Do) -> Do:
        name = do.__name__

        @app.periodic(cron=hours)
        @app.task(name=name, queue=queue, lock=name, queueing_lock=name)
        def work(timestamp: int) -> None:
            do(clock.now())

        return do

    return given


@_every("* * * * * */10")
def deliver(now: datetime) -> None:
    """Sends the messages that are due."""
    notices.deliver(now=now)


@_every("* * * * *")
def scan(now: datetime) -> None:
    """Asks the antivirus about what is in quarantine."""
    scan_waiting(now)


@_every("* * * * *")
def refused(now: datetime) -> None:
    """Tells those whose file the antivirus refused since."""
    cases.tell_refused_files(now=now)


@_every("*/10 * * * *")
def seal(now: datetime) -> None:
    """Seals the journal."""
    sealer.seal(now=now)


@_every("* * * * *")
def watch(now: datetime) -> None:
    """Tells those in charge that the night is not over; another process runs it."""
    tell_unfinished(now)


if settings.NIGHTS:

    @_every("*/5 * * * *", queue=NIGHTS)
    def night(now: datetime) -> None:
        """Runs the night of the day once its hour has come, again until it is over."""
        cases.run_due_night(now=now, hour=settings.NIGHT_HOUR)


@app.periodic(cron="* * * * * */15")
@app.task(name="recover", queue=ROUNDS, queueing_lock="recover", pass_context=True)
async def recover(context: procrastinate.JobContext, timestamp: int) -> None:
    """Gives again what a worker had begun when it died.

    Without a lock: a dead worker would keep it.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # the next one waits already, and will do the same
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="7 * * * *")
@app.task(name="clean", queue=ROUNDS, queueing_lock="clean", pass_context=True)
async def clean(context: procrastinate.JobContext, timestamp: int) -> None:
    """Forgets the jobs that are over."""
    manager = context.app.job_manager
    await manager.delete_old_jobs(nb_hours=KEPT)
    await manager.delete_old_jobs(
        nb_hours=KEPT_FAILED, include_failed=True, include_cancelled=True, include_aborted=True
    )
