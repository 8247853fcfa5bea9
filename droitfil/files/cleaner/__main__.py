"""The cleaner in its own process: one file in, one answer out, then the end.

In: a line of JSON (the limits), then the file. Out: a line of JSON that says what follows or why
nothing does, then the bytes. Whatever happens here happens to this process alone.
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


def _answer(content: bytes, asked: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    from droitfil.files.cleaner import Limits, NotAccepted, clean

    try:
        found = clean(content, Limits(asked["size"], asked["pages"], asked["pixels"]))
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
    """Cleans what stands on the standard input."""
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    _confine(asked["memory"], asked["seconds"])
    said, parts = _answer(content, asked)
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


if __name__ == "__main__":
    main()
