"""The worklist of an office, and what was prepared for its counter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from droitfil.cases.worklist import (
    Filters,
    Held,
    Place,
    Row,
    letters_to,
    moves_of,
    offices_of,
    open_alerts,
    prepared,
    worklist,
)
from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib import clock
from droitfil.lib.replica import may_be_old
from droitfil.people import access
from droitfil.people.access import OPENS_FILES
from droitfil.rules.lifecycle import State
from droitfil.territory.models import Office
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.agent.ranks import told
from droitfil.web.agent.words import ALERT_ACTS, STATE_TONES, STATES
from droitfil.web.public.law_words import in_words

#: States that the list may be narrowed to.
_STATES = ("submitted", "in_review", "incomplete", "granted", "card_ready")


@require_safe
@for_staff(*OPENS_FILES)
@may_be_old
def office(request: HttpRequest) -> HttpResponse:
    """The cases of my office that wait, those whose rights end first at the top."""
    account, today = signed_in(request), clock.today()
    offices = list(offices_of(account, today))
    desk = chosen(request, offices)
    context: dict[str, Any] = {"section": "me", "offices": offices, "office": desk}
    if desk is not None:
        filters = _filters(request.GET)
        after = Place.read(request.GET.get("apres", ""))
        page = worklist(account, desk, on=today, filters=filters, after=after)
        context |= {
            "filters": filters,
            "states": [(state, STATES[state]) for state in _STATES],
            "titles": _titles(),
            "rows": [_row(coverage, today) for coverage in page.rows],
            "first": after is None,
            "following": _address(request.GET, page.following),
        }
    return render(request, "agent/worklist.html", context)


@require_safe
@for_staff(*OPENS_FILES)
@may_be_old
def counter(request: HttpRequest) -> HttpResponse:
    """What was prepared at home and waits for its person at the counter."""
    account, today = signed_in(request), clock.today()
    offices = list(offices_of(account, today))
    desk = chosen(request, offices)
    staff = access.staff_of(account, today)
    context = {
        "section": "me",
        "offices": offices,
        "office": desk,
        "prepared": prepared(account, desk, on=today) if desk else [],
        "decides": staff is not None and staff.role in access.DECIDES,
        "titles": dict(_titles()),
    }
    return render(request, "agent/counter.html", context)


@require_safe
@for_staff(*OPENS_FILES)
@may_be_old
def letters(request: HttpRequest) -> HttpResponse:
    """What people wrote and nobody has read yet, the oldest first."""
    account, today = signed_in(request), clock.today()
    offices = list(offices_of(account, today))
    desk = chosen(request, offices)
    context = {
        "section": "me",
        "offices": offices,
        "office": desk,
        "letters": letters_to(account, desk, on=today) if desk else [],
    }
    return render(request, "agent/letters.html", context)


@require_safe
@for_staff(*OPENS_FILES)
@may_be_old
def moves(request: HttpRequest) -> HttpResponse:
    """What came to my office and what left it, with people who moved."""
    account, today = signed_in(request), clock.today()
    offices = list(offices_of(account, today))
    desk = chosen(request, offices)
    came, left = moves_of(account, desk, on=today) if desk else ([], [])
    context = {
        "section": "me",
        "offices": offices,
        "office": desk,
        "came": came,
        "left": left,
        "gone": "parti" in request.GET,
    }
    return render(request, "agent/moves.html", context)


@require_safe
@for_staff(*OPENS_FILES)
@may_be_old
def alerts(request: HttpRequest) -> HttpResponse:
    """The rights that no paper in sight covers: from which day, why, what to do."""
    account, today = signed_in(request), clock.today()
    offices = list(offices_of(account, today))
    desk = chosen(request, offices)
    found = open_alerts(account, desk, on=today) if desk else []
    context = {
        "section": "me",
        "offices": offices,
        "office": desk,
        "alerts": [{"alert": alert, "act": ALERT_ACTS[alert.reason]} for alert in found],
        "today": today,
    }
    return render(request, "agent/alerts.html", context)


def chosen(request: HttpRequest, offices: list[Office]) -> Office | None:
    """The office asked for, among those that may be; else one's own; else the first."""
    staff = access.staff_of(request.user, clock.today())
    known = {one.pk: one for one in offices}
    own = known.get(staff.office_id or "") if staff is not None else None
    return known.get(request.GET.get("bureau", "")) or own or next(iter(offices), None)


def _filters(given: QueryDict) -> Filters:
    held, state = given.get("agent", ""), given.get("etat", "")
    return Filters(
        held=Held(held) if held in list(Held) else None,
        state=State(state) if state in _STATES else None,
        title=given.get("titre", "")[:20],
        breaks=given.get("rien") == "oui",
    )


def _row(coverage: Row, today: Any) -> dict[str, Any]:
    case = coverage.case
    title = load_law().title(case.article)
    return {
        "case": case,
        "person": coverage.person,
        "agent": coverage.agent,
        "title": in_words(title.label) if title else case.article,
        "state": STATES[case.state],
        "tone": STATE_TONES.get(case.state, ""),
        "rank": told(coverage, coverage.asked_until, today),
        "answered": coverage.answered,
        # Said until an agent takes it.
        "came": coverage.came_at if coverage.agent is None else None,
    }


def _titles() -> list[tuple[str, str]]:
    """The titles that a procedure asks for, in the reader's language."""
    law = load_law()
    articles = sorted({p.versions[-1].title for p in load_procedures().values()})
    found = [(article, law.title(article)) for article in articles]
    return [(article, in_words(title.label)) for article, title in found if title is not None]


def _address(given: QueryDict, following: Place | None) -> str:
    """The query of the next page; empty after the last one."""
    if following is None:
        return ""
    query = given.copy()
    query["apres"] = str(following)
    return query.urlencode()
