"""The cleaner in its own process: one file in, one answer out, then the end.

In: a line of JSON (the limits, the length of each file), then the file to clean, or those to bind.
Out: a line of JSON that says what follows or why nothing does, then the bytes. Whatever happens
here happens to this process alone.
"""

from __future__ import annotations

import ctypes
import json
import resource
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1


def _confine(memory: int, seconds: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _answer(given: list[bytes], asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    from droitfil.files.cleaner import Limits, NotAccepted, clean

    limits = Limits(asked["size"], asked["pages"], asked["pixels"])
    try:
        if "turns" in asked:
            from droitfil.files.cleaner.binding import bind

            found = bind(given, asked["turns"], limits)
        else:
            (content,) = given
            found = clean(content, limits)
    except NotAccepted as error:
        return {"refused": error.code, "details": error.details}, []
    except ImportError:
        raise  # no room for the libraries, or none installed: not the file's doing
    except MemoryError:
        return {"refused": "complex", "details": {}}, []
    except Exception:  # the libraries raise what they please on what strangers write
        return {"refused": "damaged", "details": {}}, []
    parts = [found.content, *found.also_scan]
    said = {"kind": found.kind, "shown_as": found.shown_as, "pages": found.pages}
    return {**said, "parts": [len(part) for part in parts]}, parts


def main() -> None:
    """Cleans, or binds, what stands on the standard input."""
    asked = json.loads(sys.stdin.buffer.readline())
    given = [sys.stdin.buffer.read(length) for length in asked["lengths"]]
    _confine(asked["memory"], asked["seconds"])
    said, parts = _answer(given, asked)
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


if __name__ == "__main__":
    main()
