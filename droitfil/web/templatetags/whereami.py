"""Tags of « Où en suis-je ? »: the article behind a rule, the languages as buttons."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language, get_language_info

from droitfil.lawbook import load_law

register = template.Library()


@register.simple_tag
def article(rule: str) -> str:
    """The text behind a rule, as a jurist writes it: ``R431-15-1-2`` is « R431-15-1 al. 2 »."""
    found = load_law().rules.get(rule)
    return found.article if found is not None else rule


@register.simple_tag
def languages_of_site() -> list[dict[str, Any]]:
    """The languages, for pages that an address alone does not bring back."""
    current = get_language()
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "current": code == current,
        }
        for code, _name in settings.LANGUAGES
    ]
