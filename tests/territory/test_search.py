"""Finding a commune however its name is written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from droitfil.territory.names import place_key
from droitfil.territory.queries import FoundCommune, search_communes


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE", "saint etienne"),
        ("st-etienne", "saint etienne"),
        ("Ste Foy", "sainte foy"),
        ("Chalon s/ Saône", "chalon sur saone"),
        ("Chalon s/Saône", "chalon sur saone"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Haÿ les Roses", "l hay les roses"),
        ("Œuf-en-Ternois", "oeuf en ternois"),
        ("ŒUF EN TERNOIS", "oeuf en ternois"),
        ("75015 Paris Cedex", "75015 paris"),
        ("Val de Briey", "val de briey"),
        (" 100 %_\\ \x00 ", "100"),
        ("", ""),
    ],
)
def test_one_key_for_every_way_to_write_a_place(written: str, key: str) -> None:
    assert place_key(written) == key


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    ("text", "first", "found_as"),
    [
        ("st etienne", "Saint-Étienne", None),
        ("evry courcouronnes", "Évry-Courcouronnes", None),
        ("EVRY-COURC", "Évry-Courcouronnes", None),
        ("courcouronnes", "Évry-Courcouronnes", None),
        ("courcouronnes evry", "Évry-Courcouronnes", None),
        ("91120", "Palaiseau", None),
        ("75015", "Paris", None),
        ("75015 Paris", "Paris", None),
        ("Paris 15e", "Paris", "Paris 15e Arrondissement"),
        ("91025 Évry Cedex", "Évry-Courcouronnes", None),
        ("hay les roses", "L'Haÿ-les-Roses", None),
        ("arbignieu", "Arboys en Bugey", "Arbignieu"),
        ("00000 Palaiseau", "Palaiseau", None),
        ("lyon", "Lyon", None),
        ("marseille", "Marseille", None),
        ("saint-denis", "Saint-Denis", None),
        ("mamoudzou", "Mamoudzou", None),
    ],
)
def test_the_likeliest_commune_comes_first(text: str, first: str, found_as: str | None) -> None:
    found = search_communes(text)[0]
    assert (found.name, found.found_as) == (first, found_as)


@pytest.mark.usefixtures("places")
def test_what_is_found_says_which_commune_it_is() -> None:
    assert search_communes("evry-courcouronnes", limit=1) == [
        FoundCommune(
            code="91228",
            name="Évry-Courcouronnes",
            department_code="91",
            department_name="Essonne",
            postal_codes=("91000", "91080"),
            found_as=None,
        )
    ]


@pytest.mark.usefixtures("places")
def test_the_beginning_of_a_postal_code_is_enough() -> None:
    found = search_communes("9112", limit=50)
    assert "Palaiseau" in {commune.name for commune in found}
    assert all(any(code.startswith("9112") for code in commune.postal_codes) for commune in found)


@pytest.mark.usefixtures("places")
def test_a_postal_code_and_a_name_must_both_be_right() -> None:
    assert [commune.code for commune in search_communes("93200 saint denis")] == ["93066"]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("text", ["", "   ", "%", "_", "'", "zzzzz", "x" * 5000, "a " * 5000])
def test_what_names_nothing_finds_nothing_or_little(text: str) -> None:
    assert len(search_communes(text)) <= 10


@pytest.mark.usefixtures("places")
def test_nothing_written_finds_nothing() -> None:
    assert search_communes("") == search_communes(" % ") == search_communes("zzzzz") == []


@pytest.mark.usefixtures("places")
def test_a_page_of_results_is_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert len(search_communes("saint", limit=25)) == 25
    assert len(queries) == 1
