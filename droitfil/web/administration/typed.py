"""What the forms of administration send."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext

from droitfil.lib.refusals import Refusal


class Typed(dict[str, str]):
    """What was typed, or what is wrong, by field, for a template: nothing where there is none."""

    @classmethod
    def of(cls, request: HttpRequest) -> Typed:
        """The fields of a form that was sent, each with its last value."""
        return cls((name, request.POST.get(name, "")) for name in request.POST)

    def __missing__(self, name: str) -> str:
        if hasattr(dict, name):  # a template looks « items » up here before it calls it
            raise KeyError(name)
        return ""


def faults_of(refusal: Refusal | None) -> Typed:
    """What is wrong, by field; "" for what is no field's."""
    if refusal is None:
        return Typed()
    return Typed({t.field: t.says for t in refusal.troubles} or {"": refusal.says})


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
