"""law/procedures/*.yaml: what one asks of a person who files, by title and request.

``blocks.yaml`` holds the sources, the lists of documents and the pages that procedures share;
every other file is one procedure. A version of a procedure begins on its own date, and again
whenever a shared page that it includes changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from droitfil.lawbook import procedure_parts as parts
from droitfil.lawbook import shapes
from droitfil.lawbook.errors import LawError
from droitfil.lawbook.loading import law_folder, load_law
from droitfil.lawbook.procedure_parts import Page
from droitfil.lawbook.shapes import Context
from droitfil.lawbook.source import Source
from droitfil.lawbook.tree import Path
from droitfil.rules.facts import HELD_TITLES, PAPERS, Basis, Kind, Request
from droitfil.rules.law import Law
from droitfil.rules.procedure import CHANNELS, FACTS, TELESERVICE, Procedure, Version

FOLDER = "procedures"
BLOCKS = "blocks"
_WAITING = {True: (Kind.API, Kind.RECEPISSE), False: (Kind.RECEPISSE, Kind.API)}

_PAGE = shapes.record(
    {"include": shapes.text},
    {"without": shapes.many(shapes.text, empty=False), "shared": shapes.boolean},
)
_VERSION = shapes.record(
    {
        "from": shapes.day,
        "channel": shapes.one_of(*CHANNELS),
        "holds": shapes.many(shapes.one_of(*sorted(HELD_TITLES))),
        "outputs": shapes.many(shapes.one_of(*sorted({*PAPERS, Kind.DCEM})), empty=False),
        "label": shapes.text,
        "summary": shapes.text,
        "prepare": shapes.text,
        "pages": shapes.many(shapes.anything, unique=False, empty=False),
    },
    {
        "note": shapes.text,
        "basis": shapes.one_of(*(basis.value for basis in Basis)),
        "proposed_when": shapes.text,
    },
)
_FACTS = {name: fact.type for name, fact in FACTS.items()}
_PROCEDURE = shapes.record(
    {
        "code": shapes.text,
        "title": shapes.known_title,
        "request": shapes.one_of(*(request.value for request in Request)),
        "versions": shapes.many(shapes.anything, unique=False, empty=False),
    }
)


def load_procedures(path: FilePath | None = None) -> Mapping[str, Procedure]:
    """The procedures of the law of ``path`` (see :func:`droitfil.lawbook.load_law`), by code.

    Read and checked once a folder, then kept. Raises :class:`LawError`, whose French sentence
    names file, line, field, value and what would be right.
    """
    return _load(law_folder(path))


def procedure_for(
    procedures: Mapping[str, Procedure], title: str, request: str
) -> Procedure | None:
    """The procedure by which ``request`` of ``title`` is made, when there is one."""
    for procedure in procedures.values():
        version = procedure.versions[-1]
        if (version.title, version.request) == (title, request):
            return procedure
    return None


@lru_cache(maxsize=8)
def _load(folder: FilePath) -> Mapping[str, Procedure]:
    law = load_law(folder)
    shared = parts.read_shared(Source(folder, f"{FOLDER}/{BLOCKS}.yaml"))
    found: dict[str, Procedure] = {}
    owners: dict[tuple[str, str], str] = {}
    for file in sorted((folder / FOLDER).glob("*.yaml")):
        if file.stem == BLOCKS:
            continue
        source = Source(folder, f"{FOLDER}/{file.name}")
        procedure = _Reader(source, law, shared).read(file.stem)
        version = procedure.versions[0]
        other = owners.setdefault((version.title, version.request), procedure.code)
        if other != procedure.code:
            source.refuse(
                ("title",),
                version.title,
                f"a déjà une démarche pour cette demande, {other} ; ajoutez-y une version.",
            )
        found[procedure.code] = procedure
    if not found:
        raise LawError(f"{folder.name}/{FOLDER}", None, "", "", "aucune démarche ; écrivez-en une.")
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Included:
    """A page of ``blocks.yaml``: what is left out of it, and where it is asked."""

    name: str
    without: tuple[str, ...]
    shared: bool
    path: Path


class _Reader:
    """Reads the file of one procedure."""

    def __init__(self, source: Source, law: Law, shared: parts.Shared) -> None:
        self._source = source
        self._law = law
        self._shared = shared
        self._context = Context(source, titles=law.titles, rules=law.rules)

    def read(self, name: str) -> Procedure:
        top = _PROCEDURE(self._context, (), self._source.data)
        if top["code"] != name:
            self._source.refuse(
                ("code",), top["code"], f"n'est pas le nom du fichier ; écrivez {name}."
            )
        versions: list[Version] = []
        rows = self._source.data["versions"]
        for rank, row in enumerate(rows):
            read = _VERSION(self._context, ("versions", rank), row)
            if versions and read["from"] <= versions[-1].start:
                self._source.refuse(
                    ("versions", rank, "from"),
                    read["from"],
                    f"n'est pas après le {versions[-1].start} ; rangez les versions de la plus "
                    "ancienne à la plus récente, et un changement des pages communes ailleurs.",
                )
            following = rows[rank + 1].get("from") if rank + 1 < len(rows) else None
            versions += self._versions(top, read, rank, following)
        return Procedure(code=name, versions=tuple(versions))

    def _versions(
        self, top: Mapping[str, Any], read: Mapping[str, Any], rank: int, until: Any
    ) -> Iterator[Version]:
        """One version, and one more each time a page it includes changes before ``until``."""
        path = ("versions", rank)
        included = self._included(path, self._source.data["versions"][rank]["pages"])
        self._checked(top, read, path)
        proposed = parts.condition(
            self._context, (*path, "proposed_when"), read.get("proposed_when"), _FACTS
        )
        starts = {read["from"]}
        for page in included:
            if isinstance(page, Included):
                starts |= {
                    start
                    for start in self._shared.changes(page.name)
                    if start > read["from"] and (not isinstance(until, date) or start < until)
                }
        for start in sorted(starts):
            pages = [
                self._shared.page(
                    page.name, start, without=page.without, shared=page.shared,
                    asked=(self._source, page.path),
                )
                if isinstance(page, Included)
                else page
                for page in included
            ]  # fmt: skip
            blocks, questions, pieces = parts.form(pages, self._shared.sources)
            yield Version(
                procedure=top["code"],
                start=start,
                title=top["title"],
                request=top["request"],
                channel=read["channel"],
                holds=read["holds"],
                outputs=read["outputs"],
                label=read["label"],
                summary=read["summary"],
                prepare=read["prepare"],
                blocks=blocks,
                questions=questions,
                pieces=pieces,
                sources=self._shared.sources,
                note=read.get("note", ""),
                basis=read.get("basis", ""),
                proposed=proposed,
            )

    def _included(self, path: Path, rows: list[Any]) -> list[Page | Included]:
        """Own pages as read; those of ``blocks.yaml`` as they are included."""
        found: list[Page | Included] = []
        for rank, row in enumerate(rows):
            here = (*path, "pages", rank)
            if not isinstance(row, dict) or "include" not in row:
                found.append(parts.read_page(self._context, here, row, self._shared.ways))
                continue
            read = _PAGE(self._context, here, row)
            if read["include"] not in self._shared.blocks:
                self._source.refuse(
                    (*here, "include"),
                    read["include"],
                    f"n'est pas une page commune ; il y a {', '.join(self._shared.blocks)}.",
                )
            found.append(
                Included(read["include"], read.get("without", ()), read.get("shared", False), here)
            )
        return found

    def _checked(self, top: Mapping[str, Any], read: Mapping[str, Any], path: Path) -> None:
        """The form agrees with what the law says of this request."""
        title = self._law.titles[top["title"]]
        if top["request"] == Request.RENEWAL.value:
            if not read["holds"]:
                self._source.refuse(
                    (*path, "holds"), "", "un renouvellement part d'un document ; nommez-le."
                )
            for rank, kind in enumerate(read["holds"]):
                if kind not in title.kinds:
                    self._source.refuse(
                        (*path, "holds", rank),
                        kind,
                        f"n'est pas un document de {title.article} ; il y a "
                        f"{', '.join(title.kinds)}.",
                    )
        listed = any(
            first <= read["from"] and (last is None or read["from"] <= last)
            for first, last in self._law.listings.get((top["title"], top["request"]), ())
        )
        if listed is not (read["channel"] == TELESERVICE):
            self._source.refuse(
                (*path, "channel"),
                read["channel"],
                "contredit listed_titles de parameters.yaml ce jour-là ; écrivez "
                f"{CHANNELS[0] if listed else CHANNELS[1]}.",
            )
        outputs = read["outputs"]
        if title.minor_document:
            if outputs != (Kind.DCEM.value,):
                self._source.refuse(
                    (*path, "outputs"),
                    ", ".join(outputs),
                    "ne convient pas à un mineur, qui n'attend aucun papier ; écrivez DCEM seul.",
                )
            return
        wanted, other = _WAITING[listed]
        if wanted.value not in outputs or other.value in outputs:
            self._source.refuse(
                (*path, "outputs"),
                ", ".join(outputs),
                f"ne convient pas à cette voie ; écrivez {wanted.value}, pas {other.value}.",
            )
