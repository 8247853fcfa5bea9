"""A promise is met or missed by its figure; alterations of sentences are not counted."""

from __future__ import annotations

import ast
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bench import __main__ as measures
from bench import machine, mutation, processes, profiles
from bench.bars import Bar, percentile

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("figure", "met"), [(4_999.9, False), (5_000, True), (5_000.1, True), (0, False)]
)
def test_at_least(figure: float, met: bool) -> None:
    bar = Bar("speed", "Vitesse", figure, "/s", at_least=5_000)
    assert bar.met is met
    assert ("MANQUÉ" in bar.line()) is not met
    assert bar.as_data()["met"] is met


@pytest.mark.parametrize(("figure", "met"), [(300, True), (300.1, False), (0, True)])
def test_at_most(figure: float, met: bool) -> None:
    assert Bar("wait", "Attente", figure, "ms", at_most=300).met is met


def test_a_figure_without_promise_is_only_shown() -> None:
    bar = Bar("share", "… dont Python", 1234.5, "ms")
    assert bar.met
    assert bar.promise == ""
    assert bar.line().split() == ["…", "dont", "Python", "1", "234", "ms"]


def test_percentiles_by_the_nearest_rank() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile(values[:1], 99) == 1
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0


def test_the_machine_is_described_without_its_name() -> None:
    described = machine.description()
    assert described["cores"]
    assert described["python"]
    assert "/" not in str(described["processor"])
    assert {"processor", "cores", "memory_mib", "system", "kernel", "python", "load"} == set(
        described
    )


_MODULE = """
def x_says__mutmut_orig(trace):
    trace.missing("person.born_on", "la date de naissance")
    return 1


def x_says__mutmut_1(trace):
    trace.missing("person.born_on", "XXla date de naissanceXX")
    return 1


def x_says__mutmut_2(trace):
    trace.missing("person.born_on", )
    return 1


def x_says__mutmut_3(trace):
    trace.missing(None, "la date de naissance")
    return 1


def x_says__mutmut_4(trace):
    trace.missing("person.born_on", "la date de naissance")
    return 2
"""


def test_alterations_are_read_and_sentences_told_apart(tmp_path: Path) -> None:
    ast.parse(_MODULE)
    (tmp_path / "todo.py").write_text(_MODULE, encoding="utf-8")
    codes = {f"droitfil.rules.todo.x_says__mutmut_{n}": c for n, c in enumerate((0, 0, 1, None), 1)}
    (tmp_path / "todo.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    found = list(mutation.mutants(tmp_path))
    assert [mutant.of_sentence for mutant in found] == [True, True, False, False]
    assert [mutant.noticed for mutant in found] == [False, False, True, None]
    assert (found[3].before, found[3].after) == ("1", "2")
    assert found[2].module == "todo"


_SAYS = """
import sys
from bench.bars import Bar
from bench.processes import tell

tell("une mesure…")
tell(Bar("wait", "Attente", 3, "ms", at_most=2, details={"pages": 9}, profile="où ?"))
sys.exit(int(sys.argv[1]))
"""


def test_measures_of_another_process_are_told_as_they_come(tmp_path: Path) -> None:
    (tmp_path / "says.py").write_text(_SAYS, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    said: list[str] = []
    told = [Bar("wait", "Attente", 3, "ms", at_most=2, details={"pages": 9}, profile="où ?")]
    assert list(processes.measured(said.append, environment, "says", "0")) == told
    assert said == ["une mesure…"]
    with pytest.raises(RuntimeError, match="Les mesures de says n'ont pas fini"):
        list(processes.measured(said.append, environment, "says", "1"))


def test_only_a_missed_bar_is_profiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> str:
        return profiles.of(lambda: sum(range(10)))

    met = Bar("wait", "Attente", 1, "ms", at_most=2).explained(lambda: pytest.fail("taken"))
    missed = Bar("speed", "Vitesse", 1, "/s", at_least=2).explained(asked)
    monkeypatch.setattr(measures, "RESULTS", tmp_path)
    monkeypatch.setattr(measures, "_now", lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert measures.write([met, missed], {}) == "bench/results/2026-11-24T090000Z.json"
    one, other = json.loads((tmp_path / "2026-11-24T090000Z.json").read_text())["bars"]
    assert "profile" not in one
    assert other["profile"] == "2026-11-24T090000Z-speed.txt"
    assert "function calls" in (tmp_path / other["profile"]).read_text()


def test_a_profile_of_the_base_says_what_it_does(db: None) -> None:
    said = profiles.of_statements([("SELECT count(*) FROM coverage WHERE due_on <= %s", [TODAY])])
    assert "Execution Time" in said
    page = profiles.of_page("/verifier")
    assert "function calls" in page
