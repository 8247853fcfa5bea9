"""What surrounds a load of many people: its ledger, and the keys and indexes set aside meanwhile.

Rows written one by one into indexes drawn at random cost ten times what sorting them once does. So
keys, references and indexes of the tables that are filled are taken down first and put up again at
the end, which checks every row; what is put up is compared, word for word, with what was there.

Everything is written in the base by the transaction that takes down: a load that is killed leaves
there what it takes to go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from psycopg import sql

#: The advisory lock of who loads: "drtfload" as a number.
_LOCK = 0x647274666C6F6164
# Only while a load is unfinished: no migration knows them.
_CREATE = """
    CREATE TABLE demo_load (people int NOT NULL, seed int NOT NULL, today date NOT NULL,
                            batch int NOT NULL);
    CREATE TABLE demo_load_batch (rank int PRIMARY KEY, people int NOT NULL);
    CREATE TABLE demo_load_aside (
        place int GENERATED ALWAYS AS IDENTITY, table_name text NOT NULL, name text NOT NULL,
        kind text NOT NULL, definition text NOT NULL)
"""
_TABLES = ("demo_load", "demo_load_batch", "demo_load_aside")
# Indexes of part of a table stay, being small: PostgreSQL would write their condition another way.
_ASIDE = """
    SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE contype IN ('p', 'u', 'x') AND conrelid = ANY(%(tables)s::regclass[])
       OR contype = 'f' AND (conrelid = ANY(%(tables)s::regclass[])
                             OR confrelid = ANY(%(tables)s::regclass[]))
    UNION ALL
    SELECT indrelid::regclass::text, relname, 'i', pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indrelid = ANY(%(tables)s::regclass[]) AND indpred IS NULL AND indexprs IS NULL
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
    ORDER BY 1, 2
"""
_KINDS = "puxif"
#: What sorting and comparing whole tables needs, for this session alone.
_ROOM = "SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'"
_NO_ROOM = "RESET maintenance_work_mem; RESET work_mem"


class Occupied(Exception):
    """Another process loads people into this base; the text is a French sentence."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A load that is not over: what was asked, and how far it is."""

    people: int
    seed: int
    today: date
    #: People of one batch; the last one may have fewer.
    batch: int
    done: int


@dataclass(frozen=True, slots=True)
class _Aside:
    """A key, a reference or an index, as PostgreSQL writes it."""

    table: str
    name: str
    kind: str
    definition: str

    def down(self) -> sql.Composed:
        if self.kind == "i":
            return sql.SQL("DROP INDEX {}").format(sql.Identifier(self.name))
        return sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
            sql.SQL(self.table), sql.Identifier(self.name)
        )

    def up(self) -> sql.Composed:
        if self.kind == "i":
            return sql.Composed([sql.SQL(self.definition)])
        return sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(
            sql.SQL(self.table), sql.Identifier(self.name)
        ) + sql.SQL(self.definition)


def unfinished() -> Ledger | None:
    """The load that was begun and not finished in this base, if any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('demo_load')")
        if cursor.fetchone() == (None,):
            return None
        cursor.execute(
            "SELECT people, seed, today, batch, (SELECT coalesce(sum(people), 0)"
            " FROM demo_load_batch) FROM demo_load"
        )
        return Ledger(*cursor.fetchone())


@contextmanager
def alone() -> Iterator[None]:
    """One load at a time in a base. :raises Occupied: when there is another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            raise Occupied("Un autre chargement est en cours dans cette base : attendez sa fin.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def take_down(tables: Sequence[str], asked: Ledger) -> None:
    """Opens the ledger, sets keys, references and indexes of ``tables`` aside; all or nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_CREATE)
        cursor.execute(
            "INSERT INTO demo_load VALUES (%s, %s, %s, %s)",
            [asked.people, asked.seed, asked.today, asked.batch],
        )
        aside = _standing(tables)
        for one in aside:
            cursor.execute(
                "INSERT INTO demo_load_aside (table_name, name, kind, definition)"
                " VALUES (%s, %s, %s, %s)",
                [one.table, one.name, one.kind, one.definition],
            )
        for one in reversed(aside):
            cursor.execute(one.down())


def begin_batch(rank: int, people: int) -> bool:
    """Writes in the ledger, in the caller's transaction, that a batch is written; False when it is
    already: another process was still at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO demo_load_batch VALUES (%s, %s) ON CONFLICT DO NOTHING", [rank, people]
        )
        return bool(cursor.rowcount)


def written() -> frozenset[int]:
    """The ranks of the batches that are written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rank FROM demo_load_batch")
        return frozenset(rank for (rank,) in cursor.fetchall())


def put_up(tables: Sequence[str], progress: Callable[[int, int], None]) -> None:
    """Puts back what was set aside and is not up yet, and compares.

    :param progress: told how many of how many are up.
    :raises RuntimeError: when the tables are not as they were.
    """
    aside = _kept()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_ROOM)
        up = set(_standing(tables))
        for rank, one in enumerate(aside, start=1):
            if one not in up:
                cursor.execute(one.up())
            progress(rank, len(aside))
        cursor.execute(_NO_ROOM)
    if differ := set(_standing(tables)) ^ set(aside):
        names = ", ".join(sorted({one.name for one in differ}))
        raise RuntimeError(f"Not as they were: {names}.")


def close() -> None:
    """The load is over: nothing is left of the ledger."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"DROP TABLE {table}")


def _kept() -> list[_Aside]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, name, kind, definition FROM demo_load_aside ORDER BY place"
        )
        return [_Aside(*row) for row in cursor.fetchall()]


def _standing(tables: Sequence[str]) -> list[_Aside]:
    with connection.cursor() as cursor:
        cursor.execute(_ASIDE, {"tables": list(tables)})
        found = [
            _Aside(table, name, kind, definition)
            for table, name, kind, definition in cursor.fetchall()
        ]
    return sorted(found, key=lambda one: _KINDS.index(one.kind))
