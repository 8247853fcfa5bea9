"""Two web processes and two workers on one base: each thing is done once, whoever does it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

from tests.drills.clusters import Ground
from tests.drills.promotion import WITHIN
from tests.drills.sites import ROOT, Answer, Web, code_of, lives, settings
from tests.drills.upgrade import TOKEN, Drafts, judged
from tests.lib.postgres_users import until
from tests.mail import post_office

FILINGS = 6
_FORM = "application/x-www-form-urlencoded"
_ROUNDS = """
    SELECT task_name, args->>'timestamp' FROM procrastinate_jobs
    WHERE status = 'succeeded' AND args ? 'timestamp'
"""
_TAKEN = "SELECT count(*) FROM journal_entry WHERE action = 'case.taken' AND case_ref = %s"
_FAILED = "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'"


@contextmanager
def workers(environment: dict[str, str], count: int) -> Iterator[None]:
    """As many ``droitfil worker`` as machines would have."""
    command = [sys.executable, "-m", "droitfil.cli.main", "worker"]
    begun = [
        subprocess.Popen(command, cwd=ROOT, env=code_of(ROOT, environment)) for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in begun:
            process.terminate()
        assert [process.wait(60) for process in begun] == [0] * count


def test_two_of_each_do_everything_once(tmp_path: Path) -> None:
    mail = SimpleNamespace()
    with post_office(mail) as office, Ground() as ground:
        server = ground.server("base", 5432)
        quiet = settings(server.url, tmp_path)
        lives(quiet, "prepare", "12")
        # What the office was told before today is no matter of this test.
        server.ask("DELETE FROM journal_outbox")
        made = lives(quiet, "drafts", str(FILINGS)).splitlines()
        drafts = Drafts([json.loads(line) for line in made])
        agent = lives(quiet, "agent").strip()
        environment = {**quiet, "DROITFIL_SMTP": f"smtp://127.0.0.1:{mail.EMAIL_PORT}"}
        with Web(environment) as one, Web(environment) as two, workers(environment, 2):

            def both(path: str, cookie: str, fields: str) -> list[Answer]:
                """The same form sent to both at the same time."""
                body = f"csrfmiddlewaretoken={TOKEN}&{fields}".encode()
                cookies = f"{cookie}; jeton={TOKEN}"
                with ThreadPoolExecutor(2) as pool:
                    sent = [
                        pool.submit(web.ask, path, body, Cookie=cookies, Content_Type=_FORM)
                        for web in (one, two)
                    ]
                    return [answer.result() for answer in sent]

            while draft := drafts.take():
                path = f"/moi/demandes/{draft['case']}/deposer"
                answers = both(path, draft["cookie"], f"cle={draft['key']}")
                assert [answer.status for answer in answers] == [302, 302]
                drafts.filed.append(draft)
            listed = one.ask("/agent?etat=submitted", Cookie=agent).text
            case = re.findall("/agent/dossiers/[0-9a-f-]{36}", listed)[0]
            taken = lambda: server.ask(_TAKEN, case.rsplit("/", 1)[1])[0][0]  # noqa: E731
            before = taken()
            assert 302 in [one.status for one in both(f"{case}/prendre", agent, "etat=submitted")]
            assert taken() == before + 1
            until(lambda: len(office.received) >= FILINGS, within=WITHIN)
            until(lambda: one.ask("/sante").json()["jobs"]["working"], within=WITHIN)
            # Some rounds more: what was sent is not sent again.
            done = len(server.ask(_ROUNDS))
            until(lambda: len(server.ask(_ROUNDS)) >= done + 4, within=WITHIN)
            assert two.ask("/sante").json()["jobs"] == {"working": True, "failing": []}
        names = Counter(str(letter["Message-ID"]) for letter in office.received)
        assert set(names.values()) == {1}
        to = Counter(str(letter["To"]) for letter in office.received)
        assert len([name for name in to if name.startswith("x")]) == FILINGS
        rounds = [tuple(row) for row in server.ask(_ROUNDS)]
        assert len(rounds) == len(set(rounds)) > 4
        assert server.ask(_FAILED) == []
        judged(quiet, drafts)
