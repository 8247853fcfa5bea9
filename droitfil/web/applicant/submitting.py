"""Reading again, filing once, and the attestation of filing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from droitfil.cases.actions import filing
from droitfil.cases.families import waiting_claim
from droitfil.cases.form import Form, form_of, waits_for_card
from droitfil.cases.models import Case
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.rules.lifecycle import State
from droitfil.rules.procedure import COUNTER
from droitfil.web.accounts.doors import signed_in
from droitfil.web.applicant.answers import said_answers
from droitfil.web.applicant.children import beside
from droitfil.web.applicant.own import case_page, moment, reads, sends
from droitfil.web.applicant.piece_rows import pieces_of
from droitfil.web.applicant.sections import Sections
from droitfil.web.public.law_words import in_words
from droitfil.web.public.whereami import answer_words as words


@reads
@case_page
def review(request: HttpRequest, case: Case) -> HttpResponse:
    """Everything that will be filed, on one page, and what still lacks."""
    if case.state != State.DRAFT:
        return redirect("case", case.pk)
    return _page(request, case, key=uuid4())


@sends
@case_page
def submit(request: HttpRequest, case: Case) -> HttpResponse:
    """Filed today, once, however often the button is pressed."""
    key = _key(request)
    try:
        filing.submit_case(
            signed_in(request), case, key=key, incomplete="sans" in request.POST, **moment()
        )
    except Refusal as refusal:
        return _page(request, case, key=key, refusal=refusal)
    return redirect("case-attestation", case.pk)


@reads
@case_page
def attestation(request: HttpRequest, case: Case) -> HttpResponse:
    """What was received and when: a trace to keep, which proves no right to stay."""
    if case.filed_on is None:
        return redirect("case", case.pk)
    form = form_of(case, clock.today())
    context = {
        "section": "me",
        "case": case,
        "person": case.person,
        "label": in_words(form.version.label),
        "card": waits_for_card(case),
        "pieces": pieces_of(case, form),
        "silence": None
        if case.outcome or case.withdrawn_on is not None
        else form.application.silence,
        "beside": beside(signed_in(request), case),
    }
    return render(request, "applicant/case/attestation.html", context)


def _page(
    request: HttpRequest, case: Case, *, key: UUID, refusal: Refusal | None = None
) -> HttpResponse:
    form = form_of(case, clock.today())
    sections = Sections(form, case.answers)
    context = {
        "section": "me",
        "case": case,
        "claim": waiting_claim(case.person),
        "key": key,
        "refusal": refusal,
        "label": in_words(form.version.label),
        "parts": [(part, said_answers(part, form.values)) for part in sections.all],
        "left": [part for part in sections.all if not part.done],
        "pieces": pieces_of(case, form),
        "at_counter": case.channel == COUNTER,
        **_dates(form),
        **_fees(form),
    }
    status = 422 if refusal else 200
    return render(request, "applicant/case/review.html", context, status=status)


def _dates(form: Form) -> dict[str, Any]:
    """When it may be filed: too early, in time or late."""
    application, today = form.application, clock.today()
    window = application.window
    opens = window.start if window and window.start and window.start > today else None
    timing = words.TIMING.get(application.timing or "")
    late = timing is not None and timing[0] != "ok" and opens is None
    return {
        "opens": opens,
        "closes": window.end if window else None,
        "rule": window.rule if window else "",
        "late": gettext("Déposée aujourd’hui, cette demande est en retard.") if late else "",
        "late_fee": application.late_fee in ("risk", "certain"),
    }


def _fees(form: Form) -> dict[str, Any]:
    fees = form.application.fees
    return {
        "fees": [
            {"name": words.FEES.get(fee.code, fee.code), "amount": fee.amount, "rule": fee.rule}
            for fee in fees
        ],
        "total": sum(fee.amount for fee in fees),
    }


def _key(request: HttpRequest) -> UUID:
    with suppress(ValueError):
        return UUID(request.POST.get("cle", ""))
    return uuid4()
