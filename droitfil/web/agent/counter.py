"""At the counter: a request opened with its person present, and registered; no account is needed.

Nothing has to have been prepared at home. What an agent has under their eyes is ticked as seen,
the day of registration is the day of filing, and a complete file has its récépissé at once.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from droitfil.cases.actions import counter, filing
from droitfil.cases.models import Case
from droitfil.cases.renewals import openings_of
from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people.access import DECIDES
from droitfil.people.actions.counter import meet_person
from droitfil.people.actions.files import open_file
from droitfil.people.models import Person, ResidenceDocument
from droitfil.people.queries import documents_held
from droitfil.rules.facts import PAPERS, Kind, Request
from droitfil.rules.lifecycle import Event
from droitfil.rules.procedure import COUNTER, Version
from droitfil.territory.models import Commune
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.addresses import communes_named
from droitfil.web.administration.typed import Typed, faults_of
from droitfil.web.agent.acts import day_wanted, one_of, written
from droitfil.web.agent.screen import Screen
from droitfil.web.civil import countries
from droitfil.web.public.law_words import KINDS, in_words

#: What the form of someone unknown asks, in plain texts; days are read apart.
TEXTS = (
    "family_name", "usual_name", "given_names", "sex", "birth_place", "birth_country",
    "nationality", "foreigner_number", "phone", "email", "address_line", "postal_code",
)  # fmt: skip


@require_POST
@for_staff(*DECIDES)
def open_request(request: HttpRequest, person: UUID) -> HttpResponse:
    """A draft for this person, from a document they hold; the one already open when there is."""
    account, now, today = signed_in(request), clock.now(), clock.today()
    found = open_file(account, person, now=now, today=today)
    procedure, _, document = request.POST.get("demande", "").partition(" ")
    held = _document(found, document)
    case = filing.start_draft(account, found, procedure=procedure, held=held, now=now, today=today)
    return redirect("agent-case", case.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def register(request: HttpRequest, case: UUID) -> HttpResponse:
    """The person is here: what I have seen, and the filing."""

    def do(found: Case, **when: Any) -> None:
        counter.register_seen(
            signed_in(request), found, seen=request.POST.getlist("vu"),
            complete=one_of(request, "complet", {"oui": True, "non": False}), **when,
        )  # fmt: skip

    return written(
        request, case, "agent/register.html", do, Event.REGISTER, _to_see, after="?enregistree"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def newcomer(request: HttpRequest) -> HttpResponse:
    """Someone whose file is nowhere: who they are, where they live, what they hold."""
    refusal = None
    if request.method == "POST":
        try:
            person = _meet(request)
            return redirect("agent-person", person.pk)
        except Refusal as told:
            refusal = told
    law = load_law()
    context = {
        "section": "me",
        "typed": Typed.of(request),
        "faults": faults_of(refusal),
        "countries": countries(),
        "sexes": Person.Sex.choices,
        "kinds": [(k.value, KINDS[k.value]) for k in Kind if k not in PAPERS],
        "titles": sorted((in_words(t.label), article) for article, t in law.titles.items()),
    }
    return render(request, "agent/newcomer.html", context, status=422 if refusal else 200)


def requests_for(person: Person, today: date) -> list[dict[str, Any]]:
    """What may be opened at the counter for ``person``: each procedure with the document it
    starts from, if it starts from one."""
    versions = [procedure.at(today) for procedure in load_procedures().values()]
    documents = list(documents_held(person, today))
    starts: list[tuple[Version, ResidenceDocument | None]] = [
        (version, held)
        for version in versions
        if version.request == Request.RENEWAL
        for held in documents
        if version.starts_from(held.kind, held.article)
    ]
    starts += [(one.version, one.document) for one in openings_of(person, today)]
    return [
        {
            "value": f"{version.procedure} {held.pk if held else ''}".strip(),
            "label": in_words(version.label),
            "held": held,
        }
        for version, held in starts
        if version.channel == COUNTER
    ]


def _document(person: Person, text: str) -> ResidenceDocument | None:
    try:
        return person.documents.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _to_see(request: HttpRequest, screen: Screen, _refusal: Refusal | None) -> dict[str, Any]:
    """The pieces, each with the ways to give it; ticked as they were sent."""
    return {
        "pieces": [piece for block in screen.blocks for piece in block.pieces],
        "seen": request.POST.getlist("vu"),
        "left": len(screen.form.problems),
    }


def _meet(request: HttpRequest) -> Person:
    typed = {name: " ".join(request.POST.get(name, "").split()) for name in TEXTS}
    facts: dict[str, Any] = {
        **typed,
        "foreigner_number": typed["foreigner_number"].replace(" ", "") or None,
        "sex": typed["sex"] or Person.Sex.UNKNOWN,
        "born_on": day_wanted(request, "born_on"),
        "commune": _commune(typed["postal_code"], request.POST.get("commune", "")),
    }
    today = clock.today()
    return meet_person(
        signed_in(request), facts=facts, document=_held(request), now=clock.now(), today=today,
        other=request.POST.get("other") == "oui",
    )  # fmt: skip


def _held(request: HttpRequest) -> dict[str, Any] | None:
    """The document they hold, None when no kind was chosen."""
    kind = request.POST.get("kind", "")
    if not kind:
        return None
    return {
        "kind": kind,
        "article": request.POST.get("article", ""),
        "card_number": request.POST.get("card_number", "").replace(" ", "").upper(),
        "valid_from": day_wanted(request, "valid_from"),
        "valid_to": day_wanted(request, "valid_to"),
    }


def _commune(postal_code: str, name: str) -> Commune:
    """The commune that a postal code and a name say.

    :raises Refusal: for none, or for several.
    """
    found = communes_named(postal_code, name) if name.strip() else []
    if len(found) != 1:
        names = ", ".join(one.name for one in found[:5])
        says = gettext("Écrivez la commune et son code postal.")
        if names:
            says = gettext("Plusieurs communes répondent : %(names)s.") % {"names": names}
        raise Refusal(says, field="commune")
    return Commune.objects.get(code=found[0].code)
