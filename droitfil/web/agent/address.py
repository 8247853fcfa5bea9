"""An agent writes the new address of a person, with what proves it; cases follow from office to
office, and each office finds in its list what came and what left."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from droitfil.cases.worklist import moves_of, offices_of
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people import access
from droitfil.people.actions.files import open_file
from droitfil.web import addresses
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.addresses import Wish
from droitfil.web.agent.worklist import chosen


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*access.DECIDES)
def address(request: HttpRequest, person: UUID) -> HttpResponse:
    """Written, read again with what it changes, confirmed."""
    account, now, today = signed_in(request), clock.now(), clock.today()
    # Before it is opened: nobody reads their own file as an agent.
    access.require(access.decidable_persons(account, today).filter(pk=person).exists())
    found = open_file(account, person, now=now, today=today)
    wish, step = Wish.of(request, found), request.POST.get("etape", "")
    try:
        if step == addresses.CONFIRM:
            wish.do(request)
            found.refresh_from_db()
            if access.can_see_person(account, found, today):
                return redirect("agent-person", found.pk)
            gone = redirect("agent-moves")
            gone["Location"] += "?parti"
            return gone
        if step == addresses.CHECK:
            change = addresses.change_of(request, wish.read())
            context = addresses.context_of(request, wish) | {"change": change}
            return render(request, "persons/address_confirm.html", context)
    except Refusal as refusal:
        wish.refusal = refusal
    context = addresses.context_of(request, wish)
    return render(request, "persons/address.html", context, status=422 if wish.refusal else 200)


@require_safe
@for_staff(*access.OPENS_FILES)
def moves(request: HttpRequest) -> HttpResponse:
    """What came to my office and what left it, with people who moved."""
    account, today = signed_in(request), clock.today()
    offices = list(offices_of(account, today))
    office = chosen(request, offices)
    came, left = moves_of(account, office, on=today) if office is not None else ([], [])
    context = {
        "section": "me",
        "offices": offices,
        "office": office,
        "came": came,
        "left": left,
        "gone": "parti" in request.GET,
    }
    return render(request, "agent/moves.html", context)
