"""What the law says to people, for its gettext catalogues: two Babel extraction methods.

``babel-law.cfg`` names them: one reads ``law/``, the other the few words of the kernel itself.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from droitfil.lawbook import tree
from droitfil.lawbook.source import law_scalar

#: Fields whose text a person reads, wherever they stand.
_SPOKEN = frozenset(
    {"label", "printed", "work_limit", "note", "says", "source", "unit"}
    # Of procedures.
    | {"help", "why", "summary", "prepare"}
)
#: Units are written out here in words; the sign of the euro is the same everywhere.
_SIGNS = frozenset({"€"})

Message = tuple[int, None, str, list[str]]


def extract_law(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Message]:
    """Line, no function name, text and comment of each sentence of a file of the law."""
    lines: dict[tuple[int, tree.Path], int] = {}
    text = fileobj.read().decode("utf-8")
    for number, document in enumerate(tree.documents(text, law_scalar, lines), start=1):
        for path, sentence in _sentences(document, ()):
            yield lines[number, path], None, sentence, [tree.shown(path)]


def extract_kernel(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Message]:
    """The sentences and words of the kernel, in a Python file: see :func:`_said`."""
    module = ast.parse(fileobj.read())
    named = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(module):
        if not isinstance(call, ast.Call):
            continue
        for argument in _said(call):
            node = named.get(argument.id) if isinstance(argument, ast.Name) else argument
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, None, node.value, []


def _said(call: ast.Call) -> list[ast.expr]:
    """What a call says to people, by the name of what is called."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = {"Sentence": 0, "missing": 1, "refuse": 2, "_known": 3}.get(name)
    if name in ("Field", "_enum") and any(given.arg == "required" for given in call.keywords):
        place = 1  # the label of a field that must be there
    return [] if place is None else call.args[place : place + 1]


def _sentences(value: Any, path: tree.Path) -> Iterator[tuple[tree.Path, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            here = (*path, key)
            if key in _SPOKEN:
                yield from _texts(item, here)
            else:
                yield from _sentences(item, here)
    elif isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _sentences(item, (*path, rank))


def _texts(value: Any, path: tree.Path) -> Iterator[tuple[tree.Path, str]]:
    """A sentence, or the sentences of a rule by variant."""
    if isinstance(value, str) and value not in _SIGNS:
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
