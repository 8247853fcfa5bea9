"""``droitfil serve``: the port it takes, and that nothing is left of it, however it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from droitfil.cli import serve
from droitfil.lib.postgres import PROJECT, connection
from tests.lib.postgres_users import until


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which someone listens."""
    with socket.socket() as listener:
        listener.bind((serve.ADDRESS, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_takes_the_port_asked_for(taken: int) -> None:
    free = serve.choose_port(None, first=taken)
    assert serve.choose_port(str(free)) == free


def test_refuses_a_port_that_is_taken(taken: int) -> None:
    with pytest.raises(serve.NoPort) as refused:
        serve.choose_port(str(taken))
    assert str(refused.value).startswith(f"Le port {taken} est déjà pris")


@pytest.mark.parametrize("asked", ["0", "65536", "-1", "http", "80 80", "²"])
def test_refuses_what_is_not_a_port(asked: str) -> None:
    with pytest.raises(serve.NoPort) as refused:
        serve.choose_port(asked)
    assert str(refused.value) == f"PORT vaut « {asked} » : écrivez un nombre de 1 à 65535."


def test_takes_the_next_free_port(taken: int) -> None:
    chosen = serve.choose_port(None, first=taken)
    assert taken < chosen < taken + serve.TRIED
    assert serve.is_free(chosen)


class Served:
    """A server started as a person would, in a session of its own."""

    def __init__(self, log: Path, **chosen: str) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "droitfil.cli.main", "serve"],
                cwd=PROJECT,
                env={**os.environ, "DROITFIL_ENV": "test", **chosen},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        until(lambda: "Ctrl-C" in self.said() or self.process.poll() is not None)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def address(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+/", self.said())
        assert found, self.said()
        return found[0]

    def left(self) -> list[int]:
        """The processes of its session that still run."""
        found = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[3]) == self.process.pid and fields[0] != "Z":
                    found.append(int(folder.name))
        return found

    def end(self) -> None:
        for pid in self.left():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture
def served(private_postgres: None, tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path / "said")
    yield server
    server.end()


@pytest.mark.parametrize("ends_by", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_answers_until_it_ends_and_leaves_nothing(served: Served, ends_by: str) -> None:
    with urllib.request.urlopen(f"{served.address()}sante", timeout=30) as response:
        assert json.load(response)["status"] == "ok"
    assert len(served.left()) > 3  # the one that watches, the one that answers, the workers
    served.process.send_signal(signal.Signals[ends_by])
    until(lambda: served.process.poll() is not None and not served.left())


def test_a_worker_that_dies_is_started_again(served: Served) -> None:
    first = _worker(served)
    os.kill(first, signal.SIGKILL)
    until(lambda: _worker(served) not in (0, first))
    served.process.send_signal(signal.SIGTERM)
    until(lambda: served.process.poll() is not None and not served.left())


def test_pages_that_die_are_served_again(served: Served) -> None:
    """Killed for their memory, say: the command goes on, and others answer, as many."""
    first = _pages(served)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(_pages(served) - first) == len(first) and _stands(served))
    assert served.process.poll() is None
    served.process.send_signal(signal.SIGTERM)
    until(lambda: served.process.poll() is not None and not served.left())


@pytest.fixture
def scratch(private_postgres: None) -> Iterator[str]:
    """A database of its own: tests have no pool of connections, which is what is looked at."""
    server, name = connection(settings.PRIVATE_DATABASE), f"pool_{os.getpid()}"
    with psycopg.connect(host=server["HOST"], user=server["USER"], dbname="postgres") as admin:
        admin.autocommit = True
        admin.execute(f"CREATE DATABASE {name}")
        yield f"postgresql://{server['USER']}@/{name}?host={server['HOST']}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_pages_come_back_once_the_database_has(scratch: str, tmp_path: Path) -> None:
    served = Served(
        tmp_path / "said", DROITFIL_ENV="development", DATABASE_URL=scratch,
        DROITFIL_KEYS=str(tmp_path), DROITFIL_FILES=str(tmp_path), DROITFIL_NIGHTS="non",
    )  # fmt: skip
    try:
        until(lambda: _stands(served))
        with psycopg.connect(scratch, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        until(lambda: _stands(served))
    finally:
        served.end()


def _stands(served: Served) -> bool:
    try:
        with urllib.request.urlopen(f"{served.address()}sante", timeout=30) as response:
            return bool(response.status == 200)
    except urllib.error.URLError:
        return False


def _worker(served: Served) -> int:
    """The worker that the server keeps; 0 when there is none."""
    for pid in served.left():
        with suppress(OSError):
            words = (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
            if words[1:4] == [b"-m", b"droitfil.cli.worker", b"rounds"]:
                return pid
    return 0


def _pages(served: Served) -> set[int]:
    """The processes that answer: forked from the one that was started."""
    found = set()
    for pid in served.left():
        with suppress(OSError):
            fields = (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()
            words = (Path("/proc") / str(pid) / "cmdline").read_text().split("\0")
            if int(fields[1]) == served.process.pid and not {"-c", "droitfil.cli.worker"} & {
                *words
            }:
                found.add(pid)
    return found
