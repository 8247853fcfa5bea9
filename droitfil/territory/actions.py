"""Writing places: the reference map, and who is competent from a given day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from droitfil.lib.refusals import Refusal
from droitfil.lib.validation import check
from droitfil.territory.conversion import DATA, SEPARATOR, read
from droitfil.territory.models import Arrondissement, Commune, Competence, Office
from droitfil.territory.names import place_key

#: The first day that the map is applied to: nothing was filed online before 2021.
KNOWN_FROM = date(2021, 1, 1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What there is after a load, and how many rows it had to write or delete."""

    communes: int
    offices: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Table:
    """A table kept equal to the files; ``owned`` when what is not in them is deleted."""

    name: str
    columns: Sequence[str]
    unique: Sequence[str]
    owned: bool = False

    @property
    def follows(self) -> Sequence[str]:
        """The columns that a load brings up to date."""
        return [column for column in self.columns if column not in self.unique]


_DEPARTMENTS = _Table("department", ("code", "name", "region"), ("code",))
_ARRONDISSEMENTS = _Table("arrondissement", ("code", "name", "department_id"), ("code",))
_COMMUNES = _Table(
    "commune",
    ("code", "name", "key", "department_id", "arrondissement_id", "population", "is_current"),
    ("code",),
)
_NAMES = _Table("commune_name", ("commune_id", "name", "key"), ("commune_id", "name"), owned=True)
_CODES = _Table("commune_code", ("code", "commune_id"), ("code",), owned=True)
_POSTAL_CODES = _Table("postal_code", ("commune_id", "code"), ("commune_id", "code"), owned=True)

_RETIRE = """
    UPDATE commune SET is_current = false
    WHERE is_current AND NOT EXISTS (
        SELECT FROM incoming WHERE incoming.code = commune.code
    )
"""
_OFFICES = """
    INSERT INTO office (id, name, kind, department_id, seat_id, active_from)
    SELECT id, name, kind, department_id, seat_id, %s
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS given (id, name, kind, department_id, seat_id)
    ON CONFLICT (id) DO NOTHING
"""
_COMPETENCES = """
    INSERT INTO competence (office_id, arrondissement_id, valid)
    SELECT office_id, arrondissement_id, daterange(%s, NULL)
    FROM unnest(%s::text[], %s::text[])
        AS given (office_id, arrondissement_id)
    WHERE NOT EXISTS (
        SELECT FROM competence
        WHERE competence.arrondissement_id = given.arrondissement_id
    )
"""


def load_reference(data: Path = DATA) -> Loaded:
    """Makes the places those of ``data``; run again, it changes nothing.

    A commune that is no longer in the files stays, not current. Offices and competences are only
    added where there are none: what an operator has changed is left alone.
    """
    communes = list(read("communes", data))
    offices = list(read("offices", data))
    with transaction.atomic(), connection.cursor() as cursor:
        # One load at a time; readers go on reading.
        cursor.execute("LOCK TABLE department IN SHARE ROW EXCLUSIVE MODE")
        changed = _follow(_DEPARTMENTS, (tuple(row.values()) for row in read("departments", data)))
        changed += _follow(
            _ARRONDISSEMENTS, (tuple(row.values()) for row in read("arrondissements", data))
        )
        changed += _follow(_COMMUNES, map(_commune, communes), then=_RETIRE)
        changed += _follow(_NAMES, _names(communes))
        changed += _follow(_CODES, _cells(communes, "other_codes", code_first=True))
        changed += _follow(_POSTAL_CODES, _cells(communes, "postal_codes"))
        columns = ("id", "name", "kind", "department", "seat")
        cursor.execute(
            _OFFICES, [KNOWN_FROM, *([row[name] for row in offices] for name in columns)]
        )
        changed += cursor.rowcount
        served = [
            (row["id"], code) for row in offices for code in row["arrondissements"].split(SEPARATOR)
        ]
        cursor.execute(_COMPETENCES, [KNOWN_FROM, *map(list, zip(*served, strict=True))])
        changed += cursor.rowcount
    return Loaded(communes=len(communes), offices=len(offices), changed=changed)


def open_office(
    *,
    id: str,  # noqa: A002 (the office's own)
    name: str,
    kind: Office.Kind,
    seat: str,
    active_from: date,
) -> Office:
    """An office that stands in the commune ``seat`` (its code); it receives nobody yet.

    The caller has checked who asks, and writes it in the journal.

    :raises Refusal: an identifier already taken, a commune that is not there, what cannot be.
    """
    stands = Commune.objects.filter(code=seat, is_current=True).first()
    if stands is None:
        raise Refusal(_("Il n’y a pas de commune %s.") % seat, field="seat")
    if Office.objects.filter(id=id).exists():
        raise Refusal(_("Le bureau %s existe déjà.") % id, field="id")
    office = Office(
        id=id,
        name=" ".join(name.split()),
        kind=kind,
        department_id=stands.department_id,
        seat=stands,
        active_from=active_from,
    )
    check(office)
    office.save(force_insert=True)
    return office


@transaction.atomic
def move_competence(*, arrondissement: str, office: str, from_on: date) -> Competence:
    """From ``from_on``, included, ``office`` receives those who live in ``arrondissement``.

    Whatever was said of that day and later is replaced; earlier days keep their office, so that
    no day is left without one. The caller has checked who asks, and writes it in the journal.

    :raises Refusal: when the office does not exist or is not open for good from that day.
    """
    area = Arrondissement.objects.select_for_update().filter(code=arrondissement).first()
    if area is None:
        raise Refusal(
            _("Il n’y a pas d’arrondissement %s.") % arrondissement, field="arrondissement"
        )
    found = Office.objects.filter(id=office).first()
    if found is None:
        raise Refusal(_("Il n’y a pas de bureau %s.") % office, field="office")
    if found.active_from > from_on or found.active_to is not None:
        raise Refusal(
            _("%s n’est pas ouvert sans limite à partir de ce jour.") % found.name, field="from_on"
        )
    area.competences.filter(valid__startswith__gte=from_on).delete()
    for before in area.competences.filter(valid__contains=from_on):
        before.valid = DateRange(before.valid.lower, from_on)
        before.save(update_fields=["valid"])
    moved = Competence(office=found, arrondissement=area, valid=DateRange(from_on, None))
    moved.full_clean()
    moved.save()
    return moved


def _follow(table: _Table, rows: Iterable[Sequence[object]], *, then: str = "") -> int:
    """Makes the table equal to ``rows``, touching only what differs; how many rows it touched.

    :param then: one more statement, while the rows stand in the table ``incoming``.
    """
    names, unique = ", ".join(table.columns), ", ".join(table.unique)
    fresh = [f"excluded.{column}" for column in table.follows]
    held = [f"{table.name}.{column}" for column in table.follows]
    update = "DO NOTHING"
    if table.follows:
        pairs = zip(table.follows, fresh, strict=True)
        values = ", ".join(f"{column} = {value}" for column, value in pairs)
        update = (
            f"DO UPDATE SET {values} "  # nosec B608
            f"WHERE ({', '.join(held)}) IS DISTINCT FROM ({', '.join(fresh)})"
        )
    same = " AND ".join(f"incoming.{column} = {table.name}.{column}" for column in table.unique)
    # Every name below is one of ours: none comes from the files.
    delete = f"DELETE FROM {table.name} WHERE NOT EXISTS (SELECT FROM incoming WHERE {same})"  # nosec B608
    insert = (
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM incoming "  # nosec B608
        f"ON CONFLICT ({unique}) {update}"
    )
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS "  # nosec B608
            f"SELECT {names} FROM {table.name} WITH NO DATA"
        )
        with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE incoming")
        for statement in (delete if table.owned else "", insert, then):
            if statement:
                cursor.execute(statement)
                changed += cursor.rowcount
        cursor.execute("DROP TABLE incoming")
    return changed


def _commune(row: dict[str, str]) -> Sequence[object]:
    return (
        *(row["code"], row["name"], place_key(row["name"])),
        *(row["department"], row["arrondissement"], int(row["population"]), True),
    )


def _names(communes: Iterable[dict[str, str]]) -> Iterator[Sequence[str]]:
    for row in communes:
        for name in (row["name"], *filter(None, row["other_names"].split(SEPARATOR))):
            yield row["code"], name, place_key(name)


def _cells(
    communes: Iterable[dict[str, str]], column: str, *, code_first: bool = False
) -> Iterator[Sequence[str]]:
    for row in communes:
        for code in filter(None, row[column].split(SEPARATOR)):
            yield (code, row["code"]) if code_first else (row["code"], code)
