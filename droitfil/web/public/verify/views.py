"""The pages of ``/verifier``: the form, the answer, the receipt, the bundle of trust.

No session and no cookie: a form here needs no token against forgery. What is sent is looked at in
memory and forgotten; what remains is the look that a share code's holder sees, and the receipt.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from droitfil.attestations import printing
from droitfil.attestations.actions import Asked, open_share_code, verify_papers
from droitfil.attestations.bundle import bundle
from droitfil.attestations.models import Receipt
from droitfil.attestations.pictures import MOST_BYTES, NotAPicture, TooLarge
from droitfil.cases.sharing import rights_shared
from droitfil.files.cleaner import NotAccepted
from droitfil.files.sandbox import readable_picture
from droitfil.lib import clock, replica
from droitfil.lib.rate_limits import allow
from droitfil.lib.refusals import Refusal
from droitfil.web.public.verify import result
from droitfil.web.public.verify.uploads import MOST_REQUEST, InMemory
from droitfil.web.public.whereami.dates import Unclear, read_day

WINDOW_SECONDS = 60
BY_CODE = "code"
MEGABYTES = MOST_BYTES // (1024 * 1024)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form; sent, the answer."""
    if request.method != "POST":
        return _form(request)
    now = timezone.now()
    limit = settings.VERIFICATIONS_A_MINUTE
    verdict = allow("verify", request, limit=limit, window_seconds=WINDOW_SECONDS, now=now)
    if limit and not verdict.allowed:
        return HttpResponse(status=429, headers={"Retry-After": str(verdict.retry_after)})
    if int(request.headers.get("Content-Length") or 0) > MOST_REQUEST:
        return _form(request, file_error=_too_large(), status=413)
    received = InMemory(request)
    request.upload_handlers = [received]
    if BY_CODE in request.POST:
        return _by_code(request)
    if received.too_large:
        return _form(request, file_error=_too_large(), status=413)
    return _by_file(request)


def _by_file(request: HttpRequest) -> HttpResponse:
    shown = request.FILES.get("papier")
    if shown is None or not shown.size:
        return _form(request, file_error=_("Choisissez une photo ou un fichier PDF."), status=422)
    now = clock.now()
    try:
        picture = readable_picture(shown.read(), most=MOST_BYTES)
        (found,) = verify_papers([picture], now=now)
    except TooLarge:
        return _form(request, file_error=_too_large(), status=413)
    except (NotAPicture, NotAccepted) as error:
        if isinstance(error, NotAccepted) and error.code == "pixels":
            return _form(request, file_error=_too_large(), status=413)
        says = _("Ce fichier ne se lit pas. Envoyez une photo (JPEG, PNG, WebP, HEIC) ou un PDF.")
        return _form(request, file_error=says, status=422)
    # Of before now: the base that keeps receipts does not answer.
    known_at = found.answer.known_at if found.answer.known_at < now else None
    return _result(request, result.of_paper(found.answer), found.receipt, known_at)


def _by_code(request: HttpRequest) -> HttpResponse:
    sent = request.POST
    now = clock.now()
    typed = {name: sent.get(name, "")[:80] for name in ("code", "j", "m", "a", "par")}
    try:
        born_on = read_day(typed["j"], typed["m"], typed["a"], past=True)
    except Unclear as unclear:
        return _form(request, typed=typed, date_error=str(unclear.says), status=422)
    if not typed["code"].strip() or born_on is None:
        says = _("Écrivez le code et la date de naissance de la personne.")
        return _form(request, typed=typed, code_error=says, status=422)
    try:
        asked = Asked(typed["code"], born_on, typed["par"])
        seen = open_share_code(asked, now=now, rights_on=rights_shared)
    except Refusal as refusal:
        return _form(request, typed=typed, code_error=refusal.says, status=422)
    return _result(request, result.of_rights(seen.rights), seen.look.receipt)


def _form(
    request: HttpRequest,
    *,
    typed: dict[str, str] | None = None,
    file_error: str = "",
    code_error: str = "",
    date_error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "section": "verify",
        "typed": typed or dict.fromkeys(("code", "j", "m", "a", "par"), ""),
        "file_error": file_error,
        "code_error": code_error,
        "date_error": date_error,
        "megabytes": MEGABYTES,
    }
    return render(request, "public/verify/form.html", context, status=status)


def _result(
    request: HttpRequest,
    shown: result.Result,
    receipt: Receipt | None,
    known_at: datetime | None = None,
) -> HttpResponse:
    context = {
        "section": "verify",
        "result": shown,
        "receipt": receipt,
        "known_at": known_at,
        "at": timezone.localtime(clock.now()),
    }
    return render(request, "public/verify/result.html", context)


def _too_large() -> str:
    return _(
        "Ce fichier dépasse %(megabytes)s Mo, ou l’image a trop de points. Réduisez-la : seul le "
        "code doit rester net."
    ) % {"megabytes": MEGABYTES}


@require_safe
@never_cache
def receipt(request: HttpRequest, receipt_id: UUID) -> HttpResponse:
    """The sealed PDF of a receipt; who has its address has it already."""
    kept = Receipt.objects.select_related("certificate").filter(id=receipt_id)
    found, old = replica.read(kept.first)
    if found is None and old is not None:
        found = kept.first()
    if found is None:
        raise Http404
    return HttpResponse(
        printing.sealed_receipt(found),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="recu-{_stamp(found.at.date())}.pdf"'
        },
    )


@require_safe
@never_cache
@replica.may_be_old
def trust(request: HttpRequest) -> HttpResponse:
    """The signed bundle by which anyone verifies papers without us."""
    now = replica.shown_at() or clock.now()
    name = f"droitfil-confiance-{_stamp(timezone.localdate(now))}.json"
    return HttpResponse(
        bundle(now=now),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _stamp(day: date) -> str:
    return day.isoformat()
