"""What is left of a film, as one compact file: the rows of each table, and no secret at all.

An xz stream of a JSON line, then of each table its name and its columns, its rows as PostgreSQL's
COPY writes them, and an empty line. Every uuid is written as a number, by order of appearance, in
signs that no text bears: whoever reads gives each number the uuid that the seed makes of it.

Left out, to be born on the machine that loads: certificates, codes and signatures of papers,
proofs and receipts, blocks of the journal, what share codes and second factors are known by, and
what is digested with a secret. No piece of the country is a file.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.db.models import Model

from droitfil.demo.country.film import Film

FORMAT = "droitfil-country-1"
#: The country that is kept with the code.
KEPT = Path(__file__).parent / "country.xz"
REBUILD = "refaites-le par « droitfil demo build »"
#: What stands around the number of a uuid.
OPENS, CLOSES = "\x01", "\x02"
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBERED = re.compile(f"{OPENS}([0-9a-z]+){CLOSES}")
_APPS = ("people", "cases", "attestations", "notices", "journal")
#: Made by whoever loads, or tied to a secret of whoever wrote.
_LEFT_OUT = frozenset(
    {
        "journal_block", "attestations_certificate", "link_attempt", "notice_bounced_contact",
    }
)  # fmt: skip
_NOT_WRITTEN: Mapping[str, frozenset[str]] = {
    "account": frozenset({"password"}),
    "journal_entry": frozenset({"digest"}),
    "attestations_attestation": frozenset(
        {"digest", "code", "certificate_id", "signature", "mark"}
    ),
    "attestations_receipt": frozenset({"certificate_id", "signature"}),
    "attestations_sharecode": frozenset({"digest", "born"}),
    "case_proof": frozenset(
        {"hash", "head", "figures", "certificate_id", "signature", "figures_signature"}
    ),
    "notice_delivery": frozenset({"contact"}),
}
#: What is written of a column in place of what stands there: it follows from keys.
_WRITTEN = {
    ("case_proof", "document"): """
        regexp_replace(document, '"journal":("[^"]*"|null)', '"journal":null')""",
    ("journal_entry", "facts"): """
        CASE action WHEN 'proof.made' THEN facts || '{"hash": "", "certificate": ""}'
                    ELSE facts END""",
}
#: Rows whose uuid PostgreSQL drew: in the order of something else.
_ORDERS = {
    "case_paper": "case_id, kind, rank",
    "notice_delivery": "message_id, channel, reader_id",
}


class Unreadable(Exception):
    """The file cannot be loaded here; the text is a French sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is kept, and which of its columns."""

    name: str
    columns: tuple[str, ...]
    order: str


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself."""

    day: date
    days: int
    people: int
    seed: int
    actions: Mapping[str, int]
    rows: Mapping[str, int]
    #: table -> column -> type.
    schema: Mapping[str, Mapping[str, str]]


def tables() -> list[Table]:
    """The tables of a country, in the order in which they are written."""
    models: list[type[Model]] = [EmailAddress]
    for label in _APPS:
        models += apps.get_app_config(label).get_models()
    return [_table(model) for model in models if model._meta.db_table not in _LEFT_OUT]


def _table(model: type[Model]) -> Table:
    name, key = model._meta.db_table, model._meta.pk
    assert key is not None
    assert key.column is not None
    without = _NOT_WRITTEN.get(name, frozenset())
    found = [field.column for field in model._meta.local_concrete_fields]
    columns = tuple(column for column in found if column and column not in without)
    return Table(name, columns, _ORDERS.get(name, f'"{key.column}"'))


def schema() -> dict[str, dict[str, str]]:
    """The type of every column that is kept, by table."""
    return {
        table.name: {name: kind for name, kind, _ in _columns(table.name) if name in table.columns}
        for table in tables()
    }


def _columns(table: str) -> list[tuple[str, str, bool]]:
    """Name, type, and whether a row may do without."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type,"
            " is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES'"
            " FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s ORDER BY column_name",
            [table],
        )
        return list(cursor.fetchall())


# -- writing


def write(path: Path, film: Film) -> Header:
    """Keeps the country that was just played in this database; two alike make the same bytes."""
    numbers = _Numbers()
    bodies = {table.name: numbers.written(_rows(table, film.prologue)) for table in tables()}
    rows = {name: body.count("\n") for name, body in bodies.items()}
    header = Header(film.day, film.days, film.people, film.seed, film.actions, rows, schema())
    fresh = path.with_suffix(".fresh")
    with lzma.open(fresh, "wb", preset=9) as file:
        file.write((_head(header) + "\n").encode())
        for table in tables():
            file.write(f"{table.name} {' '.join(table.columns)}\n".encode())
            file.write(bodies[table.name].encode())
            file.write(b"\n")
    fresh.replace(path)
    return header


def _head(header: Header) -> str:
    return json.dumps(
        {
            "format": FORMAT, "day": header.day.isoformat(), "days": header.days,
            "people": header.people, "seed": header.seed, "schema": header.schema,
            "rows": dict(header.rows), "actions": dict(header.actions),
        },
        sort_keys=True,
    )  # fmt: skip


def _rows(table: Table, prologue: int) -> str:
    """The rows as COPY writes them."""
    columns = ", ".join(_WRITTEN.get((table.name, name), f'"{name}"') for name in table.columns)
    where = {
        "journal_entry": f" WHERE id > {int(prologue)}",
        # What could not leave, for want of a telephone network, is not for whoever loads to send.
        "journal_outbox": " WHERE done_at IS NOT NULL OR failed_at IS NOT NULL",
    }.get(table.name, "")
    statement = f'SELECT {columns} FROM "{table.name}"{where} ORDER BY {table.order}'  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        with cursor.copy(f"COPY ({statement}) TO STDOUT") as copy:
            return b"".join(bytes(part) for part in copy).decode()


class _Numbers:
    """The number of each uuid, by order of appearance."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def written(self, text: str) -> str:
        assert OPENS not in text
        return _UUID.sub(self._number, text)

    def _number(self, found: re.Match[str]) -> str:
        known = self._known.get(found[0])
        if known is None:
            known = self._known[found[0]] = f"{OPENS}{_base36(len(self._known))}{CLOSES}"
        return known


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rank = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rank] + digits
        if not number:
            return digits


# -- reading


def head(path: Path) -> Header:
    """What the file says of itself, its rows unread.

    :raises Unreadable: no such file, or of another format.
    """
    with _opened(path), lzma.open(path, "rt", encoding="utf-8") as stream:
        return _header(json.loads(stream.readline()))


def read(path: Path) -> Iterator[tuple[Table, str]]:
    """Each table with its rows, uuids given back.

    :raises Unreadable: as :func:`head`.
    """
    with _opened(path):
        first, _, body = lzma.decompress(path.read_bytes()).decode().partition("\n")
        seed = _header(json.loads(first)).seed
    yield from _tables(body, seed)


@contextmanager
def _opened(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Unreadable(f"Le fichier du pays ({path}) n'est pas là : {REBUILD}.") from None
    except (lzma.LZMAError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable(f"Le fichier du pays ({path}) ne se lit pas : {REBUILD}.") from None


def _header(said: Any) -> Header:
    if said["format"] != FORMAT:
        raise ValueError(said["format"])
    return Header(
        date.fromisoformat(said["day"]), said["days"], said["people"], said["seed"],
        said["actions"], said["rows"], said["schema"],
    )  # fmt: skip


def must_fit(header: Header) -> None:
    """As when a base in service is brought up to date: what a file says has its place here, and
    what it does not say may be done without.

    :raises Unreadable: the file was written for other tables than those of this version.
    """
    for table, kept in header.schema.items():
        here = _columns(table)
        types = {name: kind for name, kind, _ in here}
        needed = {name for name, _, may_lack in here if not may_lack} - _NOT_WRITTEN.get(
            table, frozenset()
        )
        if not kept.items() <= types.items() or not needed <= kept.keys():
            raise Unreadable(
                f"Le fichier du pays n'est plus de cette version de la base ({table}) : {REBUILD}."
            )


def _tables(body: str, seed: int) -> Iterator[tuple[Table, str]]:
    given = _Given(seed)
    start = 0
    while start < len(body):
        end = body.index("\n", start)
        name, *columns = body[start:end].split(" ")
        # Rows follow, then an empty line: no row of COPY is empty.
        over = end if body[end + 1 : end + 2] == "\n" else body.index("\n\n", end)
        yield Table(name, tuple(columns), ""), given.read(body[end + 1 : over + 1])
        start = over + 2


class _Given:
    """The uuid of each number: random to see, the same for one seed."""

    def __init__(self, seed: int) -> None:
        self._key = f"droitfil-country-{seed}".encode()
        self._known: dict[str, str] = {}

    def read(self, text: str) -> str:
        return _NUMBERED.sub(self._uuid, text)

    def _uuid(self, found: re.Match[str]) -> str:
        known = self._known.get(found[1])
        if known is None:
            drawn = hashlib.blake2b(found[1].encode(), digest_size=16, key=self._key).digest()
            known = self._known[found[1]] = str(UUID(bytes=drawn, version=4))
        return known


def fields(line: str) -> list[str]:
    """The columns of a row, as COPY writes them."""
    return line.split("\t")


def text_of(field: str) -> str:
    """What a column of text says, its escapes undone."""
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), field)


def field_of(text: str) -> str:
    """A text as COPY reads it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


def lines(rows: str) -> Iterable[str]:
    return rows.split("\n")[:-1]
