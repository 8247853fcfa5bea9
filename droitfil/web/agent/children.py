"""Children that parents declare: an agent confirms whose they are, or refuses with reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from droitfil.cases import families
from droitfil.cases.actions import confirming, declaring
from droitfil.cases.models import ChildClaim
from droitfil.files import serving
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people import access
from droitfil.people.actions.files import open_file
from droitfil.people.models import Person, Staff
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.administration.typed import faults_of
from droitfil.web.applicant.declared import Declared, child_form, given_of
from droitfil.web.applicant.own import moment
from droitfil.web.civil import child_sent
from droitfil.web.language import SWITCH
from droitfil.web.persons import country
from droitfil.web.public.law_words import in_words

#: What is chosen when the child has no file yet.
NONE = "aucun"


@require_safe
@for_staff(*access.DECIDES)
def waiting(request: HttpRequest) -> HttpResponse:
    """The declared children of my territory that wait for somebody, the oldest first."""
    claims = families.open_claims(signed_in(request), clock.today())[:100]
    rows = [(Declared(one), one.proofs.filter(withdrawn_at__isnull=True).count()) for one in claims]
    return render(request, "agent/children.html", {"section": "me", "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*access.DECIDES)
def claim(request: HttpRequest, claim: UUID) -> HttpResponse:
    """The parent, the child, what shows it, the files it may be; and the answer."""
    account, refusal = signed_in(request), None
    if request.method == "POST":
        try:
            _settle(request, claim)
            return redirect("agent-children")
        except Refusal as told:
            refusal = told
    found = confirming.open_claim(account, claim, **moment())
    return _page(request, found, refusal)


@require_safe
@for_staff(*access.DECIDES)
def proof(request: HttpRequest, claim: UUID, proof: UUID) -> HttpResponse:
    """The cleaned copy of what shows it."""
    found = confirming.open_proof(signed_in(request), claim, proof, **moment())
    assert found.upload is not None
    return serving.response(found.upload)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*access.DECIDES)
def record(request: HttpRequest, person: UUID) -> HttpResponse:
    """The parent is here, with what shows it: declared and confirmed at once."""
    account, today = signed_in(request), clock.today()
    # Before it is opened: nobody reads their own file as an agent.
    access.require(access.decidable_persons(account, today).filter(pk=person).exists())
    parent = open_file(account, person, now=clock.now(), today=today)
    refusal, found = None, []
    if request.method == "POST" and request.POST.get("suite") != SWITCH:
        try:
            sent = child_sent(request)
            found = _alike(request, parent, sent)
            declaring.record_child(account, parent, **sent, **_answered(request), **moment())
            return redirect("agent-person", parent.pk)
        except Refusal as told:
            refusal = told
    context = {
        "section": "me",
        "person": parent,
        "alike": found,
        **_to_answer(request),
        **child_form(request, refusal),
    }
    return render(request, "agent/child_record.html", context, status=422 if refusal else 200)


def _alike(request: HttpRequest, parent: Person, sent: dict[str, Any]) -> list[Person]:
    """The files that the child of the form may already have."""
    number = families.digits_of(sent["foreigner_number"])
    like = ChildClaim(parent=parent, child=Person(**sent["facts"]), foreigner_number=number)
    return families.alike(signed_in(request), like, clock.today())


def _answered(request: HttpRequest) -> dict[str, Any]:
    """What was seen, and the file that was chosen, or that it is none of those shown."""
    text, seen = request.POST.get("known", ""), request.POST.getlist("vu")
    try:
        known = UUID(text) if text not in ("", NONE) else None
    except ValueError:
        raise Refusal(gettext("Choisissez une réponse."), field="known") from None
    return {"known": known, "other": text == NONE, "seen": seen}


def _to_answer(request: HttpRequest) -> dict[str, Any]:
    """What may be seen, and what was answered so far."""
    asked = families.proofs_asked(clock.today())
    return {
        "asked": [(code, in_words(says)) for code, says in asked.items()],
        "seen": request.POST.getlist("vu"),
        "known": request.POST.get("known", ""),
    }


def _settle(request: HttpRequest, claim: UUID) -> None:
    confirm = {"confirmer": True, "refuser": False}.get(request.POST.get("decision", ""))
    if confirm is None:
        raise Refusal(gettext("Choisissez l’une des deux décisions."))
    confirming.settle_child(
        signed_in(request), claim, confirm=confirm, reasons=request.POST.get("reasons", ""),
        **_answered(request), **moment(),
    )  # fmt: skip


def _page(request: HttpRequest, claim: ChildClaim, refusal: Refusal | None) -> HttpResponse:
    account, today = signed_in(request), clock.today()
    declared, other = Declared(claim), None
    if claim.other_number:
        seen = access.visible_persons(account, today)
        other = seen.filter(foreigner_number=claim.other_number).first()
    context = {
        "section": "me",
        "claim": claim,
        "declared": declared,
        "child": claim.child,
        "nationality": country(claim.child.nationality),
        "birth_country": country(claim.child.birth_country),
        "parent_seen": access.can_see_person(account, claim.parent, today),
        "other": other,
        "by_staff": Staff.objects.filter(account=claim.by)
        .exclude(account=claim.parent.account)
        .first(),
        "proofs": given_of(claim),
        "alike": [] if declared.contested else families.alike(account, claim, today),
        "elsewhere": not declared.contested and families.elsewhere(account, claim, today),
        **_to_answer(request),
        "reasons": request.POST.get("reasons", ""),
        "faults": faults_of(refusal),
    }
    return render(request, "agent/child.html", context, status=422 if refusal else 200)
