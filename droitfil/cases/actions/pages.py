"""Several photographs made one piece: kept as they come, put in order, then bound.

Each page is kept as soon as it is received: a process that dies, or a page that is refused, loses
none of the others. A person's pile is theirs alone until it is made a piece; that of the counter
belongs to the agents who may act on the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext

from droitfil.cases import access
from droitfil.cases.actions.act import Act, acting
from droitfil.cases.actions.pieces import add_to, must_be_asked, must_have_room
from droitfil.cases.models import Case, Page, Piece
from droitfil.files import actions as files
from droitfil.files.examination import examine
from droitfil.files.models import State as UploadState
from droitfil.files.queries import one_document
from droitfil.files.sentences import refusal
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.people.access import Reader
from droitfil.rules.lifecycle import Role


class Move(StrEnum):
    """What is done to a page of a pile."""

    UP = "up"
    DOWN = "down"
    TURN = "turn"
    REMOVE = "remove"


def add_page(
    actor: Reader,
    case: Case,
    *,
    code: str,
    content: bytes,
    declared_name: str,
    now: datetime,
    today: date,
) -> Page:
    """Keeps a file at the end of the pile of ``code``; one that is there already stays one.

    :raises Refusal: as :func:`droitfil.cases.actions.pieces.add_piece`; too many pages.
    """
    access.standing(actor, case, today)
    # Seconds may pass: before the row is locked.
    examined = examine(content, declared_name=declared_name)
    with acting(actor, case, now=now, today=today) as act:
        must_be_asked(act, code)
        pile = _pile(act, code)
        found = pile.filter(upload__sha256=examined.sha256).first()
        if found is not None:
            return found
        pages = (pile.aggregate(all=Sum("upload__pages"))["all"] or 0) + examined.cleaned.pages
        if pages > settings.UPLOAD_PAGES:
            raise refusal("together", {"pages": pages, "most": settings.UPLOAD_PAGES})
        before = act.case.pages.filter(code=code, at_counter=act.staff is not None)
        last = before.aggregate(rank=Max("rank"))["rank"] or 0
        page = Page(
            case=act.case, code=code, at_counter=act.staff is not None, rank=last + 1,
            upload=files.keep(act.standing.by, examined, now=now), added_by=act.standing.account,
            added_at=now,
        )  # fmt: skip
        page.save(force_insert=True)
        act.record("page.added", {"page": page.pk, "code": code}, quiet=True)
        return page


def change_page(actor: Reader, page: Page, *, move: Move, now: datetime, today: date) -> None:
    """Moves a page of a pile, turns it, or takes it out: its bytes are erased, its receipt stays.

    :raises Refusal: it is part of a document already; the case is decided.
    :raises Forbidden: a page of someone else's pile.
    """
    with acting(actor, page.case, now=now, today=today) as act:
        must_be_asked(act, page.code)
        pile = list(_pile(act, page.code).select_related("upload"))
        at = next((at for at, one in enumerate(pile) if one.pk == page.pk), None)
        if at is None:
            raise Forbidden(gettext("Cette page n’est pas à réunir."))
        found = pile[at]
        if move is Move.TURN:
            found.turn = (found.turn + 90) % 360
            found.save(update_fields=["turn"])
        elif move is Move.REMOVE:
            found.delete()
            files.erase(act.standing.by, found.upload, now=now)
        else:
            to = at + (1 if move is Move.DOWN else -1)
            if 0 <= to < len(pile):
                found.rank, pile[to].rank = pile[to].rank, found.rank
                Page.objects.bulk_update([found, pile[to]], ["rank"])
        act.record(
            "page.changed", {"page": page.pk, "code": page.code, "move": move.value}, quiet=True
        )


def bind_pages(
    actor: Reader,
    case: Case,
    *,
    code: str,
    now: datetime,
    today: date,
    document: str = "",
    dated_on: date | None = None,
) -> Piece:
    """Makes one piece of the pile of ``code``, examined like any file; the pages stay as received.

    :param document: the code of what it is, when several documents may stand for the piece.
    :param dated_on: the date it bears, when its age matters.
    :raises Refusal: nothing to bind, a page that the antivirus put aside, too large a document, or
        too many in a draft.
    :raises Conflict: the pile changed meanwhile; nothing was done.
    """
    standing = access.standing(actor, case, today)
    seen = list(pile_of(case, code, at_counter=standing.role is Role.AGENT))
    _must_be_whole(seen)
    # Seconds pass: before the row is locked.
    content = one_document([(page.upload, page.turn) for page in seen])
    examined = examine(content, declared_name=gettext("pages réunies") + ".pdf")
    judged = all(page.upload.state == UploadState.CLEAN for page in seen)
    examined = replace(examined, scanned=examined.scanned and judged)
    with acting(actor, case, now=now, today=today) as act:
        pile = list(_pile(act, code))
        if [(one.pk, one.turn) for one in pile] != [(one.pk, one.turn) for one in seen]:
            raise Conflict(
                gettext("Les pages ont changé pendant la réunion. Rien n’est perdu : recommencez.")
            )
        must_have_room(act, len(content))
        upload = files.keep(act.standing.by, examined, now=now)
        piece = add_to(act, document or code, bound=len(pile), upload=upload, dated_on=dated_on)
        Page.objects.filter(pk__in=[one.pk for one in pile]).update(piece=piece)
        return piece


def pile_of(case: Case, code: str, *, at_counter: bool) -> QuerySet[Page]:
    """The pages that wait to be made a piece, in their order: the person's, or the counter's."""
    return (
        Page.objects.filter(case=case, code=code, at_counter=at_counter, piece__isnull=True)
        .select_related("upload")
        .order_by("rank")
    )


def _pile(act: Act, code: str) -> QuerySet[Page]:
    return pile_of(act.case, code, at_counter=act.staff is not None)


def _must_be_whole(pile: Sequence[Page]) -> None:
    if not pile:
        raise Refusal(
            gettext("Aucune page n’attend d’être réunie : ajoutez-les d’abord."), field="file"
        )
    for rank, page in enumerate(pile, start=1):
        if page.upload.state not in (UploadState.CLEAN, UploadState.QUARANTINED):
            raise Refusal(
                gettext(
                    "L’antivirus a écarté la page %(rank)s : enlevez-la, et photographiez-la de "
                    "nouveau."
                )
                % {"rank": rank},
                field="file",
            )
