"""At the counter, with the person present: the same questions and pieces as at home, by an agent.

What was prepared at home is there already. Everything typed is kept before it is judged, and
nothing that lacks stops the registration: the day of filing is today.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from droitfil.cases.actions import filing, moving, pieces
from droitfil.cases.actions.reading import open_case
from droitfil.cases.form import Form, form_of, version_of
from droitfil.cases.models import Case
from droitfil.files.intake import content_of
from droitfil.lib import clock
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.people import access
from droitfil.people.access import DECIDES
from droitfil.rules.lifecycle import Event, Role, State, events
from droitfil.rules.procedure import Question, Version
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.administration.typed import Typed, faults_of
from droitfil.web.agent.acts import as_seen
from droitfil.web.agent.case import shown
from droitfil.web.agent.screen import Screen, screen_of
from droitfil.web.applicant.fields import typed
from droitfil.web.applicant.own import moment
from droitfil.web.applicant.piece_rows import pieces_of
from droitfil.web.applicant.pieces import dated_on
from droitfil.web.applicant.sections import Sections
from droitfil.web.language import SWITCH, spoken_here

#: The buttons of the form: stay here, or go on to the pieces.
KEEP, GO_ON = "garder", "continuer"
#: The questions that the form has shown: the others are not touched.
ASKED = "questions"


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def questions(request: HttpRequest, case: UUID) -> HttpResponse:
    """Every question of the procedure on one page, with what is answered so far."""
    if request.method != "POST":
        found = _opened(request, case)
        if not _may(found, Event.SAVE):
            return shown(request, case, Refusal(gettext("Ce dossier n’en est plus là.")))
        return _page(request, found, form_of(found, clock.today()), found.answers)
    try:
        found = as_seen(request, case)
        asked = _asked(request, version_of(found.procedure, clock.today()))
        given = typed(asked, request.POST)
        form = filing.save_answers(signed_in(request), found, answers=given, **moment())
    except (Conflict, Refusal) as refused:
        return shown(request, case, refused)
    return _onward(request, found, form, given, {question.id for question in asked})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def amend(request: HttpRequest, case: UUID) -> HttpResponse:
    """What was registered from paper is put right, with the reason: until the decision."""
    if request.method != "POST":
        found = _opened(request, case)
        if not (_may(found, Event.AMEND) and moving.amends_for(found, clock.today())):
            return shown(request, case, Refusal(gettext("Ce dossier n’en est plus là.")))
        return _amending(request, found, found.answers)
    found = as_seen(request, case)
    version = version_of(found.procedure, found.version_on)
    given = typed(_asked(request, version), request.POST)
    # What the paper never answered is not asked now.
    given = {name: v for name, v in given.items() if v not in ("", []) or name in found.answers}
    reason = request.POST.get("reason", "")
    if request.POST.get("suite") == SWITCH:
        return _amending(request, _opened(request, case), {**found.answers, **given})
    try:
        moving.amend(signed_in(request), found, answers=given, reason=reason, **moment())
    except Conflict as refused:
        return shown(request, case, refused)
    except Refusal as refusal:
        if not refusal.field and not refusal.troubles:
            return shown(request, case, refusal)
        return _amending(request, _opened(request, case), {**found.answers, **given}, refusal)
    return redirect("agent-case", case)


@require_safe
@for_staff(*DECIDES)
def listed(request: HttpRequest, case: UUID) -> HttpResponse:
    """Every piece: seen, scanned or given already, or still lacking."""
    return _pieces_page(request, case)


@require_POST
@for_staff(*DECIDES)
def add(request: HttpRequest, case: UUID, code: str) -> HttpResponse:
    """One piece: the original seen, a copy scanned, or the code that stands for it."""
    try:
        _add(request, as_seen(request, case), request.POST.get("document") or code)
    except Conflict as refused:
        return shown(request, case, refused)
    except Refusal as refusal:
        return _pieces_page(request, case, errors={code: refusal.says})
    target = redirect("agent-pieces", case)
    target["Location"] += f"#piece-{code}"
    return target


@require_POST
@for_staff(*DECIDES)
def withdraw(request: HttpRequest, case: UUID, piece: UUID) -> HttpResponse:
    """What an agent noted by mistake counts no more; what the person gave stays theirs."""
    try:
        found = as_seen(request, case).pieces.filter(pk=piece).first()
        if found is None:
            raise Forbidden(gettext("Cette pièce n’existe pas."))
        pieces.withdraw_piece(signed_in(request), found, **moment())
    except (Conflict, Refusal) as refused:
        return shown(request, case, refused)
    return redirect("agent-pieces", case)


def _opened(request: HttpRequest, case: UUID) -> Case:
    return open_case(signed_in(request), case, now=clock.now(), today=clock.today())


def _may(case: Case, event: Event) -> bool:
    return event in events(State(case.state), Role.AGENT, case.channel)


def _asked(request: HttpRequest, version: Version) -> list[Question]:
    shown_then = set(request.POST.get(ASKED, "").split())
    return [question for question in version.questions if question.id in shown_then]


def _onward(
    request: HttpRequest, case: Case, form: Form, given: dict[str, Any], before: set[str]
) -> HttpResponse:
    """The pieces; this page again to stay, when an answer is wrong, or calls for one more."""
    if request.POST.get("suite") == SWITCH:
        return redirect(spoken_here(reverse("agent-form", args=[case.pk])))
    place = redirect("agent-form", case.pk)
    new = [question.id for question in form.questions if question.id not in before]
    if new:
        place["Location"] += f"?precision#q-{new[0]}"
        return place
    if request.POST.get("suite") != GO_ON:
        place["Location"] += "?garde"
        return place
    if form.problems:
        case = _opened(request, case.pk)
        return _page(request, case, form, {**case.answers, **given}, judged=True)
    return redirect("agent-pieces", case.pk)


def _page(
    request: HttpRequest, case: Case, form: Form, written: dict[str, Any], *, judged: bool = False
) -> HttpResponse:
    sections = Sections(form, written)
    parts = [(part, sections.fields(part, judged=judged)) for part in sections.all]
    context = {
        "section": "me",
        "case": case,
        "screen": _screen(request, case),
        "faults": {},
        "parts": parts,
        "asked": " ".join(question.id for part in sections.all for question in part.questions),
        "wrong": [field for _part, fields in parts for field in fields if field.error],
        "left": sum(part.left for part in sections.all),
        "kept": "garde" in request.GET and not judged,
        "more": "precision" in request.GET and not judged,
    }
    return render(request, "agent/form.html", context, status=422 if judged else 200)


def _amending(
    request: HttpRequest, case: Case, written: dict[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """The answers as they stand, or as they were sent, with what is wrong beside each."""
    sections = Sections(form_of(case, clock.today(), answers=written), written)
    wrong = {trouble.field for trouble in refusal.troubles} if refusal is not None else set()
    parts = [
        (part, [
            judged if judged.name in wrong else plain
            for plain, judged in zip(
                sections.fields(part, judged=False), sections.fields(part, judged=True),
                strict=True,
            )
        ])
        for part in sections.all
    ]  # fmt: skip
    faults = faults_of(refusal)
    context = {
        "section": "me",
        "case": case,
        "screen": _screen(request, case),
        "faults": Typed({"reason": faults["reason"]}) if faults["reason"] else Typed(),
        "parts": parts,
        "asked": " ".join(question.id for part in sections.all for question in part.questions),
        "wrong": [field for _part, fields in parts for field in fields if field.error],
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "agent/amend.html", context, status=422 if refusal else 200)


def _pieces_page(
    request: HttpRequest, case: UUID, *, errors: dict[str, str] | None = None
) -> HttpResponse:
    found = _opened(request, case)
    form = form_of(found, clock.today())
    rows = pieces_of(found, form, errors=errors, at_counter=True)
    screen = _screen(request, found)
    given = {
        piece.required.piece.code: piece.given for block in screen.blocks for piece in block.pieces
    }
    asked = (*rows.now, *rows.brought, *rows.later)
    context = {
        "section": "me",
        "case": found,
        "screen": screen,
        "faults": {},
        "rows": [(row, given.get(row.code, [])) for row in asked],
        "lacking": rows.lacking,
        "open": _may(found, Event.ADD_PIECE),
        "errors": errors or {},
        "most": settings.UPLOAD_BYTES // 2**20,
    }
    return render(request, "agent/pieces.html", context, status=422 if errors else 200)


def _screen(request: HttpRequest, case: Case) -> Screen:
    staff = access.staff_of(request.user, clock.today())
    assert staff is not None
    return screen_of(case, staff, clock.today())


def _add(request: HttpRequest, case: Case, code: str) -> None:
    account, what = signed_in(request), request.POST.get("quoi", "")
    if what == "code":
        data = request.POST.get("code", "")
        pieces.add_code(account, case, code=code, data=data, **moment())
    elif what == "copie":
        dated = dated_on(request)
        sent = request.FILES.get("file")
        if sent is None:
            raise Refusal(gettext("Choisissez d’abord le fichier numérisé."), field="file")
        pieces.add_piece(
            account, case, code=code, content=content_of(sent), declared_name=sent.name or "",
            dated_on=dated, **moment(),
        )  # fmt: skip
    else:
        pieces.note_seen(account, case, code=code, **moment())
