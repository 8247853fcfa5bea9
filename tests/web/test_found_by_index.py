"""What an address asks of a table that grows with the people is found by an index.

A table of the tests is small, and PostgreSQL reads it whole whatever one asks. Told not to, it
still must where no index leads to what is sought: a page that reads everyone is seen here, long
before there are five million of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from tests.web.route_world import STAGES, Browser, World
from tests.web.test_every_route import (
    _no_log,
    _own_folders,
    address_of,
    names_of,
    rows_at,
    world,
)

__all__ = ["_no_log", "_own_folders", "world"]

#: Tables of which each person, each case or each day adds lines.
GROWING = frozenset(
    {
        "account", "account_emailaddress", "attestations_attestation", "attestations_look",
        "attestations_receipt", "attestations_revocation", "attestations_sharecode", "case_alert",
        "case_amendment", "case_complement", "case_complement_item", "case_file", "case_letter",
        "case_move", "case_page", "case_paper", "case_piece", "case_reminder", "child_claim",
        "child_proof", "coverage", "django_session", "family_link", "journal_entry",
        "journal_outbox", "link_attempt", "link_claim", "link_notice", "notice_bounced_contact",
        "notice_delivery", "notice_letter", "notice_message", "notice_preference", "person",
        "residence_document", "upload",
    }
)  # fmt: skip
#: What is joined is sought, too, whatever the proof of a night chose in the same transaction.
WAYS = {
    "seqscan": "off", "mergejoin": "off", "hashjoin": "off", "nestloop": "on", "indexscan": "on",
}  # fmt: skip
# What earlier tests left in these tables, and whether it was counted since, sways a plan: each
# statement is planned as if they were never counted, then as if they held few, many, very many
# lines a block. Where an index leads to what is sought, one of these plans takes it.
_FORGET = """
    WITH counted AS (
        SELECT oid FROM pg_class WHERE relname = ANY(%(tables)s)
        UNION ALL
        SELECT indexrelid FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relname = ANY(%(tables)s)
    ), forgotten AS (DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM counted))
    UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid IN (SELECT oid FROM counted)
"""
_COUNT = "UPDATE pg_class SET reltuples = %(lines)s, relpages = 1 WHERE relname = ANY(%(tables)s)"
LINES_A_BLOCK = (None, 10_000, 1_000_000, 100)
#: Those to whom pages open.
LET_IN = frozenset({"anon", "acct", "mine", "ag91", "hd91", "cc91", "admi"})
#: Statements that may read a whole table, each known by a part of it, and why.
WHOLE = {
    "n_tup_ins": "how the tests count what an address writes",
    'ORDER BY "staff"."name" ASC': "the staff: begun from, once they are fewer than accounts",
    '"contested_at" IS NOT NULL': "links contested: begun from their index, once they are fewer",
}


class _Heard:
    """The statements of the addresses, each once, with what was given to it."""

    def __init__(self) -> None:
        self.statements: dict[str, tuple[str, Any]] = {}
        self.address = ""

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not many and sql.lstrip().split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            self.statements.setdefault(sql, (self.address, params))
        return execute(sql, params, many, context)


@pytest.fixture
def growing(db: None) -> frozenset[str]:
    """The tables above, which are all there."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    assert there >= GROWING, GROWING - there
    return GROWING


def test_no_address_reads_everyone(world: World, settings: Any, growing: frozenset[str]) -> None:
    heard = _Heard()
    browsers = {name: Browser(account) for name, account in world.visitors.items()}
    with connection.execute_wrapper(heard):
        for stage in STAGES:
            world.go(stage)
            # A night looks for what is due among everyone: the bench says what it costs.
            for row in (row for row in rows_at(stage) if row.route != "demo-night"):
                settings.ENVIRONMENT = "demo" if row.route.startswith("demo") else "test"
                names, sent = names_of(world, row.route), world.sent(row.route)
                heard.address = f"{row.method} {row.route}"
                for visitor, cell in row.cells.items():
                    if visitor in LET_IN and cell[0] in "23":
                        address = address_of(row.route, names)
                        browsers[visitor].ask(row.method, address, sent)
    settings.ENVIRONMENT = "test"
    sought = {
        statement: asked
        for statement, asked in heard.statements.items()
        if not any(part in statement for part in WHOLE)
    }
    assert len(sought) > 200
    whole = _whole_in_every_plan(sought, growing)
    assert not whole, "\n\n".join(
        f"{sought[statement][0]} reads the whole of {', '.join(tables)}: {statement[:2000]}"
        for statement, tables in whole.items()
    )


def test_what_no_index_finds_is_seen(growing: frozenset[str]) -> None:
    asked = {
        "SELECT id FROM person WHERE birth_place = %s": ("a test", ("Nulle part",)),
        "SELECT id FROM person WHERE account_id = %s": (
            "a test",
            ("00000000-0000-7000-8000-000000000000",),
        ),
    }
    assert _whole_in_every_plan(asked, growing) == {next(iter(asked)): {"person"}}


def _whole_in_every_plan(
    asked: dict[str, tuple[str, Any]], growing: frozenset[str]
) -> dict[str, set[str]]:
    """The tables each statement of ``asked`` reads whole, whatever these tables may hold."""
    left = {statement: set(growing) for statement in asked}
    with connection.cursor() as cursor:
        for way, may in WAYS.items():
            cursor.execute(f"SET LOCAL enable_{way} = {may}")
        partial = _partial()
        for lines in LINES_A_BLOCK:
            cursor.execute(_FORGET, {"tables": list(growing)})
            if lines is not None:
                cursor.execute(_COUNT, {"lines": lines, "tables": list(growing)})
            for statement, tables in left.items():
                cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", asked[statement][1])
                plan = cursor.fetchone()[0]
                plan = json.loads(plan) if isinstance(plan, str) else plan
                tables &= set(_read_whole(plan[0]["Plan"], partial))
            left = {statement: tables for statement, tables in left.items() if tables}
    return left


def _read_whole(node: dict[str, Any], partial: frozenset[str]) -> Iterator[str]:
    """The tables that a plan reads from end to end, other than by an index of ``partial``."""
    kind = node["Node Type"]
    if kind == "Seq Scan" or (
        kind in ("Index Scan", "Index Only Scan")
        and "Index Cond" not in node
        and node["Index Name"] not in partial
    ):
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _read_whole(below, partial)


def _partial() -> frozenset[str]:
    """Indexes of the few lines of a table that wait for something."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indpred IS NOT NULL"
        )
        return frozenset(name for (name,) in cursor.fetchall())
