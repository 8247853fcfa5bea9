"""Who receives whom: one office for each commune, each day, and moved without a gap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from droitfil.lib.refusals import Refusal
from droitfil.territory.actions import KNOWN_FROM, move_competence
from droitfil.territory.models import Commune, Competence, Office
from droitfil.territory.queries import (
    NoOffice,
    UnknownPlace,
    commune_of,
    competent_office,
    offices_of,
    without_office,
)

pytestmark = pytest.mark.usefixtures("places")

DAY = date(2026, 11, 23)
PALAISEAU, ESSONNE = "913", "91"

#: Communes for which nobody, or two offices, are competent on some day from the first.
NOT_ONE = """
    SELECT commune.code FROM commune
    LEFT JOIN competence USING (arrondissement_id)
    GROUP BY commune.code
    HAVING NOT coalesce(
        range_agg(valid) @> datemultirange(daterange(%(first)s, NULL))
        AND sum(CASE WHEN upper_inf(valid) THEN 1 ELSE 0 END) = 1
        AND sum(coalesce(upper(valid), %(last)s) - lower(valid))
            = %(last)s::date - min(lower(valid)),
        false
    )
"""


def not_served_by_one() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(NOT_ONE, {"first": KNOWN_FROM, "last": date(2100, 1, 1)})
        return [code for (code,) in cursor.fetchall()]


def test_every_commune_has_exactly_one_office_any_day_from_2021() -> None:
    assert date(2021, 1, 1) == KNOWN_FROM
    assert Commune.objects.filter(is_current=True).count() > 34_000
    assert not_served_by_one() == []
    assert not without_office(KNOWN_FROM).exists()


def test_that_count_sees_a_gap_and_a_second_office() -> None:
    held = Competence.objects.get(arrondissement=PALAISEAU)
    held.valid = DateRange(KNOWN_FROM + timedelta(days=1), None)
    held.save()
    assert "91477" in not_served_by_one()
    assert [area.code for area in without_office(KNOWN_FROM)] == [PALAISEAU]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE competence DROP CONSTRAINT competence_one_office_a_day")
    Competence.objects.filter(pk=held.pk).update(valid=DateRange(KNOWN_FROM, None))
    assert not_served_by_one() == []
    Competence.objects.create(
        office_id="91-evry", arrondissement_id=PALAISEAU, valid=DateRange(DAY, date(2027, 1, 1))
    )
    assert "91477" in not_served_by_one()


@pytest.mark.parametrize(
    ("code", "office", "name"),
    [
        ("91228", "91-evry", "Préfecture de l'Essonne"),
        ("91477", "91-palaiseau", "Sous-préfecture de Palaiseau"),
        ("91272", "91-palaiseau", "Sous-préfecture de Palaiseau"),  # Gif-sur-Yvette
        ("91223", "91-etampes", "Sous-préfecture d'Étampes"),
        ("75056", "75-paris", "Préfecture de police"),
        ("75115", "75-paris", "Préfecture de police"),  # its 15th arrondissement
        ("69123", "69-lyon", "Préfecture du Rhône"),
        ("69387", "69-lyon", "Préfecture du Rhône"),
        ("13055", "13-marseille", "Préfecture des Bouches-du-Rhône"),
        ("13001", "13-aix-en-provence", "Sous-préfecture d'Aix-en-Provence"),
        ("76351", "76-le-havre", "Sous-préfecture du Havre"),
        ("94038", "94-l-hay-les-roses", "Sous-préfecture de L'Haÿ-les-Roses"),
        ("85194", "85-les-sables-d-olonne", "Sous-préfecture des Sables-d'Olonne"),
        ("2A004", "2a-ajaccio", "Préfecture de la Corse-du-Sud"),
        ("97120", "971-pointe-a-pitre", "Sous-préfecture de Pointe-à-Pitre"),
        ("97302", "973-cayenne", "Préfecture de la Guyane"),
        ("97411", "974-saint-denis", "Préfecture de La Réunion"),
        ("97611", "976-mamoudzou", "Préfecture de Mayotte"),
        ("97701", "978-saint-martin", "Préfecture de Saint-Barthélemy et de Saint-Martin"),
        ("97801", "978-saint-martin", "Préfecture de Saint-Barthélemy et de Saint-Martin"),
        ("98735", "987-papeete", "Haut-commissariat de la République en Polynésie française"),
        ("91182", "91-evry", "Préfecture de l'Essonne"),  # Courcouronnes, until 2018
    ],
)
def test_the_office_of_an_address(code: str, office: str, name: str) -> None:
    found = competent_office(code, DAY)
    assert (found.id, found.name) == (office, name)


def test_a_code_that_leads_nowhere_and_a_day_too_old_are_told() -> None:
    with pytest.raises(UnknownPlace) as unknown:
        competent_office("99999", DAY)
    assert str(unknown.value) == "Aucune commune n’a le code 99999."
    with pytest.raises(NoOffice) as before:
        competent_office("91477", date(2020, 12, 31))
    assert str(before.value) == "Le bureau compétent pour Palaiseau le 31/12/2020 n’est pas connu."


def test_an_absorbed_commune_still_held_gives_way_to_the_one_it_joined() -> None:
    evry = Commune.objects.get(code="91228")
    Commune.objects.create(
        code="91182",
        name="Courcouronnes",
        key="courcouronnes",
        department_id="91",
        arrondissement_id=PALAISEAU,
        population=14_000,
        is_current=False,
    )
    assert commune_of("91182") == evry


def test_the_offices_of_a_department() -> None:
    assert [office.id for office in offices_of(ESSONNE, DAY)] == [
        "91-evry",
        "91-etampes",
        "91-palaiseau",
    ]
    assert [office.id for office in offices_of("977", DAY)] == ["978-saint-martin"]
    assert not offices_of(ESSONNE, date(2020, 12, 31))
    Office.objects.filter(id="91-etampes").update(active_to=DAY)
    assert offices_of(ESSONNE, DAY).count() == 3
    assert offices_of(ESSONNE, DAY + timedelta(days=1)).count() == 2


def test_moving_a_competence_leaves_no_day_without_office() -> None:
    move_competence(arrondissement=PALAISEAU, office="91-evry", from_on=DAY)
    assert competent_office("91477", DAY - timedelta(days=1)).id == "91-palaiseau"
    assert competent_office("91477", DAY).id == "91-evry"
    assert not_served_by_one() == []


def test_moving_again_replaces_what_was_said_of_later_days() -> None:
    move_competence(arrondissement=PALAISEAU, office="91-evry", from_on=DAY)
    earlier = DAY - timedelta(days=30)
    move_competence(arrondissement=PALAISEAU, office="91-etampes", from_on=earlier)
    assert competent_office("91477", earlier - timedelta(days=1)).id == "91-palaiseau"
    assert competent_office("91477", DAY).id == "91-etampes"
    assert not_served_by_one() == []


@pytest.mark.parametrize(
    ("arrondissement", "office", "from_on", "says"),
    [
        ("999", "91-evry", DAY, "Il n’y a pas d’arrondissement 999."),
        (PALAISEAU, "91-nulle-part", DAY, "Il n’y a pas de bureau 91-nulle-part."),
        (
            *(PALAISEAU, "91-evry", KNOWN_FROM - timedelta(days=1)),
            "Préfecture de l'Essonne n’est pas ouvert sans limite à partir de ce jour.",
        ),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_changes_nothing(
    arrondissement: str, office: str, from_on: date, says: str
) -> None:
    with pytest.raises(Refusal) as refused:
        move_competence(arrondissement=arrondissement, office=office, from_on=from_on)
    assert refused.value.says == says
    assert competent_office("91477", DAY).id == "91-palaiseau"


def test_an_office_that_will_close_takes_no_competence_for_good() -> None:
    Office.objects.filter(id="91-evry").update(active_to=date(2030, 12, 31))
    with pytest.raises(Refusal):
        move_competence(arrondissement=PALAISEAU, office="91-evry", from_on=DAY)


def test_two_offices_on_one_day_are_refused_with_a_sentence_and_by_the_database() -> None:
    second = Competence(
        office_id="91-evry", arrondissement_id=PALAISEAU, valid=DateRange(DAY, None)
    )
    with pytest.raises(ValidationError) as refused:
        second.full_clean()
    (sentence,) = refused.value.messages
    assert sentence == (
        "Un autre bureau est déjà compétent pour cet arrondissement pendant une partie de ces "
        "jours : terminez d’abord sa compétence."
    )
    with pytest.raises(IntegrityError, match="competence_one_office_a_day"), transaction.atomic():
        second.save()


def test_an_empty_range_and_an_office_closed_before_it_opens_are_refused() -> None:
    empty = Competence(office_id="91-evry", arrondissement_id=PALAISEAU, valid=DateRange(DAY, DAY))
    with pytest.raises(IntegrityError, match="competence_of_some_day"), transaction.atomic():
        empty.save()
    office = Office.objects.get(id="91-evry")
    office.active_to = office.active_from - timedelta(days=1)
    with pytest.raises(ValidationError) as refused:
        office.full_clean()
    assert refused.value.messages == ["Un bureau ferme au plus tôt le jour où il ouvre."]
