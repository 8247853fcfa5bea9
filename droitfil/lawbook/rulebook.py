"""law/rules.yaml: the rules by their id, and the sentences they speak."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Any

from droitfil.lawbook import shapes
from droitfil.lawbook.shapes import Context
from droitfil.lawbook.source import Source
from droitfil.lawbook.tree import Path
from droitfil.rules.law import Rule

_DEFAULT = "default"


def template(context: Context, path: Path, value: Any) -> str:
    """A French sentence whose ``{names}`` the kernel fills."""
    sentence = shapes.text(context, path, value)
    try:
        parts = list(Formatter().parse(sentence))
    except ValueError:
        context.source.refuse(
            path, value, "a une accolade de trop ou qui manque ; écrivez {nom} en entier."
        )
    for _, name, spec, conversion in parts:
        if name is not None and (not name.isidentifier() or spec or conversion):
            context.source.refuse(
                path, "{" + name + "}", "n'est pas un nom à remplir ; écrivez {nom}, sans format."
            )
    return sentence


_ROW = shapes.record(
    {
        "article": shapes.articles,
        "label": shapes.text,
        "confidence": shapes.confidence,
        "says": shapes.table(shapes.text, template),
    },
    {"note": shapes.text},
)


def read_rules(source: Source) -> Mapping[str, Rule]:
    """Rules by id, in the order of the file; raises LawError."""
    context = Context(source)
    rows: Any = source.data
    if not isinstance(rows, dict):
        source.refuse((), rows, "n'est pas un ensemble de règles ; écrivez « nom de règle: ».")
    rules: dict[str, Rule] = {}
    for name, row in rows.items():
        shapes.rule_id(context, (name,), name)
        read = _ROW(context, (name,), row)
        if _DEFAULT not in read["says"]:
            source.refuse(
                (name, "says"),
                "",
                f"la phrase « {_DEFAULT} » manque ; écrivez-la avant les autres.",
            )
        rules[name] = Rule(id=name, **read)
    return MappingProxyType(rules)
