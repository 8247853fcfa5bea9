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
_EMPTY = "Le texte est vide ; écrivez au moins le champ today, AAAA-MM-JJ."
_LITERALS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}


class Unreadable(ValueError):
    """The text cannot be read: ``says`` is one French sentence, with place and remedy.

    ``document`` is the rank (from 1) of the document in a text of many, else None. ``malformed``
    when the text is neither YAML nor JSON; else ``path`` and ``value`` name what is refused in it.
    """

    def __init__(
        self,
        says: str,
        document: int | None = None,
        *,
        malformed: bool = False,
        path: str = "",
        value: str = "",
    ) -> None:
        super().__init__(says)
        self.says = says
        self.document = document
        self.malformed = malformed
        self.path = path
        self.value = value


def read_documents(text: str, *, most_bytes: int = MOST_BYTES) -> list[dict[str, Any]]:
    """Every document of ``text``, in order; raises :class:`Unreadable` and answers none.

    Refused: what is neither YAML nor JSON, a field written twice, an anchor or an alias, a tag,
    a document that is not a set of fields, over ``most_bytes`` of UTF-8 or ``tree.MOST_NESTED``
    levels.
    """
    text = _sized(text, most_bytes)
    if text.lstrip()[0] in "{[":
        try:
            found = _json(text)
        except json.JSONDecodeError:
            return _yaml(text)  # YAML writes sets of fields between braces too
        return [_fields(found, None)]
    return _yaml(text)


def read_json(text: str) -> dict[str, Any]:
    """The one document of a text that claims to be JSON; raises :class:`Unreadable`."""
    try:
        return _fields(_json(_sized(text, MOST_BYTES)), None)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"Ligne {error.lineno}, colonne {error.colno} : ce n'est pas du JSON valable ; "
            "vérifiez guillemets, virgules et accolades.",
            malformed=True,
        ) from error


def _sized(text: str, most_bytes: int) -> str:
    text = text.removeprefix("\ufeff")
    _refuse_size(text, most_bytes)
    if not text.strip():
        raise Unreadable(_EMPTY, malformed=True)
    return text


def _refuse_size(text: str, most_bytes: int) -> None:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise Unreadable(
            "Un caractère du texte ne peut pas être lu ; enregistrez-le en UTF-8.", malformed=True
        ) from None
    if size > most_bytes:
        raise Unreadable(
            f"Le texte fait {size} octets, c'est trop ; {most_bytes} au plus, une question à la "
            "fois."
        )


# -- JSON ------------------------------------------------------------------------------------------


class _Pairs(list[tuple[str, Any]]):
    """The fields of a JSON object as written, so that one written twice can be seen."""


class _NotAValue(str):
    """NaN and its like, which JSON does not know but Python reads."""

    __slots__ = ()


def _json(text: str) -> Any:
    """The JSON value of ``text``; raises JSONDecodeError. A number is no text (``"91"``)."""
    try:
        found = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_whole, parse_constant=_NotAValue
        )
    except RecursionError:
        raise _too_deep(()) from None
    return _checked(found, ())


def _whole(digits: str) -> int | float:
    # Python refuses to read very long whole numbers; no field holds one anyway.
    return int(digits) if len(digits) < _LONGEST_NUMBER else float(digits)


def _checked(value: Any, path: tree.Path) -> Any:
    if isinstance(value, _NotAValue):
        raise _refused(
            path, value, f"« {value} » n'est pas une valeur ; écrivez null ou un nombre."
        )
    if isinstance(value, str):
        return _whole_text(value, path)
    if not isinstance(value, list):
        return value
    if len(path) >= tree.MOST_NESTED:
        raise _too_deep(path)
    if not isinstance(value, _Pairs):
        return [_checked(item, (*path, rank)) for rank, item in enumerate(value)]
    found: dict[str, Any] = {}
    for key, item in value:
        here = (*path, _whole_text(key, path))
        if key in found:
            raise _refused(here, key, f"« {key} » est écrit deux fois ; gardez une seule valeur.")
        found[key] = _checked(item, here)
    return found


def _whole_text(text: str, path: tree.Path) -> str:
    """``text``, unless half a character (``"\\ud800"``) would make it impossible to repeat."""
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise _refused(path, "", "un caractère ne peut pas être lu ; écrivez-le en UTF-8.")
    return text


def _too_deep(path: tree.Path) -> Unreadable:
    return _refused(
        path, "", f"plus de {tree.MOST_NESTED} niveaux sont emboîtés ; simplifiez le texte."
    )


def _refused(path: tree.Path, value: str, says: str) -> Unreadable:
    field = tree.shown(path)
    says = f"{field} : {says}" if field else says[0].upper() + says[1:]
    return Unreadable(says, path=field, value=str(value))


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
        field = tree.shown(error.path)
        named = f"{field} : " if field else ""
        raise _unreadable(
            f"{place}{named}{error.says}",
            number,
            malformed=error.malformed,
            path=field,
            value=error.value,
        ) from error
    if not found:
        raise Unreadable(_EMPTY, malformed=True)
    return found


def _fields(document: Any, number: int | None) -> dict[str, Any]:
    if document in (None, "") and number is not None and number > 1:
        raise _unreadable(
            "Il est vide : « --- » ouvre un autre document ; retirez-le s'il n'y en a qu'un.",
            number,
        )
    if not isinstance(document, dict):
        raise _unreadable(
            "La question n'est pas un ensemble de champs ; écrivez « today: AAAA-MM-JJ », puis "
            "les autres champs.",
            number,
        )
    return document


def _unreadable(says: str, number: int | None, **more: Any) -> Unreadable:
    says = says[0].upper() + says[1:] if number is None else f"Document {number}. {says}"
    return Unreadable(says, number, **more)
