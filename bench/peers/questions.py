"""Our side: the same questions, asked of Droitfil's own functions, tables and pages.

To be imported once Django is set up.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import numpy as np
from django.db import connection, transaction

from droitfil.cases.continuity.coverage import refresh_person
from droitfil.cases.continuity.reading import Known, those
from droitfil.cases.models import Case
from droitfil.cases.queries import span_on
from droitfil.cases.worklist import Place
from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import answer_of, shared_text
from droitfil.people.access import last_birth_of_age
from droitfil.people.models import Person
from droitfil.rules.facts import Kind
from droitfil.rules.periods import whole_years

#: A row of a list: reference, day of filing, last day covered.
Listed: TypeAlias = "tuple[str, date, date | None]"
#: Of a request still undecided; later than any day asked about.
NEVER = date(9999, 12, 31)
_EVERYONE = """
    SELECT id FROM person
    WHERE EXISTS (SELECT FROM residence_document WHERE person_id = person.id)
       OR EXISTS (SELECT FROM case_file WHERE person_id = person.id AND filed_on IS NOT NULL)
    ORDER BY id
"""
_DUE = """
    SELECT case_id FROM coverage WHERE due_on <= %s ORDER BY due_on, case_id
"""
_STORED = """
    SELECT person_id, bool_or(coalesce(covered_until >= %s, true))
    FROM coverage JOIN person ON person.id = person_id WHERE born_on <= %s GROUP BY 1
"""
_LISTED = """
    SELECT reference, filed_on, covered_until
    FROM coverage JOIN case_file ON case_file.id = case_id
    WHERE coverage.office_id = %s AND state IN ('submitted', 'in_review', 'incomplete')
    ORDER BY covered_until, case_id
"""


def everyone(day: date) -> Iterator[Known]:
    """Everyone who holds or held a document, or filed a case, in the order of their ids."""
    return those([person for (person,) in _fetch(_EVERYONE, [])], day)


def due_cases(day: date) -> list[UUID]:
    """The cases whose paper is due on ``day`` or was before, as the night reads them."""
    return [case for (case,) in _fetch(_DUE, [day])]


def timers(path: Path, day: date) -> list[UUID]:
    """Writes when each case is due, for programs whose today is the real one; the cases, in order.

    A minute ago stands for ``day``: what is due that day or before has passed.
    """
    rows = _fetch("SELECT case_id, due_on FROM coverage WHERE due_on IS NOT NULL ORDER BY 1", [])
    present = datetime.now(UTC) - timedelta(minutes=1)
    path.write_text(json.dumps([(present + (due - day)).isoformat() for _, due in rows]))
    return [case for case, _ in rows]


def stays_asked(day: date) -> dict[UUID, bool]:
    """Who has a proof of stay on ``day``: everyone read from the tables, the kernel asked once for
    those alike, as for the proof of the night."""
    answer_of.cache_clear()
    law = load_law().version

    @lru_cache(maxsize=50_000)  # as many as the proof keeps
    def stays(question: str) -> bool:
        span = span_on(answer_of(question, law), day)
        return span is not None and span.stay

    return {known.person.id: stays(shared_text(known.question(day))) for known in everyone(day)}


def stays_stored(day: date) -> dict[UUID, bool]:
    """The same of those who have an open case, from what was written when it last changed.

    Right on the day of the last night or event only. A minor lacks no title: not asked.
    """
    return dict(_fetch(_STORED, [day, last_birth_of_age(day)]))


def documents(path: Path, day: date) -> list[UUID]:
    """Writes every document and paper as arrays, and who holds it; the people, in order."""
    people: list[UUID] = []
    rows: list[tuple[int, date, date, date, int]] = []
    for rank, known in enumerate(everyone(day)):
        people.append(known.person.id)
        asked = {file.held: file.filed_on for file in known.files if file.request == "renewal"}
        for held in known.held:
            if held.withdrawn_on is not None and held.withdrawn_on < day and held.id not in asked:
                continue
            last = held.valid_to or NEVER
            years = whole_years(held.valid_from, last) if held.kind == Kind.CSP else 0
            rows.append((rank, held.valid_from, last, asked.get(held.id, NEVER), years or 0))
        rows += [
            (rank, paper.valid_from, paper.last or NEVER, NEVER, 0)
            for paper in known.papers
            if paper.counted
        ]
    columns = list(zip(*rows, strict=True))
    days = {"valid_from": 1, "valid_to": 2, "asked_on": 3}
    np.savez(
        path,
        holder=np.array(columns[0], dtype=np.int64),
        years=np.array(columns[4], dtype=np.int64),
        **{name: np.array(columns[at], dtype="datetime64[D]") for name, at in days.items()},
    )
    return people


def figures_of_law(day: date) -> dict[str, int]:
    """The law's figures that OpenFisca's formula reads, from the same law."""
    law = load_law()
    return {name: int(law.value(name, day)) for name in ("l433_3_months", "l433_3_csp_years")}


def listed(office: str) -> list[Listed]:
    """The whole list of ``office``, in its order."""
    return _fetch(_LISTED, [office])


def tickets(path: Path, rows: Sequence[Listed]) -> None:
    """Writes the list for another program to hold, in the order of references."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(sorted((ref, filed, until or "") for ref, filed, until in rows))


def place(row: Listed) -> Place:
    """Where the list goes on after ``row``."""
    return Place(row[2], Case.objects.get(reference=row[0]).pk)


def references(page: str) -> list[str]:
    """The references that a page of our list shows, in order."""
    return re.findall(
        r'<p class="soft">([0-9AB]{2,3}-\d\d-[0-9A-Z]+-[0-9A-Z])</p>', html.unescape(page)
    )


def refresh_some(count: int, day: date) -> Iterator[Callable[[], None]]:
    """Puts again in wait some open cases, one a call; nothing of it is kept."""
    chosen = Person.objects.filter(coverages__isnull=False).order_by("id")[:count]
    for person in list(chosen):

        def work(person: Person = person) -> None:
            answer_of.cache_clear()
            with transaction.atomic():
                refresh_person(person, today=day)
                transaction.set_rollback(True)

        yield work


def _fetch(statement: str, given: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())
