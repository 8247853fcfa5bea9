"""Visitors who ask anything at all of every page, and what must hold whatever they ask.

An episode is a number of requests drawn from a seed, each after what the ones before it have
changed. The same seed on the same world asks the same again.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes, urljoin, urlsplit

import structlog
from django.db import connection
from django.urls import Resolver404, resolve

from droitfil.cases.continuity.reconciliation import reconcile
from droitfil.journal import sealer
from droitfil.journal.verification import verify
from droitfil.lib.readonly import SAFE
from droitfil.notices.jobs import deliver
from tests.cases.writing import AT, DAY
from tests.fuzz import forms
from tests.fuzz.forms import Field, Form, Page
from tests.fuzz.values import EVALUATED, KINDS, TAG, TEXTS, Draw
from tests.fuzz.ways import HOST, Answer, InProcess, Request, Way
from tests.fuzz.world import Owner, People
from tests.web.route_table import rows

#: Pages where what is shown follows from a secret that the visitor brings, not from who they are.
BY_SECRET = ("/verifier", "/api/v1/verify", "/contester/", "/courriels/")
#: Where an office reads the reference of what left it, and nothing else of it.
LEFT = "/agent/deplaces"
#: Where a visit ends, or an account.
ENDS = ("/deconnexion", "/moi/fermer")
#: What programs alone ask, who read a status and no page.
MACHINES = ("/rappels/sms",)
#: Tables that a page which is only read may write: the session, counts, who of the staff has read.
READING_WRITES = frozenset({"django_session", "rate_count", "journal_entry"})
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PATCH", "ZQ")
#: Bytes of a path or of a query that no page of ours has made.
BYTES = ("%ff%fe", "%00", "%2e%2e/", "%c0%af", "%ed%a0%80", "%", "%zz", "é", "%0d%0aX:1", ";", "//",
         "%F0%9F%87%AB", "A" * 3000, "..", "?", "#", "%25", "+", "%2F", "\\")  # fmt: skip


class Fault(Exception):
    """Something that must never be; the text says what, and after which request."""


class Walk:
    """One episode."""

    def __init__(self, people: People, seed: int, way: Way | None = None) -> None:
        self.people = people
        self.way = way or InProcess(people.sessions)
        self.random = Random(seed)
        ids = sorted({id_ for ids in people.things.values() for id_ in ids})
        self.draw = Draw(self.random, people.right, ids)
        self.asked: Counter[int] = Counter()
        #: How often each address was answered how: "case GET 200".
        self.reached: Counter[str] = Counter()
        self.rows = [row for row in rows() if not row.route.startswith("demo")]
        self.logs = Logs()
        #: What is wrong, and after how many requests.
        self.faults: list[tuple[int, Fault]] = []
        self.listing = False
        self._links: dict[str, list[str]] = {}
        self._open: dict[str, set[Owner]] = {}
        #: Marks each visitor has typed in a form: kept with what they wrote, and shown to them.
        self._typed: defaultdict[str, set[str]] = defaultdict(set)

    def run(self, requests: int) -> Counter[int]:
        """Asks ``requests`` times, then looks at what is left; how often each status was answered.

        What is wrong is kept in :attr:`faults`, and the visitor goes elsewhere.
        """
        with self.logs:
            while self.asked.total() < requests:
                with self._kept():
                    self._turn(self.draw.one(list(self.people.accounts)))
            with self._kept():
                self._aftermath()
        return self.asked

    def read(self, visitor: str, address: str) -> None:
        """One page, by one visitor; what is wrong is kept."""
        with self._kept():
            self._read(visitor, address)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except Fault as fault:
            self.faults.append((self.asked.total(), fault))

    # -- what is asked

    def _turn(self, visitor: str) -> None:
        """A visitor reads a page, and sends some of its forms; or asks what nobody would."""
        chance = self.random.random()
        if chance < 0.10:
            self._ask(self._broken(visitor))
            return
        if chance < 0.45:
            page = self._ask(self._direct(visitor), follow=True)
        else:
            page = self._read(visitor, self._somewhere(visitor))
        for _again in range(4):
            if page is None or not (among := self._worth_sending(page)):
                return
            request = self._filled(visitor, self.draw.one(among))
            page = self._ask(request, follow=True) or page

    def _worth_sending(self, page: Page) -> list[Form]:
        """The forms of a page; rarely those after which there is nothing left to do."""
        return [form for form in page.forms if form.action not in ENDS or self.draw.chance(0.03)]

    def _somewhere(self, visitor: str) -> str:
        links = [link for link in self._links.get(visitor, []) if self._is_worth(link)]
        if links and self.draw.chance(0.6):
            return str(self.draw.one(links))
        return self._address(visitor, self._route(visitor, "GET"))

    def _is_worth(self, link: str) -> bool:
        """What anyone may read is many pages, and few forms."""
        return not link.startswith(("/droit", "/preuve")) or self.draw.chance(0.05)

    def _route(self, visitor: str, method: str) -> str:
        """An address by its name: more often one that opens to the visitor and not to everyone."""
        among = [row for row in self.rows if row.method == method]
        if self.draw.chance(0.8):
            among = [row for row in among if len(set(row.cells.values())) > 1]
        if self.draw.chance(0.7):
            mine = [row for row in among if row.cells.get(visitor, row.cells["mine"])[0] in "23"]
            among = mine or among
        return str(self.draw.one(among).route)

    def _address(self, visitor: str, route: str) -> str:
        return self.people.address(route, self.random, self._seen_by(visitor))

    def _seen_by(self, visitor: str) -> set[Owner]:
        """Whose things this visitor may see, as of the last change."""
        if visitor not in self._open:
            self._open[visitor] = self.people.open_to(visitor)
        return self._open[visitor]

    def _direct(self, visitor: str) -> Request:
        """An act, as its form would be sent, on anything at all."""
        method = "POST" if self.draw.chance(0.8) else "GET"
        route = self._route(visitor, method)
        path = self._address(visitor, route)
        if method == "GET":
            return Request(visitor, method, path, self._query())
        sent = self.people.world.sent(route)
        if path.startswith("/api/"):
            return Request(visitor, method, path, "", "application/json", self.draw.json(sent))
        form = Form(path, method, multipart=self.draw.chance(0.2))
        for name, value in {**sent, "csrfmiddlewaretoken": self.way.token(visitor)}.items():
            form.fields[name] = Field(name, "hidden", str(value))
        return self._filled(visitor, form)

    def _query(self) -> str:
        if self.draw.chance(0.6):
            return ""
        names = (
            "next",
            "bureau",
            "departement",
            "apres",
            "page",
            "texte",
            "q",
            "langue",
            "case",
            "zq",
        )
        return "&".join(
            f"{self.draw.one(names)}={_quoted(self.draw.one(TEXTS))}" for _one in range(2)
        )[:6_000]

    def _broken(self, visitor: str) -> Request:
        """A way to ask, a path, a query or a content that no page of ours has made."""
        path = self._somewhere(visitor).partition("?")[0]
        method, query, kind, body = "GET", "", "", b""
        what = self.random.randrange(4)
        if what == 0:
            method = self.draw.one(METHODS)
        elif what == 1:
            cut = self.random.randrange(1, len(path) + 1)
            path = path[:cut] + self.draw.one(BYTES) + path[cut:]
        elif what == 2:
            query = "".join(str(self.draw.one(BYTES)) for _one in range(3)) + "=&=&" + self._query()
        if what == 3 or method == "POST":
            route, method = self._route(visitor, "POST"), "POST"
            path = self._address(visitor, route)
            kind, body = self.draw.one(KINDS), self._bytes(visitor)
        return Request(visitor, method, path, query, kind, body)

    def _bytes(self, visitor: str) -> bytes:
        token = f"csrfmiddlewaretoken={self.way.token(visitor)}&".encode()
        return bytes(self.draw.one((
            b"", token, token + b"a=%ff%fe&%00=%00", token + b"a=1&" * 600,
            b"--zq\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--zq", b"\xff" * 2_000,
            b"--zq\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n1\r\n--zq--",
            token + b"=" * 1_000, b"{\"a\":", token + b"code=" + b"A" * 270_000,
        )))  # fmt: skip

    def _filled(self, visitor: str, form: Form) -> Request:
        """The form as someone would send it, then one thing in it changed, or many."""
        mood = self.random.random()
        share = 0.0 if mood < 0.35 else 0.2 if mood < 0.8 else 0.7
        pairs: list[tuple[str, Any]] = []
        for name, entry in form.fields.items():
            if name == "csrfmiddlewaretoken":
                values: list[Any] = [entry.value] if not self.draw.chance(0.03) else ["zq"]
            elif entry.kind == "file":
                values = [self.draw.file() for _one in range(1 + self.draw.chance(0.1))]
            elif self.draw.chance(share):
                values = self.draw.wrong(entry)
            else:
                values = self.draw.fitting(entry)
            pairs += [(name, value) for value in values]
        if form.buttons and self.draw.chance(0.9):
            pairs.append(self.draw.one(form.buttons))
        if self.draw.chance(share / 2):
            pairs.append((str(self.draw.one(TEXTS))[:100], str(self.draw.one(TEXTS))))
        path, _, query = form.action.partition("?")
        if form.method == "GET":
            asked = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
            return Request(visitor, "GET", path, asked[:60_000])
        if form.multipart:
            return Request(visitor, "POST", path, query, _MULTIPART, _parts(pairs))
        body = "&".join(f"{_quoted(name)}={_quoted(str(value))}" for name, value in pairs).encode()
        return Request(visitor, "POST", path, query, "application/x-www-form-urlencoded", body)

    # -- what is answered

    def _read(self, visitor: str, address: str) -> Page | None:
        path, _, query = address.partition("?")
        return self._ask(Request(visitor, "GET", path, query), follow=True)

    def _ask(self, request: Request, *, follow: bool = False) -> Page | None:
        """Sends it, checks the answer, and reads its page; None when it is not one."""
        open_to = self._seen_by(request.visitor)
        self._typed[request.visitor].update(self.people.marks.within(request.body_words()))
        answer = self.way.send(request)
        if self.listing:
            print(answer.status, request)
        self.asked[answer.status] += 1
        self.reached[f"{_route(request)} {request.method} {answer.status}"] += 1
        self._check(request, answer, open_to)
        if request.method not in SAFE:
            self._open.clear()
        if follow and answer.status in (302, 303) and (then := _inside(answer.location)):
            return self._read(request.visitor, then)
        if not answer.kind.startswith("text/html"):
            return None
        page = forms.read(answer.body.decode(errors="replace"), request.path)
        if page.links:
            self._links[request.visitor] = page.links
        return page

    def _check(self, request: Request, answer: Answer, open_to: set[Owner]) -> None:
        if answer.status >= 500 or answer.error is not None:
            raise Fault(f"{answer.status} {answer.error!r}\n  {request}") from _raised(answer.error)
        text = answer.body.decode("utf-8", "replace")
        if "Traceback (most recent call last)" in text:
            raise Fault(f"a traceback is shown\n  {request}")
        if request.method in SAFE and answer.written - READING_WRITES:
            raise Fault(f"reading wrote {sorted(answer.written - READING_WRITES)}\n  {request}")
        if answer.kind.startswith("text/html"):
            if TAG in text:
                raise Fault(f"markup is shown raw\n  {request}")
            if EVALUATED in text:
                raise Fault(f"what was sent was taken for a template\n  {request}")
        told = answer.ours and request.method != "HEAD" and request.path not in MACHINES
        if answer.status >= 400 and told:
            _has_a_sentence(request, answer, text)
        self._stays_here(request, answer.location)
        self._is_nobody_elses(request, text + answer.location, open_to)

    def _stays_here(self, request: Request, location: str) -> None:
        if location and not _inside(location):
            raise Fault(f"sent elsewhere, to {location[:200]!r}\n  {request}")
        # Ids stand in addresses; names, numbers and e-mail addresses never do.
        sent = request.words()
        for word in self.people.marks.within(location):
            if word in self.people.marks.personal and word not in sent:
                raise Fault(f"an address names a person ({word})\n  {request}")

    def _is_nobody_elses(self, request: Request, text: str, open_to: set[Owner]) -> None:
        """Every mark of the answer is of someone whose file the visitor may open."""
        found = self.people.marks.within(text)
        if not found or request.path.startswith(BY_SECRET):
            return
        closed = {
            word: owner for word, owner in found.items() if owner not in self._open[request.visitor]
        }
        if not closed:
            return
        sent, typed = request.words(), {*self._typed[request.visitor]}
        now = self.people.open_to(request.visitor)
        if request.path == LEFT:
            typed |= self.people.references_left()
        for word, owner in closed.items():
            if word not in sent and word not in typed and owner not in now:
                raise Fault(f"reads {word}, of {owner}\n  {request}")

    def _aftermath(self) -> None:
        """What is left: messages that leave, a journal that verifies, no difference, no name."""
        deliver(now=AT)
        sealer.seal(now=AT)
        if not verify().intact:
            raise Fault("the journal does not verify")
        if found := reconcile(DAY).findings:
            raise Fault(f"reconciliation: {found[0]}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT action, facts::text FROM journal_entry")
            lines = [" ".join(row) for row in cursor.fetchall()]
        personal = self.people.marks.personal
        for where, said in (("the journal", lines), ("a log", self.logs.lines())):
            for line in said:
                if words := set(self.people.marks.within(line)) & personal:
                    raise Fault(f"{where} names a person ({sorted(words)}): {line[:300]}")
        for line in self.logs.lines():
            told = json.loads(line)
            # A request refused for its form is told as an error by Django itself.
            if told.get("level") in ("error", "critical") and told.get("event") != "refused":
                raise Fault(f"a fault was told in a log: {line[:800]}")


_MULTIPART = "multipart/form-data; boundary=zqzqzq"


def _parts(pairs: list[tuple[str, Any]]) -> bytes:
    out = bytearray()
    for name, value in pairs:
        file = isinstance(value, tuple)
        said = f'form-data; name="{_plain(name)}"' + (f'; filename="{value[0]}"' if file else "")
        content = value[1] if file else str(value).encode("utf-8", "surrogatepass")
        head = f"--zqzqzq\r\nContent-Disposition: {said}\r\n\r\n"
        out += head.encode("utf-8", "surrogatepass") + content + b"\r\n"
    return bytes(out + b"--zqzqzq--\r\n")


def _plain(name: str) -> str:
    return re.sub(r'[\r\n"]', "_", name)


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def _inside(location: str) -> str:
    """The address within the site that a redirection leads to; empty for any other."""
    if location.startswith(("//", "/\\", "\\")):  # browsers take these for another site
        return ""
    try:
        whole = urlsplit(urljoin(f"http://{HOST}/", location))
    except ValueError:
        return ""
    if (whole.scheme, whole.netloc) != ("http", HOST):
        return ""
    return whole.path + (f"?{whole.query}" if whole.query else "")


def _has_a_sentence(request: Request, answer: Answer, text: str) -> None:
    """A page that refuses has a title, a sentence and a way on; the interface a problem."""
    if answer.kind.startswith("application/problem+json"):
        said = json.loads(text)
        if not said.get("title") or not said.get("detail"):
            raise Fault(f"{answer.status} without a sentence: {text[:200]}\n  {request}")
        return
    page = forms.read(text, request.path)
    if not (page.title and page.headings and page.paragraphs and (page.links or page.forms)):
        raise Fault(f"{answer.status} without a sentence: {text[:200]!r}\n  {request}")


def _route(request: Request) -> str:
    try:
        return resolve(request.path).view_name
    except Resolver404:
        return "?"


def _raised(error: object) -> BaseException | None:
    return error if isinstance(error, BaseException) else None


class Logs:
    """Everything that is logged meanwhile, as an operator's machine would keep it."""

    def __init__(self) -> None:
        self._kept = io.StringIO()
        self._handler = logging.StreamHandler(self._kept)
        self._handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
                ],
                foreign_pre_chain=_as_configured(),
            )
        )

    def __enter__(self) -> Logs:
        root = logging.getLogger()
        self._others, root.handlers = root.handlers, [self._handler]
        self._level = root.level
        for name in ("", "droitfil", "django"):
            logging.getLogger(name).setLevel(logging.INFO)
        return self

    def __exit__(self, *error: object) -> None:
        root = logging.getLogger()
        root.handlers = self._others
        for name in ("", "droitfil", "django"):
            logging.getLogger(name).setLevel(self._level)

    def lines(self) -> list[str]:
        return self._kept.getvalue().splitlines()


def _as_configured() -> Any:
    from django.conf import settings

    return settings.LOGGING["formatters"]["line"]["foreign_pre_chain"]
