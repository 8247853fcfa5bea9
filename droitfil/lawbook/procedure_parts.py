"""The parts of a procedure's form: sources, pages, questions, pieces and their conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from droitfil.lawbook import shapes
from droitfil.lawbook.shapes import Context, Shape
from droitfil.lawbook.source import Source
from droitfil.lawbook.tree import Path
from droitfil.rules.condition_reading import Malformed, is_name, read_condition
from droitfil.rules.conditions import Condition, Type
from droitfil.rules.facts import Length
from droitfil.rules.procedure import (
    FACTS,
    Asks,
    Block,
    Choice,
    Due,
    Form,
    Piece,
    Question,
    Way,
)
from droitfil.rules.procedure import Source as Origin

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_CERTAIN = "V"
_WITH_CHOICES = (Asks.CHOICE, Asks.CHOICES)
_BOUNDED = (Asks.INTEGER, Asks.TEXT, Asks.LONG_TEXT)


def _length(context: Context, path: Path, value: Any) -> Length:
    text = shapes.length(context, path, value)
    return Length(int(text[:-1]), text[-1])


def _name(context: Context, path: Path, value: Any) -> str:
    if not isinstance(value, str) or not is_name(value) or value in FACTS or "." in value:
        context.source.refuse(
            path, value, "n'est pas un nom de champ ; écrivez des minuscules sans accent et des _."
        )
    return value


def _one_of(enum: type[Asks] | type[Form] | type[Due]) -> Shape:
    word = shapes.one_of(*(item.value for item in enum))

    def check(context: Context, path: Path, value: Any) -> Any:
        return enum(word(context, path, value))

    return check


#: How sure we are of a question, a piece or a way, and where it was read.
_VOUCHED: Mapping[str, Shape] = {
    "confidence": shapes.confidence,
    "sources": shapes.many(shapes.text, empty=False),
    "note": shapes.text,
}
_CHOICE = shapes.record({"value": shapes.text, "label": shapes.text})
_QUESTION = shapes.record(
    {"id": _name, "asks": _one_of(Asks), "label": shapes.text},
    {
        "help": shapes.text,
        "when": shapes.text,
        "required": shapes.boolean,
        "choices": shapes.many(_CHOICE, empty=False),
        "least": shapes.integer,
        "most": shapes.integer,
        "past": shapes.boolean,
        "article": shapes.articles,
        **_VOUCHED,
    },
)
_WAY = shapes.record(
    {"code": _name, "label": shapes.text},
    {"when": shapes.text, "max_age": _length, **_VOUCHED},
)
_PIECE = shapes.record(
    {"code": _name, "label": shapes.text, "why": shapes.text, "article": shapes.articles},
    {
        "help": shapes.text,
        "when": shapes.text,
        "forms": shapes.many(_one_of(Form), empty=False),
        "due": _one_of(Due),
        "blocking": shapes.boolean,
        "fresh": shapes.boolean,
        "obtainable": shapes.boolean,
        "translated": shapes.boolean,
        "count": shapes.integer,
        "max_age": _length,
        "accepts": shapes.many(_WAY, unique=False, empty=False),
        **_VOUCHED,
    },
)
_ROWS = shapes.many(shapes.anything, unique=False)
_FORM: Mapping[str, Shape] = {"questions": _ROWS, "pieces": _ROWS}
_OWN_PAGE = shapes.record(
    {"id": _name, "label": shapes.text},
    {"help": shapes.text, "shared": shapes.boolean, **_FORM},
)
_SHARED_PAGE = shapes.record(
    {"label": shapes.text, "versions": shapes.many(shapes.anything, unique=False, empty=False)},
    {"help": shapes.text},
)
_SHARED_VERSION = shapes.record({"from": shapes.nullable(shapes.day)}, _FORM)
_ORIGIN = shapes.record({"label": shapes.text}, {"address": shapes.text})
_SHARED = shapes.record(
    {"sources": shapes.table(shapes.text, _ORIGIN), "blocks": shapes.table(_name, _SHARED_PAGE)},
    {"accepts": shapes.table(_name, shapes.many(shapes.anything, unique=False, empty=False))},
)
#: Documents of which one suffices, by the name of their list, as written.
Ways = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A question or a piece as written, and where, so that an error can point at it."""

    context: Context
    path: Path
    read: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a form on one date."""

    block: Block
    questions: tuple[Row, ...]
    pieces: tuple[Row, ...]


class Shared:
    """The sources, the pages and the lists of accepted documents that procedures share."""

    def __init__(
        self,
        source: Source,
        sources: Mapping[str, Origin],
        blocks: Mapping[str, tuple[tuple[date | None, Page], ...]],
        ways: Ways,
    ) -> None:
        self._source = source
        self.sources = sources
        self.ways = ways
        self.blocks = blocks

    def changes(self, name: str) -> Iterator[date]:
        """The days on which a page changes."""
        return (start for start, _ in self.blocks[name] if start is not None)

    def page(
        self,
        name: str,
        on: date,
        *,
        without: Sequence[str],
        shared: bool,
        asked: tuple[Source, Path],
    ) -> Page:
        """The page ``name`` on a day, less what ``without`` names.

        :param shared: the same for every child of a parent who asks for several.
        """
        found = None
        for start, page in self.blocks[name]:
            if start is None or start <= on:
                found = page
        source, path = asked
        if found is None:
            source.refuse(
                (*path, "include"), name, f"n'existe pas encore le {on} ; datez-le plus tôt."
            )
        known = {row.read["id"] for row in found.questions} | {
            row.read["code"] for row in found.pieces
        }
        for rank, word in enumerate(without):
            if word not in known:
                source.refuse(
                    (*path, "without", rank), word, f"n'est pas dans {name} ; retirez-le d'ici."
                )
        return Page(
            replace(found.block, shared=shared),
            tuple(row for row in found.questions if row.read["id"] not in without),
            tuple(row for row in found.pieces if row.read["code"] not in without),
        )


def read_shared(source: Source) -> Shared:
    """The file of what procedures share; raises LawError."""
    context = Context(source)
    read = _SHARED(context, (), source.data)
    sources = {name: Origin(name, **row) for name, row in read["sources"].items()}
    ways = source.data.get("accepts", {})
    blocks: dict[str, tuple[tuple[date | None, Page], ...]] = {}
    for name, row in read["blocks"].items():
        block = Block(name, row["label"], row.get("help", ""))
        found: list[tuple[date | None, Page]] = []
        for rank, written in enumerate(source.data["blocks"][name]["versions"]):
            path = ("blocks", name, "versions", rank)
            version = _SHARED_VERSION(context, path, written)
            start = version["from"]
            if found and (start is None or (found[-1][0] or date.min) >= start):
                source.refuse(
                    (*path, "from"),
                    start,
                    "n'est pas après la date précédente ; rangez les versions de la plus ancienne "
                    "à la plus récente, null seulement pour la première.",
                )
            found.append((start, _page(context, path, block, written, ways)))
        blocks[name] = tuple(found)
    return Shared(source, MappingProxyType(sources), MappingProxyType(blocks), ways)


def read_page(context: Context, path: Path, row: Any, ways: Ways) -> Page:
    """A page that one procedure alone holds."""
    read = _OWN_PAGE(context, path, row)
    block = Block(read["id"], read["label"], read.get("help", ""), read.get("shared", False))
    return _page(context, path, block, row, ways)


def _page(context: Context, path: Path, block: Block, row: Mapping[str, Any], ways: Ways) -> Page:
    rows: dict[str, tuple[Row, ...]] = {}
    for field, shape in (("questions", _QUESTION), ("pieces", _PIECE)):
        rows[field] = tuple(
            Row(context, here, shape(context, here, _written_out(context, here, written, ways)))
            for rank, written in enumerate(row.get(field) or ())
            for here in [(*path, field, rank)]
        )
    return Page(block, rows["questions"], rows["pieces"])


def _written_out(context: Context, path: Path, written: Any, ways: Ways) -> Any:
    """A piece whose ``accepts`` names a list that procedures share, with that list."""
    name = written.get("accepts") if isinstance(written, dict) else None
    if not isinstance(name, str):
        return written
    if name not in ways:
        context.source.refuse(
            (*path, "accepts"), name, f"n'est pas une liste commune ; il y a {', '.join(ways)}."
        )
    return {**written, "accepts": ways[name]}


def form(
    pages: Sequence[Page], sources: Mapping[str, Origin]
) -> tuple[tuple[Block, ...], tuple[Question, ...], tuple[Piece, ...]]:
    """The pages put together: names told apart, conditions typed; raises LawError."""
    names: dict[str, Type] = {name: fact.type for name, fact in FACTS.items()}
    questions: list[Question] = []
    blocks: list[Block] = []
    for page in pages:
        if not page.questions and not page.pieces:
            continue  # a shared page that asks nothing on this day
        if page.block in blocks:
            row = (*page.questions, *page.pieces)[0]
            row.context.source.refuse(
                row.path[:1], page.block.id, "est deux fois dans une démarche ; retirez-en une."
            )
        blocks.append(page.block)
        for row in page.questions:
            question = _question(row, page.block, names, sources)
            if question.id in names:
                row.context.source.refuse(
                    (*row.path, "id"),
                    question.id,
                    "nomme déjà une question ; changez l'un des deux.",
                )
            names[question.id] = question.type
            questions.append(question)
    codes: set[str] = set()
    pieces = [
        _piece(row, page.block, names, sources, codes) for page in pages for row in page.pieces
    ]
    return tuple(blocks), tuple(questions), tuple(pieces)


def _question(
    row: Row, block: Block, names: Mapping[str, Type], sources: Mapping[str, Origin]
) -> Question:
    read = dict(row.read)
    asks: Asks = read["asks"]
    refuse = row.context.source.refuse
    if (asks in _WITH_CHOICES) is not ("choices" in read):
        refuse(
            (*row.path, "asks"),
            asks.value,
            "attend une liste choices." if asks in _WITH_CHOICES else "n'a pas de choices.",
        )
    for field, allowed in (("least", _BOUNDED), ("most", _BOUNDED), ("past", (Asks.DATE,))):
        if field in read and asks not in allowed:
            refuse((*row.path, field), field, f"ne convient pas à {asks.value} ; retirez-le.")
    if read.get("most", read.get("least", 0)) < read.get("least", 0):
        refuse(
            (*row.path, "most"), read["most"], "est plus petit que least ; corrigez l'un des deux."
        )
    choices = tuple(Choice(**choice) for choice in read.pop("choices", ()))
    values = [choice.value for choice in choices]
    for rank, value in enumerate(values):
        if value in values[:rank]:
            refuse(
                (*row.path, "choices", rank, "value"), value, "est écrit deux fois ; changez-en un."
            )
    when = condition(row.context, (*row.path, "when"), read.pop("when", None), names)
    _vouched(row.context, row.path, read, sources)
    return Question(block=block.id, choices=choices, when=when, **read)


def _piece(
    row: Row,
    block: Block,
    names: Mapping[str, Type],
    sources: Mapping[str, Origin],
    codes: set[str],
) -> Piece:
    read = dict(row.read)
    _new(row.context, (*row.path, "code"), read["code"], codes)
    when = condition(row.context, (*row.path, "when"), read.pop("when", None), names)
    _vouched(row.context, row.path, read, sources)
    if not read.get("count", 1):
        row.context.source.refuse(
            (*row.path, "count"), 0, "n'est pas un nombre ; écrivez au moins 1."
        )
    ways = []
    for rank, written in enumerate(read.pop("accepts", ())):
        path = (*row.path, "accepts", rank)
        way = dict(written)
        _new(row.context, (*path, "code"), way["code"], codes)
        fits = condition(row.context, (*path, "when"), way.pop("when", None), names)
        _vouched(row.context, path, way, sources)
        ways.append(Way(when=fits, **way))
    return Piece(block=block.id, when=when, accepts=tuple(ways), **read)


def _new(context: Context, path: Path, code: str, codes: set[str]) -> None:
    if code in codes:
        context.source.refuse(path, code, "nomme déjà une pièce ; changez l'un des deux.")
    codes.add(code)


def condition(
    context: Context, path: Path, text: str | None, names: Mapping[str, Type]
) -> Condition | None:
    """A condition as written, typed by ``names``; raises LawError."""
    if text is None:
        return None
    try:
        return read_condition(text, names)
    except Malformed as error:
        context.source.refuse(path, error.wrong, error.says)


def _vouched(
    context: Context, path: Path, read: Mapping[str, Any], sources: Mapping[str, Origin]
) -> None:
    """What was not read in the text says where it comes from."""
    for rank, name in enumerate(read.get("sources", ())):
        if name not in sources:
            context.source.refuse(
                (*path, "sources", rank),
                name,
                "n'est pas une source de blocks.yaml ; ajoutez-la là.",
            )
    sure = read.get("confidence", _CERTAIN)
    if sure != _CERTAIN and "sources" not in read and "note" not in read:
        context.source.refuse(
            (*path, "confidence"),
            sure,
            "n'a ni sources ni note ; dites d'où cela vient, ou ce qui reste incertain.",
        )
