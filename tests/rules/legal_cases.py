"""The legal cases of ``law/cases``: reading them, and comparing one with an answer.

The file format is described for jurists in ``docs/cases.md``. Scalars are taken as written (a date
stays a text), so that a question reaches the kernel as a person would send it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "law" / "cases"
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")

#: Ends a list of which only the beginning (or some elements) is told.
ETC = "etc"
#: Lists told whole, in order: an element more or less is a difference.
WHOLE_IN_ORDER = frozenset({"spans", "duties", "gaps"})
#: Lists told whole, in any order.
WHOLE = frozenset({"fees", "appeals", "lapses", "proofs"})
#: Lists of which each told element must be found; told empty, they must be empty.
SOME = frozenset({"todo", "warnings", "explain", "conditions", "rules", "facts"})
#: Lists of SOME that a strict case tells whole.
WHOLE_WHEN_STRICT = frozenset({"todo", "warnings", "rules"})
#: What ``absent`` may name, at the top of the answer and in an application.
ABSENT_FROM_ANSWER = frozenset({"spans", "gaps", "todo", "lapses", "warnings", "explain"})
ABSENT_FROM_APPLICATION = frozenset({"duties", "fees", "appeals", "conditions"})
#: The key meant by a word standing alone in ``absent``.
SHORT = {"warnings": "code", "todo": "do", "explain": "rule", "duties": "issue", "fees": "code"}
#: Sums of an application's fees: expectation -> field of a fee.
TOTALS = {"fee_total": "amount", "upfront_total": "upfront"}

_CASE_KEYS = frozenset(
    {"case", "source", "scenario", "note", "unexpressed", "strict", "question", "expect"}
)
_EXPECT_KEYS = frozenset({"today", "applications", "days", "absent"}) | ABSENT_FROM_ANSWER


class Loader(yaml.SafeLoader):
    """YAML whose plain scalars stay texts, but for true, false and nothing; no key twice."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        "t": [("tag:yaml.org,2002:bool", re.compile("^true$"))],
        "f": [("tag:yaml.org,2002:bool", re.compile("^false$"))],
        "n": [("tag:yaml.org,2002:null", re.compile("^null$"))],
        "~": [("tag:yaml.org,2002:null", re.compile("^~$"))],
        "": [("tag:yaml.org,2002:null", re.compile("^$"))],
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise ValueError(f"{key.start_mark} : la clé « {key.value} » est écrite deux fois.")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Case:
    """One case: a question, and what the law answers to it."""

    name: str
    file: str
    source: str
    scenario: str
    question: dict[str, Any]
    expect: dict[str, Any]
    unexpressed: tuple[dict[str, str], ...]
    strict: bool
    note: str

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


def read_cases(folder: Path = FOLDER) -> list[Case]:
    """Every case of every file of ``folder``; raises ValueError naming what is wrong."""
    return [case for path in sorted(folder.glob("*.yaml")) for case in _read_file(path)]


def _read_file(path: Path) -> Iterator[Case]:
    rows = yaml.load(path.read_text(encoding="utf-8"), Loader)
    for number, row in enumerate(rows, start=1):
        yield _case(path.name, number, row)


def _case(file: str, number: int, row: Mapping[str, Any]) -> Case:
    where = f"{file}, cas n° {number} ({row.get('case', 'sans nom')})"
    if unknown := set(row) - _CASE_KEYS:
        raise ValueError(f"{where} : champ inconnu {', '.join(sorted(unknown))}.")
    for needed in ("case", "source", "scenario", "question", "expect"):
        if not row.get(needed):
            raise ValueError(f"{where} : le champ « {needed} » manque ou est vide.")
    if unknown := set(row["expect"]) - _EXPECT_KEYS:
        raise ValueError(f"{where} : attente inconnue {', '.join(sorted(unknown))}.")
    for item in row.get("unexpressed") or ():
        if not item.get("why") or not (item.get("date") or item.get("what")):
            raise ValueError(f"{where} : chaque « unexpressed » porte date ou what, et why.")
    return Case(
        name=row["case"],
        file=file,
        source=row["source"],
        scenario=row["scenario"],
        question=row["question"],
        expect=row["expect"],
        unexpressed=tuple(row.get("unexpressed") or ()),
        strict=row.get("strict") or False,
        note=row.get("note") or "",
    )


def dates_in(value: Any) -> set[str]:
    """Every ISO date written anywhere in ``value``, keys included."""
    if isinstance(value, Mapping):
        return {day for pair in value.items() for part in pair for day in dates_in(part)}
    if isinstance(value, (list, tuple)):
        return {day for part in value for day in dates_in(part)}
    return set(DATE.findall(value)) if isinstance(value, str) else set()


def differences(case: Case, answer: Mapping[str, Any]) -> list[str]:
    """What the answer says otherwise than the case, a French sentence each; none if it agrees."""
    comparison = _Comparison(case.strict)
    for key, expected in case.expect.items():
        if key == "applications":
            comparison.applications(expected, answer)
        elif key == "days":
            comparison.days(expected, answer)
        elif key == "absent":
            comparison.absences(expected, answer)
        else:
            comparison.field(key, key, expected, answer)
    return comparison.found


class _Comparison:
    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.found: list[str] = []

    def differs(self, path: str, expected: Any, found: Any) -> None:
        self.found.append(f"{path} : attendu {shown(expected)}, trouvé {shown(found)}.")

    def applications(self, expected: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        by_id = {application["id"]: application for application in answer["applications"]}
        for name, fields in expected.items():
            path = f"applications.{name}"
            if name not in by_id:
                self.differs(path, "une demande", sorted(by_id))
                continue
            for key, value in fields.items():
                if key in TOTALS:
                    total = sum(fee[TOTALS[key]] for fee in by_id[name]["fees"])
                    self.scalar(f"{path}.{key}", value, total)
                else:
                    self.field(f"{path}.{key}", key, value, by_id[name])

    def days(self, expected: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        for day, fields in expected.items():
            holding = [
                span
                for span in answer["spans"]
                if span["from"] <= day and (span["to"] is None or day <= span["to"])
            ]
            if len(holding) != 1:
                self.differs(f"days.{day}", "une seule période qui tient ce jour", holding)
                continue
            self.mapping(f"days.{day}", fields, holding[0])

    def absences(self, expected: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        for where, patterns in placed_absences(expected):
            for found in items_at(answer, where):
                for pattern in patterns:
                    if agrees(pattern, found, self.strict):
                        self.differs(
                            f"absent.{'.'.join(where)}", f"rien comme {shown(pattern)}", found
                        )

    def field(self, path: str, key: str, expected: Any, holder: Mapping[str, Any]) -> None:
        if key not in holder:
            self.differs(path, expected, "aucun champ de ce nom")
        elif isinstance(expected, Mapping):
            self.mapping(path, expected, holder[key])
        elif isinstance(expected, list):
            self.sequence(path, key, expected, holder[key])
        else:
            self.scalar(path, expected, holder[key])

    def mapping(self, path: str, expected: Any, found: Any) -> None:
        if not isinstance(expected, Mapping):
            self.scalar(path, expected, found)
        elif not isinstance(found, Mapping):
            self.differs(path, expected, found)
        else:
            for key, value in expected.items():
                self.field(f"{path}.{key}", key, value, found)

    def sequence(self, path: str, key: str, expected: Sequence[Any], found: Any) -> None:
        if not isinstance(found, list):
            self.differs(path, expected, found)
            return
        open_ended = bool(expected) and expected[-1] == ETC
        told = list(expected[:-1]) if open_ended else list(expected)
        if key in WHOLE_IN_ORDER:
            if len(found) < len(told) or (len(found) > len(told) and not open_ended):
                self.differs(f"{path} ({len(told)} éléments)", told, found)
                return
            for rank, (one, other) in enumerate(zip(told, found, strict=False)):
                self.mapping(f"{path}[{rank}]", one, other)
            return
        if key not in WHOLE | SOME:
            raise ValueError(f"{path} : cette liste n'a pas de règle de comparaison.")
        whole = not told or key in WHOLE or (self.strict and key in WHOLE_WHEN_STRICT)
        left = list(found)
        for one in told:
            twin = next((other for other in left if agrees(one, other, self.strict)), None)
            if twin is None:
                self.differs(path, one, left)
            else:
                left.remove(twin)
        if whole and left and not open_ended:
            self.differs(path, "rien de plus", left)

    def scalar(self, path: str, expected: Any, found: Any) -> None:
        if isinstance(found, (Mapping, list)) or not _same(expected, found):
            self.differs(path, expected, found)


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found
    if "*" in expected:
        pattern = re.escape(expected).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(pattern, str(found), re.DOTALL) is not None
    return str(expected) == str(found)


def agrees(expected: Any, found: Any, strict: bool = False) -> bool:
    """Whether one element of a list is what was told of it."""
    comparison = _Comparison(strict)
    comparison.mapping("", expected, found)
    return not comparison.found


def placed_absences(
    expected: Mapping[str, Any],
) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """Where each absence is told: the path of a list of the answer, and what it must not hold."""
    for key, told in expected.items():
        if key in ABSENT_FROM_ANSWER:
            yield (key,), [_pattern(key, one) for one in told]
        elif key in ABSENT_FROM_APPLICATION:
            for name, ones in told.items():
                yield ("applications", name, key), [_pattern(key, one) for one in ones]
        else:
            raise ValueError(f"absent.{key} : cette liste n'existe pas dans une réponse.")


def _pattern(key: str, told: Any) -> dict[str, Any]:
    if isinstance(told, str):
        return {SHORT[key]: told}
    if not told:
        raise ValueError(f"absent.{key} : dites ce qui ne doit pas s'y trouver.")
    return dict(told)


def items_at(answer: Mapping[str, Any], where: tuple[str, ...]) -> list[Any]:
    """The list of the answer that an absence names."""
    if len(where) == 1:
        return list(answer[where[0]])
    _, name, key = where
    return list(next(a for a in answer["applications"] if a["id"] == name)[key])


def shown(value: Any) -> str:
    """A value as a jurist would write it in a case."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(shown(one) for one in value) + "]"
    return str(value)
