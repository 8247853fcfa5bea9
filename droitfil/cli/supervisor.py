"""``droitfil worker``: one process a queue, kept alive until this one stops, however it ends.

``droitfil serve`` keeps them beside the pages.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from droitfil.cli.database import open_database
from droitfil.cli.parser import Parser

#: Seconds before a worker that died is started again, and granted to one that is told to stop.
AGAIN, PATIENCE = 5.0, 10.0
EPILOG = """Les messages, l'antivirus, le journal, le guet des nuits et, si DROITFIL_NIGHTS le veut,
les nuits. « droitfil serve » le fait déjà ; plusieurs à la fois se partagent le travail."""


def main(arguments: Sequence[str]) -> int:
    """Works until told to stop; 1 with a sentence when there is no database."""
    Parser("droitfil worker", "Fait ce qui est dû sans qu'on le demande.", EPILOG).parse_args(
        arguments
    )
    from droitfil.lib.postgres import PostgresError

    try:
        open_database()
    except PostgresError as error:
        print(error, file=sys.stderr)
        return 1
    asked_to_stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: asked_to_stop.set())
    with Workers():
        asked_to_stop.wait()
    return 0


class Workers:
    """``with Workers():`` they run; one that dies is started again. Django is set up before."""

    def __enter__(self) -> Self:
        from django.conf import settings

        from droitfil.lib.workers import NIGHTS, ROUNDS

        self._kept = [_Kept(queue) for queue in ([ROUNDS, NIGHTS] if settings.NIGHTS else [ROUNDS])]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for kept in self._kept:
            kept.stop()
        for kept in self._kept:
            kept.wait()


class _Kept:
    """The worker of one queue, started again when it dies."""

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._over = threading.Event()
        self._changing = threading.Lock()
        self._process = self._start()
        threading.Thread(target=self._keep, daemon=True).start()

    def stop(self) -> None:
        """Tells it to stop, for good."""
        with self._changing:
            self._over.set()
            self._process.terminate()

    def wait(self) -> None:
        """Returns once it has stopped; kills it when it takes too long."""
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _keep(self) -> None:
        while not self._over.is_set():
            self._process.wait()
            self._over.wait(AGAIN)
            with self._changing:
                if not self._over.is_set():
                    self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # nosec B603
            [sys.executable, "-m", "droitfil.cli.worker", self._queue], stdin=subprocess.DEVNULL
        )
