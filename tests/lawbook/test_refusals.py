"""A broken file of the law is refused with its file, line, field, value and what would be right."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from droitfil.lawbook import LawError, load_law

LAW = Path(__file__).resolve().parents[2] / "law"

TITLE = """
- code: essai
  article: L499-1
  label: "Carte d'essai"
  kinds: [CST]
  printed: "ESSAI"
  work: full
  work_rule: L414-10
"""
PARAMETER = """
essai:
  label: Un essai
  article: L499-1
  confidence: V
  says: Un essai.
  values: [{from: null, value: 3}]
"""
RULE = """
L499-1:
  article: L499-1
  label: Une règle d'essai
  confidence: V
  says:
    default: "Le {day}, il se passe ceci."
"""
WAVES = """
        - from: 2024-07-04
          requests: [first, renewal, change]
          articles: [L426-4]"""


class Broken(NamedTuple):
    """``old`` becomes ``new`` in ``file``, after ``added`` is put at its end."""

    file: str
    added: str
    old: str
    new: str
    at: str  # a text of the line that is named
    field: str
    value: str
    right: str


def title(old: str, new: str, field: str, value: str, right: str, at: str = "") -> Broken:
    return Broken("titles.yaml", TITLE, old, new, at or new.split("\n")[0], field, value, right)


def parameter(old: str, new: str, field: str, value: str, right: str, at: str = "") -> Broken:
    where = at or new.split("\n")[0]
    return Broken("parameters.yaml", PARAMETER, old, new, where, field, value, right)


def listed(old: str, new: str, field: str, value: str, right: str, at: str = "") -> Broken:
    return Broken("parameters.yaml", "", old, new, at or new, field, value, right)


def rule(old: str, new: str, field: str, value: str, right: str, at: str = "") -> Broken:
    return Broken("rules.yaml", RULE, old, new, at or new.split("\n")[0], field, value, right)


def calendar(old: str, new: str, field: str, value: str, right: str) -> Broken:
    return Broken("calendar.yaml", "", old, new, new, field, value, right)


LAST = "[97]"
CASES = {
    "a field that does not exist": title(
        'printed: "ESSAI"', "printd: ESSAI", f"{LAST}.printd", "printd", "les champs sont code"
    ),
    "a field that is missing": title(
        "  work: full\n", "", LAST, "", "le champ « work » manque", at="code: essai"
    ),
    "a kind of card unknown": title(
        "kinds: [CST]", "kinds: [CTS]", f"{LAST}.kinds[0]", "CTS", "VLS, VLS_TS, CST"
    ),
    "a right to work unknown": title(
        "work: full", "work: total", f"{LAST}.work", "total", "full, sixty_percent"
    ),
    "a title without a card": title(
        "kinds: [CST]", "kinds: []", f"{LAST}.kinds", "", "écrivez au moins une valeur"
    ),
    "an article written with a point": title(
        "article: L499-1", "article: L.499-1", f"{LAST}.article", "L.499-1", "des traits d'union"
    ),
    "a title twice": title(
        "article: L499-1",
        "article: L421-1",
        f"{LAST}.article",
        "L421-1",
        "est déjà un titre",
        at="article: L421-1 ",
    ),
    "a short name twice": title(
        "code: essai",
        "code: salarie",
        f"{LAST}.code",
        "salarie",
        "choisissez un autre nom",
        at="code: salarie ",
    ),
    "a rule that does not exist": title(
        "work_rule: L414-10", "work_rule: L414-99", f"{LAST}.work_rule", "L414-99", "rules.yaml"
    ),
    "a confidence unknown": title(
        "  work: full", "  confidence: X\n  work: full", f"{LAST}.confidence", "X", "V, S, R ou U"
    ),
    "a boolean that is a text": title(
        "  work: full", '  book_two: "true"\n  work: full', f"{LAST}.book_two", "true", "ni true ni"
    ),
    "a parameter twice": parameter(
        "essai:",
        "tir_last_day:",
        "tir_last_day",
        "",
        "« tir_last_day » est écrit deux fois",
        at="tir_last_day: ",
    ),
    "a parameter's field unknown": parameter(
        "label: Un", "lable: Un", "essai.lable", "lable", "les champs sont label"
    ),
    "no value at all": parameter(
        "[{from: null, value: 3}]",
        "[]",
        "essai.values",
        "",
        "au moins une valeur",
        at="values: []",
    ),
    "a value without its date": parameter(
        "{from: null, value: 3}", "{value: 3}", "essai.values[0]", "", "« from » manque"
    ),
    "a day that does not exist": parameter(
        "from: null",
        "from: 2025-02-30",
        "essai.values[0].from",
        "",
        "« 2025-02-30 » n'existe pas dans le calendrier",
        at="from: 2025-02-30",
    ),
    "a day that is a text": parameter(
        "from: null", 'from: "2025-02-28"', "essai.values[0].from", "2025-02-28", "AAAA-MM-JJ"
    ),
    "values out of order": parameter(
        "value: 3}",
        "value: 3}, {from: 2025-01-01, value: 4}, {from: 2024-01-01, value: 5}",
        "essai.values[2].from",
        "2024-01-01",
        "de la plus ancienne à la plus récente",
    ),
    "two values from the same day": parameter(
        "value: 3}",
        "value: 3}, {from: null, value: 4}",
        "essai.values[1].from",
        "null",
        "null seulement pour la première",
    ),
    "an article that is none": parameter(
        "article: L499-1", "article: L. 499-1", "essai.article", "L. 499-1", "sans point"
    ),
    "unsure and not told why": parameter(
        "confidence: V\n  says: Un essai.",
        "confidence: U",
        "essai.says",
        "null",
        "ce qui est incertain",
        at="essai:",
    ),
    "a unit unknown": parameter(
        "confidence: V", "unit: semaines\n  confidence: V", "essai.unit", "semaines", "jours, mois"
    ),
    "an amount that is a text": listed(
        "standard: {first: 200, renewal: 200}",
        'standard: {first: "200", renewal: 200}',
        "tax_table.values[0].value.standard.first",
        "200",
        "nombre entier",
    ),
    "an amount that is missing": listed(
        "reduced: {first: 100, renewal: 50}",
        "reduced: {first: 100}",
        "tax_table.values[1].value.reduced",
        "",
        "« renewal » manque",
    ),
    "a choice unknown": listed(
        "value: risk_from_window_end",
        "value: risk",
        "late_fee_trigger.values[0].value",
        "risk",
        "risk_from_window_end ou certain_after_expiry_only",
    ),
    "a title that does not exist, in a list": listed(
        "value: [L421-2, L421-6]",
        "value: [L421-2, L421-66]",
        "change_excluded.values[0].value[1]",
        "L421-66",
        "titles.yaml",
    ),
    "a title twice in a list": listed(
        "value: [L421-2, L421-6]",
        "value: [L421-2, L421-2]",
        "change_excluded.values[0].value[1]",
        "L421-2",
        "est écrit deux fois",
    ),
    "a length that is none": listed(
        "L424-9: {first: 4y",
        "L424-9: {first: 4 ans",
        "card_lengths.values[0].value.L424-9.first",
        "4 ans",
        "un nombre suivi de y, m ou d",
    ),
    "a rule that does not exist, in a value": listed(
        "L421-14: {days: 60, rule: R421-26}",
        "L421-14: {days: 60, rule: R421-266}",
        "silence_delays.values[0].value.special.L421-14.rule",
        "R421-266",
        "rules.yaml",
    ),
    "two waves of the list that overlap": listed(
        WAVES,
        WAVES.replace("L426-4", "L426-4, L422-1"),
        "listed_titles.values[0].value[7].articles",
        "L422-1 (first)",
        "rang 0",
        at="articles: [L426-4, L422-1]",
    ),
    "a wave that ends before it begins": listed(
        WAVES,
        WAVES + "\n          to: 2024-07-03",
        "listed_titles.values[0].value[7].to",
        "2024-07-03",
        "est avant le 2024-07-04",
        at="to: 2024-07-03",
    ),
    "a request unknown": listed(
        WAVES,
        WAVES.replace("change]", "duplicate]"),
        "listed_titles.values[0].value[7].requests[2]",
        "duplicate",
        "first, renewal ou change",
        at="[first, renewal, duplicate]",
    ),
    "a sentence with a brace too many": rule(
        "{day}",
        "{day",
        "L499-1.says.default",
        "Le {day, il se passe ceci.",
        "une accolade",
        at="{day,",
    ),
    "a sentence with a format": rule(
        "{day}", "{day:%d}", "L499-1.says.default", "{day}", "sans format"
    ),
    "a sentence with a blank to guess": rule(
        "{day}", "{}", "L499-1.says.default", "{}", "écrivez {nom}", at="Le {},"
    ),
    "a rule without its first sentence": rule(
        "default:", "other:", "L499-1.says", "", "« default » manque", at="  says:\n    other"
    ),
    "a rule that is not named like one": rule(
        "L499-1:\n", "l499 1:\n", "l499 1", "l499 1", "l'article puis un mot"
    ),
    "an empty sentence": rule(
        '"Le {day}, il se passe ceci."',
        '" "',
        "L499-1.says.default",
        " ",
        "n'est pas un texte",
        at='default: " "',
    ),
    "a holiday that does not exist": calendar(
        "2026: 01-01 04-06", "2026: 01-01 02-30", "territories.FR.2026", "02-30", "en 2026"
    ),
    "holidays out of order": calendar(
        "2026: 01-01 04-06", "2026: 04-06 01-01", "territories.FR.2026", "01-01", "triez"
    ),
    "a holiday that is no day": calendar(
        "2026: 01-01 04-06", "2026: 1-1 04-06", "territories.FR.2026", "1-1 04-06", "MM-JJ"
    ),
    "a territory that does not exist": calendar(
        '"57":', '"577":', "territories.577", "577", "codes.yaml"
    ),
    "an alias": listed(
        "value: [L421-2, L421-6]",
        "value: *plus",
        "change_excluded.values[0].value",
        "",
        "renvoie à une autre valeur",
    ),
    "not YAML": parameter("says: Un essai.", "says: [Un essai.", "", "", "YAML", at="values: ["),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LAW, tmp_path / "law"))


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_broken_file_is_refused(case: Broken, folder: Path) -> None:
    file = folder / case.file
    text = file.read_text("utf-8") + case.added
    if case.added:
        head, tail = text[: -len(case.added)], case.added
        assert case.old in tail
        text = head + tail.replace(case.old, case.new, 1)
    else:
        assert case.old in text
        text = text.replace(case.old, case.new, 1)
    file.write_text(text, "utf-8")

    with pytest.raises(LawError) as refused:
        load_law(folder)
    error = refused.value
    assert error.file == f"law/{case.file}"
    assert error.field == case.field
    assert error.value.startswith(case.value[:40])
    assert bool(error.value) == bool(case.value)
    assert case.right in error.right
    assert error.line in lines_of(text, case.at)
    for part in (error.file, f"ligne {error.line}", error.field, error.value, error.right):
        assert part in str(error)


def lines_of(text: str, at: str) -> set[int]:
    """Every line where ``at`` begins (a repeated text may stand on several)."""
    at = at.strip(" \n") if not at.endswith(" ") else at.rstrip()
    found: set[int] = set()
    start = text.find(at)
    assert start >= 0, at
    while start >= 0:
        found.add(text.count("\n", 0, start) + 1)
        start = text.find(at, start + 1)
    return found


def test_a_missing_parameter_is_named(folder: Path) -> None:
    file = folder / "parameters.yaml"
    file.write_text(file.read_text("utf-8").replace("tir_last_day:", "tir_first_day:"), "utf-8")
    with pytest.raises(LawError, match=r"« tir_last_day » ce paramètre manque"):
        load_law(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "codes.yaml").unlink()
    with pytest.raises(LawError, match=r"law/codes\.yaml : ce fichier manque"):
        load_law(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="ce dossier n'existe pas"):
        load_law(tmp_path / "nulle-part")


def test_a_file_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / "rules.yaml").write_bytes("règle".encode("latin-1"))
    with pytest.raises(LawError, match="n'est pas en UTF-8"):
        load_law(folder)


def test_two_documents_in_a_file_are_refused(folder: Path) -> None:
    file = folder / "codes.yaml"
    file.write_text(file.read_text("utf-8") + "\n---\na: 1\n", "utf-8")
    with pytest.raises(LawError, match="2 documents au lieu d'un"):
        load_law(folder)


def test_a_year_missing_from_a_territory_is_named(folder: Path) -> None:
    file = folder / "calendar.yaml"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    last = max(rank for rank, line in enumerate(lines) if line.startswith("    2030:"))
    file.write_text("".join(lines[:last] + lines[last + 1 :]), "utf-8")
    with pytest.raises(LawError, match=r"territories\.988 : « 2030 » années en trop ou manquantes"):
        load_law(folder)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("titles.yaml", "n'est pas une liste de titres"),
        ("parameters.yaml", "n'est pas un ensemble de paramètres"),
        ("rules.yaml", "n'est pas un ensemble de règles"),
        ("calendar.yaml", "n'est pas un ensemble de champs"),
        ("codes.yaml", "n'est pas un ensemble de champs"),
    ],
)
def test_a_file_of_another_form_is_refused(file: str, says: str, folder: Path) -> None:
    (folder / file).write_text("rien\n", "utf-8")
    with pytest.raises(LawError, match=says):
        load_law(folder)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"01": "Ain"', '"1": "Ain"', "n'est pas un code de département"),
        ("AFG: ", "AF: ", "n'est pas un code de pays"),
        ('AFG: "Afghanistan"', "AFG:", "n'est pas un texte"),
    ],
)
def test_a_code_that_is_none_is_refused(old: str, new: str, says: str, folder: Path) -> None:
    file = folder / "codes.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(LawError, match=says):
        load_law(folder)
