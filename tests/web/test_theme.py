from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from droitfil.web import theme


def test_without_a_theme_only_our_sheets_are_loaded() -> None:
    page = Client().get("/").content.decode()
    assert page.count('rel="stylesheet"') == 2
    assert theme.STYLESHEET not in page


def test_a_theme_adds_its_sheet_last_and_takes_the_place_of_a_template(
    settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / theme.STYLESHEET).write_text(":root { --brand: #000 }")
    (tmp_path / "templates" / "parts").mkdir(parents=True)
    (tmp_path / "templates" / "parts" / "mark.svg").write_text("<svg id='operateur'></svg>")
    settings.DROITFIL_THEME = tmp_path
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"]}]
    page = Client().get("/").content.decode()
    assert "operateur" in page
    sheets = [line for line in page.splitlines() if 'rel="stylesheet"' in line]
    assert theme.STYLESHEET in sheets[-1]


FONTS = Path(theme.__file__).parent / "static" / "fonts"


@pytest.mark.parametrize("script", ["latin", "latin-ext", "cyrillic", "arabic"])
def test_each_script_is_cut_and_named_in_the_sheet(script: str) -> None:
    cut = FONTS / f"noto-sans-{script}.woff2"
    assert cut.read_bytes()[:4] == b"wOF2"
    assert f"fonts/{cut.name}" in (FONTS.parent / "fonts.css").read_text()
    assert cut.stat().st_size < 25_000


def test_the_cuts_are_those_of_the_script() -> None:
    script = runpy.run_path(str(settings.BASE_DIR / "assets" / "fonts" / "cut.py"))
    sheet = (FONTS.parent / "fonts.css").read_text(encoding="utf-8")
    for name, (_source, ranges, _features) in script["CUTS"].items():
        assert script["face"](name, ranges) in sheet
    smallest = "cyrillic"
    assert (
        script["cut"](*script["CUTS"][smallest])
        == (FONTS / f"noto-sans-{smallest}.woff2").read_bytes()
    ), "run assets/fonts/cut.py"


def test_the_licence_stands_beside_the_fonts() -> None:
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
