"""Keeps the worker alive for as long as the pages are served, and stops it with them."""

from __future__ import annotations

import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

#: Seconds before a worker that died is started again, and granted to one that is told to stop.
AGAIN, PATIENCE = 5.0, 10.0


class Worker:
    """``with Worker():`` the worker runs; it is started again when it dies."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Self:
        self._process = self._start()
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _keep(self) -> None:
        while not self._over.is_set():
            assert self._process is not None
            self._process.wait()
            if not self._over.wait(AGAIN):
                self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # nosec B603
            [sys.executable, "-m", "droitfil.cli.worker"],
            stdin=subprocess.DEVNULL,
        )
