"""People read straight from the tables, for those who check the night.

It shares no code and no SQL with the sweep nor with ``queries``: what they would get wrong, this
does not repeat. A test compares both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from droitfil.lawbook import load_law
from droitfil.rules.periods import add_years

#: People read together.
CHUNK = 2000
#: A question holds so many documents and papers at most.
_MOST = 50
_DAY = timedelta(days=1)

_THOSE = """
    SELECT person.id, born_on, nationality, commune.department_id, moved_on
    FROM person LEFT JOIN commune ON commune.code = person.commune_id
    WHERE person.id = ANY(%s) ORDER BY person.id
"""
_HELD = """
    SELECT id, person_id, kind, article, valid_from, valid_to, length, validated_on, work,
           withdrawn_on
    FROM residence_document WHERE person_id = ANY(%s) ORDER BY valid_from, id
"""
_FILES = """
    SELECT id, person_id, reference, office_id, article, request, held_id, basis, channel, state,
           filed_on, complete_on, acknowledged, withdrawn_on, commission_on, incident_opened_on,
           incident_established_on, incident_registered_on, outcome, decided_on, notified_on,
           removal, handed_over_on
    FROM case_file WHERE person_id = ANY(%s) AND filed_on IS NOT NULL
    ORDER BY filed_on, started_at
"""
_PAPERS = """
    SELECT id, person_id, case_id, kind, rank, valid_from, valid_to, void_on
    FROM case_paper WHERE person_id = ANY(%s) ORDER BY valid_from, kind, rank
"""
_ASKED = """
    SELECT case_id, asked_on, due_on, produced_on
    FROM case_complement WHERE case_id = ANY(%s) ORDER BY asked_on, id
"""
_PARENTS = """
    SELECT child, parent.id, parent.nationality FROM (
        SELECT relative_id AS child, person_id AS parent_id, from_on, to_on
        FROM family_link WHERE kind = 'child' AND relative_id = ANY(%(minors)s)
        UNION
        SELECT person_id, relative_id, from_on, to_on
        FROM family_link WHERE kind = 'parent' AND person_id = ANY(%(minors)s)
    ) AS link JOIN person AS parent ON parent.id = link.parent_id
    WHERE coalesce(from_on <= %(day)s, true) AND coalesce(to_on >= %(day)s, true)
    ORDER BY child, parent.id
"""


class Human(NamedTuple):
    """A person, as the table has it."""

    id: UUID
    born_on: date
    nationality: str
    department: str | None
    moved_on: date | None


class Held(NamedTuple):
    """A residence document."""

    id: UUID
    person: UUID
    kind: str
    article: str
    valid_from: date
    valid_to: date | None
    length: str
    validated_on: date | None
    work: str
    withdrawn_on: date | None


class File(NamedTuple):
    """A case that was filed."""

    id: UUID
    person: UUID
    reference: str
    office: str
    article: str
    request: str
    held: UUID | None
    basis: str
    channel: str
    state: str
    filed_on: date
    complete_on: date | None
    acknowledged: bool
    withdrawn_on: date | None
    commission_on: date | None
    incident_opened_on: date | None
    incident_established_on: date | None
    incident_registered_on: date | None
    outcome: str
    decided_on: date | None
    notified_on: date | None
    removal: str
    handed_over_on: date | None


class Given(NamedTuple):
    """A paper that was issued."""

    id: UUID
    person: UUID
    case: UUID
    kind: str
    rank: int
    valid_from: date
    valid_to: date | None
    void_on: date | None

    @property
    def last(self) -> date | None:
        """The last day it counts; None when no end is known."""
        if self.void_on is None:
            return self.valid_to
        cut = self.void_on - _DAY
        return cut if self.valid_to is None else min(self.valid_to, cut)

    @property
    def counted(self) -> bool:
        """Did it, does it or will it count on some day?"""
        return self.void_on is None or self.void_on > self.valid_from


@dataclass(frozen=True, slots=True)
class Known:
    """Everything kept about one person on a day; ``parents`` as the contract tells them."""

    person: Human
    held: Sequence[Held]
    files: Sequence[File]
    papers: Sequence[Given]
    asked: Mapping[UUID, Sequence[tuple[date, date, date | None]]]
    parents: Sequence[dict[str, str]]

    def question(self, day: date, *, papers: Iterable[Given] | None = None) -> dict[str, Any]:
        """The contract's question of ``day``; only with ``papers`` as issued when given."""
        from_ids = {file.held for file in self.files}
        held = [
            d
            for d in self.held
            if d.withdrawn_on is None or d.withdrawn_on >= day or d.id in from_ids
        ]
        names = {d.id: f"h{i}" for i, d in enumerate(held)}
        files = {file.id: f"f{i}" for i, file in enumerate(self.files)}
        issued = [p for p in (self.papers if papers is None else papers) if p.counted]
        issued = issued[-(_MOST - len(held)) :]
        person = _told(
            born_on=self.person.born_on,
            nationality=self.person.nationality,
            lives_in=self.person.department,
            moved_on=self.person.moved_on
            if self.person.moved_on is not None and self.person.moved_on <= day
            else None,
        )
        if self.parents:
            person["parents"] = list(self.parents)
        return {
            "today": day.isoformat(),
            "assume_issued": False,
            "person": person,
            "documents": [
                _told(
                    id=names[d.id], kind=d.kind, article=d.article, **{"from": d.valid_from},
                    to=d.valid_to, length=d.length, validated_on=d.validated_on, work=d.work,
                )
                for d in held
            ]
            + [
                _told(
                    id=f"g{i}", kind=p.kind, **{"from": p.valid_from}, to=p.last,
                    application=files[p.case],
                )
                for i, p in enumerate(issued)
            ],
            "applications": [self._file(file, files[file.id], names) for file in self.files],
        }  # fmt: skip

    def _file(self, file: File, name: str, names: Mapping[UUID, str]) -> dict[str, Any]:
        decision = None
        if file.withdrawn_on is not None:
            decision = _told(taken_on=file.withdrawn_on, outcome="withdrawn")
        elif file.outcome:
            decision = _told(
                taken_on=file.decided_on, outcome=file.outcome, notified_on=file.notified_on,
                removal=file.removal,
            )  # fmt: skip
        told = _told(
            id=name, article=file.article, request=file.request, basis=file.basis,
            holds=names[file.held] if file.held is not None else None, filed_on=file.filed_on,
            complete_on=file.complete_on, commission_on=file.commission_on, decision=decision,
            handed_over_on=file.handed_over_on,
            incident=_told(
                opened_on=file.incident_opened_on, established_on=file.incident_established_on,
                registered_on=file.incident_registered_on,
            ),
        )  # fmt: skip
        asked = self.asked.get(file.id, ())[-_MOST:]
        return {
            **told,
            "listed": file.channel == "teleservice",
            "acknowledged": file.acknowledged,
            "complements": [_told(asked_on=a, due_on=d, produced_on=p) for a, d, p in asked],
        }


def those(ids: Sequence[UUID], day: date) -> Iterator[Known]:
    """Those people, read by chunks."""
    for start in range(0, len(ids), CHUNK):
        found = _rows(_THOSE, [list(ids[start : start + CHUNK])])
        yield from _chunk([Human(*row) for row in found], day)


def _chunk(people: Sequence[Human], day: date) -> Iterator[Known]:
    ids = [person.id for person in people]
    held, files, papers = _grouped(_HELD, Held, ids), _grouped(_FILES, File, ids), _given(ids)
    asked: dict[UUID, list[tuple[date, date, date | None]]] = defaultdict(list)
    cases = [file.id for mine in files.values() for file in mine]
    for case, *days in _rows(_ASKED, [cases]):
        asked[case].append(tuple(days))
    of_age = int(load_law().value("majority_age", day))
    minors = [p.id for p in people if add_years(p.born_on, of_age) > day]
    parents = _parents(minors, day)
    for person in people:
        yield Known(
            person, held.get(person.id, ()), files.get(person.id, ()), papers.get(person.id, ()),
            asked, parents.get(person.id, ()),
        )  # fmt: skip


def _grouped(statement: str, kind: Any, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in _rows(statement, [list(ids)]):
        found[row[1]].append(kind(*row))
    return found


def _given(ids: Sequence[UUID]) -> dict[UUID, list[Given]]:
    return _grouped(_PAPERS, Given, ids)


def _parents(minors: list[UUID], day: date) -> dict[UUID, list[dict[str, str]]]:
    if not minors:
        return {}
    links = _rows(_PARENTS, {"minors": minors, "day": day})
    held = _grouped(_HELD, Held, [parent for _, parent, _ in links])
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for child, parent, nationality in links:
        if nationality == "FRA":
            found[child].append({"kind": "FR"})
            continue
        valid = [
            d
            for d in held.get(parent, ())
            if d.valid_from <= day
            and (d.valid_to is None or day <= d.valid_to)
            and (d.withdrawn_on is None or d.withdrawn_on >= day)
            and d.kind in _PARENT_KINDS
        ]
        if valid:
            best = max(valid, key=lambda d: d.valid_to or date.max)
            found[child].append(_told(kind=best.kind, article=best.article, to=best.valid_to))
    return found


#: Documents of a parent that count for a child's.
_PARENT_KINDS = frozenset(
    {
        "VLS", "VLS_TS", "CST", "CSP", "CR", "RLD_UE_FR", "CR_PERMANENT", "CRA", "RETRAITE", "APS",
        "EU_FAMILY", "API", "RECEPISSE", "ADF",
    }
)  # fmt: skip


def _rows(statement: str, given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _told(**fields: Any) -> dict[str, Any]:
    """The fields that say something, days written out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
        if value not in (None, "", {})
    }
