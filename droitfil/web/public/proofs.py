"""``/preuve``: the figures of the proof of continuity of a date, for anyone; no reference."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from droitfil.cases.continuity.proof import is_intact, public, public_file
from droitfil.cases.models import Proof
from droitfil.lib.replica import may_be_old

#: Dates listed beside the one shown.
LISTED = 14


@require_safe
@may_be_old
def latest(request: HttpRequest) -> HttpResponse:
    """The last proof made; a page that says so when none was."""
    made = Proof.objects.order_by("-date").values_list("date", flat=True).first()
    if made is None:
        return render(request, "public/proof.html", {"document": None})
    return redirect("proof", made.isoformat())


@require_safe
@may_be_old
def proof(request: HttpRequest, day: str) -> HttpResponse:
    """The figures of one date."""
    kept = _kept(day)
    dates = Proof.objects.order_by("-date").values_list("date", flat=True)[:LISTED]
    context = {
        "document": public(kept), "day": kept.date, "intact": is_intact(kept), "dates": list(dates),
        "made_at": kept.made_at, "certificate": kept.certificate,
    }  # fmt: skip
    return render(request, "public/proof.html", context)


@require_safe
@may_be_old
def as_json(request: HttpRequest, day: str) -> HttpResponse:
    """The same as data, with its signature: the file that ``droitfil verify`` reads."""
    return HttpResponse(public_file(_kept(day)), content_type="application/json")


def _kept(day: str) -> Proof:
    try:
        found = (
            Proof.objects.select_related("certificate").filter(date=date.fromisoformat(day)).first()
        )
    except ValueError:
        raise Http404(day) from None
    if found is None or found.date.isoformat() != day:
        raise Http404(day)
    return found
