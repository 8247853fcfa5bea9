"""Each legal case of ``law/cases`` is answered as the law says, and no case is empty words."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.loading import load_law
from tests.rules.legal_cases import (
    FOLDER,
    Case,
    dates_in,
    differences,
    items_at,
    placed_absences,
    read_cases,
)

CASES = read_cases()
FEWEST = 120
TEN = 10
#: The scenarios of the legal digest; each must be told by one case at least.
SCENARIOS = {
    f"TC-{number:02}"
    for number in (
        *(1, 3, 4, 5, 7, 8, 9, 11, 12, 14, 16, 17, 18, 20, 21, 23, 24, 26, 27, 28, 29, 30, 32, 33),
        *(35, 36, 37, 39, 40, 41, 42, 43, 46, 47, 49, 50, 52, 53, 54, 55),
    )
}
NOTHING = "valeur que nulle réponse ne donne"


@cache
def _answer(number: int) -> str:
    return json.dumps(answer_question(copy.deepcopy(CASES[number].question), load_law()))


def answer_to(case: Case) -> dict[str, Any]:
    """The program's answer to the question of ``case``, a copy of one's own."""
    answer: dict[str, Any] = json.loads(_answer(CASES.index(case)))
    return answer


each_case = pytest.mark.parametrize("case", CASES, ids=str)


@each_case
def test_the_law_answers(case: Case) -> None:
    found = differences(case, answer_to(case))
    assert not found, "\n".join([f"{case} (source : {case.source})", *found])


@each_case
def test_every_date_of_the_scenario_is_asked_expected_or_excused(case: Case) -> None:
    told = dates_in(case.question) | dates_in(case.expect)
    excused = {item["date"] for item in case.unexpressed if "date" in item}
    assert dates_in(case.scenario) <= told | excused
    assert excused <= dates_in(case.scenario), "une date excusée n'est pas dans le scénario"
    assert not excused & dates_in(case.expect), "une date excusée est attendue : ôtez l'excuse"


@each_case
def test_no_expectation_is_idle(case: Case) -> None:
    """Each told value, changed alone, must make the case fail; each absence must be able to."""
    answer = answer_to(case)
    for path, changed in _changed(case.expect):
        altered = Case(**{**vars(case), "expect": changed})
        assert differences(altered, answer), f"{path} : rien ne vérifie cette attente"
    for where, patterns in placed_absences(case.expect.get("absent", {})):
        for pattern in patterns:
            present = copy.deepcopy(answer)
            _list_at(present, where).append(
                {"amount": 0, "upfront": 0}
                | {
                    key: value.replace("*", "") if isinstance(value, str) else value
                    for key, value in pattern.items()
                }
            )
            assert differences(case, present), f"{where} : rien ne vérifie cette absence"
            assert items_at(present, where)


def _list_at(answer: dict[str, Any], where: tuple[str, ...]) -> list[Any]:
    holder = answer
    if len(where) > 1:
        holder = next(a for a in answer["applications"] if a["id"] == where[1])
    found: list[Any] = holder[where[-1]]
    return found


def _changed(expect: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``expect`` with one told value changed, for each value but those of ``absent``."""
    for path in _leaves({key: one for key, one in expect.items() if key != "absent"}):
        changed = copy.deepcopy(expect)
        holder: Any = changed
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = [NOTHING] if holder[path[-1]] == [] else NOTHING
        yield ".".join(map(str, path)), changed


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _leaves(one, (*path, key))
    elif isinstance(value, list) and value:
        for rank, one in enumerate(value):
            if one != "etc":
                yield from _leaves(one, (*path, rank))
    else:
        yield path


def test_every_scenario_of_the_digest_is_a_case() -> None:
    assert {case.source for case in CASES} >= SCENARIOS
    assert {case.source for case in CASES if case.source.startswith("TC-")} <= SCENARIOS


def test_there_are_cases_enough_and_each_has_a_name_of_its_own() -> None:
    names = Counter(case.name for case in CASES)
    assert len(CASES) >= FEWEST
    assert [name for name, times in names.items() if times > 1] == []


def test_every_file_of_the_folder_holds_cases() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {case.file for case in CASES}


def test_the_contract_is_told_strictly_both_ways() -> None:
    told = [case for case in CASES if case.file == "contrat.yaml"]
    assert {case.question["assume_issued"] for case in told} == {False, True}
    assert all(case.strict for case in told)


def test_the_example_shown_to_jurists_is_true_and_fits_in_ten_lines(tmp_path: Path) -> None:
    shown = (FOLDER.parents[1] / "docs" / "cases.md").read_text(encoding="utf-8")
    example = shown.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "exemple.yaml").write_text(example, encoding="utf-8")
    (case,) = read_cases(tmp_path)
    assert len(example.splitlines()) <= TEN
    assert dates_in(case.scenario) <= dates_in(case.question) | dates_in(case.expect)
    assert differences(case, answer_question(case.question, load_law())) == []
