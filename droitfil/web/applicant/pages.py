"""Several photographs made one piece, by the person: at home, on a telephone, one after another."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from droitfil.cases.models import Case, Page
from droitfil.files import serving
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.rules.lifecycle import State
from droitfil.web import piles
from droitfil.web.applicant.own import both, case_page, reads, sends
from droitfil.web.applicant.pieces import may_add


@both
@case_page
def pages(request: HttpRequest, case: Case, code: str) -> HttpResponse:
    """The pages in their order; sent, files are added to them, or one document is made of them."""
    if request.method != "POST":
        return _pile(request, case, code)
    if piles.BIND in request.POST:
        try:
            piles.bind(request, case, code)
        except (Refusal, Conflict) as refused:
            return _pile(request, case, code, [refused.says], status=refused.status)
        asked = case.state == State.INCOMPLETE
        target = redirect("case-answer" if asked else "case-pieces", case.pk)
        target["Location"] += f"#piece-{code}"
        return target
    problems = piles.keep_sent(request, case, code)
    if problems:
        return _pile(request, case, code, problems)
    return redirect("case-pages", case.pk, code)


def _pile(
    request: HttpRequest,
    case: Case,
    code: str,
    problems: list[str] | None = None,
    *,
    status: int = 422,
) -> HttpResponse:
    """The page of a pile, with what was not taken at its top."""

    def address(page: Page) -> str:
        return reverse("case-page-small", args=[case.pk, page.pk])

    context = piles.context_of(
        request, case, code, at_counter=False, address=address, problems=problems or []
    ) | {"open": may_add(case)}
    return render(request, "applicant/case/pages.html", context, status=status if problems else 200)


@sends
@case_page
def change(request: HttpRequest, case: Case, page: UUID) -> HttpResponse:
    """One page moved, turned or taken out."""
    found = piles.change(request, case, page)
    target = redirect("case-pages", case.pk, found.code)
    target["Location"] += "#pages"
    return target


@reads
@case_page
def small(request: HttpRequest, case: Case, page: UUID) -> HttpResponse:
    """The thumbnail of a page, to its owner."""
    found = get_object_or_404(case.pages.filter(at_counter=False).select_related("upload"), pk=page)
    return serving.small(found.upload, turn=found.turn)
