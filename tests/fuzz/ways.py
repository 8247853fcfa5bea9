"""How a drawn request reaches the site: in this process, or over HTTP to one that is served."""

from __future__ import annotations

import http.client
import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from django.core.cache import cache
from django.db import connection
from django.test import Client

#: The name of the site, asked for in every request.
HOST = "testserver"
#: What a visitor's browser keeps before any page gave it another: the same in every form.
TOKEN = "f" * 32
_WRITES = re.compile(
    r'\b(?:INSERT INTO|(?<!FOR )(?<!KEY )UPDATE|DELETE FROM)\s+"?([a-z_]+)', re.IGNORECASE
)
_NOT_TABLES = frozenset({"set", "skip", "of", "nowait"})


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, byte for byte but for cookies; path and query as they go over the wire."""

    visitor: str
    method: str
    path: str
    query: str = ""
    kind: str = ""
    body: bytes = b""

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        body = f" [{self.kind}] {self.body[:300]!r}" if self.body or self.kind else ""
        return f"{self.visitor} {self.method} {(self.path + query)[:300]!a}{body}"

    @property
    def target(self) -> bytes:
        """Path and query, in bytes."""
        query = f"?{self.query}" if self.query else ""
        return (self.path + query).encode("utf-8", "surrogatepass")

    def words(self) -> str:
        """Everything that stands in it, to know what an answer only gives back."""
        return _words(self.target + b" " + self.body)

    def body_words(self) -> str:
        """What was typed in a form: it may come back on a later page, as it was written."""
        return _words(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``written``: the tables that were written for it, where that is known."""

    status: int
    kind: str
    location: str
    body: bytes
    ours: bool = True
    error: object = None
    written: frozenset[str] = frozenset()


def _words(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", "replace").casefold()


def await_port(port: int, *, within: float = 180.0) -> None:
    """Returns once somebody listens there. :raises AssertionError: nobody does, in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"Nobody listens on port {port}.")


class Way(Protocol):
    """Sends requests, with the cookies of each visitor."""

    def send(self, request: Request) -> Answer: ...

    def token(self, visitor: str) -> str:
        """The token that this visitor's forms must bear."""
        ...


class InProcess:
    """Every middleware and view, without a server."""

    def __init__(self, sessions: dict[str, str]) -> None:
        self._sessions = sessions
        self._clients: dict[str, Client] = {}

    def token(self, visitor: str) -> str:
        return str(self._client(visitor).cookies["jeton"].value)

    def send(self, request: Request) -> Answer:
        cache.clear()  # counts of tries stand there: everything is asked again and again
        path, _, query = request.target.partition(b"?")
        written: set[str] = set()
        with connection.execute_wrapper(_Watch(written)):
            response: Any = self._client(request.visitor).generic(
                request.method, "/", request.body, content_type=request.kind,
                PATH_INFO=unquote_to_bytes(path).decode("latin-1"),
                QUERY_STRING=query.decode("latin-1"),
            )  # fmt: skip
            body = b"".join(response) if response.streaming else response.content
        error = getattr(response, "exc_info", None)
        return Answer(
            response.status_code, response.get("Content-Type", ""), response.get("Location", ""),
            body, error=error and error[1], written=frozenset(written),
        )  # fmt: skip

    def _client(self, visitor: str) -> Client:
        if visitor not in self._clients:
            client = Client(enforce_csrf_checks=True, raise_request_exception=False)
            client.cookies["jeton"] = TOKEN
            if self._sessions[visitor]:
                client.cookies["session"] = self._sessions[visitor]
            self._clients[visitor] = client
        return self._clients[visitor]


class _Watch:
    """Notes the tables that are written."""

    def __init__(self, written: set[str]) -> None:
        self.written = written

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.written |= {name.lower() for name in _WRITES.findall(str(sql))} - _NOT_TABLES
        return execute(sql, params, many, context)


@dataclass
class OverHttp:
    """A connection a request, to the server on ``port`` of this machine."""

    port: int
    sessions: dict[str, str]
    _cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, visitor: str) -> str:
        return self.cookies(visitor)["jeton"]

    def send(self, request: Request) -> Answer:
        jar = self.cookies(request.visitor)
        cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
        target = re.sub(rb"[\x00-\x20]", b"%20", request.target)
        head = [
            b"%s %s HTTP/1.1" % (request.method.encode(), target),
            f"Host: {HOST}\r\nConnection: close\r\nContent-Length: {len(request.body)}".encode(),
            *([f"Cookie: {cookies}".encode()] if cookies else []),
            *([f"Content-Type: {request.kind}".encode()] if request.kind else []),
        ]
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as wire:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may answer before the end
                wire.sendall(b"\r\n".join(head) + b"\r\n\r\n" + request.body)
            return self._received(wire, request, jar)

    def _received(self, wire: socket.socket, request: Request, jar: dict[str, str]) -> Answer:
        response = http.client.HTTPResponse(wire, method=request.method)
        response.begin()
        body = response.read()
        for line in response.headers.get_all("Set-Cookie") or []:
            try:
                for name, morsel in SimpleCookie(line).items():
                    jar[name] = morsel.value
            except CookieError:
                continue
        return Answer(
            response.status, response.headers.get("Content-Type", ""),
            response.headers.get("Location", ""), body,
            # What the server refuses itself, before any page, bears no header of ours.
            ours="Content-Security-Policy" in response.headers,
        )  # fmt: skip

    def cookies(self, visitor: str) -> dict[str, str]:
        """Those of this visitor, to be changed at will."""
        if visitor not in self._cookies:
            key = self.sessions[visitor]
            self._cookies[visitor] = {"jeton": TOKEN} | ({"session": key} if key else {})
        return self._cookies[visitor]
