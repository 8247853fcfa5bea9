"""Staff opening a case: its person can read that it was."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from droitfil.cases import access
from droitfil.cases.models import Case, Page, Paper, Piece
from droitfil.journal.actions import record_reading
from droitfil.lib.refusals import Forbidden
from droitfil.people import access as people
from droitfil.people.models import Account

_AT_HAND = ("person__commune", "office", "agent", "state_by", "held", "decided_by")


def open_case(account: Account, case_id: UUID, *, now: datetime, today: date) -> Case:
    """The case, for staff of its territory; the line of the journal stands among those of its
    person, who reads it in « Qui a ouvert mon dossier ».

    :raises Forbidden: for anyone else, for one's own case, for a case that does not exist.
    """
    case = _seen_as_staff(account, case_id, today)
    record_reading(
        f"staff:{account.pk}", subject_kind="person", subject=case.person_id, case=case.pk, at=now
    )
    return case


def open_piece(
    account: Account, case_id: UUID, piece_id: UUID, *, now: datetime, today: date
) -> Piece:
    """One piece of the case, to be shown; written like :func:`open_case`, with the piece.

    :raises Forbidden: as :func:`open_case`; a piece of another case, or without a file.
    """
    case = _seen_as_staff(account, case_id, today)
    piece = case.pieces.select_related("upload").filter(pk=piece_id, upload__isnull=False).first()
    if piece is None:
        raise Forbidden(gettext("Cette pièce n’existe pas."))
    record_reading(
        f"staff:{account.pk}", subject_kind="person", subject=case.person_id, case=case.pk, at=now,
        facts={"piece": piece.pk, "code": piece.code},
    )  # fmt: skip
    return piece


def page_of_pile(account: Account, case_id: UUID, page_id: UUID, *, today: date) -> Page:
    """A page of the counter's, for its thumbnail; not written: the page that gives its address is,
    by :func:`open_case`.

    :raises Forbidden: as :func:`open_case`; a page of the person's own pile.
    """
    case = _seen_as_staff(account, case_id, today)
    page = case.pages.select_related("upload").filter(pk=page_id, at_counter=True).first()
    if page is None:
        raise Forbidden(gettext("Cette page n’est pas à réunir."))
    return page


def open_paper(
    account: Account, case_id: UUID, paper_id: UUID, *, now: datetime, today: date
) -> Paper:
    """One paper of the case, to be printed; written like :func:`open_case`, with the paper.

    :raises Forbidden: as :func:`open_case`; a paper of another case.
    """
    case = _seen_as_staff(account, case_id, today)
    paper = case.papers.filter(pk=paper_id).first()
    if paper is None:
        raise Forbidden(gettext("Ce papier n’existe pas."))
    record_reading(
        f"staff:{account.pk}", subject_kind="person", subject=case.person_id, case=case.pk, at=now,
        facts={"paper": paper.pk, "kind": paper.kind},
    )  # fmt: skip
    return paper


def _seen_as_staff(account: Account, case_id: UUID, today: date) -> Case:
    """The case that the function of ``account`` opens; one's own is read on one's own pages.

    :raises Forbidden: for whoever may not, and for a case that does not exist.
    """
    case = Case.objects.select_related(*_AT_HAND).filter(pk=case_id).first()
    if (
        case is None
        or not access.can_see_case(account, case, today)
        or people.is_own(account, case.person, today)
    ):
        raise Forbidden(gettext("Ce dossier ne vous est pas ouvert."))
    return case
