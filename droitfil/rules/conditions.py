"""Conditions of procedures: a small typed language, read once, evaluated without surprise.

A condition is a text such as ``housing == 'hosted' and not host_address_current``. It names
questions and facts, compares them, and is worth true, false or unknown: a name without a value is
unknown, and « unknown or true » is true, « unknown and false » is false. Nothing is executed: the
text is read into a tree of known nodes by
:mod:`droitfil.rules.condition_reading`, which checks the type of every name and bounds its size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from droitfil.rules.periods import add_months

Value = bool | int | str | date | tuple[str, ...]
Values = Mapping[str, Value | None]


class Kind(StrEnum):
    """What a name holds."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DATE = "date"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind, and for a choice the values there are."""

    kind: Kind
    values: tuple[str, ...] = ()


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
DATE = Type(Kind.DATE)
TEXT = Type(Kind.TEXT)


class Result(NamedTuple):
    """``value`` is None when unknown; ``used`` are the names that decided, in reading order."""

    value: bool | None
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read and checked; ``names`` are all the names it may look at."""

    text: str
    names: tuple[str, ...]
    root: Node

    def evaluate(self, values: Values) -> Result:
        """Its worth for these values, and the names that decided it."""
        value, used = _evaluate(self.root, values)
        assert value is None or isinstance(value, bool)
        return Result(value, tuple(dict.fromkeys(used)))


# -- the tree --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a name has a value: never unknown."""

    name: str
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Between:
    """Whole years, months or days from one date to another; negative when they are reversed."""

    unit: str
    start: Node
    end: Node
    type: Type = INTEGER


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str
    left: Node
    right: Node
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Among:
    """One of several literals."""

    left: Node
    values: tuple[Value, ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Has:
    """Several choices were made, this one among them."""

    left: Node
    value: str
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    inner: Node
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Node, ...]
    type: Type = BOOLEAN


Node = Literal | Name | Known | Between | Compare | Among | Has | Not | All | AnyOf


# -- evaluation ------------------------------------------------------------------------------------

_Worth = tuple[Value | None, tuple[str, ...]]


def _evaluate(node: Node, values: Values) -> _Worth:
    match node:
        case Literal():
            return node.value, ()
        case Name():
            return values.get(node.name), (node.name,)
        case Known():
            return values.get(node.name) is not None, (node.name,)
        case Not():
            value, used = _evaluate(node.inner, values)
            return (None if value is None else not value), used
        case All():
            return _joined(node.parts, values, decisive=False)
        case AnyOf():
            return _joined(node.parts, values, decisive=True)
        case Among():
            value, used = _evaluate(node.left, values)
            return (None if value is None else value in node.values), used
        case Has():
            value, used = _evaluate(node.left, values)
            return (
                None if value is None else isinstance(value, tuple) and node.value in value
            ), used
        case Between():
            start, first = _evaluate(node.start, values)
            end, second = _evaluate(node.end, values)
            if not isinstance(start, date) or not isinstance(end, date):
                return None, first + second
            return _count(node.unit, start, end), first + second
        case Compare():
            left, first = _evaluate(node.left, values)
            right, second = _evaluate(node.right, values)
            if left is None or right is None:
                return None, first + second
            return _compare(node.operator, left, right), first + second


def _joined(parts: tuple[Node, ...], values: Values, *, decisive: bool) -> _Worth:
    """« and » stops at the first false, « or » at the first true; an unknown waits for them."""
    known: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    for part in parts:
        value, used = _evaluate(part, values)
        if value is decisive:
            return decisive, used
        if value is None:
            unknown += used
        known += used
    return (None, unknown) if unknown else (not decisive, known)


def _compare(operator: str, left: Value, right: Value) -> bool:
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    # The reader lets only two numbers or two dates be ordered.
    assert isinstance(left, int | date)
    less, equal = left < right, left == right  # type: ignore[operator]
    return {
        "<": less,
        "<=": less or equal,
        ">": not less and not equal,
        ">=": not less,
    }[operator]


def _count(unit: str, start: date, end: date) -> int:
    if end < start:
        return -_count(unit, end, start)
    if unit == "days":
        return (end - start).days
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months if unit == "months" else months // 12
