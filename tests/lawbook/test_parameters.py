"""Every legal value has its source, its sentence, and is in force on any day we answer for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from droitfil.lawbook import load_law
from droitfil.lawbook.parameter_shapes import SHAPES
from droitfil.rules.law import CONFIDENCES, Parameter

#: The recodified code and the téléservice begin here: no answer needs an older value.
FIRST_DAY = date(2021, 5, 1)
PARAMETERS = load_law().parameters
KERNEL = Path(__file__).resolve().parents[2] / "droitfil" / "rules"


def each() -> Any:
    return pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda p: p.name)


@each()
def test_it_has_an_article_a_confidence_and_a_sentence(parameter: Parameter) -> None:
    assert parameter.article
    assert parameter.confidence in CONFIDENCES
    assert parameter.says[0].isupper()
    assert parameter.says.endswith(".")
    assert parameter.label


@each()
def test_a_value_is_in_force_on_any_day(parameter: Parameter) -> None:
    starts = [dated.start for dated in parameter.values]
    assert starts[0] is None
    assert None not in starts[1:]
    for dated in parameter.values:
        if dated.start is not None:
            assert parameter.at(dated.start) is dated
            assert parameter.at(dated.start + timedelta(days=4000)) is parameter.values[-1]
    assert parameter.at(FIRST_DAY) is parameter.values[0]


@each()
def test_its_value_cannot_be_changed_by_who_reads_it(parameter: Parameter) -> None:
    for dated in parameter.values:
        assert frozen(dated.value)


def frozen(value: Any) -> bool:
    if isinstance(value, Mapping):
        return isinstance(value, MappingProxyType) and all(frozen(v) for v in value.values())
    if isinstance(value, tuple):
        return all(frozen(item) for item in value)
    return value is None or isinstance(value, bool | int | str | date)


@each()
def test_its_shape_is_described(parameter: Parameter) -> None:
    assert parameter.name in SHAPES


def test_the_kernel_asks_for_no_parameter_that_does_not_exist() -> None:
    asked = set()
    for file in KERNEL.glob("*.py"):
        asked |= set(re.findall(r'(?:\.value\(|\.parameters\[)\s*"(\w+)"', file.read_text("utf-8")))
    assert asked, "the search no longer finds how the kernel asks"
    assert asked <= set(PARAMETERS)


def test_the_uncertain_ones_say_what_we_hold() -> None:
    unsure = {name for name, p in PARAMETERS.items() if p.confidence == "U"}
    assert {
        "late_fee_trigger",
        "silence_special_on_renewal",
        "silence_when_completed_later",
        "cover_gap_policy",
        "l433_3_departements",
        "substitution_protects",
        "substitution_paper",
        "rld_always_in_time",
        "early_filing_counts",
        "student_from_vlsts_work",
        "tax_event",
        "dcem_silence",
        "dcem_min_year",
        "l435_3_deadline",
        "change_fee",
    } <= unsure


@pytest.mark.parametrize(
    ("day", "first", "reduced", "stamp", "stay", "upfront"),
    [
        (date(2026, 4, 30), 200, 50, 25, 0, 50),
        (date(2026, 5, 1), 300, 100, 50, 100, 100),
    ],
)
def test_fees_change_in_may_2026(
    day: date, first: int, reduced: int, stamp: int, stay: int, upfront: int
) -> None:
    table = load_law().value("tax_table", day)
    assert table["standard"] == {"first": first, "renewal": 200}
    assert table["reduced"] == {"first": reduced, "renewal": 50}
    assert (table["stamp"], table["aps"]) == (stamp, stay)
    assert table["regularisation"] == {"total": first, "upfront": upfront}
    assert (table["late"], table["dcem"]) == (180, 50)


@pytest.mark.parametrize(
    ("article", "request_", "since"),
    [
        ("L422-1", "renewal", date(2021, 5, 1)),
        ("L423-1", "first", date(2023, 4, 5)),
        ("L423-6", "first", date(2023, 4, 5)),
        ("L423-6", "renewal", date(2024, 7, 4)),
        ("L425-8", "first", date(2023, 10, 2)),
        ("L425-8", "renewal", date(2024, 7, 4)),
        ("L423-22", "first", date(2023, 10, 2)),
        ("CRA-7bis", "renewal", date(2024, 7, 4)),
        ("EU-family", "renewal", date(2023, 4, 5)),
        ("DCEM", "first", date(2021, 5, 1)),
    ],
)
def test_a_title_is_in_the_list_from_its_day(article: str, request_: str, since: date) -> None:
    assert load_law().listings[article, request_] == ((since, None),)


@pytest.mark.parametrize(
    "article",
    ["L421-1", "L421-3", "L421-5", "L423-14", "L423-15", "L423-23", "L435-1", "L435-3", "L435-4"],
)
def test_a_title_not_found_in_the_list_is_not_listed(article: str) -> None:
    listings = load_law().listings
    assert not any((article, request) in listings for request in ("first", "renewal", "change"))


def test_resident_cards_are_the_titles_of_resident_kinds() -> None:
    law = load_law()
    resident = {"CR", "RLD_UE_FR", "CR_PERMANENT"}
    expected = {a for a, title in law.titles.items() if resident & set(title.kinds)}
    assert set(law.value("resident_card_titles", FIRST_DAY)) == expected


def test_card_lengths_name_only_cards_the_law_fixes() -> None:
    law = load_law()
    lengths = law.value("card_lengths", FIRST_DAY)
    for article, row in lengths.items():
        kinds = law.titles[article].kinds
        if "CR" in kinds or "RLD_UE_FR" in kinds or "RETRAITE" in kinds:
            assert {row["first"], row["after_visa"], row["next"]} == {"10y"}
        if "VLS_TS" in kinds and "CST" in kinds:
            assert "after_visa" in row, f"{article}: what follows the visa must be said"
    two_years = {a for a, row in lengths.items() if row.get("next") == "2y"}
    assert two_years == {"L423-1", "L423-7", "L423-23"}
