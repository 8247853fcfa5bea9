"""The answers given so far: a flat mapping from key to text, nothing else anywhere.

Keys: ``d1`` is the kind of the first document and ``d1.au`` its last day; ``a1`` what is asked by
the first application and ``a1.depot`` its filing; ``a1.piece1.asked`` the first request for
pieces; ``p.ne`` the birth date. Values are codes, ISO days, :data:`UNKNOWN`, :data:`NO`, or a list
of codes joined by ``-``. A key that is absent was not answered yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.http import HttpRequest, QueryDict

UNKNOWN = "inconnu"
NO = "non"
YES = "oui"
#: A document or an application that was announced and not described yet.
NEW = "nouveau"
#: The same for a paper received while an application is pending.
PAPER = "papier"

_KEY = re.compile(
    r"(?:[da][1-9]\d?(?:\.[a-z]+[1-9]?\d?)*|p(?:\.[a-z]+[1-9]?\d?)+|plus|jour|recu)\Z", re.ASCII
)
_VALUE = re.compile(r"[A-Za-z0-9_.-]{1,120}\Z", re.ASCII)
#: No situation needs more; a longer address is somebody's play.
_MOST = 400


class State(dict[str, str]):
    """What was answered, by key."""

    @classmethod
    def read(cls, *sources: Mapping[str, str]) -> State:
        """The keys and values of the forms that have the shape of an answer; the rest is not ours.

        A later source wins. Whether a value is one of the choices offered is for the step to say.
        """
        found = cls()
        for source in sources:
            for key in list(source)[:_MOST]:
                value = source[key]
                if _KEY.match(key) and isinstance(value, str) and _VALUE.match(value):
                    found[key] = value
        return found

    @classmethod
    def of(cls, request: HttpRequest) -> State:
        return cls.read(request.GET, request.POST)

    # -- parts -----------------------------------------------------------------------------

    @property
    def personal(self) -> bool:
        """Does it hold what must not stand in an address?"""
        return any(is_personal(key) for key in self)

    def address(self) -> str:
        """The query string of the answers that an address may hold."""
        query = QueryDict(mutable=True)
        for key, value in self.ordered():
            if not is_personal(key):
                query[key] = value
        return query.urlencode()

    def ordered(self) -> list[tuple[str, str]]:
        """In an order that does not depend on the way taken."""
        return sorted(self.items(), key=lambda item: _rank(item[0]))

    # -- documents and applications --------------------------------------------------------

    def documents(self) -> list[str]:
        return self._numbered("d")

    def applications(self) -> list[str]:
        return self._numbered("a")

    def nested(self, prefix: str, name: str) -> list[str]:
        """``a1.piece1``, ``a1.piece2``… that were announced or described."""
        pattern = re.compile(re.escape(f"{prefix}.{name}") + r"(\d+)(?:\.|\Z)")
        numbers = {int(m[1]) for key in self if (m := pattern.match(key))}
        return [f"{prefix}.{name}{n}" for n in sorted(numbers)]

    def _numbered(self, letter: str) -> list[str]:
        numbers = sorted(int(key[1:]) for key in self if re.fullmatch(rf"{letter}\d+", key))
        return [f"{letter}{n}" for n in numbers]

    def next_name(self, letter: str) -> str:
        """The name of one more document (``d``) or application (``a``)."""
        taken = self._numbered(letter)
        return f"{letter}{int(taken[-1][1:]) + 1 if taken else 1}"

    def ticks(self, key: str) -> list[str]:
        """The codes of a list of boxes."""
        return [code for code in self.get(key, "").split("-") if code and code != NO]

    def drop(self, prefix: str) -> None:
        """Forgets a document, an application, or an item of one, and what hangs on it."""
        for key in [k for k in self if k == prefix or k.startswith(f"{prefix}.")]:
            del self[key]

    def without(self, keys: Iterator[str] | list[str] | set[str]) -> State:
        left = set(keys)
        return State({key: value for key, value in self.items() if key not in left})


def is_personal(key: str) -> bool:
    """Facts about the person, never in an address."""
    return key.startswith("p.")


def _rank(key: str) -> tuple[int, list[tuple[str, int]]]:
    first = {"d": 0, "a": 1, "p": 2}.get(key[0], 3) if key not in ("plus",) else 3
    parts = []
    for part in key.split("."):
        match = re.fullmatch(r"([a-z]+)(\d*)", part)
        assert match is not None
        parts.append((match[1], int(match[2] or 0)))
    return first, parts
