"""The cleaner in a process of its own, with little memory and little time. No Django."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog

from droitfil.files.cleaner.kinds import HEIC, kind_of
from droitfil.files.cleaner.outcome import Cleaned, Limits, NotAccepted

log = structlog.get_logger(__name__)

#: Points of the largest picture: what a telephone takes, and the memory to decode it twice.
PIXELS = 80_000_000
#: What the cleaner may use for one file: bytes of address space, seconds of work.
MEMORY = 1536 * 2**20
SECONDS = 20
#: Cleaners at work at the same time in one process: their memory adds up.
_AT_ONCE = threading.BoundedSemaphore(2)
_ROOT = Path(__file__).resolve().parents[2]


def cleaned_apart(content: bytes, limits: Limits) -> Cleaned:
    """What the cleaner makes of ``content``.

    :raises NotAccepted: with a code; "complex" when that process ran out of memory or time.
    """
    if not content:
        raise NotAccepted("empty")
    if len(content) > limits.size:  # not even handed over
        raise NotAccepted("size", {"size": len(content), "most": limits.size})
    asked = {"size": limits.size, "pages": limits.pages, "pixels": limits.pixels}
    said, parts = ask(asked, [content])
    return Cleaned(said["kind"], said["shown_as"], said["pages"], parts[0], tuple(parts[1:]))


def readable_picture(shown: bytes, *, most: int) -> bytes:
    """``shown`` as other libraries read it: a HEIC becomes an upright JPEG, all else stays.

    :param most: octets beyond which nothing is decoded.
    :raises NotAccepted: as :func:`cleaned_apart`.
    """
    try:
        heic = shown[4:8] == b"ftyp" and kind_of(shown) == HEIC
    except NotAccepted:
        heic = False
    return cleaned_apart(shown, Limits(most, 1, PIXELS)).content if heic else shown


def ask(
    asked: Mapping[str, Any], given: Sequence[bytes], *, seconds: int = SECONDS
) -> tuple[dict[str, Any], list[bytes]]:
    """Hands ``given`` to the cleaner; what it says of them, and the bytes that it makes.

    :param seconds: of work at most; it is waited for twice as long.
    :raises NotAccepted: with a code; "complex" when that process ran out of memory or time.
    """
    head = {**asked, "memory": MEMORY, "seconds": seconds, "lengths": [len(one) for one in given]}
    asks = [json.dumps(head).encode() + b"\n", *given]
    with _AT_ONCE:
        said, rest = _run(asks, wait=2 * seconds)
    if "refused" in said:
        raise NotAccepted(said["refused"], said["details"])
    parts, at = [], 0
    for length in said["parts"]:
        parts.append(rest[at : at + length])
        at += length
    return said, parts


def _run(given: Sequence[bytes], *, wait: int) -> tuple[dict[str, Any], bytes]:
    words = [sys.executable, "-m", "droitfil.files.cleaner"]
    size = sum(len(one) for one in given)
    try:
        done = subprocess.run(  # nosec B603
            words,
            input=b"".join(given),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
            timeout=wait,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        log.warning("upload.cleaner_too_slow", size=size)
        raise NotAccepted("complex") from error
    if done.returncode != 0:
        log.warning("upload.cleaner_died", status=done.returncode, size=size)
        raise NotAccepted("complex")
    head, _, rest = done.stdout.partition(b"\n")
    return json.loads(head), rest
