"""The version before becomes this one, with its data, while people read and file."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.bars import percentile
from tests.drills.clusters import Ground
from tests.drills.sites import ROOT, Web, code_of, lives, settings

#: Seconds during which the old version answers alone, and the new one after the last restart.
BEFORE, AFTER = 4.0, 4.0
PUBLIC = ("/", "/ou-en-suis-je", "/preuve", "/verifier", "/droit")
TOKEN = "t" * 32


class NoHistory(Exception):
    """The commit to start from is not here; a French sentence."""


@dataclass
class Drafts:
    """Requests ready to be filed, each by its person; each is given out once."""

    ready: list[dict[str, str]]
    filed: list[dict[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> dict[str, str] | None:
        with self.lock:
            return self.ready.pop() if self.ready else None


@dataclass
class Load:
    """Clients that read and file without rest, as through a proxy before two web processes.

    A connection that is refused is tried at the other address, as a proxy does; anything else
    than the page expected is a failure.
    """

    webs: list[Web]
    drafts: Drafts
    agent: str
    clients: int
    failures: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    refused: int = 0

    def __enter__(self) -> Load:
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._client, args=(number,)) for number in range(self.clients)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _client(self, number: int) -> None:
        dice = random.Random(number)
        while not self._over.is_set():
            what = dice.random()
            draft = self.drafts.take() if what < 0.1 else None
            if draft is not None:
                self._file(draft, dice)
            elif what < 0.5:
                self._ask(dice, "/agent", self.agent)
            else:
                self._ask(dice, dice.choice(PUBLIC))
            self._over.wait(dice.uniform(0.2, 0.6))

    def _file(self, draft: dict[str, str], dice: random.Random) -> None:
        body = f"csrfmiddlewaretoken={TOKEN}&cle={draft['key']}".encode()
        path = f"/moi/demandes/{draft['case']}/deposer"
        if self._ask(dice, path, f"{draft['cookie']}; jeton={TOKEN}", body, expected=302):
            with self._lock:
                self.drafts.filed.append(draft)

    def _ask(
        self, dice: random.Random, path: str, cookie: str = "", body: bytes | None = None,
        expected: int = 200,
    ) -> bool:  # fmt: skip
        more = {"Cookie": cookie} if cookie else {}
        if body is not None:
            more["Content_Type"] = "application/x-www-form-urlencoded"
        began, said = time.perf_counter(), ""
        for web in dice.sample(self.webs, len(self.webs)):
            try:
                answer = web.ask(path, body, **more)
            except ConnectionRefusedError:
                self.refused += 1
                said = "connexion refusée partout"
                continue
            except (OSError, http.client.HTTPException) as error:
                said = type(error).__name__
                break
            followed = answer.status in (301, 302) and expected == 200
            said = "" if answer.status == expected or followed else str(answer.status)
            break
        with self._lock:
            self.times.append((time.perf_counter() - began) * 1000)
            if said:
                self.failures[f"{'POST' if body else 'GET'} {path.split('/')[1]} {said}"] += 1
        return not said


@dataclass
class Outcome:
    """What happened: requests asked, filings acknowledged, what failed, seconds of migrating."""

    asked: int
    filed: int
    failures: Counter[str]
    migrating: float


def checkout(commit: str, folder: Path) -> Path:
    """The files of ``commit``, in ``folder``. :raises NoHistory: when this clone has it not."""
    known = subprocess.run(
        ["git", "cat-file", "-e", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True,
        check=False,
    )  # fmt: skip
    if known.returncode != 0:
        raise NoHistory(
            f"Le commit {commit} n'est pas dans cette copie, peut-être sans histoire : "
            "« git fetch --unshallow », puis recommencez, ou nommez-en un autre par SOAK_FROM."
        )
    folder.mkdir()
    packed = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, check=True, capture_output=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed, check=True)
    return folder


def restart(web: Web, tree: Path) -> None:
    """Stops a web process, which ends what it has begun, and starts it on the code of ``tree``."""
    web.stop()
    web.tree = tree
    web.start()


def judged(environment: dict[str, str], drafts: Drafts) -> dict[str, Any]:
    """What became of the filings acknowledged; fails when one is lost, doubled or wrong."""
    told = json.dumps([draft["case"] for draft in drafts.filed])
    found: dict[str, Any] = json.loads(lives(environment, "filed", stdin=told.encode()))
    assert (found["lost"], found["twice"]) == (0, 0), found
    assert found["journal"]
    assert found["findings"] == [], found["findings"]
    return found


def trial(
    commit: str, *, clients: int, people: int, say: Callable[[str], None] = lambda text: None
) -> Outcome:
    """From ``commit`` to this tree under load: migrate, then the web processes one by one, then
    the workers."""
    with tempfile.TemporaryDirectory() as kept, Ground() as ground:
        old = checkout(commit, Path(kept) / "old")
        server = ground.server("base", 5600)
        environment = settings(server.url, Path(kept))
        say(f"{people} personnes, par la version {commit}…")
        lives(environment, "prepare", str(people), tree=old)
        made = lives(environment, "drafts", str(clients * 3), tree=old)
        drafts = Drafts([json.loads(line) for line in made.splitlines()])
        agent = lives(environment, "agent", tree=old).strip()
        with Web(environment, old) as one, Web(environment, old) as two:
            workers = _workers(environment, old)
            try:
                with Load([one, two], drafts, agent, clients) as load:
                    time.sleep(BEFORE)
                    began = time.monotonic()
                    _migrate(environment)
                    migrating = time.monotonic() - began
                    say(f"migrations en {migrating:.1f} s, l'ancienne version sert toujours")
                    for web in (one, two):
                        restart(web, ROOT)
                        say("un processus web sert la nouvelle version")
                    workers.terminate()
                    workers.wait(60)
                    workers = _workers(environment, ROOT)
                    time.sleep(AFTER)
            finally:
                workers.terminate()
                workers.wait(60)
        found = judged(environment, drafts)
        say(
            f"{len(load.times)} demandes, {sum(load.failures.values())} manquées "
            f"({load.refused} refusées puis servies à côté), 99e centile "
            f"{percentile(load.times, 99):.0f} ms ; {len(drafts.filed)} dépôts, aucun perdu ; "
            f"journal intact, {found['entries']} entrées"
        )
        return Outcome(len(load.times), len(drafts.filed), load.failures, migrating)


def _migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=code_of(ROOT, environment), check=True)


def _workers(environment: dict[str, str], tree: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "droitfil.cli.main", "worker"]
    return subprocess.Popen(
        command, cwd=tree, env=code_of(tree, environment), stdin=subprocess.DEVNULL
    )
