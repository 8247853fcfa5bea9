"""« Mon dossier » : who I am, what I hold, what I may do; my children's; linking a file."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from droitfil.cases.families import open_claims, own_claims
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.notices.queries import unread
from droitfil.people import access, jobs
from droitfil.people.actions import linking
from droitfil.people.actions.accounts import close_account
from droitfil.people.models import LinkClaim, Person, Staff
from droitfil.people.queries import (
    children_of,
    is_about_a_parent,
    readings,
    waiting_claims,
)
from droitfil.rules.lifecycle import State
from droitfil.web.accounts.doors import login_required, recently, signed_in
from droitfil.web.applicant.declared import Declared, is_linked
from droitfil.web.applicant.steps import CaseLine, steps_of
from droitfil.web.persons import file_of
from droitfil.web.public.whereami.dates import Unclear, read_day


@require_safe
@login_required
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """My file; while none is linked, how to link it."""
    today = clock.today()
    account = signed_in(request)
    person = Person.objects.select_related("commune__department").filter(account=account).first()
    if person is None:
        waiting = LinkClaim.objects.filter(account=account, state=LinkClaim.State.WAITING).exists()
        staff = access.staff_of(account, today)
        context: dict[str, Any] = {"section": "me", "waiting": waiting, "staff": staff}
        if staff is not None:
            context |= {
                "unread": unread(account, on=today),
                "opens_files": staff.role in access.OPENS_FILES,
                "decides": staff.role in access.DECIDES,
                "claims": waiting_claims(account, today).count(),
                "children": open_claims(account, today).count(),
                "heads": staff.role == Staff.Role.HEAD,
                "administers": staff.role == Staff.Role.ADMIN,
            }
        return render(request, "applicant/unlinked.html", context)
    context = _file(person, today) | {
        "mine": True,
        "unread": unread(account, on=today),
        "children": children_of(person, today),
        "declared": [Declared(one) for one in own_claims(account) if not is_linked(one)],
        "readings": readings(person),
    }
    return render(request, "applicant/file.html", context)


def _file(person: Person, today: date, *, theirs: bool = False) -> dict[str, Any]:
    """The file of a person with what is next, and their requests."""
    cases = list(
        person.cases.exclude(state=State.DISCARDED.value)
        .select_related("office", "coverage")
        .order_by("-started_at")
    )
    return file_of(person, today, theirs=theirs) | {
        "section": "me",
        "steps": steps_of(person, cases, today),
        "cases": [CaseLine.of(case) for case in cases],
    }


@require_safe
@login_required
@never_cache
def child(request: HttpRequest, person: UUID) -> HttpResponse:
    """The file of my child, while a minor."""
    today = clock.today()
    own = access.own_persons(signed_in(request), today).select_related("commune__department")
    context = _file(get_object_or_404(own, pk=person), today, theirs=True) | {"mine": False}
    return render(request, "applicant/file.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def link(request: HttpRequest) -> HttpResponse:
    """The three facts that link my file."""
    typed = {name: request.POST.get(name, "") for name in LINK_FIELDS}
    faults: dict[str, Any] = {}
    if request.method == "POST":
        try:
            outcome = _link(request, typed)
        except Unclear as unclear:
            faults["born_on"] = unclear.says
        except Refusal as refusal:
            faults[refusal.field] = refusal.says
        else:
            if outcome is linking.Linked.NOW:
                transaction.on_commit(lambda: jobs.tell_contacts(now=clock.now(), most=5))
            return redirect("me")
    context = {"typed": typed, "faults": faults, "section": "me"}
    return render(request, "applicant/link.html", context, status=422 if faults else 200)


#: Fields of the form; the birth date stands in three boxes.
LINK_FIELDS = ("number", "ne_j", "ne_m", "ne_a", "card_number")


def _link(request: HttpRequest, typed: dict[str, str]) -> linking.Linked:
    born_on = read_day(typed["ne_j"], typed["ne_m"], typed["ne_a"], past=True)
    if born_on is None:
        raise Refusal(gettext("Écrivez votre date de naissance."), field="born_on")
    facts = linking.Facts.read(typed["number"], born_on, typed["card_number"])
    return linking.link_file(signed_in(request), facts=facts, now=clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@recently
def close(request: HttpRequest) -> HttpResponse:
    """My account is closed, by a press."""
    if request.method == "POST":
        close_account(signed_in(request), now=clock.now(), today=clock.today())
        logout(request)
        return redirect("home")
    return render(request, "applicant/close.html", {"section": "me"})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contest(request: HttpRequest, code: str) -> HttpResponse:
    """The address that a known contact received: « it was not me » undoes the link, by a press."""
    done = False
    if request.method == "POST":
        linking.contest_link(code, now=clock.now())
        done = True
    context = {"done": done, "parent": is_about_a_parent(code)}
    return render(request, "applicant/contest.html", context)
