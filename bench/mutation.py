"""How many altered lines of the kernel a legal case or an example test notices.

``python -m bench.mutation`` reads what ``mutmut run`` left in ``mutants/`` and counts, a module a
line. An alteration that only changes a sentence (a text with a space in it) is not counted: words
are proof-read, not computed. ``python -m bench.mutation --survivors`` shows what was not noticed.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Percent of the alterations that must be noticed.
BAR = 85.0
KERNEL = Path("mutants/droitfil/rules")
#: Exit codes of mutmut's runs: a test failed or broke, or the time was up.
_NOTICED = frozenset({1, 3, 24, -24, 36, 152, 255, -11, -9})
_MISSED = frozenset({0, 5, 33})
_NAME = re.compile(r"(.+)__mutmut_(\d+|orig)\Z")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One alteration: of which function, what was changed into what, and its fate."""

    module: str
    name: str
    before: str
    after: str
    noticed: bool | None  # None: not run yet
    of_sentence: bool


def mutants(folder: Path = KERNEL) -> Iterator[Mutant]:
    """Every alteration of every module, in the order of the files."""
    for meta in sorted(folder.glob("*.py.meta")):
        codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        if not codes:
            continue
        source = meta.with_suffix("").read_text(encoding="utf-8")
        functions = _functions(ast.parse(source))
        for key, code in codes.items():
            name = key.rpartition(".")[2]
            match = _NAME.match(name)
            assert match is not None, name
            original = functions[f"{match[1]}__mutmut_orig"]
            before, after, sentence = _change(original, functions[name])
            noticed = True if code in _NOTICED else False if code in _MISSED else None
            yield Mutant(meta.name.partition(".")[0], name, before, after, noticed, sentence)


def _functions(tree: ast.AST) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _change(before: ast.FunctionDef, after: ast.FunctionDef) -> tuple[str, str, bool]:
    """The smallest piece of code that differs, before and after; whether it is a sentence."""
    one, other = _smallest(before, after)
    return _written(one), _written(other), _is_sentence(one) or _drops_sentence(one, other)


def _smallest(a: ast.AST, b: ast.AST) -> tuple[ast.AST, ast.AST]:
    if type(a) is not type(b):
        return a, b
    differing: list[tuple[ast.AST, ast.AST]] = []
    for field in a._fields:
        if field == "name" and isinstance(a, ast.FunctionDef):
            continue
        one, other = getattr(a, field, None), getattr(b, field, None)
        ones = one if isinstance(one, list) else [one]
        others = other if isinstance(other, list) else [other]
        if len(ones) != len(others):
            return a, b
        for x, y in zip(ones, others, strict=True):
            if isinstance(x, ast.AST) and isinstance(y, ast.AST):
                if ast.dump(x) != ast.dump(y):
                    differing.append((x, y))
            elif x != y:
                return a, b
    if len(differing) != 1 or not isinstance(differing[0][0], (ast.expr, ast.stmt, ast.keyword)):
        return a, b
    return _smallest(*differing[0])


def _written(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except (AttributeError, ValueError):
        return ast.dump(node)


def _is_sentence(node: ast.AST | None) -> bool:
    """A text with a space in it, or one with blanks to fill."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value
    if isinstance(node, ast.JoinedStr):
        return any(_is_sentence(part) for part in node.values)
    return False


def _drops_sentence(a: ast.AST, b: ast.AST) -> bool:
    """A call that lost a sentence among its arguments, and nothing else."""
    if not isinstance(a, ast.Call) or not isinstance(b, ast.Call):
        return False
    left = [ast.dump(argument) for argument in b.args]
    gone = [argument for argument in a.args if ast.dump(argument) not in left]
    return len(a.args) == len(b.args) + 1 and len(gone) == 1 and _is_sentence(gone[0])


def main(arguments: list[str]) -> int:
    """Prints the count; 1 when too few are noticed, 2 when nothing was run."""
    counted: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants():
        if not mutant.of_sentence and mutant.noticed is not None:
            counted[mutant.module].append(mutant)
    if not counted:
        print("Rien à compter : lancez d'abord « make soak ».", file=sys.stderr)
        return 2
    everything = [mutant for rows in counted.values() for mutant in rows]
    for module, rows in counted.items():
        _line(module, rows)
    _line("en tout", everything)
    if "--survivors" in arguments:
        for mutant in everything:
            if not mutant.noticed:
                print(f"\n{mutant.module}.{mutant.name}\n  - {mutant.before}\n  + {mutant.after}")
    return 0 if _percent(everything) >= BAR else 1


def _percent(rows: list[Mutant]) -> float:
    return 100 * sum(bool(mutant.noticed) for mutant in rows) / len(rows)


def _line(name: str, rows: list[Mutant]) -> None:
    missed = sum(not mutant.noticed for mutant in rows)
    print(f"  {name:<14} {len(rows):>5} altérations, {missed:>4} non vues, {_percent(rows):5.1f} %")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
