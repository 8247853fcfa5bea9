"""The site served as ``make demo`` serves it, for as long as a measure lasts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from droitfil.cli.serve import choose_port

ROOT = Path(__file__).resolve().parents[1]
#: Away from the port that people use.
FIRST_PORT = 8600
#: The first start of all creates the private database.
PATIENCE = 90.0
#: One client plays all the clients of the measure.
NO_LIMIT = "1000000"


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The site's address without a slash at the end, and the identifier of its process."""
    port = choose_port(None, first=FIRST_PORT)
    environment = {
        **os.environ,
        "DROITFIL_ENV": "demo",
        "DROITFIL_API_LIMIT": NO_LIMIT,
        "DROITFIL_VERIFY_LIMIT": NO_LIMIT,
    }
    command = [str(Path(sys.executable).with_name("droitfil")), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, f"{address}/sante")
        yield address, process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.05)
    raise RuntimeError(f"Le site ne répond pas à {address}.")
