"""``droitfil territory``: the map from a terminal."""

from __future__ import annotations

import pytest

from droitfil.journal.models import Entry
from droitfil.territory.models import Commune
from tests.cli.conftest import Run


@pytest.mark.usefixtures("places")
def test_it_finds_a_commune_and_its_office(run: Run) -> None:
    ran = run("territory", "find", "gif", "sur", "yvette", "--date", "2026-11-23")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "Gif-sur-Yvette, Essonne (91190) : Sous-préfecture de Palaiseau [91-palaiseau]\n"
    )
    ran = run("territory", "find", "courcouronnes", "--date", "2020-12-31")
    assert "le 31/12/2020 n’est pas connu." in ran.out


@pytest.mark.usefixtures("places")
def test_loading_again_says_that_nothing_changed(run: Run) -> None:
    ran = run("territory", "load")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "34\u202f963 communes, 339 bureaux. Rien à changer.\n"


@pytest.mark.usefixtures("places")
def test_what_is_not_found_is_told(run: Run) -> None:
    ran = run("territory", "find", "zzzzz")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "Aucune commune ne répond à « zzzzz ».\n"


@pytest.mark.django_db
def test_an_empty_map_says_how_to_fill_it(run: Run) -> None:
    Commune.objects.all().update(is_current=False)
    Commune.objects.filter(offices__isnull=True).delete()
    ran = run("territory", "find", "palaiseau")
    assert ran.status == 1
    assert "droitfil territory load" in ran.err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (("find",), "find attend le nom d'une commune ou un code postal"),
        (("load", "palaiseau"), "load ne prend ni texte ni date"),
        (("find", "palaiseau", "--date", "31/12/2026"), "« 31/12/2026 » n'est pas une date"),
        (("trouve",), "« trouve » n'est pas un choix"),
    ],
)
def test_a_line_written_wrong_is_refused_in_french(
    run: Run, line: tuple[str, ...], says: str
) -> None:
    ran = run("territory", *line)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert "Usage : droitfil territory" in ran.err


@pytest.mark.usefixtures("places")
def test_an_office_is_opened_and_given_people(run: Run) -> None:
    ran = run(
        "territory", "open", "91-massy", "--name", "Sous-préfecture de Massy",
        "--kind", "sub_prefecture", "--seat", "91377", "--date", "2026-12-01",
    )  # fmt: skip
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "Sous-préfecture de Massy [91-massy] : ouvert à partir du 01/12/2026.\n"
    ran = run("territory", "move", "913", "91-massy", "--date", "2026-12-01")
    assert (ran.status, ran.err) == (0, "")
    assert "reçoit l'arrondissement 913 à partir du 01/12/2026." in ran.out
    found = run("territory", "find", "gif sur yvette", "--date", "2026-12-01")
    assert "[91-massy]" in found.out
    assert list(Entry.objects.order_by("id").values_list("actor", "action")) == [
        ("system:command", "office.opened"), ("system:command", "competence.moved"),
    ]  # fmt: skip


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("move", "913", "91-nulle"), "Il n’y a pas de bureau 91-nulle."),
        (("move", "999", "91-evry"), "Il n’y a pas d’arrondissement 999."),
        (("move", "913", "91-evry", "--date", "2020-01-01"), "n’est pas ouvert"),
        (
            ("open", "91-evry", "--name", "X", "--kind", "prefecture", "--seat", "91228"),
            "Le bureau 91-evry existe déjà.",
        ),
        (
            ("open", "91-x", "--name", "X", "--kind", "prefecture", "--seat", "91999"),
            "Il n’y a pas de commune 91999.",
        ),
    ],
)
def test_an_office_that_cannot_be(run: Run, words: tuple[str, ...], says: str) -> None:
    ran = run("territory", *words)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err


@pytest.mark.parametrize(
    "words", [("open", "91-x"), ("move", "913"), ("load", "--name", "X"), ("find",)]
)
def test_a_line_about_offices_that_says_too_little(run: Run, words: tuple[str, ...]) -> None:
    ran = run("territory", *words)
    assert (ran.status, ran.out) == (2, "")
    assert "droitfil territory : " in ran.err
