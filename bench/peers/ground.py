"""What the peers and we are asked about: as many open cases as CASES says, all of one office.

Written once (:mod:`bench.peers.loading`), in a database of its own on the private PostgreSQL of the
measures; kept from one run to the next.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg

from bench.bars import Say
from bench.population import HOME as BENCH
from bench.population import STALE
from bench.processes import ROOT
from droitfil.lib import postgres

HOME = BENCH / "pairs"
DATABASE = "droitfil_pairs"
DEFAULT, FEWEST, MOST = 100_000, 6_000, 1_000_000
#: Whose list they all are. One list, as a help desk has one: no office has so long a one.
OFFICE = "75-paris"


def cases_asked() -> int:
    """How many open cases CASES asks for. :raises SystemExit: with a sentence for anything else."""
    text = os.environ.get("CASES", "") or str(DEFAULT)
    if not text.isascii() or not text.isdigit() or not FEWEST <= int(text) <= MOST:
        raise SystemExit(f"CASES vaut « {text} » : écrivez un nombre entier de {FEWEST} à {MOST}.")
    return int(text)


@contextmanager
def base(say: Say, cases: int) -> Iterator[dict[str, str]]:
    """The environment of a process that works on these cases; loaded when they must be."""
    keys = HOME / "keys"
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.mkdir(mode=0o700, exist_ok=True)
    with postgres.hold(BENCH / "postgres") as held:
        url = held.url.replace("/droitfil?", f"/{DATABASE}?")
        environment = {
            **os.environ, "DROITFIL_ENV": "demo", "DATABASE_URL": url, "DROITFIL_KEYS": str(keys),
            "CASES": str(cases),
        }  # fmt: skip
        if not _serves(cases):
            say(f"{cases} dossiers ouverts à écrire…")
            (HOME / "loaded.json").unlink(missing_ok=True)
            shutil.rmtree(keys)
            keys.mkdir(mode=0o700)
            recreate(held.url, DATABASE)
            _python(environment, "-m", "bench.peers.loading")
        _python(environment, "manage.py", "migrate", "--verbosity", "0")
        yield environment


def recreate(url: str, database: str) -> None:
    """An empty ``database`` on the server of ``url``, whatever it held."""
    drop(url, database)
    with _server(url) as connection:
        connection.execute(f'CREATE DATABASE "{database}"')


def drop(url: str, database: str) -> None:
    """No more ``database`` on the server of ``url``."""
    with _server(url) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def keep(cases: int, on: date) -> None:
    """Says what has been loaded, once it is."""
    said = {"cases": cases, "on": on.isoformat()}
    (HOME / "loaded.json").write_text(json.dumps(said), encoding="utf-8")


def loaded() -> dict[str, object]:
    """What was loaded, and the day it was loaded for."""
    found: dict[str, object] = json.loads((HOME / "loaded.json").read_text(encoding="utf-8"))
    return found


def _server(url: str) -> psycopg.Connection:
    head, _, tail = url.partition("?")
    return psycopg.connect(f"{head.rpartition('/')[0]}/postgres?{tail}", autocommit=True)


def _python(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment)
    if done.returncode != 0:
        raise SystemExit(done.returncode)


def _serves(cases: int) -> bool:
    try:
        found = loaded()
    except (OSError, ValueError):
        return False
    age = date.today() - date.fromisoformat(str(found["on"]))  # noqa: DTZ011
    return bool(found["cases"] == cases and age.days < STALE)
