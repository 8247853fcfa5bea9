"""law/codes.yaml: departments and countries a question may name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from droitfil.lawbook import shapes
from droitfil.lawbook.shapes import Context, Shape
from droitfil.lawbook.source import Source
from droitfil.lawbook.tree import Path


class Codes(NamedTuple):
    departments: Mapping[str, str]
    countries: Mapping[str, str]


def _matching(pattern: str, right: str) -> Shape:
    compiled = re.compile(pattern, re.ASCII)

    def check(context: Context, path: Path, value: Any) -> str:
        if not compiled.fullmatch(value):
            context.source.refuse(path, value, right)
        return str(value)

    return check


_FILE = shapes.record(
    {
        "departments": shapes.table(
            _matching(r"\d{2}|2[AB]|9[78]\d", "n'est pas un code de département ; par exemple 01."),
            shapes.text,
        ),
        "countries": shapes.table(
            _matching(r"[A-Z]{3}", "n'est pas un code de pays ; écrivez trois majuscules."),
            shapes.text,
        ),
    }
)


def read_codes(source: Source) -> Codes:
    """Names by code; raises LawError."""
    read = _FILE(Context(source), (), source.data)
    return Codes(read["departments"], read["countries"])
