"""The map: complete, loaded once or many times alike, and made again from its source."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from droitfil.lawbook import load_law
from droitfil.territory import conversion
from droitfil.territory.actions import load_reference, move_competence
from droitfil.territory.models import (
    Arrondissement,
    Commune,
    CommuneCode,
    Competence,
    Department,
    Office,
    PostalCode,
)
from droitfil.territory.queries import competent_office, search_communes
from tests.territory.test_competence import DAY, PALAISEAU


@pytest.mark.usefixtures("places")
class TestLoading:
    def test_the_departments_are_those_that_a_question_may_name(self) -> None:
        assert set(Department.objects.values_list("code", flat=True)) == set(load_law().departments)

    def test_every_department_has_one_prefecture_but_saint_barthelemy(self) -> None:
        prefectures = Counter(
            Office.objects.filter(kind=Office.Kind.PREFECTURE).values_list("department", flat=True)
        )
        codes = set(Department.objects.values_list("code", flat=True))
        assert prefectures == Counter(codes - {"977"})

    def test_places_agree_with_one_another(self) -> None:
        assert Arrondissement.objects.count() == 340
        assert all(
            commune.arrondissement.department_id == commune.department_id
            for commune in Commune.objects.select_related("arrondissement")
        )
        assert not Commune.objects.filter(postal_codes__isnull=True).exists()
        assert not CommuneCode.objects.filter(code__in=Commune.objects.values("code")).exists()
        assert all(
            office.seat.arrondissement_id
            in {competence.arrondissement_id for competence in office.competences.all()}
            for office in Office.objects.select_related("seat").prefetch_related("competences")
        )

    def test_again_it_changes_nothing(self) -> None:
        before = written()
        assert load_reference().changed == 0
        assert written() == before

    def test_it_repairs_what_differs_and_leaves_what_an_operator_chose(self) -> None:
        Commune.objects.filter(code="91477").update(name="Palézeau", population=1)
        PostalCode.objects.filter(commune="91477").delete()
        PostalCode.objects.create(commune_id="91477", code="91999")
        Office.objects.filter(id="91-palaiseau").update(name="Sous-préfecture, au rez-de-chaussée")
        move_competence(arrondissement=PALAISEAU, office="91-evry", from_on=DAY)
        assert load_reference().changed == 3
        assert [found.name for found in search_communes("91120")] == ["Palaiseau"]
        assert search_communes("91999") == []
        assert competent_office("91477", DAY).id == "91-evry"
        assert Office.objects.get(id="91-palaiseau").name == "Sous-préfecture, au rez-de-chaussée"

    def test_a_commune_that_is_no_more_stays_but_is_not_found(self, tmp_path: Path) -> None:
        for name in ("departments", "arrondissements", "offices", "communes"):
            rows = [tuple(row.values()) for row in conversion.read(name)]
            conversion.write(name, [row for row in rows if row[0] != "91272"], tmp_path)
        load_reference(tmp_path)
        assert not Commune.objects.get(code="91272").is_current
        assert search_communes("gif sur yvette") == []
        assert competent_office("91272", DAY).id == "91-palaiseau"
        assert load_reference().changed > 0
        assert search_communes("gif sur yvette")[0].code == "91272"


def written() -> list[tuple[object, ...]]:
    """Of each table, which transactions and statements wrote its rows: writing again shows."""
    tables = ("commune", "commune_name", "commune_code", "postal_code", "office", "competence")
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', count(*), sum(xmin::text::bigint), sum(cmin::text::bigint) "
                f"FROM {table}"
                for table in tables
            )
        )
        return sorted(cursor.fetchall())


#: A country of two departments, one of them without arrondissement, and a commune that absorbed.
SOURCE: dict[str, list[dict[str, object]]] = {
    "regions": [{"code": "1", "nom": "Île-d'Invention"}],
    "departements": [
        {"code": "91", "region": "1", "nom": "Essonne", "typeLiaison": 5, "chefLieu": "91228"},
        {"code": "976", "region": "1", "nom": "Mayotte", "typeLiaison": 0, "chefLieu": "97611"},
        {"code": "984", "region": "1", "nom": "Terres", "typeLiaison": 0, "chefLieu": "98411"},
    ],
    "arrondissements": [
        {"code": "912", "departement": "91", "chefLieu": "91228", "nom": "Évry"},
        {"code": "911", "departement": "91", "chefLieu": "91223", "nom": "Étampes"},
    ],
    "communes": [
        {
            "code": "91228",
            "nom": "Évry-Courcouronnes",
            "typeLiaison": 1,
            "population": 66919,
            "type": "commune-actuelle",
            "departement": "91",
            "arrondissement": "912",
            "codesPostaux": ["91080", "91000"],
            "anciensCodes": ["91228", "91182", "91999"],
        },
        {
            "code": "91223",
            "nom": "Étampes",
            "typeLiaison": 1,
            "codesPostaux": ["91150"],
            "type": "commune-actuelle",
            "departement": "91",
            "arrondissement": "911",
            "anciensCodes": ["91999"],
        },
        {
            "code": "97611",
            "nom": "Mamoudzou",
            "typeLiaison": 0,
            "arrondissement": "",
            "type": "commune-actuelle",
            "departement": "976",
            "codesPostaux": ["97600"],
        },
        {
            "code": "98411",
            "nom": "Île",
            "type": "commune-actuelle",
            "departement": "984",
        },
        {
            "code": "91182",
            "nom": "Courcouronnes",
            "type": "commune-deleguee",
            "chefLieu": "91228",
        },
    ],
}


def package(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    for name, rows in SOURCE.items():
        (folder / "data" / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder


def test_the_conversion_keeps_what_is_needed_and_nothing_uninhabited(tmp_path: Path) -> None:
    conversion.convert(package(tmp_path / "package"), tmp_path / "made")
    made = tmp_path / "made"
    assert (made / "departments.csv").read_text("utf-8") == (
        "code,name,region\n91,Essonne,Île-d'Invention\n976,Mayotte,Île-d'Invention\n"
    )
    assert (made / "arrondissements.csv").read_text("utf-8") == (
        "code,name,department\n911,Étampes,91\n912,Évry,91\n976,Mayotte,976\n"
    )
    assert (made / "offices.csv").read_text("utf-8") == (
        "id,name,kind,department,seat,arrondissements\n"
        "91-etampes,Sous-préfecture d'Étampes,sub_prefecture,91,91223,911\n"
        "91-evry,Préfecture de l'Essonne,prefecture,91,91228,912\n"
        "976-mamoudzou,Préfecture de Mayotte,prefecture,976,97611,976\n"
    )
    assert [list(row.values()) for row in conversion.read("communes", made)] == [
        ["91223", "Étampes", "91", "911", "0", "91150", "", ""],
        # 91999 is claimed by two: it leads to neither.
        [
            *("91228", "Évry-Courcouronnes", "91", "912", "66919"),
            *("91000|91080", "91182", "Courcouronnes"),
        ],
        ["97611", "Mamoudzou", "976", "976", "0", "97600", "", ""],
    ]


def test_the_same_source_gives_the_same_bytes_and_an_office_keeps_its_name(tmp_path: Path) -> None:
    source, made = package(tmp_path / "package"), tmp_path / "made"
    conversion.convert(source, made)
    first = {path.name: path.read_bytes() for path in made.iterdir()}
    conversion.convert(source, made)
    assert {path.name: path.read_bytes() for path in made.iterdir()} == first
    communes = source / "data" / "communes.json"
    communes.write_text(communes.read_text("utf-8").replace("Mamoudzou", "Momoju"), "utf-8")
    conversion.convert(source, made)
    assert [row["id"] for row in conversion.read("offices", made)][-1] == "976-mamoudzou"


def test_the_files_are_small() -> None:
    assert sum(path.stat().st_size for path in conversion.DATA.iterdir()) < 1_000_000


@pytest.mark.usefixtures("places")
def test_nobody_is_competent_twice_for_an_arrondissement_of_the_files() -> None:
    assert Competence.objects.count() == Arrondissement.objects.count()
