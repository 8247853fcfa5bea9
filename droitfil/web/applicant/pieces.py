"""The pieces of a case: given, shown to their owner, taken back; each with its receipt."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from droitfil.cases.actions import pieces as actions
from droitfil.cases.form import form_of
from droitfil.cases.models import Case
from droitfil.files.intake import content_of
from droitfil.files.serving import response
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.rules.lifecycle import Event, Role, State, events
from droitfil.web.accounts.doors import signed_in
from droitfil.web.applicant.own import case_page, moment, reads, sends
from droitfil.web.applicant.piece_rows import pieces_of
from droitfil.web.public.whereami.dates import Unclear, read_day

#: Where one goes back to once a piece was given.
_BACK = {"repondre": "case-answer"}


@reads
@case_page
def listed(request: HttpRequest, case: Case) -> HttpResponse:
    """Every piece: why it is asked, what was given, what lacks."""
    return pieces_page(request, case)


def pieces_page(
    request: HttpRequest, case: Case, *, errors: dict[str, str] | None = None
) -> HttpResponse:
    """The page of the pieces, with what is wrong beside the piece it is about."""
    form = form_of(case, clock.today())
    context = {
        "section": "me",
        "case": case,
        "draft": case.state == State.DRAFT,
        "open": may_add(case),
        "form": form,
        "pieces": pieces_of(case, form, errors=errors),
        "errors": errors or {},
        "room": actions.Room.of(case) if case.state == State.DRAFT else None,
        "most_files": actions.MOST_FILES,
        "most_room": actions.MOST_BYTES // 2**20,
        **giving(request, back=request.POST.get("retour", "")),
    }
    return render(request, "applicant/case/pieces.html", context, status=422 if errors else 200)


def giving(request: HttpRequest, *, back: str = "") -> dict[str, Any]:
    """What the form that gives a piece needs: the limit, the date typed, where to go back."""
    dates = {name: request.POST.get(name, "") for name in ("date_j", "date_m", "date_a")}
    return {"most": settings.UPLOAD_BYTES // 2**20, "dates": dates, "back": back}


def may_add(case: Case) -> bool:
    """May pieces still be added?"""
    return Event.ADD_PIECE in events(State(case.state), Role.PERSON, case.channel)


@sends
@case_page
def add(request: HttpRequest, case: Case, code: str) -> HttpResponse:
    """One piece given: a file, or the code that stands for it."""
    try:
        _add(request, case, request.POST.get("document") or code)
    except Refusal as refusal:
        return pieces_page(request, case, errors={code: refusal.says})
    target = redirect(_BACK.get(request.POST.get("retour", ""), "case-pieces"), case.pk)
    target["Location"] += f"#piece-{code}"
    return target


def _add(request: HttpRequest, case: Case, code: str) -> None:
    account = signed_in(request)
    if "code" in request.POST:
        data = request.POST["code"]
        actions.add_code(account, case, code=code, data=data, **moment())
        return
    dated = dated_on(request)
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal(gettext("Choisissez d’abord un fichier sur votre appareil."), field="file")
    actions.add_piece(
        account, case, code=code, content=content_of(sent), declared_name=sent.name or "",
        dated_on=dated, **moment(),
    )  # fmt: skip


def dated_on(request: HttpRequest) -> date | None:
    """The date that a document bears, when it was written.

    :raises Refusal: for what is no day, or is yet to come.
    """
    boxes = [request.POST.get(f"date_{box}", "") for box in ("j", "m", "a")]
    try:
        found = read_day(*boxes, past=True)
    except Unclear as unclear:
        raise Refusal(str(unclear.says), field="date") from None
    if found is not None and found > clock.today():
        raise Refusal(gettext("La date du document n’est pas encore arrivée."), field="date")
    return found


@reads
@case_page
def show(request: HttpRequest, case: Case, piece: UUID) -> HttpResponse:
    """The cleaned copy of a piece, to its owner."""
    found = get_object_or_404(case.pieces.select_related("upload"), pk=piece, upload__isnull=False)
    assert found.upload is not None
    return response(found.upload)


@sends
@case_page
def withdraw(request: HttpRequest, case: Case, piece: UUID) -> HttpResponse:
    """A piece is taken back."""
    found = get_object_or_404(case.pieces, pk=piece)
    actions.withdraw_piece(signed_in(request), found, **moment())
    return redirect("case-pieces", case.pk)
