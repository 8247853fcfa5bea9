"""Reads the whole journal again and tells what is not as it was sealed, entry by entry.

Nothing computed by the database is believed: digests and hashes are recomputed here. What no
reading of the database can show is the loss of the last blocks with all their entries, or a chain
rewritten whole: for that, give the head that was published (:class:`queries.Head`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.multirange import Multirange

from droitfil.journal.digests import NOTHING_BEFORE, SIZE, block_hash, entry_digest
from droitfil.journal.models import Block
from droitfil.journal.queries import Head

#: Entries read at once.
PAGE = 5_000
_LOWEST = -(2**63)

_SEALED = """
    SELECT id, at, actor, action, subject_kind, subject, case_ref, facts::text, digest
    FROM journal_entry
    WHERE id >= %(first)s AND id < %(end)s AND id <@ %(ids)s::int8multirange
    ORDER BY id
"""
_UNSEALED = """
    SELECT id, at, actor, action, subject_kind, subject, case_ref, facts::text, digest
    FROM journal_entry
    WHERE id > %(after)s AND NOT id <@ coalesce(
        (SELECT range_agg(entries) FROM journal_block WHERE number <= %(head)s), '{}')
    ORDER BY id LIMIT %(page)s
"""


class Fault(StrEnum):
    """What happened to an entry or a block."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed; ``says`` in the reader's language."""

    fault: Fault
    block: int | None
    entry: int | None
    says: str


@dataclass(slots=True)
class Report:
    """What verification read and found. The tail: entries written, not sealed yet."""

    blocks: int = 0
    entries: int = 0
    head: Head | None = None
    findings: list[Finding] = field(default_factory=list)
    tail: int = 0
    tail_from: datetime | None = None

    @property
    def intact(self) -> bool:
        """Is everything that was sealed as it was sealed, and nothing slipped in?"""
        return not self.findings


@dataclass(frozen=True, slots=True)
class _Wrong:
    """An entry that is not worth what was sealed."""

    block: int
    entry: int
    sealed: bytes
    found: bytes


def verify(*, published: Head | None = None) -> Report:
    """Reads every block and every entry; :class:`Report` names each that changed.

    Writers and the sealer may go on meanwhile. Memory does not grow with the journal.

    :param published: a head known from elsewhere, which must be one of the blocks.
    """
    report = Report()
    wrong: list[_Wrong] = []
    missing: list[_Wrong] = []
    previous, expected, settled = NOTHING_BEFORE, 1, 0
    met = published is None
    for block in _blocks():
        _check_place(report, block, previous, expected)
        _check_entries(report, block, wrong, missing)
        if published is not None and block.number == published.number:
            met = bytes(block.hash) == published.hash
        previous, expected = bytes(block.hash), block.number + 1
        settled = max(settled, block.settled)
        report.blocks += 1
        report.head = Head(block.number, previous)
    strangers = _check_unsealed(report, settled, {one.sealed for one in missing})
    _tell_entries(report, wrong, missing, strangers)
    if not met and published is not None:
        says = _("Le bloc %(number)s n'est plus celui qui avait été publié.")
        report.findings.append(
            Finding(Fault.HEAD, published.number, None, says % {"number": published.number})
        )
    return report


def _blocks() -> Iterator[Block]:
    """Every block by number, a few at a time: each holds the digests of its entries."""
    number = None
    while True:
        found = Block.objects.order_by("number")
        if number is not None:
            found = found.filter(number__gt=number)
        page = list(found[:20])
        yield from page
        if not page:
            return
        number = page[-1].number


def _check_place(report: Report, block: Block, previous: bytes, expected: int) -> None:
    """Is the block itself as it was made, and does it follow the one before?"""

    def tell(fault: Fault, says: str, number: int) -> None:
        report.findings.append(Finding(fault, number, None, says % {"number": number}))

    for lost in range(expected, block.number):
        tell(Fault.REMOVED, _("Le bloc %(number)s a disparu."), lost)
    made = block_hash(
        number=block.number,
        previous=bytes(block.previous_hash),
        sealed_at=block.sealed_at,
        settled=block.settled,
        entries=_written(block.entries),
        digests=bytes(block.digests),
    )
    if made != bytes(block.hash):
        tell(Fault.ALTERED, _("Le bloc %(number)s a été modifié."), block.number)
    elif expected == block.number and bytes(block.previous_hash) != previous:
        says = _("Le bloc %(number)s ne suit plus celui qui le précède.")
        tell(Fault.REORDERED, says, block.number)


def _check_entries(
    report: Report, block: Block, wrong: list[_Wrong], missing: list[_Wrong]
) -> None:
    ranges: Multirange[Any] = block.entries
    digests = bytes(block.digests)
    ids = _ids(ranges, len(digests) // SIZE)
    if ids is None:  # nor may a range without end make us count for ever
        says = _("Le bloc %(number)s ne dit plus quelles entrées il scelle.")
        report.findings.append(
            Finding(Fault.ALTERED, block.number, None, says % {"number": block.number})
        )
        return
    sealed = {id_: digests[rank * SIZE : (rank + 1) * SIZE] for rank, id_ in enumerate(ids)}
    bounds = {"first": ids[0], "end": ids[-1] + 1, "ids": _written(ranges)}
    for id_, found, stored in _read(_SEALED, bounds):
        expected = sealed.pop(id_)
        report.entries += 1
        if found != expected or stored != expected:
            wrong.append(_Wrong(block.number, id_, expected, found))
    missing += [_Wrong(block.number, id_, digest, b"") for id_, digest in sealed.items()]


def _check_unsealed(report: Report, settled: int, lost: set[bytes]) -> dict[bytes, int]:
    """Counts the tail, tells what was slipped among what is settled; lost entries seen again."""
    strangers: dict[bytes, int] = {}
    after = _LOWEST  # an entry slipped in may bear any number
    while True:
        given = {
            "after": after,
            "head": report.head.number if report.head else 0,
            "page": PAGE,
        }
        page = list(_read(_UNSEALED, given, with_instant=True))
        for id_, found, stored, at in page:
            if found in lost:
                strangers[found] = id_
            if id_ <= settled:
                says = _("L'entrée %(entry)s a été intercalée parmi des entrées scellées.")
                report.findings.append(Finding(Fault.INSERTED, None, id_, says % {"entry": id_}))
            elif found != stored:
                says = _("L'entrée %(entry)s, pas encore scellée, a été modifiée.")
                report.findings.append(Finding(Fault.ALTERED, None, id_, says % {"entry": id_}))
            else:
                report.tail += 1
                report.tail_from = at if report.tail_from is None else min(report.tail_from, at)
        if len(page) < PAGE:
            return strangers
        after = page[-1][0]


def _tell_entries(
    report: Report, wrong: list[_Wrong], missing: list[_Wrong], strangers: dict[bytes, int]
) -> None:
    """Entries whose content is another one's were reordered; the others, altered or removed."""
    displaced = {one.sealed for one in wrong} | {one.sealed for one in missing}
    for one in sorted(wrong + missing, key=lambda one: one.entry):
        if one.found in displaced - {one.sealed}:
            fault = Fault.REORDERED
            says = _("L'entrée %(entry)s (bloc %(block)s) porte le contenu d'une autre.")
        elif one.found:
            fault, says = Fault.ALTERED, _("L'entrée %(entry)s (bloc %(block)s) a été modifiée.")
        elif one.sealed in strangers:
            fault = Fault.REORDERED
            says = _("L'entrée %(entry)s (bloc %(block)s) porte un autre numéro, %(other)s.")
        else:
            fault, says = Fault.REMOVED, _("L'entrée %(entry)s (bloc %(block)s) a disparu.")
        words = {"entry": one.entry, "block": one.block, "other": strangers.get(one.sealed)}
        report.findings.append(Finding(fault, one.block, one.entry, says % words))


def _read(statement: str, given: dict[str, Any], *, with_instant: bool = False) -> Iterator[Any]:
    """(id, digest of what the entry says, digest it bears[, instant]) of each entry."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    for id_, at, actor, action, subject_kind, subject, case, facts, digest in rows:
        found = entry_digest(
            at=at,
            actor=actor,
            action=action,
            subject_kind=subject_kind,
            subject=subject,
            case=case,
            facts=facts,
        )
        stored = bytes(digest)
        yield (id_, found, stored, at) if with_instant else (id_, found, stored)


def _ids(ranges: Multirange[Any], count: int) -> list[int] | None:
    """The ids in ``ranges``, in order; None when they are not ``count``, or when there are none."""
    bounds: list[tuple[Any, Any]] = [(one.lower, one.upper) for one in ranges]
    if any(None in pair for pair in bounds):
        return None
    if not count or sum(upper - lower for lower, upper in bounds) != count:
        return None
    return [id_ for lower, upper in bounds for id_ in range(lower, upper)]


def _written(ranges: Multirange[Any]) -> str:
    return "{" + ",".join(f"[{one.lower},{one.upper})" for one in ranges) + "}"
