"""Change a value in the law's data and the answers change: the program holds no law of its own.

Every value of every parameter is changed in turn, and the questions of ``law/cases`` (with a few
of ours) are asked again: at least one answer must differ.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.parameters import LISTED_TITLES
from droitfil.lawbook.reading import read_documents
from droitfil.rules.law import Law, Parameter
from tests.rules.legal_cases import read_cases

LAW = Path(__file__).resolve().parents[2] / "law"

#: Situations that no legal case holds, one a value.
BESIDE = """
# change_excluded
today: 2026-06-20
documents: [{id: c, kind: CST, article: L422-1, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L421-2, request: change, holds: c, filed_on: 2026-06-15}]
---
# vls_ts_excluded_titles
today: 2026-06-20
documents: [{id: v, kind: VLS_TS, article: L421-30, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L421-30, request: first, holds: v, filed_on: 2026-06-15}]
---
# vls_ts_validation_exempt_titles
today: 2026-06-20
documents: [{id: v, kind: VLS_TS, article: L422-1, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L422-1, request: first, holds: v, filed_on: 2026-06-15}]
---
# address_min_months
today: 2026-06-20
person: {moved_on: 2026-06-01}
documents: [{id: c, kind: CSP, article: L421-9, from: 2025-09-01, to: 2026-09-30, length: 13m}]
---
# api_first_work, after one year
today: 2026-06-20
assume_issued: false
person: {in_france_since: 2024-01-01}
documents: [{id: p, kind: API, application: a, from: 2026-06-01, to: 2026-08-31}]
applications:
  - {id: a, article: L426-13, request: first, listed: true, filed_on: 2026-06-01,
     complete_on: 2026-06-01}
---
# recepisse_first_work, with a visa
today: 2026-06-20
documents:
  - {id: v, kind: VLS_TS, article: L421-9, from: 2025-09-01, to: 2026-08-31,
     validated_on: 2025-09-10}
applications:
  - {id: a, article: L421-9, request: first, holds: v, listed: false, filed_on: 2026-07-15,
     complete_on: 2026-07-15}
---
# l433_3_agreement_months
today: 2026-06-20
documents: [{id: c, kind: CRA, article: CRA-vpf, from: 2025-05-01, to: 2026-05-31, length: 13m}]
applications:
  - {id: a, article: CRA-vpf, request: renewal, holds: c, filed_on: 2026-05-20,
     complete_on: 2026-05-20}
---
# l433_3_departements
today: 2026-06-20
person: {lives_in: 91}
documents: [{id: c, kind: CST, article: L422-1, from: 2025-06-01, to: 2026-05-31, length: 1y}]
applications:
  - {id: a, article: L422-1, request: renewal, holds: c, filed_on: 2026-05-20,
     complete_on: 2026-05-20}
---
# substitution_paper
today: 2026-06-20
documents: [{id: c, kind: CST, article: L422-1, from: 2025-06-01, to: 2026-05-31, length: 1y}]
applications:
  - {id: a, article: L422-1, request: renewal, holds: c, filed_on: 2026-05-20,
     complete_on: 2026-05-20,
     incident: {opened_on: 2026-03-01, established_on: 2026-04-01, registered_on: 2026-05-20}}
---
# complement_delay_days
today: 2026-06-20
applications:
  - {id: a, article: L421-1, request: first, filed_on: 2026-01-05, complete_on: 2026-03-20,
     complements: [{asked_on: 2026-01-15}]}
---
# contract_cards, long_contract_years
today: 2026-06-20
applications:
  - {id: a, article: L421-11, request: first, filed_on: 2026-06-01, complete_on: 2026-06-01,
     contract_until: 2028-12-31}
---
# travel_documents and their fees
today: 2026-06-20
documents: [{id: c, kind: RLD_UE_FR, article: L424-14, from: 2025-09-01, to: 2035-08-31}]
applications:
  - {id: a, article: TIV, request: first, filed_on: 2026-06-01, complete_on: 2026-06-01,
     decision: {taken_on: 2026-06-10, outcome: granted}}
---
today: 2026-06-20
documents: [{id: c, kind: CR, article: L424-1, from: 2025-09-01, to: 2035-08-31}]
applications: [{id: a, article: TVR, request: first, filed_on: 2026-06-01}]
---
# not_renewable
today: 2026-06-20
documents: [{id: c, kind: CST, article: L422-10, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L422-10, request: renewal, holds: c, filed_on: 2026-06-15}]
---
# not_renewable_by_extension
today: 2026-06-20
documents: [{id: c, kind: CST, article: L422-14, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L422-14, request: renewal, holds: c, filed_on: 2026-06-15}]
---
# nineteen_by_correction
today: 2026-06-20
person: {born_on: 2008-01-01}
applications: [{id: a, article: L424-21, request: first, basis: turning_18, filed_on: 2026-06-15}]
---
# dcem_short_by_correction
today: 2026-06-20
person: {born_on: 2018-01-01, parents: [{kind: CSP, article: L421-22, to: 2028-01-01}]}
applications:
  - {id: a, article: DCEM, request: first, filed_on: 2026-06-15,
     decision: {taken_on: 2026-06-18, outcome: granted}}
---
# listed_by_analogy
today: 2026-06-20
documents: [{id: c, kind: CRA, article: CRA-visiteur, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: CRA-visiteur, request: renewal, holds: c, filed_on: 2026-06-15}]
---
# renewable_once
today: 2026-06-20
person: {renewals_of_this_card: 1}
documents: [{id: c, kind: CST, article: L426-22, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L426-22, request: renewal, holds: c, filed_on: 2026-06-15}]
---
# renewal_limit: kinds, then exempt
today: 2026-06-20
person: {renewals_of_this_card: 3}
documents: [{id: c, kind: CST, article: L421-1, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L421-1, request: renewal, holds: c, filed_on: 2026-06-15}]
---
today: 2026-06-20
person: {renewals_of_this_card: 3}
documents: [{id: c, kind: CST, article: L422-1, from: 2025-09-01, to: 2026-08-31}]
applications: [{id: a, article: L422-1, request: renewal, holds: c, filed_on: 2026-06-15}]
---
# dcem_vls_ts_parent
today: 2026-06-20
person: {born_on: 2018-01-01, parents: [{kind: VLS_TS, article: L422-1, to: 2027-01-01}]}
applications: [{id: a, article: DCEM, request: first, filed_on: 2026-06-15}]
---
# dcem_eu_parent_fee
today: 2026-06-20
person: {born_on: 2018-01-01, parents: [{kind: EU}]}
applications: [{id: a, article: DCEM, request: first, filed_on: 2026-06-15}]
---
# l423_21_arrival_age
today: 2026-06-20
person: {born_on: 2008-09-10, in_france_since: 2022-03-01, parents: [{kind: CR}]}
documents: [{id: d, kind: DCEM, from: 2024-03-02, to: 2029-03-01}]
---
# retiree_renewal_fee
today: 2026-06-20
documents: [{id: c, kind: RETRAITE, article: L426-8, from: 2016-09-01, to: 2026-08-31}]
applications: [{id: a, article: L426-8, request: renewal, holds: c, filed_on: 2026-07-15}]
---
# regularisation_after_months
today: 2026-06-20
person: {entered_on: 2026-03-10}
applications: [{id: a, article: L423-23, request: first, filed_on: 2026-06-15}]
---
# regularisation_exempt_titles
today: 2026-06-20
person: {born_on: 1990-01-01, entered_on: 2025-03-10}
applications: [{id: a, article: L426-3, request: first, filed_on: 2026-06-15}]
---
# regularisation_exempt_families
today: 2026-06-20
person: {born_on: 1990-01-01, entered_on: 2025-03-10}
applications: [{id: a, article: L424-3, request: first, filed_on: 2026-06-15}]
---
# overseas_variants
today: 2026-06-20
person: {lives_in: 976}
applications: [{id: a, article: L423-7, request: first, filed_on: 2026-06-15}]
"""

#: Values that no answer rests on: (parameter, or parameter and place) → why.
ELSEWHERE = {
    "api_lead_days": "when the service publishes a paper, not when it is due",
    "filing_reminder_days": "when the service writes to those who have not filed",
    "complement_reminder_days": "when the service writes to those who have not answered",
    "substitution_escalation_days": "the help desk's own reminders",
    "retention_rules": "how long a file keeps data",
    "fingerprints_reuse_years": "taken at the counter, no date follows from it",
    "convention_algeria": "one word: there is no other reading yet",
    "dcem_silence.means": "one word: silence never means yes",
    "eu_family_fee.titles": "the title itself says that it is of book II",
}

Steps = tuple[str | int, ...]


class Spied(dict[str, Parameter]):
    """The parameters, remembering which were asked."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Parameter:
        self.asked.add(name)
        return super().__getitem__(name)


@cache
def asked_by_cases() -> list[tuple[dict[str, Any], dict[str, Any], frozenset[str]]]:
    """(question, answer, parameters asked) of each case."""
    law = load_law()
    found = []
    for question in [*(case.question for case in read_cases()), *read_documents(BESIDE)]:
        spied = Spied(law.parameters)
        answer = answer_question(question, replace(law, parameters=spied))
        found.append((question, answer, frozenset(spied.asked)))
    return found


#: Stands for every title of a table by titles: they are changed together.
EACH = "*"

#: The other choice of a parameter that is a word.
CHOICES = {
    "late_fee_trigger": "certain_after_expiry_only",
    "student_from_vlsts_work": "none",
    "adf_work": "held_card",
    "cover_gap_policy": "from_expiry",
    "substitution_paper": "RECEPISSE",
    "silence_special_on_renewal": "special",
    "silence_when_completed_later": "completeness",
    "silence_cra_student": "default",
    "eu_family_silence": "default",
    "dcem_vls_ts_parent": "accepted",
    "tax_event": "filing",
    "change_fee": "first",
    "overseas_variants": "silent",
}
#: Lists that are empty today, and what may stand in them.
FILLED = {
    "l433_3_departements": ("91",),
    "codes": ("T-DCEM",),
    "kinds": ("CST",),
    "exempt": ("L421-1",),
}


def leaves(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Every place of a value that can be changed; ids of rules are names, not values."""
    if not isinstance(value, Mapping):
        yield steps
        return
    titles = load_law().titles
    seen = set()
    for key, item in value.items():
        for leaf in leaves(item, (*steps, EACH if key in titles else key)):
            if leaf not in seen and leaf[-1] != "rule":
                seen.add(leaf)
                yield leaf


def matches(key: str, step: str | int) -> bool:
    return key == step or (step == EACH and key in load_law().titles)


def reaches(value: Any, steps: Steps) -> bool:
    """Whether ``steps`` lead to a value here: rows of a table may lack a column."""
    if not isinstance(value, Mapping) or not steps:
        return not isinstance(value, Mapping) and not steps
    return any(matches(key, steps[0]) and reaches(item, steps[1:]) for key, item in value.items())


def changed(name: str, value: Any, steps: Steps) -> Any:
    """``value`` of the parameter or field ``name`` with another value at ``steps``."""
    if not steps:
        return other(name, value)
    return MappingProxyType(
        {
            key: changed(key, item, steps[1:])
            if matches(key, steps[0]) and reaches(item, steps[1:])
            else item
            for key, item in value.items()
        }
    )


def other(name: str, value: Any) -> Any:
    """Another value of the same type."""
    if name in CHOICES:
        return CHOICES[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, date):
        return value - timedelta(days=4000)
    if isinstance(value, tuple):
        return () if value else FILLED[name]
    if value is None or value == "refusal":
        return value
    return {"1y": "7y", "2y": "7y", "4y": "7y", "5y": "7y", "10y": "7y"}[value]


def places() -> list[tuple[str, Steps]]:
    found: dict[tuple[str, Steps], None] = {}
    for parameter in load_law().parameters.values():
        if parameter.name == LISTED_TITLES:
            continue
        for dated in parameter.values:
            for steps in leaves(dated.value):
                place = ".".join(map(str, (parameter.name, *steps)))
                if parameter.name not in ELSEWHERE and place not in ELSEWHERE:
                    found[parameter.name, steps] = None
    return list(found)


def with_parameter(law: Law, name: str, steps: Steps) -> Law:
    parameter = law.parameters[name]
    values = tuple(
        replace(dated, value=changed(name, dated.value, steps))
        if reaches(dated.value, steps)
        else dated
        for dated in parameter.values
    )
    parameters = {**law.parameters, name: replace(parameter, values=values)}
    return replace(law, parameters=parameters)


def first_difference(law: Law, name: str, *, any_question: bool = False) -> str | None:
    """The first question, of those that ask ``name``, that the changed law answers otherwise."""
    for question, answer, asked in asked_by_cases():
        if (any_question or name in asked) and answer_question(question, law) != answer:
            return str(question)
    return None


@pytest.mark.parametrize(
    ("name", "steps"), places(), ids=lambda x: x if isinstance(x, str) else ".".join(map(str, x))
)
def test_an_answer_changes_with_the_value(name: str, steps: Steps) -> None:
    law = with_parameter(load_law(), name, steps)
    assert first_difference(law, name)


def test_an_answer_changes_with_the_list_of_the_teleservice() -> None:
    assert first_difference(replace(load_law(), listings={}), LISTED_TITLES, any_question=True)


def test_an_answer_changes_with_the_holidays() -> None:
    law = load_law()
    days = MappingProxyType({name: frozenset[date]() for name in law.holidays})
    assert first_difference(replace(law, holidays=days), "holidays", any_question=True)


@pytest.mark.parametrize(
    ("file", "old", "new", "before", "after"),
    [
        (
            "parameters.yaml",
            "{opens: 120, closes: 60}",
            "{opens: 100, closes: 50}",
            ["2025-03-02", "2025-05-01"],
            ["2025-03-22", "2025-05-11"],
        ),
        (
            "parameters.yaml",
            "articles: [L426-4]",
            "articles: [L426-4, L421-1]",
            ["2025-04-30", "2025-06-30"],
            ["2025-03-02", "2025-05-01"],
        ),
    ],
)
def test_a_value_edited_in_the_file_moves_the_window(
    file: str, old: str, new: str, before: list[str], after: list[str], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(LAW, tmp_path / "law"))
    text = (folder / file).read_text("utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), "utf-8")
    listed = {"listed": True} if old.startswith("{") else {}
    (question,) = read_documents(
        """
        today: 2025-03-20
        documents: [{id: c, kind: CSP, article: L421-1, from: 2021-07-01, to: 2025-06-30}]
        applications: [{id: a, article: L421-1, request: renewal, holds: c}]
        """
    )
    question["applications"][0] |= listed
    for law, expected in ((load_law(LAW), before), (load_law(folder), after)):
        window = answer_question(question, law)["applications"][0]["window"]
        assert [window["from"], window["to"]] == expected


def test_a_right_edited_in_the_file_changes_the_line(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(LAW, tmp_path / "law"))
    file = folder / "titles.yaml"
    head, tail = file.read_text("utf-8").split("article: L426-20\n")
    file.write_text(head + "article: L426-20\n" + tail.replace("work: none", "work: full", 1))
    (question,) = read_documents(
        """
        today: 2025-03-20
        documents: [{id: c, kind: CST, article: L426-20, from: 2024-07-01, to: 2025-06-30}]
        """
    )
    assert answer_question(question, load_law(LAW))["spans"][0]["work"] == "none"
    assert answer_question(question, load_law(folder))["spans"][0]["work"] == "full"
