"""Several children in one pass: which ones, then from one request to the next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from droitfil.cases.access import declared_children
from droitfil.cases.actions import siblings
from droitfil.cases.models import Case
from droitfil.cases.renewals import openings_of
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people.models import Account, Person
from droitfil.people.queries import children_of
from droitfil.rules.lifecycle import State
from droitfil.web.accounts.doors import login_required, signed_in
from droitfil.web.applicant.own import both, case_page, moment, sends
from droitfil.web.applicant.steps import CaseLine
from droitfil.web.applicant.windows import Startable


@both
@login_required
@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """The same document for several of my children: those chosen have a draft each."""
    account, today = signed_in(request), clock.today()
    person = get_object_or_404(Person, account=account)
    found = [
        (child, Startable(opening, today))
        for child in [*children_of(person, today), *declared_children(account, today)]
        for opening in openings_of(child, today)
        if opening.version.for_siblings
    ]
    chosen = request.POST.getlist("enfants")
    refusal = None
    if request.method == "POST":
        try:
            drafts = siblings.start_for_children(
                account, [child for child, _ in found if str(child.pk) in chosen],
                procedure=request.POST.get("demarche", ""), **moment(),
            )  # fmt: skip
            return redirect("case-resume", drafts[0].pk)
        except Refusal as told:
            refusal = told
    context = {
        "section": "me",
        "found": found,
        "one": found[0][1] if found else None,
        "chosen": chosen,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render(request, "applicant/case/begin_children.html", context, status=status)


@sends
@case_page
def carry(request: HttpRequest, case: Case) -> HttpResponse:
    """What was given for a brother or a sister is taken up; on to what is left to do."""
    account = signed_in(request)
    others = siblings.siblings_of(account, case, clock.today())
    source = next((one for one in others if str(one.pk) == request.POST.get("de")), None)
    if source is not None:
        siblings.carry_over(account, case, source, **moment())
    return redirect("case-resume", case.pk)


def beside(account: Account, case: Case) -> list[dict[str, Any]]:
    """The requests for the other children, each with what may be carried: from this one to a
    draft, or to this draft from that one."""
    found = []
    for other in siblings.siblings_of(account, case, clock.today()):
        to, source = (other, case) if other.state == State.DRAFT else (case, other)
        if case.state == State.DRAFT and other.answers and not case.answers:
            to, source = case, other
        found.append(
            {
                "line": CaseLine.of(other),
                "to": to if to.state == State.DRAFT else None,
                "source": source,
                "onward": to.pk == other.pk,
            }
        )
    return found
