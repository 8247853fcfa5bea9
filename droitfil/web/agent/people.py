"""An agent finds a person and opens their file; the journal keeps that it was opened."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from droitfil.cases.worklist import cases_of, find_case
from droitfil.lib import clock
from droitfil.people import access
from droitfil.people.actions import files, linking
from droitfil.people.queries import children_of, find_persons, parents_of
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.agent.counter import requests_for
from droitfil.web.agent.words import STATE_TONES, STATES
from droitfil.web.persons import file_of

#: Found persons that are shown; beyond, the search asks for more.
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*access.OPENS_FILES)
def search(request: HttpRequest) -> HttpResponse:
    """Who is called so, or the case of that reference. What is sought stands in no address."""
    text = request.POST.get("texte", "").strip()[:100]
    found = []
    if text:
        account, today = signed_in(request), clock.today()
        case = find_case(account, text, on=today)
        if case is not None:
            return redirect("agent-case", case.pk)
        found = find_persons(account, text, on=today, most=SHOWN + 1)
    context = {
        "section": "me",
        "text": text,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
    }
    return render(request, "agent/people.html", context)


@require_safe
@for_staff(*access.OPENS_FILES)
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """The file of a person of my territory."""
    account, today = signed_in(request), clock.today()
    found = files.open_file(account, person, now=clock.now(), today=today)
    decides = access.may_decide(account, found, today)
    seen = access.visible_persons(account, today).order_by("born_on", "id")
    context = file_of(found, today, theirs=True) | {
        "section": "me",
        "decides": decides,
        "cases": [
            {"case": case, "state": STATES[case.state], "tone": STATE_TONES.get(case.state, "")}
            for case in cases_of(account, found, on=today)
        ],
        "requests": requests_for(found, today) if decides else [],
        "children": seen.filter(pk__in=children_of(found, today).values("pk")),
        "parents": seen.filter(pk__in=parents_of(found, today).values("pk")),
    }
    return render(request, "agent/person.html", context)


@require_POST
@for_staff(*access.OPENS_FILES)
def unlock(request: HttpRequest, person: UUID) -> HttpResponse:
    """Facts may link this file again."""
    linking.unlock_linking(signed_in(request), person, now=clock.now(), today=clock.today())
    return redirect("agent-person", person)
