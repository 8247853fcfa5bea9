"""Letters: those that wait, batches printed and handed to the post, and what comes back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from droitfil.cases.worklist import offices_of
from droitfil.lib import clock
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.notices.letters import actions
from droitfil.notices.letters.drawing import draw, manifest_of
from droitfil.notices.letters.queries import batches, office_posting, to_post
from droitfil.notices.letters.references import written
from droitfil.notices.models import Batch, Envelope
from droitfil.notices.queries import copies_of, unreached
from droitfil.people import access
from droitfil.people.access import DECIDES, OPENS_FILES
from droitfil.people.models import Staff
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.administration.typed import Typed, faults_of, typed_day
from droitfil.web.agent.acts import one_of
from droitfil.web.agent.worklist import chosen
from droitfil.web.copies import ways_of

#: Who prints an office's letters, and everyone's.
POSTS = (Staff.Role.HEAD, Staff.Role.ADMIN)
#: Batches shown.
_SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*POSTS)
def letters(request: HttpRequest) -> HttpResponse:
    """The letters that wait, and the batches; sent, they are gathered into a new one."""
    if request.method != "POST":
        return _page(request)
    try:
        actions.gather(
            signed_in(request), office=office_posting(_staff(request)), now=clock.now(),
            today=clock.today(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("agent-post")


@require_POST
@for_staff(*POSTS)
def pdf(request: HttpRequest, batch: int) -> HttpResponse:
    """The PDF to print. What was printed before is a reprint, asked as such, and says so."""
    found = _own(request, batch)
    reprint = request.POST.get("quoi") == "reimpression"
    drawn = draw(found, reprint=reprint)
    try:
        actions.note_printed(
            signed_in(request), found, drawn, reprint=reprint, now=clock.now(), today=clock.today()
        )
    except Conflict as conflict:
        return _page(request, conflict)
    name = f"lettres-{found.pk}{'-reimpression' if reprint else ''}.pdf"
    return HttpResponse(
        drawn.pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
@for_staff(*POSTS)
def manifest(request: HttpRequest, batch: int) -> HttpResponse:
    """The references of a batch, in their order: nobody is named."""
    found = _own(request, batch)
    return HttpResponse(
        manifest_of(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="lettres-{found.pk}.csv"'},
    )


@require_POST
@for_staff(*POSTS)
def posted(request: HttpRequest, batch: int) -> HttpResponse:
    """I handed this batch to the post, that day."""
    found, today = _own(request, batch), clock.today()
    try:
        day = typed_day(request, "posted_on", today)
        actions.note_posted(signed_in(request), found, posted_on=day, now=clock.now(), today=today)
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("agent-post")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*DECIDES)
def returns(request: HttpRequest) -> HttpResponse:
    """A letter that came back: its reference, typed or scanned, and why."""
    refusal, noted = None, None
    if request.method == "POST":
        try:
            reason = one_of(request, "reason", {one.value: one for one in Envelope.Reason})
            noted = actions.note_returned(
                signed_in(request), request.POST.get("reference", "")[:40], reason=reason,
                now=clock.now(), today=clock.today(),
            )  # fmt: skip
        except Refusal as told:
            refusal = told
    context = {
        "section": "me",
        "faults": faults_of(refusal),
        "typed": Typed.of(request) if refusal else Typed(),
        "reasons": Envelope.Reason.choices,
        "noted": noted,
        "written": written(noted.reference) if noted else "",
        # The one just noted is likely the reason of the next one too.
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "agent/returns.html", context, status=422 if refusal else 200)


@require_safe
@for_staff(*OPENS_FILES)
def not_reached(request: HttpRequest) -> HttpResponse:
    """Who could not be reached by any way, the latest first."""
    account, today = signed_in(request), clock.today()
    offices = list(offices_of(account, today))
    desk = chosen(request, offices)
    found = unreached(desk, today, now=clock.now()) if desk else []
    copies = copies_of([one.message for one in found])
    context = {
        "section": "me",
        "offices": offices,
        "office": desk,
        "people": [(one, ways_of(copies[one.message.pk])) for one in found],
    }
    return render(request, "agent/unreached.html", context)


def _page(request: HttpRequest, refused: Refusal | Conflict | None = None) -> HttpResponse:
    staff, today = _staff(request), clock.today()
    office = office_posting(staff)
    context: dict[str, object] = {
        "section": "me",
        "refused": refused,
        "office": office,
        "waiting": to_post(office, today).count(),
        "batches": list(batches(office)[:_SHOWN]),
        "today": today,
        "opens_files": staff.role in OPENS_FILES,
    }
    return render(request, "agent/post.html", context, status=refused.status if refused else 200)


def _staff(request: HttpRequest) -> Staff:
    staff = access.staff_of(request.user, clock.today())
    assert staff is not None
    return staff


def _own(request: HttpRequest, batch: int) -> Batch:
    """A batch that the one who asks prints; another office's reads like none."""
    return get_object_or_404(batches(office_posting(_staff(request))), pk=batch)
