"""What the law's files say to people, for the gettext catalogues (a Babel extraction method).

In ``babel.cfg``::

    [extractors]
    law = droitfil.lawbook.extraction:extract_law
    [law: law/*.yaml]
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from droitfil.lawbook import tree
from droitfil.lawbook.source import law_scalar

#: Fields whose text a person reads, wherever they stand.
_SPOKEN = frozenset({"label", "printed", "work_limit", "note", "says", "source", "unit"})
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
