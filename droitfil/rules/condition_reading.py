"""Reading the text of a condition: its grammar, the types it must respect, its bounds.

Grammar::

    condition  := conjunction ("or" conjunction)*
    conjunction:= negation ("and" negation)*
    negation   := "not" negation | comparison
    comparison := operand [("==" | "!=" | "<" | "<=" | ">" | ">=") operand
                          | ["not"] "in" "[" literal ("," literal)* "]" | "has" literal]
    operand    := name | literal | ("years" | "months" | "days") "(" operand "," operand ")"
                | "known" "(" name ")" | "(" condition ")"
    literal    := whole number | 'text' | AAAA-MM-JJ | true | false
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import NamedTuple, NoReturn

from droitfil.rules.conditions import (
    BOOLEAN,
    DATE,
    INTEGER,
    TEXT,
    All,
    Among,
    AnyOf,
    Between,
    Compare,
    Condition,
    Has,
    Kind,
    Known,
    Literal,
    Name,
    Node,
    Not,
    Type,
    Value,
)
from droitfil.rules.spelling import closest

#: Bounds of one condition: characters, nodes of its tree, parentheses inside one another.
MOST_CHARACTERS = 400
MOST_NODES = 60
MOST_NESTED = 8

_FRENCH = {
    Kind.BOOLEAN: "oui ou non",
    Kind.INTEGER: "un nombre entier",
    Kind.DATE: "une date",
    Kind.TEXT: "un texte",
    Kind.CHOICE: "un choix",
    Kind.CHOICES: "plusieurs choix",
}


class Malformed(ValueError):
    """A condition cannot be read; ``says`` is a French sentence for its author.

    ``at`` counts characters from 0; ``wrong`` is what stands there.
    """

    def __init__(self, says: str, at: int, wrong: str) -> None:
        super().__init__(f"« {wrong} » (caractère {at + 1}) {says}")
        self.says = says
        self.at = at
        self.wrong = wrong


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<date>\d{4}-\d{2}-\d{2})
    | (?P<number>\d{1,9}(?![\w-]))
    | '(?P<text>[^']*)'
    | (?P<word>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)
    | (?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)
    )""",
    re.VERBOSE | re.ASCII,
)
_ORDERS = ("<", "<=", ">", ">=")
_COMPARISONS = ("==", "!=", *_ORDERS)
_UNITS = ("years", "months", "days")
_WORDS = frozenset({"and", "or", "not", "in", "has", "known", "true", "false", *_UNITS})


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


_END = "fin"


def read_condition(text: str, names: Mapping[str, Type]) -> Condition:
    """A condition of the type oui/non over ``names``; raises :class:`Malformed`."""
    if len(text) > MOST_CHARACTERS:
        raise Malformed(
            f"dépasse {MOST_CHARACTERS} caractères ; posez une question de plus, ou faites deux "
            "pièces.",
            0,
            text[:MOST_NESTED] + "…",
        )
    reader = _Reader(list(_tokens(text)), names)
    root = reader.whole()
    return Condition(text, tuple(dict.fromkeys(reader.seen)), root)


def is_name(text: str) -> bool:
    """Whether a question may bear this name: one word of the language, not one of its own."""
    found = _TOKEN.fullmatch(text)
    return found is not None and found["word"] is not None and text not in _WORDS


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise Malformed(
                "ne se lit pas ici ; écrivez des noms, des valeurs entre apostrophes, ==, !=, <, "
                "<=, >, >=, in, has, and, or, not.",
                start,
                text[start:].split()[0],
            )
        kind = found.lastgroup
        yield _Token(kind, found[kind], found.start(kind))
        at = found.end()
    yield _Token(_END, _END, len(text))


class _Reader:
    def __init__(self, tokens: list[_Token], names: Mapping[str, Type]) -> None:
        self._tokens = tokens
        self._names = names
        self._rank = 0
        self._nodes = 0
        self._depth = 0
        self.seen: list[str] = []

    def whole(self) -> Node:
        root = self._or()
        if self._here.kind != _END:
            self._refuse(self._here, "est de trop ; joignez les conditions par and ou par or.")
        return self._boolean(root, self._tokens[0])

    @property
    def _here(self) -> _Token:
        return self._tokens[self._rank]

    def _take(self) -> _Token:
        token = self._here
        self._rank += 1
        return token

    def _is(self, *texts: str) -> bool:
        """A sign or a word of the language; never a text between apostrophes."""
        return self._here.kind in ("sign", "word") and self._here.text in texts

    def _expect(self, text: str) -> None:
        if not self._is(text):
            self._refuse(self._here, f"ne convient pas ici ; écrivez « {text} ».")
        self._take()

    def _refuse(self, token: _Token, says: str) -> NoReturn:
        raise Malformed(says, token.at, token.text)

    def _count(self, token: _Token) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse(token, f"fait plus de {MOST_NODES} termes ; coupez la condition en deux.")

    def _boolean(self, node: Node, token: _Token) -> Node:
        if node.type.kind is not Kind.BOOLEAN:
            self._refuse(
                token,
                f"vaut {_FRENCH[node.type.kind]}, pas oui ou non ; comparez-le à une valeur, par "
                "exemple avec ==.",
            )
        return node

    def _or(self) -> Node:
        return self._series("or")

    def _series(self, word: str) -> Node:
        first = self._here
        inner = self._negation if word == "and" else lambda: self._series("and")
        parts = [inner()]
        while self._is(word):
            self._boolean(parts[-1], first)
            self._take()
            first = self._here
            parts.append(inner())
            self._boolean(parts[-1], first)
        if len(parts) == 1:
            return parts[0]
        return All(tuple(parts)) if word == "and" else AnyOf(tuple(parts))

    def _negation(self) -> Node:
        if not self._is("not"):
            return self._comparison()
        self._enter(self._take())
        first = self._here
        inner = Not(self._boolean(self._negation(), first))
        self._depth -= 1
        return inner

    def _enter(self, token: _Token) -> None:
        self._count(token)
        self._depth += 1
        if self._depth > MOST_NESTED:
            self._refuse(token, f"emboîte plus de {MOST_NESTED} niveaux ; simplifiez la condition.")

    def _comparison(self) -> Node:
        first = self._here
        left = self._operand()
        token = self._here
        if self._is(*_COMPARISONS):
            self._take()
            at = self._here
            return self._compared(token, left, first, self._operand(), at)
        if self._is("in"):
            self._take()
            return self._among(left, token)
        if self._is("not"):
            self._take()
            self._expect("in")
            return Not(self._among(left, token))
        if self._is("has"):
            self._take()
            return self._has(left, token)
        return left

    def _compared(
        self, token: _Token, left: Node, first: _Token, right: Node, second: _Token
    ) -> Node:
        if Kind.CHOICES in (left.type.kind, right.type.kind):
            self._refuse(token, "ne compare pas plusieurs choix ; écrivez has et une valeur.")
        left, right = _same_family(left, right), _same_family(right, left)
        if left.type.kind is not right.type.kind:
            self._refuse(
                token,
                f"compare {_FRENCH[left.type.kind]} à {_FRENCH[right.type.kind]} ; comparez deux "
                "valeurs de même nature.",
            )
        for side, other, at in ((left, right, second), (right, left, first)):
            if isinstance(other, Literal):
                self._belongs(other.value, side.type, at)
        if token.text in _ORDERS and left.type.kind not in (Kind.INTEGER, Kind.DATE):
            self._refuse(token, "n'ordonne que des nombres ou des dates ; écrivez ==, != ou in.")
        return Compare(token.text, left, right)

    def _belongs(self, value: Value, wanted: Type, token: _Token) -> None:
        if wanted.values and value not in wanted.values:
            self._refuse(
                token, f"n'est pas une valeur possible ; il y a {', '.join(wanted.values)}."
            )

    def _among(self, left: Node, token: _Token) -> Node:
        if left.type.kind in (Kind.BOOLEAN, Kind.CHOICES):
            self._refuse(token, f"ne convient pas à {_FRENCH[left.type.kind]} ; écrivez == ou has.")
        self._expect("[")
        values: list[Value] = []
        while True:
            at = self._here
            literal = self._literal()
            if literal is None:
                self._refuse(at, "n'est pas une valeur ; écrivez par exemple ['a', 'b'].")
            if _same_family(literal, left).type.kind is not left.type.kind:
                self._refuse(at, f"n'est pas {_FRENCH[left.type.kind]} ; corrigez la liste.")
            self._belongs(literal.value, left.type, at)
            values.append(literal.value)
            if not self._is(","):
                break
            self._take()
        self._expect("]")
        return Among(left, tuple(values))

    def _has(self, left: Node, token: _Token) -> Node:
        at = self._here
        literal = self._literal()
        if left.type.kind is not Kind.CHOICES:
            self._refuse(token, "ne convient qu'à plusieurs choix ; écrivez == ou in.")
        if literal is None or not isinstance(literal.value, str):
            self._refuse(at, "n'est pas un texte ; écrivez une valeur entre apostrophes.")
        self._belongs(literal.value, left.type, at)
        return Has(left, literal.value)

    def _operand(self) -> Node:
        token = self._here
        literal = self._literal()
        if literal is not None:
            return literal
        if self._is("("):
            self._enter(self._take())
            inner = self._or()
            self._expect(")")
            self._depth -= 1
            return inner
        if self._is("known"):
            self._take()
            self._expect("(")
            name = self._name()
            self._expect(")")
            return Known(name.name)
        if self._is(*_UNITS):
            return self._between(self._take())
        if token.kind != "word" or token.text in _WORDS:
            self._refuse(token, "ne convient pas ici ; écrivez un nom ou une valeur.")
        return self._name()

    def _between(self, token: _Token) -> Node:
        self._enter(token)
        self._expect("(")
        sides: list[Node] = []
        for closing in (",", ")"):
            at = self._here
            sides.append(self._operand())
            if sides[-1].type.kind is not Kind.DATE:
                self._refuse(at, f"n'est pas une date ; {token.text} attend deux dates.")
            self._expect(closing)
        self._depth -= 1
        return Between(token.text, sides[0], sides[1])

    def _name(self) -> Name:
        token = self._take()
        self._count(token)
        found = self._names.get(token.text) if token.kind == "word" else None
        if found is None:
            near = _near(token.text, self._names)
            self._refuse(token, f"n'est ni une question posée avant, ni un fait connu{near}")
        self.seen.append(token.text)
        return Name(token.text, found)

    def _literal(self) -> Literal | None:
        token = self._here
        literal: Literal | None = None
        if token.kind == "number":
            literal = Literal(int(token.text), INTEGER)
        elif token.kind == "text":
            literal = Literal(token.text, TEXT)
        elif token.kind == "date":
            try:
                literal = Literal(date.fromisoformat(token.text), DATE)
            except ValueError:
                self._refuse(token, "n'existe pas dans le calendrier ; vérifiez le jour.")
        elif self._is("true", "false"):
            literal = Literal(token.text == "true", BOOLEAN)
        if literal is not None:
            self._count(token)
            self._take()
        return literal


def _same_family(node: Node, other: Node) -> Node:
    """A text written beside a choice is one of its values."""
    if isinstance(node, Literal) and node.type is TEXT and other.type.kind is Kind.CHOICE:
        return Literal(node.value, other.type)
    return node


def _near(name: str, names: Collection[str]) -> str:
    near = closest(name, tuple(names))
    return f" ; vouliez-vous « {near} » ?" if near else "."
