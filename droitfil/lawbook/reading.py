"""The text of a question as people write it, YAML or JSON, as plain data for the kernel.

A YAML scalar is taken as written: ``2025-06-30``, ``01`` and ``91`` stay texts, so that nothing is
guessed before the kernel can refuse it by its path. Only unquoted ``true`` and ``false`` are
booleans; nothing, ``null`` and ``~`` are nothing; what is quoted is always a text.
"""

from __future__ import annotations

import json
import re
from typing import Any

from droitfil.lawbook import tree

#: A question holds no more than this many bytes of UTF-8.
MOST_BYTES = 64 * 1024

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_LONGEST_NUMBER = 20
_LITERALS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}


class Unreadable(ValueError):
    """The text cannot be read: ``says`` is one French sentence, with place and remedy.

    ``document`` is the rank (from 1) of the document in a text of many, else None.
    """

    def __init__(self, says: str, document: int | None = None) -> None:
        super().__init__(says)
        self.says = says
        self.document = document


def read_documents(text: str, *, most_bytes: int = MOST_BYTES) -> list[dict[str, Any]]:
    """Every document of ``text``, in order; raises :class:`Unreadable` and answers none.

    Refused: what is neither YAML nor JSON, a field written twice, an anchor or an alias, a tag,
    a document that is not a set of fields, over ``most_bytes`` of UTF-8 or ``tree.MOST_NESTED``
    levels.
    """
    text = text.removeprefix("\ufeff")
    _refuse_size(text, most_bytes)
    if not text.strip():
        raise Unreadable("Le texte est vide ; écrivez au moins le champ today, AAAA-MM-JJ.")
    if text.lstrip()[0] in "{[":
        found = _json(text)
        if found is not None:
            return [_fields(found, None)]
    return _yaml(text)


def _refuse_size(text: str, most_bytes: int) -> None:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise Unreadable(
            "Un caractère du texte ne peut pas être lu ; enregistrez-le en UTF-8."
        ) from None
    if size > most_bytes:
        raise Unreadable(
            f"Le texte fait {size} octets, c'est trop ; {most_bytes} au plus, une question à la "
            "fois."
        )


# -- JSON ------------------------------------------------------------------------------------------


def _json(text: str) -> Any:
    """The JSON value of ``text``; None when it is not JSON. A number is no text (``"91"``)."""
    try:
        found = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_whole,
            parse_constant=_no_constant,
        )
    except json.JSONDecodeError:
        return None
    except RecursionError:
        found = None
        too_deep = True
    else:
        too_deep = _depth(found) > tree.MOST_NESTED
    if too_deep:
        raise Unreadable(f"Plus de {tree.MOST_NESTED} niveaux sont emboîtés ; simplifiez le texte.")
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Unreadable(f"« {twice} » est écrit deux fois ; gardez une seule valeur.")
    return found


def _whole(digits: str) -> int | str:
    # Python refuses to read very long numbers; the kernel will refuse this text by its path.
    return int(digits) if len(digits) < _LONGEST_NUMBER else digits


def _no_constant(word: str) -> Any:
    raise Unreadable(f"« {word} » n'est pas une valeur ; écrivez un texte, un nombre ou null.")


def _depth(value: Any) -> int:
    """Levels of lists and mappings, counted without recursion."""
    deepest, todo = 0, [(value, 1)]
    while todo:
        item, depth = todo.pop()
        if isinstance(item, dict):
            todo += [(child, depth + 1) for child in item.values()]
        elif isinstance(item, list):
            todo += [(child, depth + 1) for child in item]
        else:
            continue
        deepest = max(deepest, depth)
    return deepest


# -- YAML ------------------------------------------------------------------------------------------


def _as_written(text: str, plain: bool) -> Any:
    return _LITERALS.get(text, text) if plain else text


def _yaml(text: str) -> list[dict[str, Any]]:
    bare = _COMMENT.sub("", text).strip()
    many = len(_SEPARATOR.findall(bare)) > bare.startswith("---")
    found: list[dict[str, Any]] = []
    try:
        for rank, document in enumerate(tree.documents(text, _as_written), start=1):
            found.append(_fields(document, rank if many else None))
    except tree.Broken as error:
        number = error.document if many else None
        place = "" if error.line is None else f"Ligne {error.line}, colonne {error.column} : "
        raise _unreadable(place + error.says, number) from error
    if not found:
        raise Unreadable("Le texte est vide ; écrivez au moins le champ today, AAAA-MM-JJ.")
    return found


def _fields(document: Any, number: int | None) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _unreadable(
            "La question n'est pas un ensemble de champs ; écrivez « today: AAAA-MM-JJ », puis "
            "les autres champs.",
            number,
        )
    return document


def _unreadable(says: str, number: int | None) -> Unreadable:
    if number is not None:
        says = f"Document {number}. {says}"
    return Unreadable(says[0].upper() + says[1:], number)
