"""The worker that ``droitfil serve`` keeps beside the pages: what is done when nobody asks.

Every job may be killed at any point and done again. A night runs in a process of its own, which
this one watches: were it to hang or die, this one still tells those in charge.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

PR_SET_PDEATHSIG = 1
#: Seconds between two looks at what is due, and before a night that failed is run again.
TICK, AGAIN = 5.0, 300.0


@dataclass
class Job:
    """Something to do every so many seconds."""

    name: str
    every: float
    do: Callable[[datetime], object]
    next: float = 0.0


class Nights:
    """Runs the night once its hour has come, again until it is over."""

    def __init__(self, hour: int) -> None:
        self._hour = hour
        self._running: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def __call__(self, now: datetime) -> None:
        """Starts the night of the day when it is due and none is running."""
        from django.utils import timezone

        from droitfil.cases.models import Night

        if self._running is not None:
            if self._running.poll() is None:
                return
            self._running, self._not_before = None, time.monotonic() + AGAIN
        local = timezone.localtime(now)
        over = Night.objects.filter(date__gte=local.date(), finished_at__isnull=False)
        if local.hour < self._hour or time.monotonic() < self._not_before or over.exists():
            return
        self._running = subprocess.Popen(  # nosec B603
            [sys.executable, "-m", "droitfil.cli.worker", "night", "--date", str(local.date())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """Ends the night under way; the next one takes up what is still due."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait()


def main(arguments: Sequence[str] = ()) -> int:
    """Works until told to stop; with "night …", is the process of one night."""
    parent = os.getppid()
    # Whoever starts it may be killed: it ends then, and leaves nothing behind.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:
        return 0
    if arguments[:1] == ["night"]:
        from droitfil.cli import night

        return night.main(arguments[1:])
    from droitfil.cli.database import open_database

    open_database()
    import structlog
    from django.conf import settings
    from django.db import close_old_connections

    from droitfil.cases.continuity.night import tell_unfinished
    from droitfil.cases.jobs import tell_refused_files
    from droitfil.files.jobs import scan_waiting
    from droitfil.journal.sealer import seal
    from droitfil.lib import clock
    from droitfil.notices.jobs import deliver

    log = structlog.get_logger("droitfil.worker")
    nights = Nights(settings.NIGHT_HOUR)
    jobs = [
        Job("deliver", 10, lambda now: deliver(now=now)),
        Job("scan", 60, scan_waiting),
        Job("refused", 60, lambda now: tell_refused_files(now=now)),
        Job("seal", 600, lambda now: seal(now=now)),
        Job("watch", 60, tell_unfinished),
    ]
    if settings.NIGHTS:
        jobs.append(Job("night", 30, nights))
    asked_to_stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: asked_to_stop.set())
    while not asked_to_stop.is_set():
        for job in jobs:
            if asked_to_stop.is_set() or time.monotonic() < job.next:
                continue
            try:
                job.do(clock.now())
            except Exception:
                # One job that fails must not keep the others from being done.
                log.exception("job-failed", job=job.name)
            finally:
                job.next = time.monotonic() + job.every
                close_old_connections()
        asked_to_stop.wait(TICK)
    nights.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
