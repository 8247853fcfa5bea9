"""The README says the figures of the results that it names, and tells every promise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import table
from bench.bars import Bar


def test_the_readme_says_what_the_results_say() -> None:
    readme = table.README.read_text(encoding="utf-8")
    assert table.rewritten(readme) == readme, "python -m bench.table"


def test_every_promise_of_every_result_is_told() -> None:
    runs = [table.Run.read(path.stem) for path in table.RESULTS.glob("*.json")]
    assert runs
    assert not table.untold(runs)
    assert table.untold([*runs, _run("new", Bar("unheard_of", "", 1, "ms", at_most=2))]) == {
        "unheard_of"
    }


def _run(name: str, *bars: Bar) -> table.Run:
    machine = {"cores": 2, "processor": "P", "memory_mib": 2048, "system": "S", "python": "3",
               "load": 0.5}  # fmt: skip
    data = {
        "measured_at": "2026-11-24T09:05:00Z",
        "machine": machine,
        "bars": [bar.as_data() for bar in bars],
    }
    return table.Run(name, json.loads(json.dumps(data)))


def test_the_first_run_that_has_a_figure_tells_it() -> None:
    first = _run("one", Bar("night", "", 65.13, "s"), Bar("api_failures", "", 0, "", at_most=0))
    second = _run(
        "two", Bar("night", "", 99, "s"), Bar("api_p99", "", 1234.5, "ms", at_most=150),
        Bar("verification_lost", "", 3, "", at_most=0),
    )  # fmt: skip
    said = table.section([first, second])
    assert "| A whole night, its proof included |  | 65.1 s | 1 |" in said
    assert "| ≤ 150 ms | **1,234 ms, missed** | 2 |" in said
    assert "| looks answered and not kept | ≤ 0 | **3, missed** | 2 |" in said
    assert "Zero, as it must be: answers of the interface other than asked." in said
    assert said.startswith("1. [24 November 2026 at 09:05](bench/results/one.json): 2 cores")


def test_a_readme_without_marks_or_results_is_told(tmp_path: Path) -> None:
    with pytest.raises(table.Unreadable, match="marks"):
        table.rewritten("# Nothing")
    with pytest.raises(table.Unreadable, match=r"nothing\.json"):
        table.rewritten("<!-- figures: nothing -->\n<!-- /figures -->")
