"""Several processes that write batches side by side, each with its own connection to the base.

The batches are handed out one at a time. A process that loses the one that hands them out ends
with the batch in its hands; what it had not committed never was.
"""

from __future__ import annotations

import multiprocessing
import pickle  # nosec B403
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

import django
from django.db import connection

#: Seconds granted to a process that is told to stop.
PATIENCE = 10.0


def by_several(
    work: Callable[[Any, int], int], given: Any, tasks: Sequence[int], hands: int
) -> Iterator[int]:
    """``work(given, task)`` for each task, in ``hands`` processes; what each returns, as it comes.

    :param work: a function of a module, which opens its own transactions.
    :raises RuntimeError: when one of the processes ends before its time.
    """
    spawning = multiprocessing.get_context("spawn")
    waiting = list(reversed(tasks))
    busy: dict[Connection, Any] = {}
    name = str(connection.settings_dict["NAME"])
    # Read again once Django is set up there, which what is in it needs.
    whole = pickle.dumps((work, given))
    try:
        for _ in range(min(hands, len(tasks))):
            mine, theirs = spawning.Pipe()
            process = spawning.Process(target=_hand, args=(theirs, whole, name), daemon=True)
            process.start()
            theirs.close()
            busy[mine] = process
            mine.send(waiting.pop())
        while busy:
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                try:
                    said = ready.recv()
                except EOFError:
                    raise RuntimeError("A process that wrote people has ended.") from None
                if waiting:
                    ready.send(waiting.pop())
                else:
                    ready.send(None)
                    busy.pop(ready).join(PATIENCE)
                yield said
    finally:
        for process in busy.values():
            process.terminate()
            process.join(PATIENCE)


def _hand(tasks: Connection, whole: bytes, database: str) -> None:
    """A process: does what comes until nothing comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that hands out decides
    django.setup()
    work, given = pickle.loads(whole)  # nosec B301: from the process that started this one
    connection.settings_dict["NAME"] = database
    with suppress(EOFError, BrokenPipeError):
        while (task := tasks.recv()) is not None:
            tasks.send(work(given, task))
