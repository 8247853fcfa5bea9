"""Tags that every page uses: links that keep the language, the switch between languages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from django import template
from django.conf import settings
from django.http import QueryDict
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, gettext

from droitfil.lib import replica
from droitfil.rules.sentences import french_date
from droitfil.web.language import FIELD, SWITCH, carried

register = template.Library()

#: English as it is read in Europe: « 1 May 2021 ».
LOCALES = {"en": "en_GB"}


@register.simple_tag(takes_context=True)
def link(context: Context, name: str, *args: str, query: str = "") -> str:
    """The address of a page, with ``?langue=`` when the browser keeps no cookie.

    ``query`` is an encoded query string of the page's own, without its question mark.
    """
    code = _carried(context)
    parts = [part for part in (query, f"{FIELD}={code}" if code else "") if part]
    return "?".join((reverse(name, args=args), *(["&".join(parts)] if parts else [])))


@register.simple_tag(takes_context=True)
def language_field(context: Context) -> SafeString:
    """The hidden field that makes a GET form keep the language; nothing when not needed."""
    code = _carried(context)
    if not code:
        return SafeString("")
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, code)


@register.filter
def day(value: date | None) -> str:
    """A day in full, the way the reader's language writes it: « 1er mai 2021 ».

    Of an instant, the day that it is in Paris.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    language = get_language() or "fr"
    if language == "fr":
        return french_date(value)
    return format_date(value, "long", LOCALES.get(language, language))


@register.filter
def moment(value: datetime | None) -> str:
    """An instant in Paris, in the reader's language: « 1er mai 2021 à 9 h 05 »."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return gettext("%(day)s à %(hour)s") % {
        "day": day(value),
        "hour": gettext("%(hours)s h %(minutes)s")
        % {"hours": local.hour, "minutes": f"{local.minute:02d}"},
    }


@register.filter
def second(value: datetime) -> str:
    """The hour in Paris of an instant, to the second: « 14:32:05 »."""
    return f"{timezone.localtime(value):%H:%M:%S}"


@register.simple_tag
def shown_at() -> SafeString:
    """The instant that the page shows, when it was read from a replica; nothing otherwise."""
    at = replica.shown_at()
    if at is None:
        return SafeString("")
    says = gettext("Situation à %(time)s.") % {"time": second(at)}
    return format_html('<p class="soft">{}</p>', says)


@register.inclusion_tag("parts/languages.html", takes_context=True)
def language_switch(
    context: Context, form: str = "", name: str = "suite", default: str = "continuer"
) -> dict[str, Any]:
    """The languages of the site, each at the address of the page being read.

    :param form: the id of the page's form: what is typed is then sent along, the button ``name``
        saying :data:`~droitfil.web.language.SWITCH`, for the page to come back as it was.
    :param default: what the form's own first button says, which a key press still does.
    """
    request = context.get("request")
    current = get_language()
    languages = []
    for code, _ in settings.LANGUAGES:
        query = request.GET.copy() if request else QueryDict(mutable=True)
        query[FIELD] = code
        languages.append(
            {
                "code": code,
                "name": get_language_info(code)["name_local"].capitalize(),
                "address": f"?{query.urlencode()}",
                "current": code == current,
            }
        )
    sent = {"form": form, "name": name, "default": default, "switch": SWITCH}
    return {"languages": languages, **sent}


def _carried(context: Context) -> str | None:
    request = context.get("request")
    return carried(request) if request else None
