"""Who stands in the same situation as whom, told by PostgreSQL, for those who check the night.

Every fact that a question tells of a person (``reading``) is hashed to 128 bits and summed: people
of one sum hold the same documents, filed on the same days, were given the same papers. One of them
is asked about, and stands for all. Ids are told by what they name. An age that no longer counts and
a place like others are left out (``lawbook.sharing``); a minor is alone in a situation.

Nothing is shared with the sweep, and nothing grows in memory with the number of people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import GROWN, plain_departments

#: Situations read together.
CHUNK = 2_000

# Whoever holds a title that proves by itself on that day and filed nothing.
_SURE = """
    SELECT person_id FROM residence_document AS held
    WHERE kind = ANY(%(plain)s) AND valid_from <= %(day)s
      AND (valid_to IS NULL OR valid_to >= %(day)s)
      AND (withdrawn_on IS NULL OR withdrawn_on >= %(day)s)
      AND NOT EXISTS (
          SELECT FROM case_file WHERE person_id = held.person_id AND filed_on IS NOT NULL)
    GROUP BY person_id
"""
_FILED_ONLY = "person_id IN (SELECT person_id FROM filed)"
_EVERYONE = f"""
    NOT EXISTS (SELECT FROM ({_SURE}) AS sure WHERE sure.person_id = one.person_id)
"""  # nosec B608
_SITUATIONS = """
WITH filed AS MATERIALIZED (
    SELECT file.id, file.person_id, file.filed_on,
           row_number() OVER (PARTITION BY file.person_id ORDER BY filed_on, started_at,
               hash_record_extended(facts, 0), hash_record_extended(facts, 1)) AS nth,
           hash_record_extended(facts, 0) AS one, hash_record_extended(facts, 1) AS other
    FROM case_file AS file LEFT JOIN residence_document AS held ON held.id = held_id
    CROSS JOIN LATERAL (SELECT ROW(
        file.article, request, basis, channel, state, filed_on, complete_on, acknowledged,
        file.withdrawn_on, commission_on, incident_opened_on, incident_established_on,
        incident_registered_on, outcome, decided_on, notified_on, removal, handed_over_on,
        held.kind, held.article, held.valid_from, held.valid_to, held.length,
        held.validated_on, held.work, held.withdrawn_on) AS facts) AS told
    WHERE filed_on IS NOT NULL
), known AS (
    SELECT person_id, filed_on AS day, 1 AS files, 0 AS papers, ROW(nth, one, other) AS facts
    FROM filed
    UNION ALL
    SELECT person_id, valid_from, 0, 0,
           ROW(kind, article, valid_from, valid_to, length, validated_on, work, withdrawn_on)
    FROM residence_document AS one WHERE {concerned}
    UNION ALL
    SELECT filed.person_id, filed_on, 0, 1, ROW(nth, kind, rank, valid_from, valid_to, void_on)
    FROM case_paper JOIN filed ON filed.id = case_id
    UNION ALL
    SELECT filed.person_id, filed_on, 0, 0, ROW(nth, asked_on, due_on, produced_on)
    FROM case_complement JOIN filed ON filed.id = case_id
), people AS (
    SELECT person_id, min(day) AS first, sum(files) AS files, sum(papers) AS papers,
           sum(hash_record_extended(facts, 0)) AS one, sum(hash_record_extended(facts, 1)) AS other
    FROM known GROUP BY person_id
), situations AS (
    SELECT person_id, files, papers, concat_ws(
               ' ', one, other, moved_on,
               'in ' || CASE WHEN NOT department_id = ANY(%(alike)s) THEN department_id END,
               'born ' || CASE WHEN born_on + make_interval(years => %(grown)s)
                   > least(first, %(day)s) THEN born_on END,
               CASE WHEN born_on + make_interval(years => %(of_age)s) > %(day)s THEN person.id END
           ) AS situation
    FROM people JOIN person ON person.id = person_id
    LEFT JOIN commune ON commune.code = person.commune_id
)
"""
_ALIKE = """
SELECT min(person_id::text) AS person, situation, count(*) AS people, sum(files)::int AS cases,
       sum(papers)::int AS papers
FROM situations GROUP BY situation
"""
_IN = """
SELECT person_id FROM situations WHERE situation = ANY(%(situations)s) ORDER BY person_id
"""
# Every row is read, to the end: hashed in memory, rather than sought one by one along an index.
_WHOLE = (
    "SET LOCAL work_mem = '512MB'; SET LOCAL enable_nestloop = off; SET LOCAL jit = off;"
    "SET LOCAL enable_indexscan = off"
)
# Put aside before they are read: what feeds a cursor is never computed by several processes.
_PUT_ASIDE = "DROP TABLE IF EXISTS pg_temp.alike; CREATE TEMP TABLE alike ON COMMIT DROP AS "


class Alike(NamedTuple):
    """Those of one situation: somebody who stands for all, how many, their cases and papers."""

    person: UUID
    situation: str
    people: int
    cases: int
    papers: int


class Concerned(NamedTuple):
    """Whose situations are told: those who filed; or everyone with a document or a case, save who
    holds one of the ``plain`` titles on the day and filed nothing."""

    everyone: bool = False
    plain: Sequence[str] = ()


FILED = Concerned()


def situations(day: date, concerned: Concerned = FILED) -> Iterator[list[Alike]]:
    """Every situation on ``day``, by chunks, within a transaction of the caller's."""
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE)
        cursor.execute(_PUT_ASIDE + _statement(concerned, _ALIKE), _given(day, concerned))
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT * FROM pg_temp.alike")
        while rows := cursor.fetchmany(CHUNK):
            yield [Alike(UUID(person), *rest) for person, *rest in rows]


def people_in(chosen: Collection[str], day: date, concerned: Concerned = FILED) -> Sequence[UUID]:
    """Everyone of these situations, by their ids; reads all again."""
    if not chosen:
        return ()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WHOLE)
        given = {**_given(day, concerned), "situations": list(chosen)}
        cursor.execute(_statement(concerned, _IN), given)
        return [person for (person,) in cursor.fetchall()]


def plainly_covered(day: date, plain: Sequence[str]) -> int:
    """How many hold one of the ``plain`` titles on ``day`` and filed nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WHOLE)
        statement = f"SELECT count(*) FROM ({_SURE}) AS sure"  # nosec B608
        cursor.execute(statement, {"day": day, "plain": list(plain)})
        (count,) = cursor.fetchone()
        return int(count)


def _statement(concerned: Concerned, then: str) -> str:
    held = _EVERYONE if concerned.everyone else _FILED_ONLY
    return _SITUATIONS.format(concerned=held) + then


def _given(day: date, concerned: Concerned) -> dict[str, Any]:
    law = load_law()
    return {
        "day": day, "grown": GROWN, "of_age": int(law.value("majority_age", day)),
        "alike": sorted(plain_departments(law)), "plain": list(concerned.plain),
    }  # fmt: skip
