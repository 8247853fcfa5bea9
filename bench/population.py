"""A population of its own for the measures, loaded by ``droitfil demo load --people``.

PEOPLE chooses how many (half a million by default). The base is kept from one run to the next, in
``.droitfil/bench``: each run lives the night that follows the last one. Loaded again when another
number is asked, or when it was loaded more than a month ago.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bench.bars import Bar, Say
from bench.processes import ROOT, measured
from droitfil.lib import postgres

HOME = ROOT / ".droitfil" / "bench"
DEFAULT, FEWEST, MOST = 500_000, 20_000, 20_000_000
STALE = 31


def people_asked() -> int:
    """How many people PEOPLE asks for. :raises SystemExit: with a sentence, for anything else."""
    text = os.environ.get("PEOPLE", "") or str(DEFAULT)
    if not text.isascii() or not text.isdigit() or not FEWEST <= int(text) <= MOST:
        raise SystemExit(f"PEOPLE vaut « {text} » : écrivez un nombre entier de {FEWEST} à {MOST}.")
    return int(text)


def bars(say: Say) -> Iterator[Bar]:
    """The bars that need a population, each in a process that knows only its base."""
    people = people_asked()
    with base(say, people) as environment:
        loaded = json.loads((HOME / "loaded.json").read_text(encoding="utf-8"))
        yield Bar(
            "load",
            "Peuplement, personnes écrites par seconde",
            people / loaded["seconds"],
            "/s",
            details=loaded,
        )
        yield from measured(say, environment, "bench.nights")
    say(f"la base de mesure est gardée dans {HOME.relative_to(ROOT)} ; effacez-la si elle gêne.")


@contextmanager
def base(say: Say, people: int) -> Iterator[dict[str, str]]:
    """The environment of a process that works on the population; loaded when it must be."""
    keys = HOME / "keys"
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.mkdir(mode=0o700, exist_ok=True)
    with postgres.hold(HOME / "postgres") as held:
        environment = {
            **os.environ, "DROITFIL_ENV": "demo", "DATABASE_URL": held.url,
            "DROITFIL_KEYS": str(keys),
        }  # fmt: skip
        if not _serves(people):
            _load(say, people, held.url, keys, environment)
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)  # kept from an earlier code
        yield environment


def _serves(people: int) -> bool:
    try:
        loaded = json.loads((HOME / "loaded.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    age = date.today() - date.fromisoformat(loaded["on"])  # noqa: DTZ011
    return bool(loaded["people"] == people and age.days < STALE)


def _load(say: Say, people: int, url: str, keys: Path, environment: dict[str, str]) -> None:
    import psycopg

    say(f"{people} personnes à écrire…")
    (HOME / "loaded.json").unlink(missing_ok=True)
    shutil.rmtree(keys)
    keys.mkdir(mode=0o700)
    with psycopg.connect(url.replace("/droitfil?", "/postgres?"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS droitfil")
        connection.execute("CREATE DATABASE droitfil")
    began = time.monotonic()
    command = [str(Path(sys.executable).with_name("droitfil")), "demo", "load"]
    done = subprocess.run(
        [*command, "--people", str(people)], cwd=ROOT, env=environment, stdout=sys.stderr
    )
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    seconds = time.monotonic() - began
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        (size,) = connection.execute("SELECT pg_database_size('droitfil')").fetchone() or (0,)
    loaded = {
        "people": people, "on": date.today().isoformat(),  # noqa: DTZ011
        "seconds": round(seconds, 1), "bytes_a_person": round(size / people),
    }  # fmt: skip
    (HOME / "loaded.json").write_text(json.dumps(loaded), encoding="utf-8")
