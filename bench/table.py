"""``python -m bench.table``: the figures of the README, rewritten from committed results.

The README names the results between two marks, the latest first; each figure is that of the first
one that has it. Names given as arguments take their place. ``make bench`` names its own, alone,
when it measured everything.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
RESULTS = ROOT / "bench" / "results"
_MARKS = re.compile(r"<!-- figures: (?P<names>[^>]*?) -->\n.*?<!-- /figures -->", re.DOTALL)

#: Bars in the order of the table, in the reader's words; what is in braces is told by the result.
ROWS: Mapping[str, str] = {
    "explained_situations": "Situations explained a second, one core",
    "read_and_explained": "… reading and checking the question included",
    "cold_command": "`droitfil timeline`, cold (median of {runs})",
    "api_p99": "`POST /api/v1/timeline`, 20 clients, 99th percentile",
    "page_weight": "Heaviest page, cold load, all responses",
    "papers_signed": "Papers issued and signed a second, one connection",
    "papers_unsigned": "Papers issued without signature a second",
    "offline_share": "Offline verification, share of the signature alone",
    "load": "People loaded a second ({people:,} in {seconds:,.0f} s, {bytes_a_person:,} bytes "
    "each)",
    "selection": "Which papers are due tonight ({due:,}), times a compiled kernel that computes it "
    "anew",
    "selection_day": "… those of one day",
    "selection_growth": "… ten times more people, as many due",
    "reconciliation": "Whole reconciliation of {cases:,} cases, times a loop of queries ({sample} "
    "people, extrapolated)",
    "worklist_base": "Worklist of the largest office ({open_cases_of_office:,} open cases), "
    "{clients} clients, in the database, 99th percentile",
    "worklist_page": "… its page, through the web server",
    "person_page": "Page of a person, « Mon dossier », {clients} clients, 99th percentile",
    "case_page": "Page of a case, for its agent, the reading journalled, {clients} clients, 99th "
    "percentile",
    "verification": "Verifications a second of a core, PostgreSQL included, by {together} (papers: "
    "{papers_a_second:,}; share codes: {share_codes_a_second:,}; one by one: "
    "{one_by_one_a_second:,})",
    "verification_http": "`POST /api/v1/verify`, 20 clients, 99th percentile",
    "night": "A whole night, its proof included",
    "night_papers": "… papers published, signed, told and journalled ({papers:,}), a second",
}
#: Counts that must be zero, told together when they are.
ZEROS: Mapping[str, str] = {
    "django_modules": "modules of Django that the cold command imports",
    "api_failures": "answers of the interface other than asked",
    "reconciliation_agrees": "differences between the reconciliation and the loop, faults planted",
    "worklist_failures": "pages other than the worklist",
    "person_page_failures": "pages other than the person's",
    "case_page_failures": "pages other than the case",
    "verification_failures": "verifications without their answer",
    "verification_lost": "looks answered and not kept",
}


class Unreadable(Exception):
    """The README or a result cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """A file of results."""

    name: str
    data: Mapping[str, Any]

    @classmethod
    def read(cls, name: str) -> Run:
        """:raises Unreadable: when there is no such result."""
        try:
            text = (RESULTS / f"{name}.json").read_text(encoding="utf-8")
        except OSError:
            raise Unreadable(f"bench/results/{name}.json does not exist.") from None
        return cls(name, json.loads(text))

    @property
    def bars(self) -> dict[str, Mapping[str, Any]]:
        return {bar["name"]: bar for bar in self.data["bars"]}

    def told(self) -> str:
        """When and where it was measured."""
        machine = self.data["machine"]
        at = datetime.fromisoformat(self.data["measured_at"])
        people = (self.bars.get("load") or {}).get("details") or {}
        said = f"; {people['people']:,} people" if people else ""
        return (
            f"[{at.day} {at:%B %Y at %H:%M}](bench/results/{self.name}.json): "
            f"{machine['cores']} cores ({machine['processor']}, "
            f"{machine['memory_mib'] / 1024:.0f} GiB), {machine['system']}, "
            f"Python {machine['python']}, load {machine['load']} as it began{said}."
        )


def main(names: Sequence[str]) -> int:
    """Rewrites the README; 1 with a sentence when it cannot."""
    try:
        rewrite(names)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def rewrite(names: Sequence[str] = ()) -> None:
    """The README with the figures of the results ``names``, else of those that it names.

    :raises Unreadable: when the README has no marks, or names a result that does not exist.
    """
    README.write_text(rewritten(README.read_text(encoding="utf-8"), names), encoding="utf-8")


def rewritten(readme: str, names: Sequence[str] = ()) -> str:
    """``readme`` with its figures made again. :raises Unreadable: as :func:`rewrite`."""
    found = _MARKS.search(readme)
    if found is None:
        raise Unreadable("README.md has no « figures » marks.")
    kept = [Path(name).stem for name in names] or found["names"].split()
    if not kept:
        raise Unreadable("README.md names no result.")
    made = section([Run.read(name) for name in kept])
    marked = f"<!-- figures: {' '.join(kept)} -->\n{made}<!-- /figures -->"
    return readme[: found.start()] + marked + readme[found.end() :]


def section(runs: Sequence[Run]) -> str:
    """What stands between the marks: the runs, the table, the counts that are zero."""
    bars: dict[str, tuple[int, Mapping[str, Any]]] = {}
    for number, run in enumerate(runs, start=1):
        for name, bar in run.bars.items():
            bars.setdefault(name, (number, bar))
    several = len(runs) > 1
    last = " Run |" if several else ""
    lines = [f"{number}. {run.told()}" for number, run in enumerate(runs, start=1)]
    lines += ["", f"| | Asked | Measured |{last}", "|---|---|---|" + ("---|" if several else "")]
    for name, says in _shown(bars):
        number, bar = bars[name]
        which = f" {number} |" if several else ""
        lines.append(f"| {_label(says, bar)} | {_asked(bar)} | {_measured(bar)} |{which}")
    zeros = [says for name, says in ZEROS.items() if name in bars and bars[name][1]["met"]]
    if zeros:
        lines += ["", f"Zero, as it must be: {'; '.join(zeros)}."]
    return "\n".join(lines) + "\n"


def untold(runs: Iterable[Run]) -> set[str]:
    """The promises of these results that no row tells."""
    promised = {
        name
        for run in runs
        for name, bar in run.bars.items()
        if bar["at_least"] is not None or bar["at_most"] is not None
    }
    return promised - ROWS.keys() - ZEROS.keys()


def _shown(bars: Mapping[str, tuple[int, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    yield from ((name, says) for name, says in ROWS.items() if name in bars)
    yield from ((name, says) for name, says in ZEROS.items() if _missed(bars, name))


def _missed(bars: Mapping[str, tuple[int, Mapping[str, Any]]], name: str) -> bool:
    return name in bars and not bars[name][1]["met"]


def _label(says: str, bar: Mapping[str, Any]) -> str:
    """The words of a row; a result that does not tell what they need has them without it."""
    try:
        return says.format(**(bar["details"] or {}))
    except KeyError:
        return re.sub(r" \([^()]*\{[^()]*\)|,? ?\{[^}]*\} clients", "", says).strip()


def _asked(bar: Mapping[str, Any]) -> str:
    if bar["at_least"] is not None:
        return f"≥ {_number(bar['at_least'], bar['unit'])}"
    return f"≤ {_number(bar['at_most'], bar['unit'])}" if bar["at_most"] is not None else ""


def _measured(bar: Mapping[str, Any]) -> str:
    figure = _number(bar["figure"], bar["unit"])
    if bar["met"]:
        return figure
    profile = bar.get("profile")
    why = f" ([its profile](bench/results/{profile}))" if profile else ""
    return f"**{figure}, missed**{why}"


_UNITS = {"/s": "", "ko": " KB", "": ""}


def _number(value: float, unit: str) -> str:
    whole = abs(value) >= 100 or value == int(value)
    digits = 0 if whole else 2 if abs(value) < 1 else 1
    return f"{value:,.{digits}f}{_UNITS.get(unit, f' {unit}')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
