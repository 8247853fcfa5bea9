"""One case followed: where it stands, what comes next, its papers, its history."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from droitfil.cases.actions import complement as complements
from droitfil.cases.actions import filing, letters
from droitfil.cases.form import Form, form_of, version_of
from droitfil.cases.models import Case, Complement
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.rules.lifecycle import Event, Role, State, events
from droitfil.rules.procedure import COUNTER
from droitfil.web import papers
from droitfil.web.accounts.doors import signed_in
from droitfil.web.applicant.answers import said_answers
from droitfil.web.applicant.children import beside
from droitfil.web.applicant.history import history_of
from droitfil.web.applicant.own import both, case_page, moment, reads, sends
from droitfil.web.applicant.piece_rows import pieces_of
from droitfil.web.applicant.pieces import giving
from droitfil.web.applicant.sections import Sections
from droitfil.web.applicant.states import AT_COUNTER, NO_APPEAL, stands
from droitfil.web.applicant.steps import papers_of, steps_of_case
from droitfil.web.applicant.wanted import wanted_of
from droitfil.web.public.law_words import in_words


@reads
@case_page
def case(request: HttpRequest, case: Case) -> HttpResponse:
    """The page of a case: a draft to go on with, or a request to follow."""
    return _case_page(request, case)


@sends
@case_page
def write(request: HttpRequest, case: Case) -> HttpResponse:
    """A message to whoever examines the case; what was typed is shown again when it is not sent."""
    try:
        letters.write(signed_in(request), case, text=request.POST.get("text", ""), **moment())
    except Refusal as refusal:
        if case.filed_on is None:
            raise
        return _case_page(request, case, refusal=refusal)
    return _to_letters(case)


@sends
@case_page
def read_letters(request: HttpRequest, case: Case) -> HttpResponse:
    """What the agent wrote is read."""
    letters.read(signed_in(request), case, **moment())
    return _to_letters(case)


def _to_letters(case: Case) -> HttpResponse:
    place = redirect("case", case.pk)
    place["Location"] += "#messages"
    return place


def _case_page(request: HttpRequest, case: Case, *, refusal: Refusal | None = None) -> HttpResponse:
    today = clock.today()
    form = form_of(case, today)
    sections = Sections(form, case.answers)
    word, tone, says = stands(case)
    draft = case.state == State.DRAFT
    context = {
        "section": "me",
        "case": case,
        "draft": draft,
        "at_counter": case.channel == COUNTER,
        "label": in_words(form.version.label),
        "word": word,
        "tone": tone,
        "says": AT_COUNTER if draft and case.channel == COUNTER else says,
        "may": {event.value for event in events(State(case.state), Role.PERSON, case.channel)},
        "parts": [(part, said_answers(part, form.values)) for part in sections.all],
        "pieces": pieces_of(case, form),
        "fault": refusal.says if refusal else "",
        "text": request.POST.get("text", "") if refusal else "",
        **({"beside": beside(signed_in(request), case)} if draft else _followed(case, form, today)),
    }
    name = "draft" if draft else "case"
    status = 422 if refusal else 200
    return render(request, f"applicant/case/{name}.html", context, status=status)


@reads
@case_page
def paper(request: HttpRequest, case: Case, paper: UUID) -> HttpResponse:
    """A paper that was issued, sealed, to be kept and shown."""
    return papers.sealed(get_object_or_404(case.papers, pk=paper), download=True)


def _followed(case: Case, form: Form, today: date) -> dict[str, Any]:
    application = form.application
    undecided = not case.outcome and case.withdrawn_on is None
    written = list(case.letters.select_related("staff"))
    appeals = [way for way in application.appeals if way.limit is None or way.limit >= today]
    return {
        **({"says": NO_APPEAL[case.state]} if case.state in NO_APPEAL and not appeals else {}),
        "steps": steps_of_case(case, today),
        "papers": papers_of(case, today),
        "silence": application.silence if undecided else None,
        "appeals": appeals,
        "history": history_of(case),
        "letters": written,
        "unread": any(one.staff and one.read_at is None for one in written),
        "today": today,
    }


@both
@case_page
def answer(request: HttpRequest, case: Case) -> HttpResponse:
    """What the prefecture asks: given here, then sent back in one press."""
    if case.state != State.INCOMPLETE:
        return redirect("case", case.pk)
    if request.method == "POST":
        try:
            complements.produce(
                signed_in(request), case, as_it_is="tel-quel" in request.POST, **moment()
            )
        except Refusal as refusal:
            return _answer_page(request, case, refusal=refusal)
        return redirect("case", case.pk)
    return _answer_page(request, case)


def _answer_page(
    request: HttpRequest, case: Case, *, refusal: Refusal | None = None
) -> HttpResponse:
    form = form_of(case, clock.today())
    asked: Complement = complements.waiting(case)
    context = {
        "section": "me",
        "case": case,
        "asked": asked,
        "wanted": wanted_of(case, asked, form),
        "refusal": refusal,
        "open": True,
        **giving(request, back="repondre"),
    }
    status = 422 if refusal else 200
    return render(request, "applicant/case/answer.html", context, status=status)


@both
@case_page
def withdraw(request: HttpRequest, case: Case) -> HttpResponse:
    """The request is given up, after a page that says what that does."""
    if request.method == "POST":
        filing.withdraw(signed_in(request), case, **moment())
        return redirect("case", case.pk)
    if Event.WITHDRAW not in events(State(case.state), Role.PERSON, case.channel):
        return redirect("case", case.pk)
    label = in_words(version_of(case.procedure, case.version_on).label)
    context = {"section": "me", "case": case, "label": label}
    return render(request, "applicant/case/withdraw.html", context)


@sends
@case_page
def discard(request: HttpRequest, case: Case) -> HttpResponse:
    """A draft is thrown away."""
    filing.discard(signed_in(request), case, **moment())
    return redirect("me")
