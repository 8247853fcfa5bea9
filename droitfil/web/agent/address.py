"""An agent writes the new address of a person, with what proves it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from droitfil.lib import clock
from droitfil.people import access
from droitfil.people.actions.files import open_file
from droitfil.web import addresses
from droitfil.web.accounts.doors import for_staff, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*access.DECIDES)
def address(request: HttpRequest, person: UUID) -> HttpResponse:
    """Written, read again with what it changes, confirmed."""
    account, now, today = signed_in(request), clock.now(), clock.today()
    # Before it is opened: nobody reads their own file as an agent.
    access.require(access.decidable_persons(account, today).filter(pk=person).exists())
    found = open_file(account, person, now=now, today=today)

    def after() -> HttpResponse:
        found.refresh_from_db()
        if access.can_see_person(account, found, today):
            return redirect("agent-person", found.pk)
        gone = redirect("agent-moves")
        gone["Location"] += "?parti"
        return gone

    return addresses.asked(request, found, after)
