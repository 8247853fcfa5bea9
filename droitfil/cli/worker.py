"""The process of one queue: does its jobs until told to stop; ``droitfil worker`` keeps it alive.

Every job may be killed at any point and done again.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

PR_SET_PDEATHSIG = 1
#: Seconds between two looks at the queue: nothing tells that a lock was freed.
LOOK = 0.2
#: Seconds granted to what is under way once told to stop; the next worker takes up the rest.
GRACE = 5.0
#: Rounds done at the same time: one that is slow must not keep messages waiting.
AT_ONCE = 4


def main(arguments: Sequence[str]) -> int:
    """Does the jobs of the queue named until told to stop."""
    parent = os.getppid()
    # Whoever starts it may be killed: it ends then, and leaves nothing behind.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent:
        return 0
    import structlog

    from droitfil.cli.database import open_database

    (queue,) = arguments
    try:
        open_database(migrate=False)
        with suppress(asyncio.CancelledError):
            asyncio.run(_work(queue))
    except Exception:
        # The database is gone, most often: told in one line, and begun again by who keeps us.
        structlog.get_logger("droitfil.worker").exception("worker-failed", queue=queue)
        return 1
    return 0


async def _work(queue: str) -> None:
    from procrastinate.contrib.django import app, connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    from droitfil.cli import rounds
    from droitfil.lib.workers import ROUNDS

    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2)
    with app.replace_connector(connector):
        async with app.open_async():
            work = asyncio.ensure_future(
                app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=_at_once() if queue == ROUNDS else 1,
                    fetch_job_polling_interval=LOOK,
                    listen_notify=False,  # as slow as our looks, for one connection more
                    update_heartbeat_interval=rounds.SILENT / 3,
                    stalled_worker_timeout=rounds.SILENT,
                    install_signal_handlers=False,
                )
            )
            loop = asyncio.get_running_loop()

            def stop() -> None:
                work.cancel()  # takes nothing more, and waits for what is under way
                loop.call_later(GRACE, os._exit, 0)

            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.add_signal_handler(name, stop)
            await work


def _at_once() -> int:
    """No more than the connections that this process may take: each job has one."""
    from django.conf import settings

    pool = settings.DATABASES["default"]["OPTIONS"].get("pool")
    return min(AT_ONCE, pool["max_size"]) if pool else AT_ONCE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
