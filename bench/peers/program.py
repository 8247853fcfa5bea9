"""A peer at work in its own Python: one JSON line asked, one answered."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROGRAMS = Path(__file__).resolve().parent / "programs"
#: Seconds granted to a program that is told to stop.
PATIENCE = 10.0
#: Of our own surroundings, what a peer must not inherit.
_OURS = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "DROITFIL_", "VIRTUAL_ENV", "PYTHON")


class Stopped(Exception):
    """A peer's program gave no answer; the text is a French sentence with its last words."""


class Program:
    """``with Program(python, "spiff_timers.py") as peer: peer.ask("poll")``"""

    def __init__(
        self, python: str, script: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.script = script
        self._command = [python, str(PROGRAMS / script)]
        self._environment = surroundings(environment or {})

    def __enter__(self) -> Self:
        self._words = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words,
            text=True, env=self._environment,
        )  # fmt: skip
        try:
            self.version: str = self._read()["version"]
        except BaseException:  # whatever it is: without this, nobody would end the process
            self._close()
            raise
        return self

    def must_be(self, version: str) -> None:
        """:raises Stopped: when another version is installed than the one that was locked."""
        if self.version != version:
            raise Stopped(f"la version installée, {self.version}, n'est pas {version}")

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """What the program answers. :raises Stopped: when it ends instead."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **given}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Stopped(self._last_words()) from None
        return self._read()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # what it never read
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._words.close()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            found: dict[str, Any] = json.loads(line)
        except ValueError:
            raise Stopped(self._last_words()) from None
        return found

    def _last_words(self) -> str:
        self._process.kill()
        self._process.wait()
        self._words.seek(0)
        said = self._words.read().decode("utf-8", "replace").strip().splitlines()
        return f"son programme s'est arrêté ({said[-1][:200] if said else 'sans rien dire'})"


def surroundings(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a peer: this one without what is ours, and ``more``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, **more}
