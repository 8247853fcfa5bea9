"""A replica is read, never older than promised; a revocation counts at once; it is promoted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.attestations.showing import as_bytes, picture_of
from tests.drills.clusters import Ground, Server
from tests.drills.guide import follow
from tests.drills.promotion import WITHIN, acts, both, judged, replicated
from tests.drills.sites import Answer, Web, lives, settings
from tests.lib.postgres_users import until

SECONDS = 3
SHOWN_AT = re.compile(r"Situation à \d\d:\d\d:\d\d\.")


@dataclass
class Pair:
    """A primary, its replica, and a web process that knows both."""

    ground: Ground
    primary: Server
    replica: Server
    environment: dict[str, str]
    cookie: str
    web: Web

    def list(self) -> Answer:
        answer = self.web.ask("/agent", Cookie=self.cookie)
        assert answer.status == 200, answer.text
        assert "/agent/dossiers/" in answer.text
        return answer

    def is_read(self) -> bool:
        return bool(SHOWN_AT.search(self.list().text))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The replica receives and shows nothing new."""
        self.replica.ask("SELECT pg_wal_replay_pause()")
        state = "SELECT pg_get_wal_replay_pause_state()"
        try:
            until(lambda: self.replica.ask(state) == [("paused",)])
            yield
        finally:
            self.replica.ask("SELECT pg_wal_replay_resume()")

    def verify(self, code: str) -> dict[str, object]:
        body = json.dumps({"code": code}).encode()
        answer = self.web.ask("/api/v1/verify", body, Content_Type="application/json")
        assert answer.status == 200, answer.text
        found: dict[str, object] = answer.json()
        return found

    def show(self, code: str) -> str:
        """The page that answers a photograph of a paper."""
        head = b'--zq\r\nContent-Disposition: form-data; name="papier"; filename="a.jpg"\r\n\r\n'
        body = head + as_bytes(picture_of(code)) + b"\r\n--zq--\r\n"
        answer = self.web.ask("/verifier", body, Content_Type="multipart/form-data; boundary=zq")
        assert answer.status == 200, answer.text
        return answer.text


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with Ground() as ground:
        primary = ground.server("primary", 5432)
        environment = settings(primary.url, folder)
        lives(environment, "prepare", "12")
        replica = replicated(primary, "replica", 5433)
        environment |= {
            "DATABASE_URL": both(primary, replica), "DATABASE_REPLICA_URL": replica.url,
            "DROITFIL_REPLICA_SECONDS": str(SECONDS),
        }  # fmt: skip
        cookie = lives(environment, "agent").strip()
        with Web(environment) as web:
            yield Pair(ground, primary, replica, environment, cookie, web)


def test_lists_are_read_there_and_say_of_when(pair: Pair) -> None:
    until(pair.is_read)
    stands = pair.web.ask("/sante").json()["replica"]
    assert stands["used"]
    assert 0 <= stands["behind"] <= SECONDS


def test_who_has_just_written_sees_it(pair: Pair) -> None:
    waits = pair.web.ask("/agent?etat=submitted", Cookie=pair.cookie)
    found = re.findall("/agent/dossiers/[0-9a-f-]{36}", waits.text)[0]
    until(pair.is_read)
    with pair.paused():
        token = "t" * 32
        sent = f"csrfmiddlewaretoken={token}&etat=submitted".encode()
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        cookies = f"{pair.cookie}; jeton={token}"
        done = pair.web.ask(f"{found}/prendre", sent, Cookie=cookies, **form)
        assert done.status == 302, done.text
        given = str(done.headers)
        assert re.search(rf"ecrit=1; .*Max-Age={SECONDS + 1};", given), given
        mine = pair.web.ask("/agent?etat=in_review", Cookie=f"{pair.cookie}; ecrit=1")
        assert found in mine.text
        assert not SHOWN_AT.search(mine.text)
        others = pair.web.ask("/agent?etat=in_review", Cookie=pair.cookie)
        assert (found in others.text) is not bool(SHOWN_AT.search(others.text))


def test_who_writes_nothing_of_their_own_gets_no_cookie(pair: Pair) -> None:
    assert "Set-Cookie" not in pair.web.ask("/verifier", b"code=").headers


def test_a_replica_that_is_behind_is_not_read_and_a_revocation_counts_at_once(pair: Pair) -> None:
    paper = json.loads(lives(pair.environment, "paper"))
    until(pair.is_read)
    assert pair.verify(paper["code"])["holds"] is True
    with pair.paused():
        lives(pair.environment, "revoke", paper["id"])
        found = pair.verify(paper["code"])
        assert (found["holds"], found["standing"]) == (False, "revoked")
        assert found["receipt"]
        # A paper that the replica has never seen, too.
        fresh = json.loads(lives(pair.environment, "paper"))
        assert pair.verify(fresh["code"])["holds"] is True
        until(lambda: not pair.is_read())
        assert pair.web.ask("/sante").json()["replica"]["used"] is False
    until(pair.is_read)


def test_pages_go_on_without_the_replica(pair: Pair) -> None:
    until(pair.is_read)
    pair.replica.kill()
    assert not pair.is_read()
    pair.replica.start()
    until(pair.is_read)


def test_the_replica_takes_the_place_of_the_primary(pair: Pair, tmp_path: Path) -> None:
    """The last: there is no replica afterwards."""
    follow("wait-for-replica", pair.ground, postgres=pair.primary.variables)
    paper = json.loads(lives(pair.environment, "paper"))
    with acts(pair.environment, tmp_path, processes=1) as told:
        until(lambda: told.count("case.granted") >= 1, within=WITHIN)
        pair.primary.kill()
        # Nobody accepts writing: papers are verified all the same, and the answer says its age.
        found = pair.verify(paper["code"])
        assert (found["holds"], found["receipt"]) == (True, None)
        shown = pair.show(paper["code"])
        assert "Ce papier est authentique et valable aujourd’hui" in shown
        assert "Notre base ne répond pas en ce moment" in shown
        assert "/verifier/recu/" not in shown
        follow("promote", pair.ground, postgres=pair.replica.variables)
        before = told.count()
        until(lambda: told.count() > before, within=WITHIN)
        until(lambda: pair.web.ask("/sante").status == 200)
    assert pair.list()
    assert pair.verify(paper["code"])["receipt"]
    found = judged(pair.environment, told)
    assert found["acknowledged"] > before
