"""``python -m tests.fuzz.run``: episodes of requests on a private PostgreSQL of their own.

Each begins from the same people: the base is copied from a template. A fault ends the run, with a
line that plays its episode again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from droitfil.lib import postgres
from tests.private_base import private_base

if TYPE_CHECKING:
    from tests.fuzz.walk import Fault
    from tests.fuzz.ways import Way
    from tests.fuzz.world import People

#: Requests before everything begins again: by then many a door is closed.
EPISODE = 300
TEMPLATE = "fuzz_people"


def main(words: list[str]) -> int:
    """Runs the episodes asked for; 1 when something was wrong."""
    asked = _parser().parse_args(words)
    chosen = {
        "DROITFIL_SECRET_KEY": "fuzz" * 20, "DROITFIL_HOSTS": "testserver",
        "DROITFIL_API_LIMIT": "0", "DROITFIL_VERIFY_LIMIT": "0",
    }  # fmt: skip
    with private_base(**chosen) as folder:
        from tests.fuzz.world import People, drawn_ids, on_their_day

        with on_their_day():
            with drawn_ids(asked.seed):
                people = People()
            _keep()
            return _episodes(asked, people, folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0, help="la première suite")
    parser.add_argument("--http", type=int, default=0, help="par HTTP, à granian, sur ce port")
    parser.add_argument("--report", help="où compter ce qui fut répondu")
    parser.add_argument("--list", action="store_true", help="montre chaque demande")
    return parser


def _keep() -> None:
    _asked_of_server(f"CREATE DATABASE {TEMPLATE} TEMPLATE {postgres.DATABASE}")


def _restore() -> None:
    _asked_of_server(
        f"DROP DATABASE {postgres.DATABASE} WITH (FORCE)",
        f"CREATE DATABASE {postgres.DATABASE} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY",
    )


def _asked_of_server(*statements: str) -> None:
    import psycopg
    from django.db import connection

    connection.close()
    address = os.environ["DATABASE_URL"].replace(f"/{postgres.DATABASE}?", "/template1?")
    with psycopg.connect(address, autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def _episodes(asked: argparse.Namespace, people: People, folder: Path) -> int:
    from tests.fuzz.walk import Walk
    from tests.fuzz.ways import InProcess
    from tests.fuzz.world import drawn_ids

    total: Counter[int] = Counter()
    reached: Counter[str] = Counter()
    began, number, wrong = time.monotonic(), asked.first, 0
    while total.total() < asked.requests:
        _restore()
        with drawn_ids(f"{asked.seed} {number}"), _way(asked, people, folder) as way:
            walk = Walk(people, asked.seed * 1_000_000 + number, way or InProcess(people.sessions))
            walk.listing = asked.list
            total += walk.run(min(EPISODE, asked.requests - total.total()))
        for after, fault in walk.faults:
            _tell(fault, f"--seed {asked.seed} --first {number} --requests {after}", asked.http)
        wrong += len(walk.faults)
        reached += walk.reached
        number += 1
        rate = total.total() / (time.monotonic() - began)
        print(f"\r▸ {total.total()} demandes, {rate:.0f}/s", end="", flush=True)
    print()
    if asked.report:
        counts = {"answers": total, "reached": reached}
        Path(asked.report).write_text(json.dumps(counts), encoding="utf-8")
    return 1 if wrong else 0


def _tell(fault: Fault, words: str, port: int) -> None:
    print(f"\n{fault}")
    if cause := fault.__cause__:
        print("".join(traceback.format_exception(cause)[-4:]), end="")
    print(
        f"Rejouer : python -m tests.fuzz.run {words}" + (f" --http {port}" if port else ""),
        flush=True,
    )


@contextmanager
def _way(asked: argparse.Namespace, people: People, folder: Path) -> Iterator[Way | None]:
    """None for this process; else a server of this episode alone."""
    if not asked.http:
        yield None
        return
    from tests.fuzz.ways import OverHttp, await_port

    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi",
        "--host", "127.0.0.1", "--port", str(asked.http), "--blocking-threads", "4",
        "tests.fuzz.served:application",
    ]  # fmt: skip
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=postgres.PROJECT, stdout=log, stderr=log)
        try:
            await_port(asked.http)
            yield OverHttp(asked.http, people.sessions)
        finally:
            server.terminate()
            server.wait(30)
            from django.db import connection

            connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
