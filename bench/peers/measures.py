"""Asks each peer and us in turn, and compares the answers.

Run as a process of its own by :mod:`bench.peers`, with the Python of each peer as argument:
``python -m bench.peers.measures spiffworkflow=PATH …``. Each line it prints is one bar as JSON, or
a sentence that says what is being measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from bench.bars import Bar
from bench.peers import ground
from bench.peers.compared import HELPDESK, OPENFISCA, PEERS, SPIFF, Peer, compared, not_measured
from bench.peers.program import PROGRAMS, Program, Stopped, surroundings

#: Runs of each side, taken in turn; fewer where one of them is long.
RUNS, LONG_RUNS = 9, 3
#: Cases on which what is slow is measured, then extended to all.
SAMPLE = 1_000
#: What OpenFisca is asked beyond our own number, to show where it is at home.
MANY = 5_000_000
SHOWN = 50
FIRST_PORT = 8650
Found = TypeVar("Found")


def main(asked: list[str]) -> int:
    """Prints the bars of each peer; a peer that stops is told, and the others go on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    pythons = dict(one.split("=", 1) for one in asked)
    found = ground.loaded()
    day = date.fromisoformat(str(found["on"]))
    measures: dict[str, Callable[[str, date], Iterator[Bar]]] = {
        SPIFF.package: spiffworkflow,
        OPENFISCA.package: openfisca,
        HELPDESK.package: helpdesk,
    }
    for peer in PEERS:
        if peer.package not in pythons:
            continue
        _print(f"{peer.name} {peer.version}, et nous…")
        told: set[str] = set()
        try:
            for bar in measures[peer.package](pythons[peer.package], day):
                told.add(bar.name)
                _print(bar)
        except Stopped as stopped:
            for question in peer.questions:
                bar = not_measured(peer, question, str(stopped))
                if bar.name not in told:
                    _print(bar)
    return 0


def spiffworkflow(python: str, day: date) -> Iterator[Bar]:
    """Timers due: polled in memory, restored; then the cost of putting a case in wait."""
    from bench.peers import questions

    with Program(python, "spiff_timers.py") as peer, tempfile.TemporaryDirectory() as folder:
        _same_version(SPIFF, peer)
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
        whole = len(cases)
        waits = [_timed(work)[0] for work in questions.refresh_some(SAMPLE, day)]
        yield compared(
            SPIFF, "start", [started["seconds"]], [sum(waits) / len(waits) * whole],
            differences=0, cases=whole, our_sample=len(waits),
            their_microseconds_a_case=round(started["seconds"] / whole * 1e6),
            our_microseconds_a_case=round(sum(waits) / len(waits) * 1e6),
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
    from bench.peers import questions

    with Program(python, "openfisca_stay.py") as peer, tempfile.TemporaryDirectory() as folder:
        _same_version(OPENFISCA, peer)
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


def helpdesk(python: str, day: date) -> Iterator[Bar]:
    """The list of an agent through the web server, near its beginning and far from it."""
    from bench.peers import questions
    from bench.site import served

    rows = questions.listed(ground.OFFICE)
    ends = {reference: until for reference, _, until in rows}
    url = os.environ["DATABASE_URL"]
    database = "droitfil_pairs_helpdesk"
    ground.recreate(url, database)
    names = _names(database)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tickets.csv"
            questions.tickets(path, rows)
            with Program(python, "helpdesk_list.py", names) as peer:
                _same_version(HELPDESK, peer)
                theirs = peer.ask("load", path=str(path), shown=SHOWN)
                first = f"{theirs['lines']}{_LINES.format(start=0)}"
                counted = {
                    "their_statements": peer.ask("statements", address=theirs["page"])["statements"]
                    + peer.ask("statements", address=first)["statements"]
                }
            with _granian(python, names) as their_site, served() as (our_site, _):
                yield from _lists(theirs, their_site, our_site, rows, ends, counted)
    finally:
        ground.drop(url, database)


#: As the list asks for its lines when it is sorted by the day it is due.
_LINES = "?draw=1&start={start}&length=50&order%5B0%5D%5Bcolumn%5D=6&order%5B0%5D%5Bdir%5D=asc"


def _lists(
    theirs: dict[str, Any], their_site: str, our_site: str, rows: list[Any],
    ends: dict[str, date | None], counted: dict[str, int],
) -> Iterator[Bar]:  # fmt: skip
    from bench.peers import questions
    from bench.worklists import agent_of, signed_in
    from droitfil.cases.models import Case
    from droitfil.cases.worklist import Place

    our_cookie = signed_in(agent_of(ground.OFFICE))
    list_of_office = f"/agent?bureau={ground.OFFICE}"
    far = len(rows) - 2 * SHOWN
    last = rows[far - 1]
    place = Place(last[2], Case.objects.get(reference=last[0]).pk)
    for question, start, address in (
        ("first", 0, list_of_office),
        ("deep", far, f"{list_of_office}&apres={place}"),
    ):
        lines = f"{their_site}{theirs['lines']}{_LINES.format(start=start)}"
        shells, times, mine = [], [], []
        for _ in range(RUNS + 1):
            shells.append(_timed(lambda: _get(f"{their_site}{theirs['page']}", theirs["cookie"]))[0])
            seconds, said = _timed(lambda: json.loads(_get(lines, theirs["cookie"])))
            times.append(seconds)
            seconds, page = _timed(lambda: _get(f"{our_site}{address}", our_cookie))
            mine.append(seconds)
        told = [ends[ticket["title"]] for ticket in said["data"]]
        ours = [ends[reference] for reference in questions.references(page)]
        differences = sum(a != b for a, b in zip(told, ours, strict=False))
        differences += abs(len(told) - len(ours)) + abs(said["recordsTotal"] - len(rows))
        both = [shell + one for shell, one in zip(shells, times, strict=True)]
        yield compared(
            HELPDESK, question, both[1:], mine[1:], differences=differences, rows=len(rows),
            shown=len(ours), starts_at=start, their_page_alone_ms=round(min(shells) * 1000, 1),
            **counted if question == "first" else {},
        )  # fmt: skip


@contextmanager
def _granian(python: str, names: dict[str, str]) -> Iterator[str]:
    """django-helpdesk served as ``droitfil serve`` serves us: one worker, as many threads."""
    from droitfil.cli.serve import ADDRESS, THREADS, choose_port

    port = choose_port(None, first=FIRST_PORT)
    command = [
        python, "-m", "granian", "--interface", "wsgi", "--host", ADDRESS, "--port", str(port),
        "--workers", "1", "--blocking-threads", str(THREADS), "--log-level", "warning",
        "--no-access-log", "helpdesk_site.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=PROGRAMS, env=surroundings(names), stdout=subprocess.DEVNULL
    )
    address = f"http://{ADDRESS}:{port}"
    try:
        _wait(process, f"{address}/login/")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        try:
            _get(address, "")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Stopped("son site ne répond pas")


def _names(database: str) -> dict[str, str]:
    """How django-helpdesk finds its database, and signs its sessions."""
    import secrets

    from django.db import connection

    settings = connection.settings_dict
    return {
        "PEER_DATABASE": database, "PEER_ROLE": settings["USER"], "PEER_HOST": settings["HOST"],
        "PEER_PORT": str(settings["PORT"] or 5432), "PEER_SECRET": secrets.token_urlsafe(40),
    }  # fmt: skip


def _get(address: str, cookie: str) -> str:
    asked = urllib.request.Request(address, headers={"Cookie": cookie})
    with urllib.request.urlopen(asked, timeout=120) as answer:
        body: str = answer.read().decode()
    return body


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _same_version(peer: Peer, program: Program) -> None:
    if program.version != peer.version:
        raise Stopped(f"la version installée, {program.version}, n'est pas celle attendue")


def _print(said: Bar | str) -> None:
    print(json.dumps(said if isinstance(said, str) else asdict(said)), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
