"""No article number, amount or legal delay stands in the program: they are data, in ``law/``.

Read in every Python file (docstrings and comments aside) and every template. The one article a
program may write is the id of a rule, alone in its text, and that rule must exist.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from droitfil.lawbook import load_law

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / "droitfil"
TEMPLATES = ("*.html", "*.txt", "*.svg", "*.js", "*.typ", "*.yaml")

_WORDS = (
    "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|seize|vingt|trente|quarante|"
    "soixante|quatre-vingts?|quatre-vingt-dix|cent|cent vingt|dix-huit|dix-neuf|vingt et un"
)
_SPACE = r"[ \u00a0\u202f]"
LEGAL = {
    "an article": re.compile(
        rf"\b[LRDA]\*?\.?{_SPACE}?\d{{3}}-\d+|\bart(?:icle)?s?\.?{_SPACE}\d+"
        rf"|\b(?:CGI|CSS|CPC|CESEDA){_SPACE}?\d+",
        re.IGNORECASE,
    ),
    "an amount": re.compile(rf"\d{_SPACE}?(?:€|&euro;|euros?\b)", re.IGNORECASE),
    "a delay": re.compile(
        rf"\b(?:\d+|{_WORDS}){_SPACE}(?:derniers?{_SPACE})?"
        r"(?:jours?|mois|ans?|années?|heures?|semaines?|days?|months?|years?|hours?|weeks?)\b"
        # « un jour » is said of any day: no delay of the law is so short.
        rf"|\bun{_SPACE}(?:mois|an)\b",
        re.IGNORECASE,
    ),
}

_STORY = "how a person recognises a card or tells their own story; nothing is computed from it"
#: Texts that look like law and are none: (file, text) → why it may stay.
TEXTS = {
    ("rules/duties.py", "18 ans"): "spells out the contract's own word turning_18",
    ("web/public/whereami/papers.py", "un an"): _STORY,
}
#: Numbers other than 0, 1 and 2 in the kernel: (file, number) → what it counts.
NUMBERS = {
    ("rules/condition_reading.py", 8): "most parentheses of a condition inside one another",
    ("rules/condition_reading.py", 60): "most nodes of a condition",
    ("rules/condition_reading.py", 400): "most characters of a condition",
    ("rules/conditions.py", 12): "months in a year",
    ("rules/countries.py", 3): "letters of a country's code",
    **{
        ("rules/seal.py", number): "a length or a place in a 2D-Doc, which its specification fixes"
        for number in (4, 5, 8, 10, 12, 16, 19, 20, 26, 32, 38, 40, 60, 64, 103, 2000)
    },
    ("rules/seal.py", 20_000): "names kept in memory once spelt",
    ("rules/periods.py", 5): "Saturday, as Python numbers the days of a week",
    ("rules/periods.py", 12): "months in a year",
    ("rules/periods.py", 24): "hours in a day",
    ("rules/periods.py", 28): "days that every month has",
    ("rules/procedure.py", 12): "months in a year",
    ("rules/procedure_answers.py", 50): "most choices read at once",
    ("rules/procedure_answers.py", 60): "most characters of a value that a problem quotes",
    ("rules/procedure_answers.py", 200): "most characters of a short text",
    ("rules/procedure_answers.py", 2000): "most characters of a long text",
    ("rules/question.py", 50): "most items in a list of the question",
    ("rules/question.py", 60): "most characters of a value that a refusal quotes",
    ("rules/question.py", 1000): "first whole number too large for any field",
    ("rules/question.py", 1900): "first year of the calendar we read",
    ("rules/question.py", 2150): "last year of the calendar we read",
    ("rules/question.py", 3): "letters of a country's code, digits of a date",
    ("rules/rights.py", 12): "months in a year",
    ("rules/rights.py", 3): "rank of a right to work or to travel among the others",
    ("rules/rights.py", 4): "rank of a right to work among the others",
}


class Found(NamedTuple):
    file: str
    line: int
    what: str
    text: str

    def __str__(self) -> str:
        return f"droitfil/{self.file}:{self.line}: {self.what} stands in the program: {self.text!r}"


def python_files() -> list[Path]:
    return sorted(PROGRAM.rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(PROGRAM).as_posix()


def constants(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every constant of a module but the docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            yield node


def law_in_text(file: str, line: int, text: str) -> Iterator[Found]:
    for what, pattern in LEGAL.items():
        for match in pattern.finditer(text):
            yield Found(file, line, what, match.group())


def law_in_python(source: str, file: str, rules: frozenset[str]) -> list[Found]:
    return [
        found
        for node in constants(ast.parse(source))
        if isinstance(node.value, str) and node.value not in rules
        for found in law_in_text(file, node.lineno, node.value)
    ]


def numbers_in_python(source: str, file: str) -> list[Found]:
    return [
        Found(file, node.lineno, "a number", str(node.value))
        for node in constants(ast.parse(source))
        if isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value not in (0, 1, 2)
    ]


def rule_ids() -> frozenset[str]:
    return frozenset(load_law().rules)


def test_no_law_in_the_texts_of_the_program() -> None:
    rules = rule_ids()
    found = [
        hit
        for path in python_files()
        for hit in law_in_python(path.read_text("utf-8"), named(path), rules)
        if (hit.file, hit.text) not in TEXTS
    ]
    assert not found, "\n".join(map(str, found))


def test_no_law_in_the_templates() -> None:
    found = [
        hit
        for pattern in TEMPLATES
        for path in sorted(PROGRAM.rglob(pattern))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        for hit in law_in_text(named(path), number, line)
        if (hit.file, hit.text) not in TEXTS
    ]
    assert not found, "\n".join(map(str, found))


def test_no_legal_number_in_the_kernel() -> None:
    found = [
        hit
        for path in sorted((PROGRAM / "rules").glob("*.py"))
        for hit in numbers_in_python(path.read_text("utf-8"), named(path))
        if (hit.file, int(hit.text)) not in NUMBERS
    ]
    assert not found, "\n".join(map(str, found))


def test_no_exception_is_left_that_nothing_needs() -> None:
    rules = rule_ids()
    texts, numbers = set(), set()
    for path in python_files():
        source = path.read_text("utf-8")
        texts |= {(hit.file, hit.text) for hit in law_in_python(source, named(path), rules)}
        numbers |= {
            (hit.file, int(float(hit.text))) for hit in numbers_in_python(source, named(path))
        }
    assert set(TEXTS) <= texts
    assert set(NUMBERS) <= numbers


@pytest.mark.parametrize(
    "text",
    [
        "L433-3",
        "L. 433-3",
        "L.433-3",
        "selon R.431-15-1, al. 2",
        "R*432-1",
        "article 6 de l'accord",
        "art. 7 bis",
        "CGI 953",
        "180 €",
        "225€ en timbres",
        "25 euros",
        "3 mois",
        "dans les deux mois",
        "120 jours avant",
        "48 heures",
        "dix ans",
        "un mois",
        "within 2 months",
    ],
)
def test_law_is_recognised_however_it_is_written(text: str) -> None:
    assert law_in_python(f"x = {text!r}", "essai.py", frozenset())


@pytest.mark.parametrize(
    "source",
    [
        '"""Les deux mois de R431-5 (L. 433-3), 180 €."""',
        "x = 1  # R431-5: 120 jours",
        "x = 'R431-5-1-listed'",
        "x = 'AAAA-MM-JJ, par exemple 2025-06-30'",
        "x = 'toutes les années'",
        "x = 'un jour sans papier'",
    ],
)
def test_what_is_no_law_is_left_alone(source: str) -> None:
    assert not law_in_python(source, "essai.py", frozenset({"R431-5-1-listed"}))


def test_a_rule_that_does_not_exist_is_refused_and_so_is_one_inside_a_sentence() -> None:
    rules = frozenset({"R431-5-1-listed"})
    assert law_in_python("x = 'R431-5-1-lsited'", "essai.py", rules)
    assert law_in_python("x = 'voir R431-5-1-listed'", "essai.py", rules)
    assert law_in_python("x = f'{y} L433-3'", "essai.py", rules)
