"""A case on one screen, and the pieces given for it; each reading leaves its line."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from droitfil.cases.actions.reading import open_case, open_paper, open_piece
from droitfil.files import serving
from droitfil.lib import clock
from droitfil.lib.refusals import Forbidden, Refused
from droitfil.people import access
from droitfil.people.access import OPENS_FILES
from droitfil.web import papers
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.agent.screen import screen_of


@require_safe
@for_staff(*OPENS_FILES)
def case(request: HttpRequest, case: UUID) -> HttpResponse:
    """Everything known of a case of my territory."""
    return shown(request, case)


@require_safe
@for_staff(*OPENS_FILES)
def piece(request: HttpRequest, case: UUID, piece: UUID) -> HttpResponse:
    """The cleaned copy of a piece."""
    account, today = signed_in(request), clock.today()
    found = open_piece(account, case, piece, now=clock.now(), today=today)
    assert found.upload is not None
    return serving.response(found.upload)


@require_safe
@for_staff(*OPENS_FILES)
def paper(request: HttpRequest, case: UUID, paper: UUID) -> HttpResponse:
    """A paper that was issued, sealed, to be printed and handed over."""
    account, today = signed_in(request), clock.today()
    found = open_paper(account, case, paper, now=clock.now(), today=today)
    return papers.sealed(found)


def shown(request: HttpRequest, case: UUID, refused: Refused | None = None) -> HttpResponse:
    """The page of a case; with what was refused at the top, when something was.

    :raises Refused: what was refused, when the case has meanwhile left with its person.
    """
    account, today = signed_in(request), clock.today()
    try:
        found = open_case(account, case, now=clock.now(), today=today)
    except Forbidden:
        if refused is None:
            raise
        raise refused from None
    staff = access.staff_of(account, today)
    assert staff is not None
    context = {
        "section": "me",
        "screen": screen_of(found, staff, today),
        "refused": refused,
        "registered": "enregistree" in request.GET and found.filed_on is not None,
    }
    return render(request, "agent/case.html", context, status=refused.status if refused else 200)
