"""The list of an agent, django-helpdesk's and ours: the same rows, the same PostgreSQL, the same
web server, one agent signed in on each side who reads in turn."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from bench.bars import Bar
from bench.clients import agent_of, signed_in
from bench.peers import ground, questions
from bench.peers.compared import HELPDESK, compared
from bench.peers.program import PROGRAMS, Program, Stopped, surroundings
from bench.site import served
from droitfil.cli.serve import ADDRESS, THREADS, choose_port

#: Times each reads each page, once before to warm up; rows of a page.
RUNS, SHOWN = 9, 50
DATABASE = "droitfil_pairs_helpdesk"
FIRST_PORT = 8650
#: Seconds granted to a site to answer its first page, to a page to come whole.
PATIENCE, PAGE = 60.0, 120.0
#: As the list asks for its lines when it is sorted by the day they are due.
_LINES = (
    "?draw=1&start={start}&length={length}&order%5B0%5D%5Bcolumn%5D=6&order%5B0%5D%5Bdir%5D=asc"
)


@dataclass(frozen=True, slots=True)
class Site:
    """A site, and the agent who reads it."""

    address: str
    cookie: str

    def get(self, path: str) -> tuple[float, str]:
        """Seconds, and the page. :raises Stopped: when there is none."""
        asked = urllib.request.Request(f"{self.address}{path}", headers={"Cookie": self.cookie})
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(asked, timeout=PAGE) as answer:
                body = answer.read()
        except OSError as error:
            raise Stopped(f"la page {path.partition('?')[0]} ne vient pas ({error})") from error
        return time.perf_counter() - start, body.decode()


def bars(python: str, _day: date) -> Iterator[Bar]:
    """Near the beginning of the list and far from it; their database is dropped afterwards."""
    rows = questions.listed(ground.OFFICE)
    url, settings = os.environ["DATABASE_URL"], connection.settings_dict
    names = {
        "PEER_DATABASE": DATABASE, "PEER_ROLE": settings["USER"], "PEER_HOST": settings["HOST"],
        "PEER_PORT": str(settings["PORT"] or 5432), "PEER_SECRET": secrets.token_urlsafe(40),
    }  # fmt: skip
    ground.recreate(url, DATABASE)
    try:
        said = _filled(python, names, rows)
        with _granian(python, names, said) as theirs, served() as (address, _):
            ours = Site(address, signed_in(agent_of(ground.OFFICE)))
            yield from _read(theirs, said, ours, rows)
    finally:
        ground.drop(url, DATABASE)


def _filled(python: str, names: dict[str, str], rows: Sequence[questions.Listed]) -> dict[str, Any]:
    """A ticket for each of our rows; where they are read, and how many statements it takes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Program(python, "helpdesk_list.py", names) as peer,
    ):
        peer.must_be(HELPDESK.version)
        path = Path(folder) / "tickets.csv"
        questions.tickets(path, rows)
        said = peer.ask("load", path=str(path), shown=SHOWN)
        lines = said["lines"] + _LINES.format(start=0, length=SHOWN)
        counted = [peer.ask("statements", address=one) for one in (said["page"], lines)]
    return said | {"statements": sum(one["statements"] for one in counted)}


def _read(
    theirs: Site, said: dict[str, Any], ours: Site, rows: Sequence[questions.Listed]
) -> Iterator[Bar]:
    list_of_office = f"/agent?bureau={ground.OFFICE}"
    far = len(rows) - 2 * SHOWN
    deep = f"{list_of_office}&apres={questions.place(rows[far - 1])}"
    ends = {reference: until for reference, _, until in rows}
    for question, start, path in (("first", 0, list_of_office), ("deep", far, deep)):
        lines = said["lines"] + _LINES.format(start=start, length=SHOWN)
        their_times, our_times, pages_alone = [], [], []
        for _ in range(RUNS + 1):
            page, _body = theirs.get(said["page"])
            more, table = theirs.get(lines)
            seconds, body = ours.get(path)
            pages_alone.append(page)
            their_times.append(page + more)
            our_times.append(seconds)
        if not questions.references(body):
            raise Stopped("c'est notre liste qui n'est pas venue")
        shown = json.loads(table)
        tickets = [ends[ticket["title"]] for ticket in shown["data"]]
        cases = [ends[reference] for reference in questions.references(body)]
        yield compared(
            HELPDESK, question, their_times[1:], our_times[1:],
            differences=_apart(tickets, cases) + abs(shown["recordsTotal"] - len(rows)),
            rows=len(rows), shown=len(cases), starts_at=start,
            their_page_alone_ms=round(min(pages_alone) * 1000, 1),
            **{"their_statements": said["statements"]} if question == "first" else {},
        )  # fmt: skip


def _apart(one: Sequence[date | None], other: Sequence[date | None]) -> int:
    """Rows whose day is not the same; those of one day may stand in any order among themselves."""
    both = zip(one, other, strict=False)
    return sum(a != b for a, b in both) + abs(len(one) - len(other))


@contextmanager
def _granian(python: str, names: dict[str, str], said: dict[str, Any]) -> Iterator[Site]:
    """django-helpdesk served as ``droitfil serve`` serves us: one worker, as many threads."""
    port = choose_port(None, first=FIRST_PORT)
    command = [
        python, "-m", "granian", "--interface", "wsgi", "--host", ADDRESS, "--port", str(port),
        "--workers", "1", "--blocking-threads", str(THREADS), "--log-level", "warning",
        "--no-access-log", "helpdesk_site.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=PROGRAMS, env=surroundings(names), stdout=subprocess.DEVNULL
    )
    site = Site(f"http://{ADDRESS}:{port}", said["cookie"])
    try:
        _wait(process, site, said["page"])
        yield site
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], site: Site, page: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            site.get(page)
        except Stopped:
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return
