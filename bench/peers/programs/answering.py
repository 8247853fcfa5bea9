"""One JSON line asked, one answered: how the programs of the peers are spoken to.

These programs run in the Python of their peer: they import nothing of Droitfil.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any


def answer(package: str, **acts: Callable[..., dict[str, Any]]) -> None:
    """Says the version installed, then does what each line asks, until there is none."""
    _say({"version": version(package)})
    for line in sys.stdin:
        asked = json.loads(line)
        _say(acts[asked.pop("do")](**asked))


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of ``work``, and what it gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _say(said: dict[str, Any]) -> None:
    print(json.dumps(said), flush=True)
