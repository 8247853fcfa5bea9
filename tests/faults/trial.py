"""An office at work under blows: pages, rounds, PostgreSQL and ClamAV killed at random moments.

People give a file, file their request; an agent takes and grants it; all by HTTP, each trying again
as a person would when nothing came back. Nothing of what was acknowledged may be lost, nothing done
twice, and whoever was told that it failed has read a sentence.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from droitfil.lib import clamd, postgres
from droitfil.rules.lifecycle import State
from tests.drills.sites import free_port
from tests.fuzz import forms
from tests.fuzz.ways import TOKEN, Answer, OverHttp, Request, await_port
from tests.mail import PostOffice, Server

#: Seconds after which someone who tries again and again has been let down.
PATIENCE = 180.0
CLIENTS = 4
#: What is struck, and how often.
VICTIMS = {"pages": 9, "rounds": 8, "base": 2, "antivirus": 1}
TEMPLATE = "office_as_prepared"


@dataclass
class Office:
    """Everything that runs, under one folder."""

    home: Path
    residents: int
    #: Where PostgreSQL and people's files are, when elsewhere than the rest.
    disk: Path | None = None
    post: PostOffice = field(default_factory=PostOffice)
    who: dict[str, Any] = field(default_factory=dict, init=False)
    port: int = field(default=0, init=False)

    @contextmanager
    def open(self) -> Iterator[None]:
        """PostgreSQL, ClamAV if there is one, a post office; and the people, prepared once."""
        with ExitStack() as stack:
            stack.callback(lambda: self.held.release())
            self.hold()
            self.port, clamd_port = free_port(), free_port()
            self._mail = Server(self.post, hostname="127.0.0.1", port=0)
            self._mail.start()
            stack.callback(self._mail.stop)
            self.smtp = self._mail.port
            self._clamd = clamd_port
            self.antivirus = clamd.PrivateClamd(("127.0.0.1", clamd_port), self.home / "clamd")
            stack.enter_context(self.antivirus)
            if clamd.program():
                assert self.antivirus.wait()
            for folder in (self.home / "keys", self.files):
                folder.mkdir(mode=0o700, exist_ok=True)
            self.who = json.loads(self.run("prepare", str(self.residents)))
            self.sql(f"CREATE DATABASE {TEMPLATE} TEMPLATE {postgres.DATABASE}")
            yield

    @property
    def base(self) -> Path:
        return (self.disk or self.home) / "base"

    @property
    def files(self) -> Path:
        return (self.disk or self.home) / "files"

    def hold(self) -> None:
        """PostgreSQL runs from now on, begun again if it was given up."""
        self.held = postgres.hold(self.base, durable=True)

    def restore(self) -> None:
        """The people as they were prepared, who have done nothing yet."""
        self.post.received.clear()
        self.sql(
            f"DROP DATABASE IF EXISTS {postgres.DATABASE} WITH (FORCE)",
            f"CREATE DATABASE {postgres.DATABASE} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY",
        )

    def sql(self, *statements: str) -> None:
        address = postgres.url(self.base).replace(f"/{postgres.DATABASE}?", "/template1?")
        with psycopg.connect(address, autocommit=True) as server:
            for statement in statements:
                server.execute(statement)

    @contextmanager
    def at_work(self) -> Iterator[dict[str, _Kept]]:
        """The pages served and the rounds done, each started again when killed."""
        kept = {name: _Kept(self, *words) for name, words in self._processes().items()}
        try:
            await_port(self.port)
            yield kept
        finally:
            for one in kept.values():
                one.stop()

    def _processes(self) -> dict[str, tuple[str, ...]]:
        return {"pages": ("serve", str(self.port)), "rounds": ("work",)}

    def check(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("check"))
        return found

    def run(self, *words: str) -> str:
        done = subprocess.run(
            self.command(*words), env=self.environment(), cwd=postgres.PROJECT, text=True,
            capture_output=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.faults.office", *words]

    def environment(self) -> dict[str, str]:
        """As in production, on this machine alone."""
        kept = {name: value for name, value in os.environ.items() if name[:9] != "DROITFIL_"}
        return {
            **kept,
            "DROITFIL_ENV": "production",
            "DROITFIL_SECRET_KEY": "faults" * 12,
            "DROITFIL_HOSTS": "testserver",
            "DROITFIL_HTTPS": "0",
            "DROITFIL_SMTP": f"smtp://127.0.0.1:{self.smtp}",
            "DROITFIL_KEYS": str(self.home / "keys"),
            "DROITFIL_FILES": str(self.files),
            "DROITFIL_CLAMD": f"127.0.0.1:{self._clamd}",
            "DATABASE_URL": postgres.url(self.base),
        }


class _Kept:
    """A process that forks what it does, and says the process group of each fork."""

    def __init__(self, office: Office, *words: str) -> None:
        self.log = (office.home / f"{words[0]}.log").open("ab")
        self.process = subprocess.Popen(
            office.command(*words), env=office.environment(), cwd=postgres.PROJECT, text=True,
            stdout=subprocess.PIPE, stderr=self.log,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.group = int(self.process.stdout.readline())
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip().isdigit():
                self.group = int(line)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


@dataclass
class Told:
    """What was answered, all together."""

    answers: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


class Resident(threading.Thread):
    """Someone who gives a file and files, and the agent who takes their request and grants it."""

    def __init__(self, office: Office, rank: int, told: Told, pdf: bytes) -> None:
        super().__init__(daemon=True)
        mine = office.who["residents"][rank]
        self.case, self.pdf, self.told, self.rank = mine["case"], pdf, told, rank
        self.way = OverHttp(office.port, {"me": mine["session"], "agent": office.who["agent"]})
        self.done = ""

    def run(self) -> None:
        mine, theirs = f"/moi/demandes/{self.case}", f"/agent/dossiers/{self.case}"
        key = UUID(int=self.rank + 1, version=4)
        self._give(f"{mine}/pieces")
        self._insist("me", f"{mine}/deposer", f"cle={key}")
        self._insist("agent", f"{theirs}/prendre", "")
        # With the state the page had shown: who asks again is told that it is done, 409.
        sent = f"etat={State.IN_REVIEW.value}&outcome=granted&number=4&unit=y"
        self._insist("agent", f"{theirs}/decider", sent, (302, 409))
        self.done = "granted"

    def write(self, most: int) -> tuple[int, int]:
        """Long letters until the site can keep no more: how many it kept, and may have kept."""
        path, kept = f"/moi/demandes/{self.case}/ecrire", 0
        before = self.told.lost
        # Of chance, so that PostgreSQL cannot write it smaller.
        text = random.Random(self.rank).randbytes(1_900).hex()
        body = f"csrfmiddlewaretoken={TOKEN}&text={text}".encode()
        kind = "application/x-www-form-urlencoded"
        for _letter in range(most):
            answer = self._ask(Request("me", "POST", path, "", kind, body))
            if answer is None or answer.status >= 500:
                break
            assert answer.status == 302, (answer.status, _words(answer))
            kept += 1
        return kept, kept + self.told.lost - before

    def _give(self, pieces: str) -> None:
        """The file, looked for before it is sent once more, as someone would."""
        until, again = time.monotonic() + PATIENCE, False
        while time.monotonic() < until:
            if again:
                page = self._ask(Request("me", "GET", pieces))
                if page is None or page.status != 200:
                    continue
                if b"piece.pdf" in page.body:
                    return
            answer = self._ask(_file(f"{pieces}/child_birth_certificate/ajouter", self.pdf))
            if answer is not None and answer.status == 302:
                return
            again = True
        self._say(f"{pieces}: never received")

    def _insist(self, who: str, path: str, sent: str, right: tuple[int, ...] = (302,)) -> None:
        kind = "application/x-www-form-urlencoded"
        body = f"csrfmiddlewaretoken={TOKEN}&{sent}".encode()
        until, last = time.monotonic() + PATIENCE, None
        while time.monotonic() < until:
            last = self._ask(Request(who, "POST", path, "", kind, body))
            if last is not None and last.status in right:
                return
        self._say(f"{path}: never done, {last and (last.status, _words(last))}")

    def _ask(self, request: Request) -> Answer | None:
        """The answer; None when the connection was lost. What failed must be a page with words."""
        try:
            answer = self.way.send(request)
        except (OSError, http.client.HTTPException):  # none, or an answer cut short
            self.told.lost += 1
            time.sleep(0.1)
            return None
        self.told.answers[answer.status] += 1
        if answer.status >= 400:
            if not _words(answer):
                self._say(f"{request}: {answer.status} without a sentence: {answer.body[:300]!r}")
            time.sleep(0.1)
        return answer

    def _say(self, what: str) -> None:
        self.told.wrong.append(what)


def _words(answer: Answer) -> str:
    """The title of a page that tells what went wrong; empty when it is none."""
    page = forms.read(answer.body.decode(errors="replace"), "/")
    told = page.headings and page.paragraphs and b"Traceback" not in answer.body
    return page.title if told else ""


def _file(path: str, content: bytes) -> Request:
    parts = [
        f'--zq\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n',
        '--zq\r\nContent-Disposition: form-data; name="file"; filename="piece.pdf"\r\n\r\n',
    ]
    body = "".join(parts).encode() + content + b"\r\n--zq--\r\n"
    return Request("me", "POST", path, "", "multipart/form-data; boundary=zq", body)


@dataclass
class Blows:
    """How many fell, and on what."""

    count: Counter[str] = field(default_factory=Counter)
    told: Told = field(default_factory=Told)


def under_blows(
    home: Path, *, kills: int, residents: int = 12, seed: int = 1, progress: bool = False
) -> Blows:
    """Days at the office until ``kills`` blows have fallen, each checked once it is over.

    :raises AssertionError: something was lost, done twice, or told without a sentence.
    """
    from tests.files.samples import pdf

    office, blows, dice = Office(home, residents), Blows(), random.Random(seed)
    with office.open():
        day = 0
        while blows.count.total() < kills:
            office.restore()
            before = blows.count.total()
            with office.at_work() as kept:
                people = [Resident(office, rank, blows.told, pdf()) for rank in range(residents)]
                _let_in(people, office, kept, blows, dice, kills)
            _afterwards(office, people, blows, blows.count.total() - before)
            day += 1
            if progress:
                print(f"\r▸ {blows.count.total()} coups, {day} jours", end="", flush=True)
    if progress:
        print()
    return blows


def _let_in(
    people: list[Resident], office: Office, kept: dict[str, _Kept], blows: Blows,
    dice: random.Random, most: int,
) -> None:  # fmt: skip
    """A few at a time, while blows fall."""
    waiting, inside = list(people), []
    while waiting or inside:
        inside = [one for one in inside if one.is_alive()]
        while waiting and len(inside) < CLIENTS:
            inside.append(waiting.pop(0))
            inside[-1].start()
        time.sleep(dice.uniform(0.02, 0.8))
        if inside and blows.count.total() < most:
            victim = dice.choices(list(VICTIMS), list(VICTIMS.values()))[0]
            _strike(victim, office, kept)
            blows.count[victim] += 1


def _strike(victim: str, office: Office, kept: dict[str, _Kept]) -> None:
    if victim in kept:
        kept[victim].kill()
    elif victim == "base":
        if (server := postgres.running(office.base)) is not None:
            with suppress(ProcessLookupError):
                os.kill(server["pid"], signal.SIGKILL)
    elif office.antivirus.process is not None:
        with suppress(ProcessLookupError):
            office.antivirus.process.kill()


def _afterwards(office: Office, people: list[Resident], blows: Blows, kills: int) -> None:
    """Everyone was answered, and what was acknowledged is there, once."""
    assert not blows.told.wrong, "\n".join(blows.told.wrong)
    if clamd.program():
        assert office.antivirus.wait()
    deadline = time.monotonic() + PATIENCE
    while postgres.running(office.base) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    checked(office, people, again=kills)


def checked(office: Office, people: list[Resident], *, again: int) -> dict[str, Any]:
    """Every act is there once, every file can be read, every e-mail left; what there is.

    :param again: how many e-mails may have left twice: one that was killed between sending and
        saying so sends once more, under the same name.
    """
    assert all(one.done for one in people)
    found, count = office.check(), len(people)
    assert found["states"] == {"granted": count}, found
    assert found["acts"]["case.submitted"] == found["acts"]["case.granted"] == count, found
    assert (found["twice"], found["files_twice"], found["unreadable"]) == ([], 0, 0), found
    assert found["files"] == count, found
    expected = {"clean"} if clamd.program() else {"quarantined"}
    assert set(found["uploads"]) == expected, found
    assert (found["journal"], found["findings"], found["not_sent"]) == (True, [], []), found
    received = Counter(message["Message-ID"] for message in office.post.received)
    assert set(found["emails"]) <= set(received), found
    assert sum(received[name] - 1 for name in found["emails"]) <= again, received
    return found
