"""Every rule and sentence the kernel names stands in law/, and every one of law/ is spoken."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import droitfil.rules
from droitfil.rules.answer import Answer
from droitfil.rules.law import Law
from droitfil.rules.sentences import Sentence

KERNEL = sorted(Path(droitfil.rules.__file__).parent.glob("*.py"))
_SPEAKS = ("because", "ensure", "sentence", "warn")
_RULE = re.compile(r"(?:L|R|D|CGI)\d{2,3}[\w*-]*\Z|TIR\Z")

#: Sentences that no situation speaks today, each with what it is kept for.
UNSPOKEN: Mapping[tuple[str, str], str] = {
    ("R233-17", "owed"): "an EU family's right needs no paper, so it is never without proof",
}


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Each call of the trace in the kernel: what is called, the call, where."""
    for path in KERNEL:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in _SPEAKS:
                yield node.func.attr, node, f"{path.name}:{node.lineno}"


def texts(node: ast.AST | None) -> list[str]:
    """Every text an expression may be worth."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    return []


def test_every_rule_and_variant_called_in_the_kernel_is_in_the_law(law: Law) -> None:
    seen = 0
    for name, call, where in calls():
        rule_at = 1 if name == "warn" else 0
        rules = texts(call.args[rule_at]) if len(call.args) > rule_at else []
        variant = next((k.value for k in call.keywords if k.arg == "variant"), None)
        if name in ("warn", "sentence") and len(call.args) > rule_at + 1:
            variant = call.args[rule_at + 1]
        for rule in rules:
            seen += 1
            assert rule in law.rules, f"{where}: {rule}"
            for spoken in texts(variant) or ["default"]:
                assert spoken in law.rules[rule].says, f"{where}: {rule} says no « {spoken} »"
    assert seen > 60


def test_every_text_that_looks_like_a_rule_is_one(law: Law) -> None:
    """Rules kept in tables or variables, which the calls above do not show."""
    seen = 0
    for path in KERNEL:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            if _RULE.match(node.value):
                seen += 1
                assert node.value in law.rules, f"{path.name}:{node.lineno}: {node.value}"
    assert seen > 60


def _rules_of(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "rule":
                yield inner
            yield from _rules_of(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _rules_of(inner)


def test_every_rule_the_data_names_is_in_the_law(law: Law) -> None:
    for title in law.titles.values():
        assert title.work_rule in law.rules, title.article
    named = 0
    for parameter in law.parameters.values():
        for dated in parameter.values:
            for rule in _rules_of(dated.value):
                named += 1
                assert rule in law.rules, f"{parameter.name}: {rule}"
    assert named > 20


def spoken(answers: list[tuple[Any, Answer]]) -> dict[str, set[str]]:
    """The templates each rule was heard saying."""
    heard: dict[str, set[str]] = defaultdict(set)

    def note(rule: str, says: Sentence) -> None:
        heard[rule].add(says.template)

    for _, answered in answers:
        for because in answered.explain:
            note(because.rule, because.says)
        for gap in answered.gaps:
            note(gap.rule, gap.why)
        for application in answered.applications:
            for condition in application.conditions:
                note(condition.rule, condition.says)
    return heard


def _kept(variant: str) -> bool:
    """The default sentence is the one that /droit shows; a length is said in years or in months,
    so that another length in law/ finds its words."""
    return variant == "default" or variant.startswith("length_")


def test_every_sentence_of_the_law_is_spoken(law: Law, answers: list[tuple[Any, Answer]]) -> None:
    heard = spoken(answers)
    silent = {
        (rule.id, variant)
        for rule in law.rules.values()
        for variant, template in rule.says.items()
        if not _kept(variant) and template not in heard[rule.id]
    }
    never = sorted(rule for rule in law.rules if not heard[rule])
    assert never == [], "rules that shape no answer"
    assert sorted(silent - set(UNSPOKEN)) == []
    assert sorted(key for key in UNSPOKEN if key[1] not in law.rules[key[0]].says) == []


def test_no_sentence_heard_is_foreign_to_its_rule(
    law: Law, answers: list[tuple[Any, Answer]]
) -> None:
    for rule, templates in spoken(answers).items():
        known = {*law.rules[rule].says.values(), law.rules[rule].label}
        assert templates <= known
