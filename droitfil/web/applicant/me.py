"""« Mon dossier » : who I am, what I hold, what I may do; my children's; linking a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from droitfil.lawbook import load_law
from droitfil.lib.refusals import Refusal
from droitfil.people import access, jobs
from droitfil.people.actions import linking
from droitfil.people.actions.files import open_file
from droitfil.people.models import Account, LinkClaim, Person
from droitfil.people.queries import children_of, documents_held
from droitfil.rules.question import Refused as Unanswerable
from droitfil.web.applicant.rights import rights
from droitfil.web.public.law_words import KINDS
from droitfil.web.public.whereami.dates import Unclear, read_day


@require_safe
@login_required
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """My file; while none is linked, how to link it."""
    today = timezone.localdate()
    account = _account(request)
    person = Person.objects.select_related("commune__department").filter(account=account).first()
    if person is None:
        waiting = LinkClaim.objects.filter(account=account, state=LinkClaim.State.WAITING).exists()
        context = {"waiting": waiting, "staff": access.staff_of(account, today)}
        return render(request, "applicant/unlinked.html", context)
    context = _file(person) | {"mine": True, "children": children_of(person, today)}
    return render(request, "applicant/file.html", context)


@require_safe
@login_required
@never_cache
def child(request: HttpRequest, person: UUID) -> HttpResponse:
    """The file of my child, while a minor."""
    found = open_file(_account(request), person, now=timezone.now(), today=timezone.localdate())
    return render(request, "applicant/file.html", _file(found) | {"mine": False})


def _account(request: HttpRequest) -> Account:
    """Who is signed in; the views that call it ask for that."""
    assert isinstance(request.user, Account)
    return request.user


def _file(person: Person) -> dict[str, Any]:
    today, law = timezone.localdate(), load_law()
    try:
        page = rights(person, today)
    except Unanswerable:
        page = None
    documents = []
    for held in documents_held(person, today):
        title = law.title(held.article)
        documents.append(
            {
                "held": held,
                "kind": KINDS.get(held.kind, held.kind),
                "label": title.label if title else "",
                "over": held.valid_to is not None and held.valid_to < today,
            }
        )
    return {
        "section": "me",
        "person": person,
        "nationality": law.countries.get(person.nationality, ""),
        "birth_country": law.countries.get(person.birth_country, ""),
        "documents": documents,
        "page": page,
    }


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
                transaction.on_commit(lambda: jobs.tell_contacts(now=timezone.now(), most=5))
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
    return linking.link_file(_account(request), facts=facts, now=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contest(request: HttpRequest, code: str) -> HttpResponse:
    """The address that a known contact received: « it was not me » undoes the link, by a press."""
    done = False
    if request.method == "POST":
        linking.contest_link(code, now=timezone.now())
        done = True
    return render(request, "applicant/contest.html", {"done": done})
