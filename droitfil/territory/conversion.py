"""Turns the public files of places into the few that Droitfil carries in ``territory/data``.

Once a year, when the source publishes the communes of the year::

    npm pack @etalab/decoupage-administratif@6.0.0
    tar xzf etalab-decoupage-administratif-6.0.0.tgz
    .venv/bin/python -m droitfil.territory.conversion package

The same source gives the same bytes. What is kept, left out and added of our own is told in
``territory/data/SOURCE.md``. An office keeps its identifier from one year to the next.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from droitfil.lib.sort_keys import sort_key

DATA = Path(__file__).parent / "data"
Row = Mapping[str, Any]

COLUMNS = {
    "departments.csv": ("code", "name", "region"),
    "arrondissements.csv": ("code", "name", "department"),
    "offices.csv": ("id", "name", "kind", "department", "seat", "arrondissements"),
    "communes.csv.xz": (
        *("code", "name", "department", "arrondissement", "population"),
        *("postal_codes", "other_codes", "other_names"),
    ),
}
#: Between the items of one cell; it stands in no name.
SEPARATOR = "|"

#: The southern lands and Clipperton: nobody lives there, and no prefecture receives there.
UNINHABITED = frozenset({"984", "989"})
#: Where the State's seat is named otherwise than by « Préfecture de … ».
NAMES = {
    "75": "Préfecture de police",
    "978": "Préfecture de Saint-Barthélemy et de Saint-Martin",
    "986": "Administration supérieure des îles Wallis et Futuna",
    "987": "Haut-commissariat de la République en Polynésie française",
    "988": "Haut-commissariat de la République en Nouvelle-Calédonie",
}
#: Saint-Barthélemy has no seat of its own: one prefect delegate serves both islands.
SERVED_BY = {"977": "978"}

#: INSEE's code of the article before a name → « de » with that article.
_OF = {1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'"}
#: The same when the article belongs to the name, as in « Le Raincy » or « Les Andelys ».
_CONTRACTED = {"Le ": "du ", "Les ": "des "}


def convert(package: Path, data: Path = DATA) -> None:
    """Writes the four files of ``data`` from an unpacked package of the source."""
    source = {
        name: json.loads((package / "data" / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("regions", "departements", "arrondissements", "communes")
    }
    departments = [row for row in source["departements"] if row["code"] not in UNINHABITED]
    areas = [*source["arrondissements"], *_undivided(departments, source["arrondissements"])]
    communes = {row["code"]: row for row in source["communes"] if row["type"] == _CURRENT}
    regions = {row["code"]: row["nom"] for row in source["regions"]}
    data.mkdir(exist_ok=True)
    kept = {row["arrondissements"].split(SEPARATOR)[0]: row["id"] for row in read("offices", data)}
    write("departments", _departments(departments, regions), data)
    write("arrondissements", _arrondissements(areas), data)
    write("offices", _offices(departments, areas, communes, kept), data)
    write("communes", _communes(source["communes"], communes), data)


def read(name: str, data: Path = DATA) -> Iterator[dict[str, str]]:
    """The rows of one of the files, by the name of its columns; nothing when it is not there."""
    path = _path(name, data)
    if not path.exists():
        return
    raw = path.read_bytes()
    text = (lzma.decompress(raw) if path.suffix == ".xz" else raw).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def write(name: str, rows: Iterable[tuple[str, ...]], data: Path = DATA) -> None:
    """Writes one of the files, sorted: the same rows give the same bytes."""
    path = _path(name, data)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS[path.name])
    writer.writerows(sorted(rows))
    raw = text.getvalue().encode("utf-8")
    path.write_bytes(lzma.compress(raw, preset=9) if path.suffix == ".xz" else raw)


_CURRENT = "commune-actuelle"


def _path(name: str, data: Path) -> Path:
    (found,) = (data / file for file in COLUMNS if file.split(".")[0] == name)
    return found


def _undivided(departments: Iterable[Row], divisions: Iterable[Row]) -> Iterator[Row]:
    """A collectivity without arrondissement is one of its own, under its own code."""
    divided = {row["departement"] for row in divisions}
    for row in departments:
        if row["code"] not in divided:
            yield {**row, "departement": row["code"]}


def _departments(
    departments: Iterable[Row], regions: Mapping[str, str]
) -> Iterator[tuple[str, ...]]:
    for row in departments:
        yield row["code"], row["nom"], regions[row["region"]]


def _arrondissements(areas: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    for row in areas:
        yield row["code"], row["nom"], row["departement"]


def _offices(
    departments: Iterable[Row],
    areas: Sequence[Row],
    communes: Mapping[str, Row],
    kept: Mapping[str, str],
) -> Iterator[tuple[str, ...]]:
    """One office a seat: the prefecture in the chief town, a sub-prefecture in the others."""
    by_code = {row["code"]: row for row in departments}
    served = defaultdict(list)
    for row in areas:
        served[SERVED_BY.get(row["code"], row["code"])].append(row["code"])
    for row in areas:
        if row["code"] in SERVED_BY:
            continue
        department, seat = by_code[row["departement"]], communes[row["chefLieu"]]
        # « Évry » is written for the seat in « Évry-Courcouronnes »; « Forbach » for the seat of
        # the arrondissement « Forbach-Boulay-Moselle ».
        town = row["nom"] if seat["nom"].startswith(row["nom"]) else seat["nom"]
        town = town.removesuffix(" (Ville)")
        if seat["code"] == department["chefLieu"]:
            kind = "prefecture"
            of = _of(department["nom"], department["typeLiaison"])
            name = NAMES.get(department["code"], f"Préfecture {of}")
        else:
            kind, name = "sub_prefecture", f"Sous-préfecture {_of(town, seat['typeLiaison'])}"
        areas_served = [row["code"], *(code for code in served[row["code"]] if code != row["code"])]
        slug = f"{department['code'].lower()}-{sort_key(town).replace(' ', '-')}"
        yield (
            *(kept.get(row["code"], slug), name, kind, department["code"], seat["code"]),
            SEPARATOR.join(areas_served),
        )


def _of(name: str, article: int) -> str:
    """``name`` after « de »: "du Raincy", "d'Étampes", "de La Rochelle", "de l'Essonne"."""
    for written, contracted in _CONTRACTED.items():
        if name.startswith(written):
            return contracted + name.removeprefix(written)
    if name.startswith(("La ", "L'")):
        return f"de {name}"
    return _OF.get(article, "de ") + name


def _communes(rows: Iterable[Row], current: Mapping[str, Row]) -> Iterator[tuple[str, ...]]:
    """The communes of today, with the codes and names that lead to them."""
    codes, names = defaultdict(set), defaultdict(set)
    for row in rows:
        if row["type"] != _CURRENT:
            parent = row.get("commune") or row["chefLieu"]
            codes[parent].add(row["code"])
            names[parent].add(row["nom"])
    for code, row in current.items():
        codes[code].update(row.get("anciensCodes", ()))
    claims = Counter(other for others in codes.values() for other in others)
    for code, row in current.items():
        if row["departement"] in UNINHABITED:
            continue
        yield (
            *(
                code,
                row["nom"],
                row["departement"],
                row.get("arrondissement") or row["departement"],
            ),
            str(row.get("population", 0)),
            SEPARATOR.join(sorted(row.get("codesPostaux", []))),
            # A commune that was divided leads to none of its parts by its code alone.
            SEPARATOR.join(sorted(other for other in codes[code] - {code} if claims[other] == 1)),
            SEPARATOR.join(sorted(names[code] - {row["nom"]})),
        )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage : python -m droitfil.territory.conversion DOSSIER-DU-PAQUET")
    convert(Path(sys.argv[1]))
