"""One file of the law: its data, and the way to point at a line of it.

Scalars are read without surprises: unquoted whole numbers, ``true``/``false``, ``null`` and dates
``YYYY-MM-DD`` are what they look like, everything else is text as written; quoted is always text.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path as FilePath
from typing import Any, NoReturn

from droitfil.lawbook import tree
from droitfil.lawbook.errors import LawError

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,8})\Z", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_LITERALS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}
_MOST_SHOWN = 80


def law_scalar(text: str, plain: bool) -> Any:
    """What a scalar of the law's files means; raises ValueError (French) for an impossible day."""
    if not plain:
        return text
    if text in _LITERALS:
        return _LITERALS[text]
    if _INTEGER.match(text):
        return int(text)
    day = _DAY.match(text)
    if day is None:
        return text
    try:
        return date(int(day[1]), int(day[2]), int(day[3]))
    except ValueError:
        raise ValueError(
            f"« {text} » n'existe pas dans le calendrier ; vérifiez le mois et le jour."
        ) from None


class Source:
    """A file of the law, read once; lines are looked for only when an error needs one."""

    def __init__(self, folder: FilePath, name: str) -> None:
        self.name = f"{folder.name}/{name}"
        path = folder / name
        try:
            self.bytes = path.read_bytes()
            self._text = self.bytes.decode("utf-8")
        except FileNotFoundError:
            raise LawError(
                self.name, None, "", "", f"ce fichier manque dans {folder} ; remettez-le."
            ) from None
        except UnicodeDecodeError:
            raise LawError(
                self.name, None, "", "", "ce fichier n'est pas en UTF-8 ; convertissez-le."
            ) from None
        self.data = self._read(None)

    def _read(self, lines: dict[tuple[int, tree.Path], int] | None) -> Any:
        try:
            found = list(tree.documents(self._text, law_scalar, lines))
        except tree.Broken as error:
            raise LawError(self.name, error.line, tree.shown(error.path), "", error.says) from error
        if len(found) != 1:
            raise LawError(
                self.name, None, "", "", f"{len(found)} documents au lieu d'un ; gardez-en un seul."
            )
        return found[0]

    def refuse(self, path: tree.Path, value: Any, right: str) -> NoReturn:
        """Raise the :class:`LawError` for what stands at ``path``."""
        lines: dict[tuple[int, tree.Path], int] = {}
        self._read(lines)
        at = path
        while (1, at) not in lines and at:
            at = at[:-1]
        raise LawError(self.name, lines.get((1, at)), tree.shown(path), written(value), right)


def written(value: Any) -> str:
    """A value as a sentence quotes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        value = "{" + ", ".join(value) + "}"
    text = str(value)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"
