"""Writing in the journal: with the fact it tells, in the same transaction, never afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from droitfil.journal.models import CODE, Entry
from droitfil.lib import readonly

_CODE = re.compile(CODE)
#: Characters of one fact's text, at most.
LONGEST = 120
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ACTOR = re.compile(rf"(person|staff):{_UUID}|system:[a-z0-9_-]{{1,40}}")

_INSERT = """
    INSERT INTO journal_entry (at, actor, action, subject_kind, subject, case_ref, facts)
    SELECT at, actor, action, subject_kind, subject, case_ref, facts
    FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::uuid[],
                %s::jsonb[])
        WITH ORDINALITY AS given (at, actor, action, subject_kind, subject, case_ref, facts, rank)
    ORDER BY rank
    RETURNING id, digest
"""
_SEND = """
    INSERT INTO journal_outbox (entry_id, kind, payload, key, due_at)
    SELECT entry_id, kind, payload, key, due_at
    FROM unnest(%s::bigint[], %s::text[], %s::jsonb[], %s::text[], %s::timestamptz[])
        WITH ORDINALITY AS given (entry_id, kind, payload, key, due_at, rank)
    ORDER BY rank
    ON CONFLICT (kind, key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Message:
    """What must be done outside because of an entry; it leaves only if the entry is kept.

    :param key: two messages of one kind with the same key are one, however often written.
    :param due_at: not before this instant; the instant of the entry when None.
    """

    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry to be written; see :func:`record` for what each part means."""

    actor: str
    action: str
    subject_kind: str
    at: datetime
    subject: UUID | None = None
    case: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    send: Sequence[Message] = ()


def record(
    actor: str,
    *,
    action: str,
    subject_kind: str,
    at: datetime,
    subject: UUID | None = None,
    case: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    send: Sequence[Message] = (),
) -> Entry:
    """Writes what was just done, and what must follow outside, in the caller's transaction.

    :param actor: "person:<uuid>", "staff:<uuid>" (of the account) or "system:<name>".
    :param action: what was done, a slug: "case.submitted".
    :param at: when, an instant with its time zone.
    :param facts: identifiers, codes, whole numbers, dates; no personal data beyond.
    :raises TypeError: for a fact that is none of these (a float, a datetime without zone).
    :raises ValueError: for an actor written otherwise, for a text that is no code: a name, a
        sentence, an address.
    :raises django.db.transaction.TransactionManagementError: outside a transaction: the fact and
        its entry would not stand or fall together.
    """
    line = Line(actor, action, subject_kind, at, subject, case, facts or {}, send)
    return _write([line])[0]


def record_many(lines: Iterable[Line]) -> list[int]:
    """Writes many entries in one statement; their ids, in the order given. As :func:`record`."""
    return [entry.pk for entry in _write(list(lines))]


def record_reading(
    actor: str,
    *,
    subject_kind: str,
    subject: UUID,
    at: datetime,
    case: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Entry:
    """Writes that a member of staff opened something about a person, before it is shown.

    The only line that a page which is read may write; it is kept at once, whatever becomes of the
    page. Not to be called inside a transaction of that page.
    """
    line = Line(actor, f"{subject_kind}.read", subject_kind, at, subject, case, facts or {})
    with readonly.may_write(), transaction.atomic():
        return _write([line])[0]


def _write(lines: list[Line]) -> list[Entry]:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "A journal entry is written in the transaction of the fact it tells."
        )
    if not lines:
        return []
    entries = [
        Entry(
            at=_instant(line.at),
            actor=check_actor(line.actor),
            action=line.action,
            subject_kind=line.subject_kind,
            subject=line.subject,
            case=line.case,
            facts=plain(line.facts),
        )
        for line in lines
    ]
    names = ("at", "actor", "action", "subject_kind", "subject", "case")
    columns: list[list[Any]] = [[getattr(entry, name) for entry in entries] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*columns, [Jsonb(entry.facts) for entry in entries]])
        for entry, (id_, digest) in zip(entries, cursor.fetchall(), strict=True):
            entry.pk, entry.digest = id_, digest
            entry._state.adding = False
        outgoing = [
            (entry.pk, message.kind, Jsonb(plain(message.payload)), message.key,
             _instant(message.due_at or entry.at))
            for entry, line in zip(entries, lines, strict=True)
            for message in line.send
        ]  # fmt: skip
        if outgoing:
            cursor.execute(_SEND, [list(column) for column in zip(*outgoing, strict=True)])
    return entries


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` as JSON keeps them: dates and uuids written out, everything else checked.

    Raises what :func:`record` says.
    """
    return {_code(key, key): _plain(value, key) for key, value in facts.items()}


def _plain(value: Any, path: str) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return _instant(value).isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, str):
        return _code(value, path)
    if isinstance(value, Mapping):
        return {_code(key, path): _plain(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{path}[{rank}]") for rank, item in enumerate(value)]
    raise TypeError(f"{path}: {type(value).__name__} has no place in the journal.")


def _code(text: str, path: str) -> str:
    if len(text) > LONGEST or not _CODE.fullmatch(text):
        raise ValueError(f"{path}: the journal keeps codes, not texts.")
    return str(text)


def check_actor(actor: str) -> str:
    """``actor`` as the journal writes it, for set-based writers. :raises ValueError: otherwise."""
    if not _ACTOR.fullmatch(actor):
        raise ValueError("An actor is person:<uuid>, staff:<uuid> or system:<name>.")
    return actor


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise TypeError("An instant bears its time zone.")
    return at
