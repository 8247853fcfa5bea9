"""SpiffWorkflow and OpenFisca-Core beside our night and our kernel, asked in turn."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from bench.bars import Bar
from bench.peers import ground, questions
from bench.peers.compared import OPENFISCA, SPIFF, compared
from bench.peers.program import Program

#: Runs of each side, taken in turn; fewer where one of them is long.
RUNS, LONG_RUNS = 9, 3
#: Cases on which what is slow is measured, then extended to all: theirs, ours.
SAMPLE, OUR_SAMPLE = 1_000, 200
#: What OpenFisca is asked beyond our own number, to show where it is at home.
MANY = 5_000_000
Found = TypeVar("Found")


def spiffworkflow(python: str, day: date) -> Iterator[Bar]:
    """Timers due: polled in memory, restored; then the cost of putting a case in wait."""
    with Program(python, "spiff_timers.py") as peer, tempfile.TemporaryDirectory() as folder:
        peer.must_be(SPIFF.version)
        path = Path(folder) / "timers.json"
        cases = questions.timers(path, day)
        started = peer.ask("start", path=str(path))
        theirs, ours, differences = [], [], 0
        for _ in range(RUNS):
            said = peer.ask("poll")
            seconds, due = _timed(lambda: questions.due_cases(day))
            theirs.append(said["seconds"])
            ours.append(seconds)
            differences = len({cases[rank] for rank in said["due"]} ^ set(due))
        size = {"cases": len(cases), "due": len(due)}
        memory = {"their_memory_mib": started["memory_mib"]}
        yield compared(SPIFF, "due", theirs, ours, differences=differences, **size, **memory)
        yield _restored(peer, cases, set(due), ours)
        yield _begun(len(cases), started["seconds"], day)


def _begun(cases: int, theirs: float, day: date) -> Bar:
    ours = [_timed(work)[0] for work in questions.refresh_some(OUR_SAMPLE, day)]
    one = statistics.median(ours)
    return compared(
        SPIFF, "start", [theirs], [one * cases], differences=None, cases=cases,
        our_sample=len(ours),
        their_microseconds_a_case=round(theirs / cases * 1e6),
        our_microseconds_a_case=round(one * 1e6),
    )  # fmt: skip


def _restored(peer: Program, cases: list[Any], due: set[Any], ours: list[float]) -> Bar:
    runs = [peer.ask("restore", sample=SAMPLE) for _ in range(LONG_RUNS)]
    sample = runs[0]["sample"]
    theirs = [said["seconds"] * len(cases) / sample for said in runs]
    differences = len({cases[rank] for rank in runs[0]["due"]} ^ (due & set(cases[:sample])))
    return compared(
        SPIFF, "due_restored", theirs, ours, differences=differences, cases=len(cases),
        their_sample=sample, their_bytes_a_case=runs[0]["bytes_a_case"],
    )  # fmt: skip


def openfisca(python: str, day: date) -> Iterator[Bar]:
    """Yes or no for everyone: computed by both, then read from what we keep."""
    with Program(python, "openfisca_stay.py") as peer, tempfile.TemporaryDirectory() as folder:
        peer.must_be(OPENFISCA.version)
        path = Path(folder) / "documents.npz"
        people = questions.documents(path, day)
        law = questions.figures_of_law(day)
        loaded = peer.ask("load", path=str(path), day=day.isoformat(), parameters=law)
        theirs, computed, asked, stored = [], [], [], []
        for run in range(RUNS):
            said = peer.ask("ask", times=1)
            theirs.append(said["built"] + said["seconds"])
            computed.append(said["seconds"])
            seconds, kept = _timed(lambda: questions.stays_stored(day))
            stored.append(seconds)
            if run < LONG_RUNS:
                seconds, answers = _timed(lambda: questions.stays_asked(day))
                asked.append(seconds)
        yes = dict(zip(people, bits(said["yes"], len(people)), strict=True))
        size = {
            "people": len(people), "documents": loaded["documents"], "yes": sum(yes.values()),
            "their_computation_alone_ms": round(min(computed) * 1000, 2),
        }  # fmt: skip
        size |= _many(peer, len(people))
        differences = sum(yes[person] != answers[person] for person in people)
        yield compared(OPENFISCA, "asked", theirs, asked, differences=differences, **size)
        differences = sum(yes[person] != here for person, here in kept.items())
        yield compared(
            OPENFISCA, "stored", theirs, stored, differences=differences, people=len(kept)
        )


def _many(peer: Program, people: int) -> dict[str, Any]:
    """OpenFisca on millions: the same people over and over. Only in a run of full size."""
    if people < ground.DEFAULT:
        return {}
    said = peer.ask("ask", times=-(-MANY // people))
    return {
        "their_millions": {
            "people": said["people"], "built_s": round(said["built"], 2),
            "computed_s": round(said["seconds"], 2), "memory_mib": said["memory_mib"],
        }
    }  # fmt: skip


def bits(text: str, count: int) -> list[bool]:
    """The yes and no that OpenFisca's program wrote, one a person."""
    octets = bytes.fromhex(text)
    return [bool(octets[at >> 3] & (128 >> (at & 7))) for at in range(count)]


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found
