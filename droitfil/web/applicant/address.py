"""« J’ai déménagé »: the new address of the person or of their child, and what follows from it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache

from droitfil.cases.models.case import ENDED_STATES
from droitfil.lib import clock
from droitfil.people.access import own_persons
from droitfil.people.models import Person
from droitfil.web import addresses
from droitfil.web.accounts.doors import login_required, signed_in
from droitfil.web.applicant.own import both


@both
@login_required
@never_cache
def address(request: HttpRequest, person: UUID | None = None) -> HttpResponse:
    """Told, read again with what it changes, confirmed; then what it changed."""
    own = own_persons(signed_in(request), clock.today()).select_related("commune__department")
    found: Person = get_object_or_404(
        own, **({"pk": person} if person else {"account": request.user})
    )

    def after() -> HttpResponse:
        place = redirect("address-child", found.pk) if person else redirect("address")
        place["Location"] += "?fait"
        return place

    done = "fait" in request.GET and request.method != "POST"
    cases = found.cases.exclude(state__in=ENDED_STATES).select_related("office")
    return addresses.asked(
        request, found, after, done=done, cases=cases.order_by("started_at", "id") if done else []
    )
