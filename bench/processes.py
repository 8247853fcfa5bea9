"""Measures taken in a process of their own, which knows only the base it is given.

Each line it prints is one bar as JSON, or a sentence that says what is being measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from bench.bars import Bar, Say

ROOT = Path(__file__).resolve().parents[1]


def measured(
    say: Say, environment: Mapping[str, str], module: str, *arguments: str
) -> Iterator[Bar]:
    """The bars that ``python -m module`` tells, as they come.

    :raises RuntimeError: when it does not end well.
    """
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if isinstance(said, str):
            say(said)
        else:
            yield Bar(**said)
    if process.wait() != 0:
        raise RuntimeError(f"Les mesures de {module} n'ont pas fini.")


def tell(said: Bar | str) -> None:
    """In that process: a line for the one that started it."""
    print(json.dumps(said if isinstance(said, str) else asdict(said)), flush=True)
