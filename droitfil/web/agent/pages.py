"""Several scans made one piece, by an agent at the counter."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from droitfil.cases.actions.reading import open_case, page_of_pile
from droitfil.cases.models import Page
from droitfil.files import serving
from droitfil.lib import clock
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.people import access
from droitfil.people.access import DECIDES
from droitfil.rules.lifecycle import Event, Role, State, events
from droitfil.web import piles
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.agent.acts import as_seen
from droitfil.web.agent.case import shown
from droitfil.web.agent.screen import screen_of

#: Seconds for which a page that was read, and journalled, may ask for its thumbnails.
_SHOWN_FOR = 600
_SALT = "droitfil.thumbnails"


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def pages(request: HttpRequest, case: UUID, code: str) -> HttpResponse:
    """The scans in their order; sent, files are added to them, or one document is made of them."""
    if request.method != "POST":
        return _pile(request, case, code)
    try:
        found = as_seen(request, case)
        if piles.BIND in request.POST:
            piles.bind(request, found, code)
            target = redirect("agent-pieces", case)
            target["Location"] += f"#piece-{code}"
            return target
        problems = piles.keep_sent(request, found, code)
    except Conflict as refused:
        return shown(request, case, refused)
    except Refusal as refusal:
        problems = [refusal.says]
    if problems:
        return _pile(request, case, code, problems)
    return redirect("agent-pages", case, code)


@require_POST
@for_staff(*DECIDES)
def change(request: HttpRequest, case: UUID, page: UUID) -> HttpResponse:
    """One page moved, turned or taken out."""
    try:
        found = piles.change(request, as_seen(request, case), page)
    except (Conflict, Refusal) as refused:
        return shown(request, case, refused)
    target = redirect("agent-pages", case, found.code)
    target["Location"] += "#pages"
    return target


@require_safe
@for_staff(*DECIDES)
def small(request: HttpRequest, case: UUID, token: str) -> HttpResponse:
    """A thumbnail, by the address that the page of its pile has just given."""
    try:
        page = UUID(signing.loads(token, salt=_SALT, max_age=_SHOWN_FOR))
    except signing.BadSignature:
        raise Http404 from None
    found = page_of_pile(signed_in(request), case, page, today=clock.today())
    return serving.small(found.upload, turn=found.turn)


def _pile(
    request: HttpRequest, case: UUID, code: str, problems: list[str] | None = None
) -> HttpResponse:
    today = clock.today()
    found = open_case(signed_in(request), case, now=clock.now(), today=today)
    staff = access.staff_of(request.user, today)
    assert staff is not None

    def address(page: Page) -> str:
        return reverse("agent-page-small", args=[case, signing.dumps(page.pk.hex, salt=_SALT)])

    context = piles.context_of(
        request, found, code, at_counter=True, address=address, problems=problems or []
    ) | {
        "screen": screen_of(found, staff, today),
        "faults": {},
        "open": Event.ADD_PIECE in events(State(found.state), Role.AGENT, found.channel),
    }
    return render(request, "agent/pages.html", context, status=422 if problems else 200)
