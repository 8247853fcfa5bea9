"""A pile of pages on its way to be one document: the same page for a person and for an agent.

No script is needed: each button is a form. What a page of ours receives is kept file by file, so
that one that is refused takes none of the others with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext

from droitfil.cases.actions.pages import Move, add_page, bind_pages, change_page, pile_of
from droitfil.cases.form import form_of
from droitfil.cases.models import Case, Page
from droitfil.files.intake import content_of
from droitfil.files.models import State as UploadState
from droitfil.files.queries import name_of
from droitfil.lib import clock
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.web.accounts.doors import signed_in
from droitfil.web.applicant.own import moment
from droitfil.web.applicant.piece_rows import PieceRow, piece_row, pieces_of
from droitfil.web.applicant.pieces import dated_on

#: The field of the files, and the buttons of the form.
FILES, BIND, MOVE = "file", "reunir", "geste"
#: What is typed besides, shown again when the document could not be made.
TYPED = ("document", "date_j", "date_m", "date_a")


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of the pile. ``small`` is the address of its thumbnail, "" when there is none."""

    page: Page
    name: str
    small: str

    @property
    def state(self) -> str:
        return self.page.upload.state

    @property
    def sha256(self) -> str:
        """The hash of what was received."""
        return bytes(self.page.upload.sha256).hex()

    @property
    def pages(self) -> int:
        return self.page.upload.pages


def keep_sent(request: HttpRequest, case: Case, code: str) -> list[str]:
    """Keeps the files that were sent, in the order they were chosen; a sentence for each that was
    not taken, with its name."""
    sent = [one for one in request.FILES.getlist(FILES) if isinstance(one, UploadedFile)]
    if not sent:
        return [gettext("Choisissez d’abord une ou plusieurs photographies.")]
    problems = []
    for one in sent:
        try:
            add_page(
                signed_in(request), case, code=code, content=content_of(one),
                declared_name=one.name or "", **moment(),
            )  # fmt: skip
        except Refusal as refusal:
            name = gettext("« %(name)s » n’a pas été prise.") % {"name": one.name}
            problems.append(f"{name} {refusal.says}")
    return problems


def bind(request: HttpRequest, case: Case, code: str) -> None:
    """Makes the document. Raises what :func:`droitfil.cases.actions.pages.bind_pages` does."""
    bind_pages(
        signed_in(request), case, code=code, document=request.POST.get("document", ""),
        dated_on=dated_on(request), **moment(),
    )  # fmt: skip


def change(request: HttpRequest, case: Case, page: UUID) -> Page:
    """Moves, turns or takes out a page, as the button pressed says.

    :raises Forbidden: no such page, or no such button.
    """
    found = case.pages.select_related("case", "upload").filter(pk=page).first()
    wanted = request.POST.get(MOVE, "")
    if found is None or wanted not in list(Move):
        raise Forbidden(gettext("Cette page n’est pas à réunir."))
    change_page(signed_in(request), found, move=Move(wanted), **moment())
    return found


def row_of(case: Case, code: str) -> PieceRow:
    """The piece that a pile is for.

    :raises Forbidden: no file is asked under this code.
    """
    form = form_of(case, clock.today())
    rows = pieces_of(case, form)
    found = next((row for row in (*rows.now, *rows.later, *rows.brought) if row.code == code), None)
    if found is None:  # asked by an agent, or no more by the answers
        for piece in form.version.pieces:
            ways = [way for way in piece.accepts if code in (piece.code, way.code)]
            if code == piece.code or ways:
                found = piece_row(piece, ways, (), code=code)
    if found is not None and not found.as_code:
        return found
    raise Forbidden(gettext("Cette pièce n’est pas demandée pour cette démarche."))


def context_of(
    request: HttpRequest,
    case: Case,
    code: str,
    *,
    at_counter: bool,
    address: Callable[[Page], str],
    problems: list[str],
) -> dict[str, Any]:
    """What the page of a pile shows.

    :param address: that of a page's thumbnail.
    """
    pile = [
        Shown(
            page,
            name_of(page.upload),
            address(page)
            if page.upload.state == UploadState.CLEAN and page.upload.media_type.startswith("image")
            else "",
        )
        for page in pile_of(case, code, at_counter=at_counter)
    ]
    return {
        "section": "me",
        "case": case,
        "row": row_of(case, code),
        "pile": pile,
        "at_counter": at_counter,
        "count": sum(one.pages for one in pile),
        "problems": problems,
        "most": settings.UPLOAD_BYTES // 2**20,
        "most_pages": settings.UPLOAD_PAGES,
        "most_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "typed": {name: request.POST.get(name, "") for name in TYPED},
    }
