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
from droitfil.rules.sentences import FRENCH, Renderer, Sentence

#: A question holds no more than this many bytes of UTF-8.
MOST_BYTES = 64 * 1024

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_LONGEST_NUMBER = 20
_EMPTY = Sentence("Le texte est vide ; écrivez au moins le champ today, AAAA-MM-JJ.", {})
_LITERALS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}


class Unreadable(ValueError):
    """The text cannot be read: ``says`` is one French sentence, with place and remedy;
    :meth:`told` the same in another language.

    ``document`` is the rank (from 1) of the document in a text of many, else None. ``malformed``
    when the text is neither YAML nor JSON; else ``path`` and ``value`` name what is refused in it.
    """

    def __init__(
        self,
        sentence: Sentence,
        document: int | None = None,
        *,
        at: tuple[int, int] | None = None,
        malformed: bool = False,
        path: str = "",
        value: str = "",
    ) -> None:
        self.sentence, self.at = sentence, at
        self.document = document
        self.malformed = malformed
        self.path = path
        self.value = value
        self.says = self.told(FRENCH)
        super().__init__(self.says)

    def told(self, renderer: Renderer) -> str:
        """The sentence in the language of ``renderer``: where, in which field, what and how."""
        says = renderer.text(self.sentence)
        if self.path:
            named = {"field": self.path, "says": says}
            says = renderer.text(Sentence("{field} : {says}", named))
        if self.at is not None:
            line, column = self.at
            place = {"line": line, "column": column, "says": says}
            says = renderer.text(Sentence("Ligne {line}, colonne {column} : {says}", place))
        if self.document is not None:
            numbered = {"number": self.document, "says": says}
            return renderer.text(Sentence("Document {number}. {says}", numbered))
        return says if self.path and self.at is None else says[0].upper() + says[1:]


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
            Sentence(
                "ce n'est pas du JSON valable ; vérifiez guillemets, virgules et accolades.", {}
            ),
            at=(error.lineno, error.colno),
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
            Sentence("Un caractère du texte ne peut pas être lu ; enregistrez-le en UTF-8.", {}),
            malformed=True,
        ) from None
    if size > most_bytes:
        raise Unreadable(
            Sentence(
                "Le texte fait {size} octets, c'est trop ; {most} au plus, une question à la fois.",
                {"size": size, "most": most_bytes},
            )
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
        says = Sentence(
            "« {name} » n'est pas une valeur ; écrivez null ou un nombre.", {"name": str(value)}
        )
        raise _refused(path, value, says)
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
            raise _refused(here, key, tree.twice(key))
        found[key] = _checked(item, here)
    return found


def _whole_text(text: str, path: tree.Path) -> str:
    """``text``, unless half a character (``"\\ud800"``) would make it impossible to repeat."""
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        says = Sentence("un caractère ne peut pas être lu ; écrivez-le en UTF-8.", {})
        raise _refused(path, "", says)
    return text


def _too_deep(path: tree.Path) -> Unreadable:
    return _refused(path, "", tree.too_deep())


def _refused(path: tree.Path, value: str, says: Sentence) -> Unreadable:
    return Unreadable(says, path=tree.shown(path), value=str(value))


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
        at = None if error.line is None or error.column is None else (error.line, error.column)
        raise Unreadable(
            error.sentence,
            number,
            at=at,
            malformed=error.malformed,
            path=tree.shown(error.path),
            value=error.value,
        ) from error
    if not found:
        raise Unreadable(_EMPTY, malformed=True)
    return found


def _fields(document: Any, number: int | None) -> dict[str, Any]:
    if document in (None, "") and number is not None and number > 1:
        raise Unreadable(
            Sentence(
                "Il est vide : « --- » ouvre un autre document ; retirez-le s'il n'y en a qu'un.",
                {},
            ),
            number,
        )
    if not isinstance(document, dict):
        raise Unreadable(
            Sentence(
                "La question n'est pas un ensemble de champs ; écrivez « today: AAAA-MM-JJ », puis "
                "les autres champs.",
                {},
            ),
            number,
        )
    return document
