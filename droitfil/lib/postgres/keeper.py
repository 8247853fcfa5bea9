"""The keeper: the process that owns the server of one home, and outlives none of its users.

It looks five times a second whether the server still runs (else it starts it again) and whether a
user is left: an exclusive lock on ``users.lock`` is granted only when nobody shares it, and keeps
newcomers waiting until the server has stopped. If the keeper itself is killed, the kernel asks the
server to stop (``PR_SET_PDEATHSIG``), and the next keeper clears what is left.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psycopg

from droitfil.lib.postgres import DATABASE, PORT, ROLE, PostgresError, socket_folder
from droitfil.lib.postgres.programs import Account, Programs, account, choose, data_folder

LOOK_EVERY = 0.2  # seconds
#: A server that dies at once is started again for so long, in seconds: after a crash its orphans
#: take a moment to free the shared memory.
RETRY_FOR = 20.0
START_WITHIN = 110.0  # seconds; a crash recovery may be long
STOP_WITHIN = 30.0
LOG_LIMIT = 2_000_000  # bytes, then the server's log begins anew
PR_SET_PDEATHSIG = 1

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "timezone": "UTC",
    "jit": "off",
    # The log says what went wrong, never with which values: those may be about a person.
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Keeper:
    """Keeps one server for one home, from :meth:`run` to the end of the process."""

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        self.sockets = socket_folder(home)
        self.stopping = False
        self.server: subprocess.Popen[bytes] | None = None
        self.account: Account
        self.programs: Programs
        self.data: Path

    def run(self, report: int) -> None:
        """Starts the server, says "ready" (or why not) on ``report``, keeps it, stops it."""
        try:
            self._own()
            self._prepare()
            self._start()
        except PostgresError as error:
            os.write(report, str(error).encode())
            return
        os.write(report, b"ready")
        os.close(report)
        try:
            self._keep()
        finally:
            self._stop()

    def _own(self) -> None:
        self.lock = os.open(self.home / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + 10
        while True:  # the one before us may be ending; a passer-by may be looking
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise PostgresError("Un autre gardien tient déjà la base privée.") from None
                time.sleep(0.02)
        self.users = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _prepare(self) -> None:
        self.account = account()
        self.data = data_folder(self.home, self.account)
        self.programs = choose(self.data, self.account)
        self._write("keeper.json", {"keeper": os.getpid(), "data": str(self.data)})
        with suppress(FileNotFoundError):
            if (self.home / "server.log").stat().st_size > LOG_LIMIT:
                (self.home / "server.log").unlink()
        self._make_socket_folder()
        if not (self.data / "PG_VERSION").exists():
            self._make_data()
        self._clear_orphan()

    def _make_socket_folder(self) -> None:
        with suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
            os.chown(self.sockets, self.account.uid, -1)
        found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid not in (os.geteuid(), self.account.uid):
            raise PostgresError(f"{self.sockets} appartient à un autre compte : effacez-le.")
        os.chown(self.sockets, self.account.uid, -1)
        self.sockets.chmod(0o700)

    def _make_data(self) -> None:
        # Under another name until it is whole: a start killed halfway leaves nothing to mend.
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        if self.account.name:
            for folder in (self.data.parent.parent, self.data.parent):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o755)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, self.account.uid, -1)
        words = self.account.command(
            *(self.programs["initdb"], "--pgdata", str(fresh), "--username", ROLE),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions"),
            *(() if self.durable else ("--no-sync",)),
        )
        with (self.home / "server.log").open("ab") as log:
            done = subprocess.run(  # nosec B603
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._environment(),
                check=False,
                **self.account.options(),
            )
        if done.returncode != 0:
            raise PostgresError(
                f"La base privée n'a pas pu être créée dans {self.data}. "
                f"Voyez {self.home / 'server.log'}."
            )
        fresh.rename(self.data)

    def _clear_orphan(self) -> None:
        """Ends a server left on these data by a keeper that was killed; drops its stale mark.

        The lock on ``keeper.lock`` proves that no keeper runs it. A pid alone proves nothing: after
        a restart of the machine another program has it.
        """
        mark = self.data / "postmaster.pid"
        try:
            pid = int(mark.read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not self._is_our_server(pid):
            mark.unlink(missing_ok=True)
            return
        for number, seconds in ((signal.SIGINT, STOP_WITHIN), (signal.SIGQUIT, 10.0)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + seconds
            while self._is_our_server(pid) and time.monotonic() < deadline:
                time.sleep(0.05)

    def _is_our_server(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.data.resolve()
        except OSError:
            return False

    def _start(self) -> None:
        """Starts the server and waits until it answers. :raises PostgresError: when it will not."""
        begun = time.monotonic()
        while not self.stopping:
            if self.server is None or self.server.poll() is not None:
                if self.server is not None and time.monotonic() - begun > RETRY_FOR:
                    break
                if self.server is not None:
                    time.sleep(LOOK_EVERY)
                self.server = self._launch()
            if time.monotonic() - begun > START_WITHIN:
                break
            if self._answers():
                said = {
                    "keeper": os.getpid(),
                    "pid": self.server.pid,
                    "major": self.programs.major,
                    "programs": str(self.programs.folder),
                    "data": str(self.data),
                }
                self._write("server.json", said)
                return
            time.sleep(0.03)
        self._stop()
        raise PostgresError(
            f"La base privée ne démarre pas. Voyez {self.home / 'server.log'} "
            "(« make demo-reset » efface ses données)."
        )

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {**SETTINGS, "unix_socket_directories": str(self.sockets)}
        if not self.durable:
            settings |= NOT_DURABLE
        words = [self.programs["postgres"], "-D", str(self.data), "-p", str(PORT)]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        libc = ctypes.CDLL(None)

        def die_with_the_keeper() -> None:
            libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT))

        with (self.home / "server.log").open("ab") as log:
            return subprocess.Popen(  # nosec B603
                self.account.command(*words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._environment(),
                preexec_fn=die_with_the_keeper,  # safe: this process has one thread
                **self.account.options(),
            )

    def _answers(self) -> bool:
        address = f"host={self.sockets} port={PORT} user={ROLE} connect_timeout=5"
        try:
            with psycopg.connect(f"{address} dbname=postgres", autocommit=True) as base:
                found = base.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if found.fetchone() is None:
                    base.execute(f'CREATE DATABASE "{DATABASE}"')
        except psycopg.Error:
            return False
        return True

    def _keep(self) -> None:
        while not self.stopping:
            if self.server is not None and self.server.poll() is not None:
                (self.home / "server.json").unlink(missing_ok=True)
                self._clear_orphan()
                self._start()
            try:
                fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(LOOK_EVERY)
            else:
                return  # held until this process ends: who comes now waits, then starts anew

    def _stop(self) -> None:
        (self.home / "server.json").unlink(missing_ok=True)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.server is None or self.server.poll() is not None:
                break
            self.server.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self.server.wait(STOP_WITHIN)
        with suppress(OSError):  # not empty if the server was killed: the next one clears it
            self.sockets.rmdir()

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}

    def _write(self, name: str, said: dict[str, object]) -> None:
        fresh = self.home / f"{name}.new"
        fresh.write_text(json.dumps(said), encoding="utf-8")
        fresh.rename(self.home / name)


def keep(home: Path, *, report: int, durable: bool) -> None:
    """Detaches from whoever called, then keeps the server of ``home`` until nobody uses it."""
    if os.fork() > 0:
        os._exit(0)
    try:
        Keeper(home, durable=durable).run(report)
    except PostgresError as error:
        print(error, file=sys.stderr)
