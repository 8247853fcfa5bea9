"""``python -m bench.soak fuzz``: every operation of the interface, every route and form of the pages.

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
        together = [
            _pages(folder, seed * 100 + rank, requests // cores) for rank in range(cores)
        ]
        held &= all([process.wait() == 0 for process in together])  # noqa: C419 - each is waited for
        port = choose_port(None, first=FIRST_PORT)
        held &= _pages(folder, seed * 100 + 99, over_http, "--http", str(port)).wait() == 0
        answers = _answers(folder)
    total, lasted = sum(answers.values()), time.monotonic() - began
    said = ", ".join(f"{status} × {count}" for status, count in sorted(answers.items()))
    print(f"  réponses : {said}")
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


def _answers(folder: Path) -> Counter[int]:
    """How often each status was answered, in all the reports."""
    found: Counter[int] = Counter()
    for report in folder.glob("*.json"):
        counted = json.loads(report.read_text(encoding="utf-8"))
        found.update({int(status): count for status, count in counted.items()})
    return found
