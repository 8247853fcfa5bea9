"""A private PostgreSQL: it starts with its first user and stops with its last one.

Whoever needs the database calls :func:`hold` and keeps what it returns as long as the database is
needed. A *user* is a process that holds a shared lock on one file; the kernel drops that lock when
the process ends, however it ends. A *keeper* (:mod:`droitfil.lib.postgres.keeper`), a process of
its own, owns the server: it starts it again when it dies and stops it once nobody holds the lock.

Everything is under one folder, the *home*: ``data/``, logs, locks. The server listens on a Unix
socket only, in a folder of ``/tmp`` closed to others, so that a long path to the checkout does not
matter. Nothing here imports Django, and nothing is used when the operator gives ``DATABASE_URL``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROJECT = Path(__file__).resolve().parents[3]
#: The private database of this checkout.
HOME = PROJECT / ".droitfil" / "postgres"

DATABASE = ROLE = "droitfil"
PORT = 5432  # names the socket; no network port is opened
#: Seconds granted to a first start, ``initdb`` included, on a slow machine.
PATIENCE = 120.0


class PostgresError(Exception):
    """The private database cannot be had; the text is a French sentence that says why."""


@dataclass
class Held:
    """A use of the private database: until :meth:`release`, or the end of the process."""

    home: Path
    _lock: int

    @property
    def url(self) -> str:
        """The address to give as ``DATABASE_URL``."""
        return url(self.home)

    def release(self) -> None:
        """Gives up this use; the server stops if it was the last one. Harmless when repeated."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def bequeath(self) -> None:
        """Lets the program that takes the place of this process (``exec``) hold it in turn."""
        os.set_inheritable(self._lock, True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def url(home: Path = HOME) -> str:
    """The address of the private database; starts nothing."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={socket_folder(home)}"


def connection(home: Path = HOME) -> dict[str, Any]:
    """Django's connection settings for the private database; starts nothing."""
    return {
        "NAME": DATABASE,
        "USER": ROLE,
        "PASSWORD": "",  # nosec B105
        "HOST": str(socket_folder(home)),
        "PORT": str(PORT),
        "OPTIONS": {},
    }


def socket_folder(home: Path) -> Path:
    """Where the server of ``home`` listens: short (a socket's path has 107 bytes), one a home."""
    name = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    # Always /tmp: every process must find the same one, whatever its TMPDIR. The keeper makes the
    # folder 0700 and refuses one that another account made.
    return Path("/tmp") / f"droitfil-{os.geteuid()}-{name}"  # nosec B108


def hold(home: Path = HOME, *, durable: bool = True, patience: float = PATIENCE) -> Held:
    """The private database, started if it is not, and kept as long as the result is held.

    :param durable: False makes a server for tests only, fast and not safe against a power cut; it
        counts for the process that starts the server, not for those who come after.
    :param patience: seconds after which to give up.
    :raises PostgresError: when it cannot be started.
    """
    deadline = time.monotonic() + patience
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Refused only while a keeper that saw its last user leave is stopping the server.
        lock = _lock(home / "users.lock", fcntl.LOCK_SH, deadline)
    except PermissionError as error:
        raise PostgresError(
            f"Le dossier {home} n'est pas accessible à ce compte : la base privée y a été créée "
            "par un autre. Servez-vous du même compte, ou effacez ce dossier."
        ) from error
    held = Held(home, lock)
    try:
        start = _lock(home / "start.lock", fcntl.LOCK_EX, deadline)
        try:
            _start(home, durable, deadline)
        finally:
            os.close(start)
    except BaseException:
        held.release()
        raise
    return held


def running(home: Path = HOME) -> dict[str, Any] | None:
    """What the keeper of ``home`` says of its server (pid, keeper, major…), None without server."""
    try:
        said: dict[str, Any] = json.loads((home / "server.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if _is_kept(home) and _accepts(home) else None


def stop(home: Path = HOME, *, patience: float = 60.0) -> bool:
    """Stops the server of ``home`` whoever uses it, True when there was one.

    :raises PostgresError: when it does not stop in ``patience`` seconds.
    """
    if not _is_kept(home):
        return False
    deadline = time.monotonic() + patience
    while _is_kept(home):
        # Asked again each time: a keeper that has just begun has not written its pid yet.
        with suppress(OSError, ValueError, KeyError):
            said = json.loads((home / "keeper.json").read_text(encoding="utf-8"))
            os.kill(said["keeper"], signal.SIGTERM)
        if time.monotonic() > deadline:
            raise PostgresError("La base privée ne s'arrête pas. Voyez " + str(home / "server.log"))
        time.sleep(0.05)
    return True


def erase(home: Path = HOME) -> bool:
    """Stops the server and deletes its data for good, True when there were some."""
    stop(home)
    there = home.exists()
    with suppress(OSError, ValueError, KeyError):
        said = json.loads((home / "keeper.json").read_text(encoding="utf-8"))
        shutil.rmtree(said["data"], ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(socket_folder(home), ignore_errors=True)
    return there


def _start(home: Path, durable: bool, deadline: float) -> None:
    """Returns once the server accepts; alone to do so (``start.lock``), and a user already."""
    while time.monotonic() < deadline:
        if not _is_kept(home):
            _spawn_keeper(home, durable, deadline)
        elif (home / "server.json").exists() and _accepts(home):
            return
        else:
            time.sleep(0.05)  # a keeper starts its server again after a crash
    raise PostgresError(
        f"La base privée n'a pas démarré à temps. Voyez {home / 'keeper.log'} et "
        f"{home / 'server.log'}."
    )


def _spawn_keeper(home: Path, durable: bool, deadline: float) -> None:
    reading, writing = os.pipe()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PG") and name not in ("DATABASE_URL", "DROITFIL_ENV")
    }
    try:
        with (home / "keeper.log").open("ab") as log:
            # It detaches itself and this first process ends at once: nothing to reap later.
            subprocess.run(  # nosec B603
                [
                    *(sys.executable, "-m", "droitfil.lib.postgres", str(home)),
                    *("--report", str(writing)),
                    *(() if durable else ("--not-durable",)),
                ],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(writing,),
                start_new_session=True,
                check=False,
            )
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb") as report:
        os.set_blocking(report.fileno(), False)
        said = b""
        while time.monotonic() < deadline:
            part = report.read(4096)
            if part == b"":
                break
            said += part or b""
            time.sleep(0 if part else 0.02)
    if said.strip() != b"ready":
        raise PostgresError(
            said.decode("utf-8", "replace").strip()
            or f"La base privée n'a pas démarré. Voyez {home / 'keeper.log'}."
        )


def _lock(path: Path, kind: int, deadline: float) -> int:
    """An open descriptor that holds the lock; closing it, or dying, gives it back."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise PostgresError(
                    f"La base privée reste occupée : {path} ne se libère pas."
                ) from None
            time.sleep(0.02)
        else:
            return descriptor


def _is_kept(home: Path) -> bool:
    """Is a keeper alive? It holds ``keeper.lock`` as long as it lives."""
    try:
        descriptor = os.open(home / "keeper.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Shared: two who look at the same time must not take each other for a keeper.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _accepts(home: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(socket_folder(home) / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True
