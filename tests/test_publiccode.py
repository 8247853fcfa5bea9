"""``publiccode.yml``: what catalogues of public software read, kept true."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

import droitfil

PROJECT = Path(__file__).resolve().parent.parent
CARD = yaml.safe_load((PROJECT / "publiccode.yml").read_text(encoding="utf-8"))
#: Keys that the standard (version 0.4) requires.
REQUIRED = (
    "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType",
    "description", "legal", "maintenance", "localisation",
)  # fmt: skip


def test_holds_what_the_standard_requires() -> None:
    assert [key for key in REQUIRED if key not in CARD] == []
    assert CARD["softwareType"] == "standalone/web"
    assert CARD["maintenance"]["type"] == "community"
    assert CARD["maintenance"]["contacts"]


@pytest.mark.parametrize("language", sorted(CARD["description"]))
def test_each_description_has_the_lengths_of_the_standard(language: str) -> None:
    said = CARD["description"][language]
    assert len(said["shortDescription"]) <= 150
    assert 150 <= len(said["longDescription"]) <= 10_000
    assert said["features"]
    assert all(len(feature) <= 100 for feature in said["features"])


def test_agrees_with_the_package() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert CARD["softwareVersion"] == project["version"] == droitfil.__version__
    assert CARD["legal"]["license"] == project["license"] == "EUPL-1.2"
    licence = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")


def test_names_the_languages_that_are_there() -> None:
    translated = {path.name for path in (PROJECT / "droitfil" / "locale").iterdir()}
    assert set(CARD["localisation"]["availableLanguages"]) == translated | {"fr"}
