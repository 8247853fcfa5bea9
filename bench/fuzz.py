"""``python -m bench.soak fuzz``: every operation of the interface, every route and form.

The interface is asked by schemathesis, in process; pages by the visitors of :mod:`tests.fuzz`, in
process for the most part, and a slice over HTTP through granian. FUZZ_REQUESTS (100,000) to the
pages, FUZZ_HTTP (5,000) more over HTTP, FUZZ_SEED to draw others; HYPOTHESIS_EXAMPLES (500) an
operation and way of asking of the interface.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from droitfil.cli.serve import choose_port
from tests.web.route_table import Row, rows

ROOT = Path(__file__).resolve().parents[1]
#: Away from the ports that people use.
FIRST_PORT = 8700


def fuzz() -> bool:
    """No 500, no refusal without a sentence, no leak from one person to another."""
    requests = int(os.environ.get("FUZZ_REQUESTS", "100000"))
    over_http = int(os.environ.get("FUZZ_HTTP", "5000"))
    seed = int(os.environ.get("FUZZ_SEED", "1"))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = _interface(folder)
        cores = os.cpu_count() or 1
        # Each process has its own people, its own base and its own draws.
        together = [_pages(folder, seed * 100 + rank, requests // cores) for rank in range(cores)]
        held &= all([process.wait() == 0 for process in together])  # noqa: C419 - each is waited for
        port = choose_port(None, first=FIRST_PORT)
        held &= _pages(folder, seed * 100 + 99, over_http, "--http", str(port)).wait() == 0
        answers, reached = _reports(folder)
    total, lasted = sum(answers.values()), time.monotonic() - began
    said = ", ".join(f"{status} × {count}" for status, count in sorted(answers.items()))
    print(f"  réponses : {said}")
    never = [
        f"{row.method} {row.route}"
        for row in rows()
        if _expected(row) and not _is_reached(row, reached)
    ]
    print(f"  jamais atteintes : {', '.join(dict.fromkeys(never)) or 'aucune'}")
    print(f"  {total} demandes en {lasted / 60:.0f} min, {total / lasted:.0f} par seconde")
    return held


def _interface(folder: Path) -> bool:
    environment = {
        **os.environ,
        "HYPOTHESIS_PROFILE": "soak",
        "HYPOTHESIS_EXAMPLES": os.environ.get("HYPOTHESIS_EXAMPLES", "500"),
        "SOAK_REPORT": str(folder),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/api/test_fuzz.py"]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def _pages(folder: Path, seed: int, requests: int, *more: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "tests.fuzz.run", "--seed", str(seed), "--requests", str(requests),
        "--report", str(folder / f"pages-{seed}.json"), *more,
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT)


def _expected(row: Row) -> bool:
    """Is there a visitor who is let in, outside of the demonstration?"""
    return not row.route.startswith("demo") and any(cell[0] in "23" for cell in row.cells.values())


def _is_reached(row: Row, reached: Counter[str]) -> bool:
    """Was it answered as it is when all goes well?"""
    return any(reached[f"{row.route} {row.method} {status}"] for status in (200, 302, 304))


def _reports(folder: Path) -> tuple[Counter[int], Counter[str]]:
    """How often each status was answered, and each address how, in all the reports."""
    answers: Counter[int] = Counter()
    reached: Counter[str] = Counter()
    for report in folder.glob("*.json"):
        counted = json.loads(report.read_text(encoding="utf-8"))
        answers.update({int(status): count for status, count in counted["answers"].items()})
        reached.update(counted["reached"])
    return answers, reached
