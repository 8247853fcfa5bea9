"""What changed from one version of a procedure to another, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from droitfil.rules.conditions import Condition
from droitfil.rules.procedure import Version

#: What names a version, and what the lists below tell.
_TOLD_APART = frozenset({"start", "questions", "pieces", "blocks", "sources"})


@dataclass(frozen=True, slots=True)
class Change:
    """One question, piece or block that differs; ``fields`` is empty when added or removed."""

    part: str  # question | piece | block | version
    id: str
    what: str  # added | removed | changed | moved
    fields: tuple[str, ...] = ()


def diff(before: Version, after: Version) -> tuple[Change, ...]:
    """Every change, the version's own first, then blocks, questions and pieces in order."""
    own = tuple(name for name in _changed(before, after) if name not in _TOLD_APART)
    changes = [Change("version", after.procedure, "changed", own)] if own else []
    changes += _compared("block", _by("id", before.blocks), _by("id", after.blocks))
    changes += _compared("question", _by("id", before.questions), _by("id", after.questions))
    changes += _compared("piece", _by("code", before.pieces), _by("code", after.pieces))
    return tuple(changes)


def _by(name: str, items: tuple[Any, ...]) -> Mapping[str, Any]:
    return {getattr(item, name): item for item in items}


def _compared(part: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    found = [Change(part, name, "removed") for name in before if name not in after]
    kept_before = [name for name in before if name in after]
    kept_after = [name for name in after if name in before]
    for name, item in after.items():
        if name not in before:
            found.append(Change(part, name, "added"))
        elif changed := _changed(before[name], item):
            found.append(Change(part, name, "changed", changed))
        elif kept_before.index(name) != kept_after.index(name):
            found.append(Change(part, name, "moved"))
    return found


def _changed(before: Any, after: Any) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in fields(before)
        if _told(getattr(before, field.name)) != _told(getattr(after, field.name))
    )


def _told(value: Any) -> Any:
    """A condition is its text."""
    return value.text if isinstance(value, Condition) else value
