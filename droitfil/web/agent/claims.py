"""A second account gives the facts of a file: an agent says whose it is."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from droitfil.lib import clock
from droitfil.people import access
from droitfil.people.actions import files, linking
from droitfil.people.queries import waiting_claims
from droitfil.web.accounts.doors import for_staff, signed_in


@require_safe
@for_staff(*access.DECIDES)
def waiting(request: HttpRequest) -> HttpResponse:
    """The claims of my territory that wait for somebody, the oldest first."""
    claims = waiting_claims(signed_in(request), clock.today())
    return render(request, "agent/claims.html", {"section": "me", "claims": claims[:100]})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*access.DECIDES)
def claim(request: HttpRequest, claim: UUID) -> HttpResponse:
    """The two accounts, and the decision."""
    account, now, today = signed_in(request), clock.now(), clock.today()
    if request.method == "POST":
        grant = {"donner": True, "refuser": False}.get(request.POST.get("decision", ""))
        if grant is not None:
            linking.settle_claim(account, claim, grant=grant, now=now, today=today)
            return redirect("agent-claims")
    found = waiting_claims(account, today).filter(pk=claim).first()
    access.require(found is not None)
    assert found is not None
    person = files.open_file(account, found.person_id, now=now, today=today)
    unsaid = request.method == "POST"
    context = {"section": "me", "claim": found, "person": person, "unsaid": unsaid}
    return render(request, "agent/claim.html", context, status=422 if unsaid else 200)
