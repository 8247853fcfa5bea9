"""YAML text as plain data: no type is guessed, nothing is merged, repeated or aliased.

Built on the parser's events, so that the nesting of a hostile text is bounded before it costs
anything, and so that a line can be told for every value when an error needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import yaml

from droitfil.rules.sentences import FRENCH, Sentence

#: A place in the data: keys and ranks from the top, ("values", 0, "from").
Path = tuple[str | int, ...]
#: What a scalar means: its text, and whether it was written without quotes.
Scalar = Callable[[str, bool], Any]

MOST_NESTED = 20

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Broken(ValueError):
    """The text is not the YAML we read; ``sentence`` says it, ``says`` in French; lines from 1.

    ``malformed`` when it is not YAML at all; else ``path`` and ``value`` name what is refused.
    """

    def __init__(
        self,
        sentence: Sentence,
        document: int,
        line: int | None,
        column: int | None,
        *,
        malformed: bool = False,
        path: Path = (),
        value: str = "",
    ) -> None:
        super().__init__(sentence.template)
        self.sentence = sentence
        self.says = FRENCH.text(sentence)
        self.document = document
        self.line = line
        self.column = column
        self.malformed = malformed
        self.path = path
        self.value = value


def documents(
    text: str, scalar: Scalar, lines: dict[tuple[int, Path], int] | None = None
) -> Iterator[Any]:
    """Each document of ``text`` as mappings, lists and what ``scalar`` makes of scalars.

    ``lines``, when given, receives the line of every value and key by (document, path).
    Raises :class:`Broken` at the first thing refused: invalid YAML, a key written twice, a key
    that is not a text, an anchor, an alias, a tag, more than ``MOST_NESTED`` levels.
    """
    reader = _Reader(text, scalar, lines)
    yield from reader.documents()


def too_deep() -> Sentence:
    """More levels than any text of ours has."""
    return Sentence(
        "plus de {most} niveaux sont emboîtés ; simplifiez le texte.", {"most": MOST_NESTED}
    )


def twice(key: str) -> Sentence:
    """A field that is written twice."""
    return Sentence("« {name} » est écrit deux fois ; gardez une seule valeur.", {"name": key})


def shown(path: Path) -> str:
    """``values[0].from``, as sentences name a field."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


class _Reader:
    def __init__(
        self, text: str, scalar: Scalar, lines: dict[tuple[int, Path], int] | None
    ) -> None:
        self._events = yaml.parse(text, Loader=_Loader)
        self._scalar = scalar
        self._lines = lines
        self._document = 0

    def documents(self) -> Iterator[Any]:
        while True:
            event = self._next()
            if event is None:
                return
            if isinstance(event, yaml.DocumentStartEvent):
                self._document += 1
                yield self._node(self._next(), ())

    def _next(self) -> Any:
        try:
            return next(self._events, None)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise Broken(
                Sentence(
                    "ce n'est pas du YAML valable ; vérifiez à cet endroit les deux-points, les "
                    "guillemets, les crochets et le retrait.",
                    {},
                ),
                max(self._document, 1),
                mark.line + 1 if mark else None,
                mark.column + 1 if mark else None,
                malformed=True,
            ) from error
        except (yaml.YAMLError, UnicodeError) as error:
            raise Broken(
                Sentence(
                    "un caractère ne peut pas être lu ; enregistrez le texte en UTF-8, sans "
                    "caractère de contrôle.",
                    {},
                ),
                max(self._document, 1),
                None,
                None,
                malformed=True,
            ) from error

    def _refuse(self, event: Any, path: Path, value: str, says: Sentence) -> Broken:
        mark = event.start_mark
        return Broken(says, self._document, mark.line + 1, mark.column + 1, path=path, value=value)

    def _node(self, event: Any, path: Path) -> Any:
        if self._lines is not None:
            self._lines.setdefault((self._document, path), _line(event))
        if isinstance(event, yaml.AliasEvent):
            name = f"*{event.anchor}"
            says = Sentence(
                "« {name} » renvoie à une autre valeur ; écrivez-la en entier.", {"name": name}
            )
            raise self._refuse(event, path, name, says)
        if event.anchor is not None:
            name = f"&{event.anchor}"
            says = Sentence(
                "« {name} » nomme une valeur pour la répéter ; retirez ce nom.", {"name": name}
            )
            raise self._refuse(event, path, name, says)
        if event.tag is not None:
            says = Sentence(
                "« {name} » impose un type ; écrivez la valeur seule.", {"name": event.tag}
            )
            raise self._refuse(event, path, event.tag, says)
        if isinstance(event, yaml.ScalarEvent):
            return self._value(event, path)
        if len(path) >= MOST_NESTED:
            raise self._refuse(event, path, "", too_deep())
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _value(self, event: Any, path: Path) -> Any:
        try:
            return self._scalar(event.value, not event.style)
        except ValueError as error:
            raise self._refuse(
                event, path, event.value, Sentence("{says}", {"says": str(error)})
            ) from error

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                says = Sentence("un nom de champ doit être un texte simple.", {})
                raise self._refuse(event, path, "", says)
            key: str = event.value
            if key in found:
                raise self._refuse(event, (*path, key), key, twice(key))
            if self._lines is not None:
                self._lines[self._document, (*path, key)] = _line(event)
            found[key] = self._node(self._next(), (*path, key))
        return found


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
