"""Starting a request, and its questions: one page a section, kept at each page."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from droitfil.cases.access import prepared_persons
from droitfil.cases.actions import filing, moving
from droitfil.cases.form import Form, form_of
from droitfil.cases.models import Case
from droitfil.cases.renewals import openings_of, renewals_of
from droitfil.lib import clock, security_headers
from droitfil.lib.refusals import Refusal
from droitfil.people.models import Person, ResidenceDocument
from droitfil.rules.lifecycle import Event, Role, State, events
from droitfil.rules.procedure import Question
from droitfil.web.accounts.doors import login_required, signed_in
from droitfil.web.applicant.fields import sent, typed
from droitfil.web.applicant.own import both, case_page, moment, reads, sends
from droitfil.web.applicant.sections import Section, Sections
from droitfil.web.applicant.windows import Renewable, Startable
from droitfil.web.language import SWITCH, spoken_here

#: The buttons of a page of questions.
GO_ON, STOP, KEEP = "continuer", "arreter", "garder"


@reads
@login_required
@never_cache
def begin(request: HttpRequest, person: UUID | None = None) -> HttpResponse:
    """What may be renewed, from when, and what to have at hand."""
    today = clock.today()
    own = prepared_persons(signed_in(request), today)
    found = get_object_or_404(own, **({"pk": person} if person else {"account": request.user}))
    openings = [Startable(one, today) for one in openings_of(found, today)]
    openings.sort(key=lambda one: one.closes or date.max)  # what presses first
    context = {
        "section": "me",
        "person": found,
        "mine": found.account_id == signed_in(request).pk,
        "renewals": [Renewable(one, today) for one in renewals_of(found, today)],
        "proposed": [one for one in openings if one.opening.proposed],
        "others": [one for one in openings if not one.opening.proposed],
    }
    return render(request, "applicant/case/begin.html", context)


@sends
@login_required
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """A draft is opened, or the one that was already; on to its first page."""
    account, today = signed_in(request), clock.today()
    own = prepared_persons(account, today)
    held, document = None, request.POST.get("document", "")
    if document:
        held = get_object_or_404(
            ResidenceDocument.objects.select_related("person"),
            pk=_uuid(document), person__in=own,
        )  # fmt: skip
        person: Person = held.person
    else:
        person = get_object_or_404(own, pk=_uuid(request.POST.get("personne", "")))
    case = filing.start_draft(
        account, person, procedure=request.POST.get("demarche", ""), held=held, **moment()
    )
    return redirect("case-resume", case.pk)


@reads
@case_page
def resume(request: HttpRequest, case: Case) -> HttpResponse:
    """Where one stopped: the first page with something to answer, else the pieces."""
    sections = Sections(form_of(case, clock.today()), case.answers)
    left = sections.first_left()
    if left is None:
        return redirect("case-pieces", case.pk)
    return redirect("case-questions", case.pk, left.id)


@both
@case_page
def questions(request: HttpRequest, case: Case, block: str) -> HttpResponse:
    """One page of questions. What is typed is kept before anything is judged."""
    form = form_of(case, clock.today())
    sections = Sections(form, case.answers)
    section = _section(sections, block)
    if not may_answer(case):
        return redirect("case", case.pk)
    if request.method != "POST":
        return _page(request, case, sections, section)
    given = typed(_asked(form, section, request), request.POST)
    if request.POST.get("suite") == SWITCH:
        return _in_another_language(request, case, section, given)
    after = _kept(request, case, given)
    written = {**case.answers, **given}
    if request.POST.get("suite") == KEEP:
        return HttpResponse(status=204)
    sections = Sections(after, written)
    if request.POST.get("suite") == STOP and case.state == State.DRAFT:
        return redirect("case", case.pk)
    return _onward(request, case, sections, _section(sections, block), set(given))


def _asked(form: Form, section: Section, request: HttpRequest) -> list[Question]:
    """The questions of the page that was sent: those it shows, and those it had shown."""
    return [
        question
        for question in form.version.questions
        if question in section.questions
        or (question.block == section.id and sent(question, request.POST))
    ]


def may_answer(case: Case) -> bool:
    """May its answers be written, or put right?"""
    allowed = events(State(case.state), Role.PERSON, case.channel)
    return Event.SAVE in allowed or Event.AMEND in allowed


def _kept(request: HttpRequest, case: Case, given: dict[str, Any]) -> Form:
    account = signed_in(request)
    if case.state == State.DRAFT:
        return filing.save_answers(account, case, answers=given, **moment())
    try:
        moving.amend(account, case, answers=given, **moment())
    except Refusal:  # told beside each field
        return form_of(case, clock.today(), answers={**case.answers, **given})
    case.refresh_from_db()
    return form_of(case, clock.today())


def _onward(
    request: HttpRequest, case: Case, sections: Sections, section: Section, seen: set[str]
) -> HttpResponse:
    """The next page; this one again when an answer is wrong, or calls for one more."""
    wrong = {problem.field for problem in sections.form.problems}
    asked = {question.id for question in section.questions}
    if wrong & asked & seen:
        return _page(request, case, sections, section, judged=True)
    new = [question.id for question in section.questions if question.id not in seen]
    if new:
        target = redirect("case-questions", case.pk, section.id)
        target["Location"] += f"?precision#q-{new[0]}"
        return target
    if case.state != State.DRAFT:
        return redirect("case", case.pk)
    following = sections.after(section)
    if following is None:
        return redirect("case-pieces", case.pk)
    return redirect("case-questions", case.pk, following.id)


def _in_another_language(
    request: HttpRequest, case: Case, section: Section, given: dict[str, Any]
) -> HttpResponse:
    """The page as it was typed; kept in a draft, and nowhere else."""
    if case.state == State.DRAFT:
        _kept(request, case, given)
        return redirect(spoken_here(reverse("case-questions", args=[case.pk, section.id])))
    written = {**case.answers, **given}
    sections = Sections(form_of(case, clock.today(), answers=written), written)
    return _page(request, case, sections, _section(sections, section.id))


def _page(
    request: HttpRequest,
    case: Case,
    sections: Sections,
    section: Section,
    *,
    judged: bool = False,
) -> HttpResponse:
    fields = sections.fields(section, judged=judged)
    context = {
        "section": "me",
        "case": case,
        "draft": case.state == State.DRAFT,
        "part": section,
        "parts": len(sections.all),
        "before": sections.before(section),
        "after": sections.after(section),
        "fields": fields,
        "faults": [field for field in fields if field.error],
        "more": "precision" in request.GET and not judged,
    }
    page = render(request, "applicant/case/questions.html", context, status=422 if judged else 200)
    if case.state == State.DRAFT:
        # The only script: it sends this very form, field by field.
        policy = security_headers.CONTENT_SECURITY_POLICY
        page["Content-Security-Policy"] = f"{policy}; script-src 'self'; connect-src 'self'"
    return page


def _section(sections: Sections, block: str) -> Section:
    found = sections.get(block)
    if found is None:
        raise Http404
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
