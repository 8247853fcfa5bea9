"""The commands of the operating guide, run as they are written.

A fenced block whose info string is ``sh ACCOUNT STEP`` is a step of the guide: ACCOUNT runs it,
``postgres`` (the database's) or ``droitfil`` (the one that serves).
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.drills.clusters import Ground

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
_BLOCK = re.compile(r"^```sh (postgres|droitfil) ([a-z-]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: A command that fails stops the step, as an operator would stop.
_STRICT = ("bash", "-euo", "pipefail", "-c")


def steps() -> dict[str, list[tuple[str, str]]]:
    """The steps of the guide, in order: who runs what."""
    found: dict[str, list[tuple[str, str]]] = {}
    for account, step, commands in _BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        found.setdefault(step, []).append((account, commands))
    return found


def follow(
    step: str, ground: Ground, *, postgres: dict[str, str], droitfil: dict[str, str] | None = None
) -> str:
    """Runs the commands of a step, each under its account; what they said."""
    said = []
    for account, commands in steps()[step]:
        if account == "postgres":
            said.append(ground.run(*_STRICT, commands, environment=postgres))
            continue
        assert droitfil is not None
        ours = f"{Path(sys.executable).parent}:{droitfil['PATH']}"
        done = subprocess.run(
            [*_STRICT, commands], env={**droitfil, "PATH": ours}, cwd=GUIDE.parents[1],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        said.append(done.stdout)
    return "".join(said)
