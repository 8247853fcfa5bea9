"""Writes ``explanations.yaml`` again: ``python -m tests.rules.examples.propose``.

Looks, among the legal cases and the generated situations, for the shortest question that makes
the kernel say each sentence on the strength of each set of facts. What it writes is a proposal:
whoever runs it reads the difference before keeping it.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from droitfil.lawbook import load_law
from droitfil.rules.answer import Answer
from droitfil.rules.law import Law
from droitfil.rules.problems import Refused
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer
from tests.rules.legal_cases import read_cases
from tests.rules.situations import population

FILE = Path(__file__).with_name("explanations.yaml")
HEADER = """\
# What is said, with which figures, on the strength of which facts: one short question a sentence.
#
# rule, variant   the sentence of law/rules.yaml (« bare »: the rule named without figures)
# warning         or a warning: its code, then its parameter or the field that is missing
# figures         what fills the sentence; facts: the fields of the question it rests on
#
# Proposed by tests/rules/examples/propose.py, read before it is kept.

"""
SITUATIONS = 9000
_SHOWN_TOGETHER = ("R431-3", "L411-3")
#: Questions tried for each sentence before the shortest one is kept.
TRIED = 12


def said(answered: Answer, law: Law) -> Iterator[dict[str, Any]]:
    """Every sentence of an answer as its rule and variant, its figures and its facts."""
    for because in answered.explain:
        variant = variant_of(because.rule, because.says.template, law)
        figures = {name: _plain(value) for name, value in because.says.args.items()}
        yield {
            "rule": because.rule,
            "variant": variant,
            "figures": figures,
            "facts": list(because.facts),
        }
    for warning in answered.warnings:
        figures = {name: _plain(value) for name, value in warning.says.args.items()}
        figures.pop("what", None)
        yield {
            "warning": warning.code,
            "about": warning.parameter or warning.field,
            "from": _plain(warning.start),
            "figures": figures,
        }


def variant_of(rule: str, template: str, law: Law) -> str:
    """Which of the rule's sentences this is; « bare » when it is named without one."""
    found = [name for name, text in law.rules[rule].says.items() if text == template]
    return found[0] if found else "bare"


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, str)) else value.isoformat()


def _kind(row: dict[str, Any]) -> str:
    """Two rows alike but for figures and ranks illustrate the same thing."""
    about = [row.get(key) for key in ("rule", "variant", "warning", "about", "facts")]
    return re.sub(r"\[\d+\]", "[]", json.dumps(about))


def _of_several(row: dict[str, Any]) -> bool:
    """A sentence said of two applications at once shows nothing more, but for one rule or two."""
    merged = "applications[1]" in json.dumps([row.get("facts"), row.get("about")])
    return merged and row.get("rule") not in _SHOWN_TOGETHER


def propose(law: Law) -> list[dict[str, Any]]:
    """A row for each kind of sentence, with the shortest question found."""
    hits: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {}
    questions = [case.question for case in read_cases()] + list(population(law, SITUATIONS))
    for question in questions:
        for row in said(answer(read_question(question, law), law), law):
            if _of_several(row):
                continue
            found = hits.setdefault(_kind(row), [])
            if len(found) < TRIED:
                found.append((row, question))
    proposed = []
    for found in hits.values():
        row, question = min(found, key=lambda pair: len(json.dumps(pair[1])))
        proposed.append({"question": _shortest(question, row, law), **row})
    return sorted(proposed, key=lambda row: json.dumps({**row, "question": None}, sort_keys=True))


def _shortest(question: dict[str, Any], row: dict[str, Any], law: Law) -> dict[str, Any]:
    """The question without all that the sentence does not need."""
    kept = copy.deepcopy(question)
    kept.pop("language", None)
    shorter = True
    while shorter:
        shorter = False
        for path in _paths(kept):
            tried = copy.deepcopy(kept)
            holder: Any = tried
            for step in path[:-1]:
                holder = holder[step]
            del holder[path[-1]]
            if _says(tried, row, law):
                kept, shorter = tried, True
                break
    return kept


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys = range(len(value)) if isinstance(value, list) else list(value)
    for key in keys:
        yield (*path, key)
        if isinstance(value[key], (dict, list)):
            yield from _paths(value[key], (*path, key))


def _says(question: dict[str, Any], row: dict[str, Any], law: Law) -> bool:
    try:
        read = read_question(question, law)
    except Refused:
        return False
    return row in said(answer(read, law), law)


def main() -> int:
    rows = propose(load_law())
    lines = [HEADER]
    for row in rows:
        question = json.dumps(row.pop("question"), ensure_ascii=False)
        lines.append(f"- question: {question}\n")
        lines += [f"  {key}: {json.dumps(value)}\n" for key, value in row.items()]
    FILE.write_text("".join(lines), encoding="utf-8")
    print(f"{len(rows)} phrases.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
