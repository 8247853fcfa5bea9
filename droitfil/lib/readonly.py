"""A page that is read writes nothing: PostgreSQL itself refuses it, save what is named here.

While a GET, HEAD or OPTIONS request is answered, the session is read-only from its first
statement on. What may write all the same says so with :func:`may_write`: the line of a staff
reading (``journal.actions.record_reading``), the counts of rate limits. What stands outside
:class:`ReadOnlyMiddleware` in the settings, as sessions do, is not concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

#: Methods that promise to change nothing (RFC 9110).
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_ON = "SET default_transaction_read_only = on"
_OFF = "RESET default_transaction_read_only"
_THIS_TRANSACTION = "SET TRANSACTION READ ONLY"


class ReadOnlyMiddleware:
    """Answers the requests that promise to change nothing on a database that refuses change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        with read_only():
            return self.get_response(request)


@contextmanager
def read_only(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Within, every statement that would change a row raises ``django.db.InternalError``.

    Inside a transaction it holds for the transaction's part that lies within, by a savepoint.
    Costs nothing until a statement is run, so that a page without data needs no database.
    """
    connection = connections[using]
    guard = _InTransaction(connection) if connection.in_atomic_block else _OfSession(connection)
    guard.close()
    with connection.execute_wrapper(guard):
        try:
            yield
        finally:
            guard.open()


@contextmanager
def may_write(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Within, writing is allowed again. For the few lines that a page which is read must leave.

    :raises django.db.transaction.TransactionManagementError: inside a transaction that the page
        opened: what was begun for reading cannot turn to writing.
    """
    connection = connections[using]
    guards = [wrap for wrap in connection.execute_wrappers if isinstance(wrap, _Guard)]
    if not guards or guards[-1].paused:
        yield
        return
    guard = guards[-1]
    if guard.depth != len(connection.atomic_blocks):
        raise transaction.TransactionManagementError(
            "What a page leaves behind is written before the page opens a transaction."
        )
    guard.open()
    guard.paused = True
    try:
        yield
    finally:
        guard.paused = False
        guard.close()


class _Guard:
    """Wraps the statements of one connection; ``depth`` is how many transactions surround it."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.depth = len(connection.atomic_blocks)
        self.paused = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not self.paused:
            self.before()
        return execute(sql, params, many, context)

    def before(self) -> None:
        """Called before each statement."""

    def close(self) -> None:
        """Refuse writing from now on."""

    def open(self) -> None:
        """Let writing be again, as before ``close``."""

    def run(self, statement: str) -> None:
        """Past Django, so that the statements of a page are counted without ours."""
        self.connection.connection.execute(statement)


class _OfSession(_Guard):
    """In production: nothing is open when the request begins."""

    closed = False

    def before(self) -> None:
        if self.closed:
            return
        if self.connection.in_atomic_block:
            # A setting made here would not outlive a rollback, nor bind what has begun.
            self.run(_THIS_TRANSACTION)
        else:
            self.run(_ON)
            self.closed = True

    def open(self) -> None:
        if not self.closed:
            return
        self.closed = False
        raw = self.connection.connection
        if raw is None or raw.closed:
            return
        try:
            raw.execute(_OFF)
        except Exception:  # a session that cannot be given back as it was is not given back
            self.connection.close()
            raise


class _InTransaction(_Guard):
    """Inside a transaction already open, as in tests: its part within is a savepoint."""

    mark = "read_only_part"
    before_us = False

    def close(self) -> None:
        self.before_us = self.connection.needs_rollback
        self.run(f"SAVEPOINT {self.mark}")
        self.run(_THIS_TRANSACTION)

    def open(self) -> None:
        if self.connection.connection is None or self.connection.connection.closed:
            return
        # Nothing was written within: going back is always right, even after an error.
        self.run(f"ROLLBACK TO SAVEPOINT {self.mark}")
        self.run(f"RELEASE SAVEPOINT {self.mark}")
        self.connection.set_rollback(self.before_us)
