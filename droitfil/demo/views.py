"""``/demo``: who to be, which day it is, what was received. Nothing of it exists elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from droitfil.cases.continuity.night import run_night
from droitfil.cases.models import Case, Night, Proof
from droitfil.demo import post
from droitfil.demo.cast import APPLICANT
from droitfil.demo.personas import PERSONAS
from droitfil.journal.models import Entry
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.notices.jobs import deliver
from droitfil.people.models import Account, Person, ResidenceDocument

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
#: How the session says that its holder came in.
METHOD = "demo"
_ONE_DAY = timedelta(days=1)

View = Callable[..., HttpResponse]


def in_demo(view: View) -> View:
    """Out of a demonstration the page does not exist."""

    @wraps(view)
    @never_cache
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.ENVIRONMENT != "demo":
            raise Http404
        return view(request, *args, **kwargs)

    return shown


@require_safe
@in_demo
def demo(request: HttpRequest) -> HttpResponse:
    """Who to be, and the day of the instance with its last night."""
    card = _card()
    night = Night.objects.filter(finished_at__isnull=False).order_by("-date").first()
    proof = Proof.objects.order_by("-date").first()
    context = {
        "personas": PERSONAS.items(),
        "loaded": card is not None,
        "today": clock.today(),
        "moved": clock.is_moved(),
        "real": _real_day(),
        "counts": _counts() if card is not None else None,
        "tomorrow": clock.today() + _ONE_DAY,
        "expires": card.valid_to if card else None,
        "eve": _eve(card),
        "night": night,
        "papers": night.phases["papers"]["papers"] if night else 0,
        "totals": json.loads(proof.document)["totals"] if proof else None,
    }
    return render(request, "demo/demo.html", context)


@require_POST
@in_demo
def enter(request: HttpRequest) -> HttpResponse:
    """Signs the visitor in as a persona, without code nor second factor: here only."""
    persona = PERSONAS.get(request.POST.get("qui", ""))
    if persona is None:
        raise Http404
    logout(request)
    if persona.email:
        account = Account.objects.filter(email=persona.email).first()
        if account is None:
            raise Refusal(_not_loaded())
        login(request, account, backend=BACKEND)
        record_authentication(request, account, METHOD)
    return redirect(persona.page)


@require_POST
@in_demo
def next_night(request: HttpRequest) -> HttpResponse:
    """Moves to the next day, runs its night, and has what it says delivered."""
    _move(clock.today() + _ONE_DAY)
    run_night(clock.today(), now=clock.now)
    deliver(now=clock.now())
    return redirect(f"{reverse('demo')}#temps")


@require_POST
@in_demo
def eve(request: HttpRequest) -> HttpResponse:
    """Moves to the last day of the applicant's card; the next night catches up."""
    day = _eve(_card())
    if day is None:
        raise Refusal(gettext("Il n’y a pas de carte dont la veille de la fin soit à venir."))
    _move(day)
    return redirect(f"{reverse('demo')}#temps")


@require_POST
@in_demo
def real_day(request: HttpRequest) -> HttpResponse:
    """Moves to the real day; the next night catches up."""
    day = _real_day()
    if day is None:
        raise Refusal(gettext("Cette démonstration est déjà au vrai jour, ou plus loin."))
    _move(day)
    return redirect(f"{reverse('demo')}#temps")


@require_http_methods(["GET", "HEAD", "POST"])
@in_demo
def mailbox(request: HttpRequest) -> HttpResponse:
    """Everyone's e-mails; sent, those that wait leave first."""
    return _received(request, "demo-mailbox", post.emails)


@require_http_methods(["GET", "HEAD", "POST"])
@in_demo
def telephone(request: HttpRequest) -> HttpResponse:
    """Everyone's text messages; sent, those that wait leave first."""
    return _received(request, "demo-telephone", post.texts)


def _received(
    request: HttpRequest, page: str, read: Callable[..., list[post.Letter]]
) -> HttpResponse:
    if request.method == "POST":
        deliver(now=clock.now())
        return redirect(page)
    account = Account.objects.select_related("person").filter(email=APPLICANT).first()
    mine = {account.email, account.person.phone} if account else set()
    context = {
        "page": page,
        # Theirs are few, and everyone's are many: each is sought for itself.
        "mine": read(to=mine),
        "others": [letter for letter in read() if letter.to not in mine],
    }
    return render(request, "demo/received.html", context)


def _real_day() -> date | None:
    """The real day, when it is still to come here."""
    day = timezone.localdate()
    return day if day > clock.today() else None


def _counts() -> dict[str, int]:
    """How many live here; how many requests; how many lines of the journal."""
    return {
        "people": Person.objects.count(), "cases": Case.objects.count(),
        "acts": Entry.objects.count(),
    }  # fmt: skip


def _card() -> ResidenceDocument | None:
    """What the applicant holds and that ends last."""
    held = ResidenceDocument.objects.filter(
        person__account__email=APPLICANT, withdrawn_on__isnull=True
    )
    return held.order_by("-valid_to").first()


def _eve(card: ResidenceDocument | None) -> date | None:
    """The last day of ``card``, eve of the one when it proves no more; when it is still to come."""
    if card is None or card.valid_to is None:
        return None
    return card.valid_to if card.valid_to > clock.today() else None


def _move(day: date) -> None:
    try:
        clock.move_to(day)
    except clock.TooFar:
        raise Refusal(
            gettext(
                "Cette démonstration ne va pas plus loin dans le temps. Effacez-la et "
                "recommencez : make demo-reset."
            )
        ) from None


def _not_loaded() -> str:
    return gettext("Personne n’habite encore cette démonstration : lancez droitfil demo load.")
