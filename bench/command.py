"""The command from nothing: a new process, the law read, one question answered."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import profiles
from bench.bars import Bar, Say

MILLISECONDS = 300
RUNS = 15
ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "docs" / "examples" / "contrat.yaml"
COMMAND = Path(sys.executable).with_name("droitfil")

_LAW = """
import time
start = time.perf_counter()
from droitfil.lawbook import load_law
imported = time.perf_counter()
load_law()
print((time.perf_counter() - imported) * 1000)
"""
_IMPORTED = """
import os, sys
from droitfil.cli.timeline import main
terminal, sys.stdout = sys.stdout, open(os.devnull, "w")
main([sys.argv[1]])
print(sum(name.partition(".")[0] == "django" for name in sys.modules), file=terminal)
"""


def bars(say: Say) -> Iterator[Bar]:
    """Milliseconds of the cold command, its share of reading the law, Django's absence."""
    say(f"la commande, {RUNS} fois…")
    times = [_timed([str(COMMAND), "timeline", str(EXAMPLE)]) for _ in range(RUNS)]
    yield Bar(
        "cold_command",
        "Commande « droitfil timeline », à froid (médiane)",
        statistics.median(times),
        "ms",
        at_most=MILLISECONDS,
        details={"runs": RUNS, "slowest_ms": round(max(times), 1)},
    ).explained(lambda: profiles.of_command(["timeline", str(EXAMPLE)]))
    yield Bar("django_modules", "… modules de Django importés", _number(_IMPORTED), "", at_most=0)
    bare = statistics.median(_timed([sys.executable, "-c", ""]) for _ in range(RUNS))
    yield Bar("cold_python", "… dont Python seul, qui ne fait rien", bare, "ms")
    law = statistics.median(_number(_LAW) for _ in range(5))
    yield Bar("law_loading", "… dont la lecture de law/", law, "ms")


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return (time.perf_counter() - start) * 1000


def _number(script: str) -> float:
    """The last line a script prints, run in a Python of its own."""
    command = [sys.executable, "-c", script, str(EXAMPLE)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return float(done.stdout.split()[-1])
