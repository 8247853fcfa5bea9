"""What the forms of administration send."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext

from droitfil.lib.refusals import Refusal


def typed_day(request: HttpRequest, field: str, default: date) -> date:
    """The day sent in ``field``, as browsers send days; ``default`` when left empty.

    :raises Refusal: for what is no day of the calendar.
    """
    text = request.POST.get(field, "").strip()
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            gettext("« %(text)s » n’est pas un jour ; écrivez 2026-03-31.") % {"text": text[:20]},
            field=field,
        ) from None
