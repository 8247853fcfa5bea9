"""PostgreSQL servers of a drill: made, run, killed, each with a folder and a socket of its own.

They stand in a folder of ``/tmp`` that belongs to the account which runs them: for root, which
PostgreSQL refuses, the one that the private database takes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from droitfil.lib.postgres import DATABASE, ROLE
from droitfil.lib.postgres.programs import Account, Programs, account, choose

PATIENCE = 90.0  # seconds
#: As the private database's: a log never says with which values a statement failed.
SETTINGS = {
    "listen_addresses": "''", "unix_socket_permissions": "0700", "max_connections": "60",
    "shared_buffers": "32MB", "timezone": "'UTC'", "log_min_error_statement": "panic",
    "log_error_verbosity": "terse", "log_parameter_max_length_on_error": "0",
}  # fmt: skip


@dataclass
class Ground:
    """Where the servers of a drill stand; everything is gone when the block ends."""

    folder: Path = field(init=False)
    account: Account = field(init=False)
    programs: Programs = field(init=False)
    #: Where every server listens, as ``/var/run/postgresql`` on a machine: ports tell them apart.
    sockets: Path = field(init=False)

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="droitfil-drill-", dir="/tmp"))
        self.account = account()
        self.programs = choose(self.folder / "none", self.account)
        self.sockets = self.place("run")
        os.chown(self.folder, self.account.uid, -1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for mark in self.folder.glob("*/postmaster.pid"):
            kill(int(mark.read_text(encoding="utf-8").split("\n", 1)[0]))
        shutil.rmtree(self.folder)

    def place(self, name: str) -> Path:
        """An empty folder that the account of the servers owns."""
        made = self.folder / name
        made.mkdir(mode=0o700)
        os.chown(made, self.account.uid, -1)
        return made

    def variables(self, data: Path, port: int) -> dict[str, str]:
        """What the account that runs the server of ``data`` finds in its environment."""
        return {
            "PATH": f"{self.programs.folder}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "PGDATA": str(data),
            "PGHOST": str(self.sockets),
            "PGPORT": str(port),
            "PGUSER": ROLE,
            "PGDATABASE": DATABASE,
        }

    def run(self, *words: str, environment: dict[str, str]) -> str:
        """A command under the account of the servers; what it said. What it starts goes on."""
        with tempfile.TemporaryFile() as said:  # a server would keep a pipe open
            done = subprocess.run(
                self.account.command(*words), stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                cwd="/", env=environment, timeout=900, check=False, **self.account.options(),
            )  # fmt: skip
            said.seek(0)
            text = said.read().decode("utf-8", "replace")
        assert done.returncode == 0, text[-3000:]
        return text

    def server(self, name: str, port: int, **settings: str) -> Server:
        """A new server that runs, with an empty database."""
        made = Server(self, self.folder / name, port)
        self.run(
            "initdb", "--username", ROLE, "--auth", "trust", "--encoding", "UTF8", "--locale",
            "C.UTF-8", "--no-instructions", environment=made.variables,
        )  # fmt: skip
        chosen = {**SETTINGS, "unix_socket_directories": f"'{self.sockets}'", **settings}
        with (made.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{key} = {value}\n" for key, value in chosen.items())
        made.start()
        self.run("createdb", DATABASE, environment=made.variables)
        return made


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and its data; it may run or not."""

    ground: Ground
    data: Path
    port: int

    @property
    def variables(self) -> dict[str, str]:
        return self.ground.variables(self.data, self.port)

    @property
    def url(self) -> str:
        """What to give as ``DATABASE_URL``."""
        return f"postgresql://{ROLE}@localhost:{self.port}/{DATABASE}?host={self.ground.sockets}"

    @property
    def pid(self) -> int:
        mark = (self.data / "postmaster.pid").read_text(encoding="utf-8")
        return int(mark.split("\n", 1)[0])

    def start(self) -> None:
        log = f"--log={self.data}.log"
        self.ground.run("pg_ctl", "--wait", log, "start", environment=self.variables)

    def stop(self) -> None:
        words = ("pg_ctl", "--wait", "--mode=fast", "stop")
        self.ground.run(*words, environment=self.variables)

    def kill(self) -> None:
        """Ends it as a power cut does: the server and each of its processes, without a word."""
        kill(self.pid)
        # Marks by which a machine that was started again would not take another process for it.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for mark in self.ground.sockets.glob(f".s.PGSQL.{self.port}*"):
            mark.unlink()

    def ask(self, statement: str, *given: Any) -> list[Any]:
        """The rows of a statement, committed."""
        with psycopg.connect(self.url, autocommit=True) as base:
            done = base.execute(statement.encode(), given or None)
            return done.fetchall() if done.description else []


def kill(pid: int) -> None:
    """Kills a server and its processes; returns once none is left."""
    family = [pid]
    with suppress(OSError):
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
        family += [int(child) for child in told.split()]
    for one in family:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while any(_lives(one) for one in family):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
