"""Nights killed at random points, and PostgreSQL under them: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from droitfil.lib import postgres

FIRST = date(2025, 10, 20)
#: Days from a night to the next: each has papers to publish.
STEP = timedelta(days=12)
#: Lines after which blows are drawn: those of the phases, of some batches of papers, the last one.
LINES = 9


@dataclass
class Ground:
    """A private PostgreSQL and its people."""

    home: Path
    seed: int = 1
    people: int = 60
    kills: int = field(default=0, init=False)
    #: The phase in which each blow fell; "over" when the night was faster.
    where: Counter[str] = field(default_factory=Counter, init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    @property
    def in_work(self) -> int:
        return self.kills - self.where["over"]

    def run(self, *words: str) -> str:
        done = subprocess.run(
            self._command(*words), env=self._environment(), cwd=postgres.PROJECT, text=True,
            capture_output=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def prepare(self) -> None:
        cases = int(self.run("prepare", str(self.seed), str(self.people), FIRST.isoformat()))
        assert cases > self.people // 2
        night, _ = self.start(FIRST)
        night.communicate(timeout=300)
        assert night.returncode == 0

    def start(self, day: date, lines: int = 1) -> tuple[subprocess.Popen[str], str]:
        """A night that has begun and said ``lines`` lines, and the phase that the last one names.

        Each phase says a line as it begins, the papers one more a batch.
        """
        process = subprocess.Popen(
            self._command("night", day.isoformat()), env=self._environment(),
            cwd=postgres.PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        last = next((line for line in reversed(said) if line), "over")
        return process, last.split()[0]

    def _at_random(self, day: date) -> subprocess.Popen[str]:
        """A night somewhere in its work: after some line, a random moment."""
        process, phase = self.start(day, self.random.randint(1, LINES))
        time.sleep(self.random.uniform(0, 0.1))
        self.where["over" if process.poll() is not None else phase] += 1
        self.kills += 1
        return process

    def kill_a_night(self, day: date) -> None:
        process = self._at_random(day)
        process.kill()
        process.communicate()

    def kill_the_server(self, day: date) -> None:
        process = self._at_random(day)
        server = postgres.running(self.home)
        assert server is not None
        os.kill(server["pid"], signal.SIGKILL)
        process.communicate(timeout=300)
        deadline = time.monotonic() + 120
        while postgres.running(self.home) is None and time.monotonic() < deadline:
            time.sleep(0.1)

    def check(self, day: date) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("check", day.isoformat()))
        return found

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.cases.continuity.nights", *words]

    def _environment(self) -> dict[str, str]:
        keys = self.home.parent / "keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        return {
            **os.environ,
            "DROITFIL_ENV": "test",
            "DROITFIL_KEYS": str(keys),
            "DATABASE_URL": postgres.url(self.home),
        }


def trial(home: Path, *, nights: int, kills: int, servers: int, seed: int = 1) -> Ground:
    """Kills ``kills`` nights and ``servers`` servers, spread over ``nights`` dates, then checks.

    Each date ends with a night that is left alone, and nothing may then be wrong.
    """
    with postgres.hold(home, durable=True):
        ground = Ground(home, seed=seed)
        ground.prepare()
        blows = ["night"] * kills + ["server"] * servers
        ground.random.shuffle(blows)
        day = FIRST
        for number in range(nights):
            day += STEP
            for blow in blows[number::nights]:
                if blow == "night":
                    ground.kill_a_night(day)
                else:
                    ground.kill_the_server(day)
            assert "over" in ground.run("night", day.isoformat())
            found = ground.check(day)
            assert found["papers"] > 0
            assert found["findings"] == []
            assert found["signed"] == found["to_sign"]
            assert (found["not_covered"], found["undecided"]) == (0, 0)
            wrong = ("without_line", "lines_twice", "lines_without_paper")
            assert [found[name] for name in wrong] == [0, 0, 0]
            assert found["journal"]
            assert found["proof"]
        return ground
