"""``droitfil territory``: the map from a terminal."""

from __future__ import annotations

import pytest

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
