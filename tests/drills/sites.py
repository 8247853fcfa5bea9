"""The pages served as the guide says, by granian, on a database of a drill."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # seconds


def settings(url: str, folder: Path, **more: str) -> dict[str, str]:
    """Settings of whatever works on the database of a drill; keys and files in ``folder``."""
    for name in ("files", "keys"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DROITFIL_", "PG"))}
    return {
        **kept, "DATABASE_URL": url, "DROITFIL_ENV": "development",
        "DROITFIL_FILES": str(folder / "files"), "DROITFIL_KEYS": str(folder / "keys"),
        "DROITFIL_SECRET_KEY": "k" * 60, "DROITFIL_VERIFY_LIMIT": "0", "DROITFIL_NIGHTS": "non",
        "DROITFIL_LOG_LEVEL": "ERROR", **more,
    }  # fmt: skip


def living(*words: str) -> list[str]:
    """The command of ``tests.drills.lives``, by its file: another checkout may have none."""
    return [sys.executable, str(ROOT / "tests" / "drills" / "lives.py"), *words]


def code_of(tree: Path, environment: dict[str, str]) -> dict[str, str]:
    """The environment in which a process runs the code of ``tree``."""
    return {**environment, "PYTHONPATH": str(tree)}


def lives(environment: dict[str, str], *words: str, stdin: bytes = b"", tree: Path = ROOT) -> str:
    """A command of ``tests.drills.lives``; what it said."""
    return lives_in_bytes(environment, *words, stdin=stdin, tree=tree).decode()


def lives_in_bytes(
    environment: dict[str, str], *words: str, stdin: bytes = b"", tree: Path = ROOT
) -> bytes:
    """As :func:`lives`, in bytes."""
    done = subprocess.run(
        living(*words), cwd=tree, input=stdin, capture_output=True, check=False, timeout=900,
        env=code_of(tree, environment) | {"DROITFIL_ENV": "test"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Answer:
    """What a page answered."""

    status: int
    body: bytes
    headers: http.client.HTTPMessage

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Web:
    """A web process on a port of its own; ``tree`` is the checkout whose code it runs."""

    environment: dict[str, str]
    tree: Path = ROOT
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns once it answers."""
        self.process = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("granian")), "--interface", "wsgi",
                "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1",
                "--blocking-threads", "4", "--no-access-log", "--log-level", "error",
                "--workers-kill-timeout", "10", "config.wsgi:application",
            ],
            cwd=self.tree, stdin=subprocess.DEVNULL,
            env=code_of(self.tree, self.environment),
        )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError):
                self.ask("/sante")
                return
            time.sleep(0.05)
        raise AssertionError("Le site ne répond pas.")

    def stop(self) -> None:
        """Tells it to end; it answers first what it has begun to."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def ask(
        self, path: str, body: bytes | None = None, *, timeout: float = 60, **headers: str
    ) -> Answer:
        """GET, or POST of ``body``; names of headers are written with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET" if body is None else "POST", path, body, named)
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.headers)
        finally:
            connection.close()
