"""Tags of the law pages: a badge for how sure, a value of any shape, a text of the law's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, override

from droitfil.lawbook import load_law
from droitfil.lawbook.translations import SOURCE_LANGUAGE
from droitfil.lib import clock
from droitfil.rules.law import Dated, Parameter, Title
from droitfil.web.public.law_words import (
    CONFIDENCES,
    HOLES,
    KEYS,
    KINDS,
    REQUESTS,
    UNITS,
    VALUES,
    WORK,
    in_words,
    length,
)
from droitfil.web.templatetags.page import day, link

register = template.Library()

ARGUMENT = re.compile(r"\{(\w+)[^}]*\}")
#: A length of card: 4y, 6m, 30d.
LENGTH = re.compile(r"\d+[ymd]")
#: A value at most this long in characters is shown in a list; a longer one on its page only.
SHORT = 60


@register.simple_tag
def confidence(code: str) -> SafeString:
    """A badge in words, its meaning in its title: ``{% confidence rule.confidence %}``."""
    word, meaning = CONFIDENCES[code]
    return format_html('<span class="badge badge--{}" title="{}">{}</span>', code, meaning, word)


@register.filter
def sure_today(parameter: Parameter) -> str:
    """How sure the value in force today is: ``{{ parameter|sure_today }}``."""
    return parameter.at(clock.today()).confidence or parameter.confidence


@register.simple_tag
def confidence_meaning(code: str) -> str:
    """The sentence behind the badge."""
    return str(CONFIDENCES[code][1])


@register.filter
def law_text(text: str) -> SafeString:
    """A text of ``law/`` in the reader's language, else in French and marked as French.

    What an answer puts into a rule's sentence (``{end}``) is named in words (« dernier jour »).
    """
    if not text:
        return SafeString("")
    said = in_words(text)
    if said == text and get_language() != SOURCE_LANGUAGE:
        with override(SOURCE_LANGUAGE):
            shown = _shown(said)
        return format_html('<span lang="fr">{}</span>', shown)
    return _shown(said)


@register.filter
def in_french(text: str) -> SafeString:
    """Beneath a translation, the text in French, the legal language; nothing for who read it so."""
    if not text or in_words(text) == text:
        return SafeString("")
    with override(SOURCE_LANGUAGE):
        shown = _shown(text)
    return format_html('<br><span lang="fr" class="soft small">{}</span>', shown)


def _shown(text: str) -> SafeString:
    return SafeString(
        ARGUMENT.sub(lambda hole: f"<var>{escape(HOLES.get(hole[1], '…'))}</var>", escape(text))
    )


@register.simple_tag
def work(title: Title) -> str:
    """The right to work that the card itself opens."""
    return str(WORK[title.work])


@register.simple_tag
def kinds(title: Title) -> str:
    """The kinds of document that carry the title."""
    return ", ".join(str(KINDS.get(kind, kind)) for kind in title.kinds)


@register.simple_tag
def parameter_label(name: str) -> SafeString:
    """The name of a parameter in words."""
    return law_text(load_law().parameters[name].label)


@register.simple_tag(takes_context=True)
def law_value(context: template.Context, value: Any) -> SafeString:
    """A parameter's value as HTML: words, lists and small tables, titles as links."""
    return _html(context, value)


@register.simple_tag(takes_context=True)
def short_value(context: template.Context, parameter: Parameter, today: date) -> SafeString:
    """The value of today when it holds in a few words, else an invitation to read its page."""
    dated: Dated = parameter.at(today)
    if isinstance(dated.value, Mapping | list | tuple) and len(repr(dated.value)) > SHORT:
        return format_html(
            '<a href="{}">{}</a>',
            link(context, "law-parameter", parameter.name),
            gettext("voir les valeurs"),
        )
    return format_html("{} {}", _html(context, dated.value), unit(parameter, dated.value))


@register.filter
def unit(parameter: Parameter, value: Any = 0) -> str:
    """The unit of a plain number or a list of them, in words; empty where the fields carry it."""
    if isinstance(value, Mapping | bool | str) or value is None:
        return ""
    return str(UNITS.get(parameter.unit, parameter.unit))


def _html(context: template.Context, value: Any) -> SafeString:
    if isinstance(value, Mapping):
        if not value:
            return SafeString(escape(gettext("aucun")))
        return format_html(
            '<dl class="value">{}</dl>',
            format_html_join(
                "",
                "<div><dt>{}</dt><dd>{}</dd></div>",
                (
                    (
                        KEYS.get(key) or _word(context, key),
                        confidence(inner) if key == "confidence" else _html(context, inner),
                    )
                    for key, inner in value.items()
                ),
            ),
        )
    if isinstance(value, list | tuple | set | frozenset):
        if not value:
            return SafeString(escape(gettext("aucun")))
        if any(isinstance(inner, Mapping) for inner in value):
            return format_html(
                '<ul class="plain value-rows">{}</ul>',
                format_html_join("", "<li>{}</li>", ((_html(context, v),) for v in value)),
            )
        return format_html_join(", ", "{}", ((_word(context, inner),) for inner in value))
    return _word(context, value)


def _word(context: template.Context, value: Any) -> SafeString:
    """A scalar: yes or no, a day, a title's link, the word behind a code, else as written."""
    if value is None:
        return SafeString(escape(gettext("aucun")))
    if isinstance(value, bool):
        return SafeString(escape(gettext("oui") if value else gettext("non")))
    if isinstance(value, date):
        return SafeString(escape(day(value)))
    text = str(value)
    law = load_law()
    if text in law.titles:
        return format_html(
            '<a class="nowrap" href="{}">{}</a>', link(context, "law-title", text), text
        )
    if text in law.rules:
        return format_html(
            '<a class="nowrap" href="{}">{}</a>', link(context, "law-rule", text), text
        )
    words = VALUES.get(text) or KINDS.get(text) or REQUESTS.get(text)
    if words:
        return SafeString(escape(words))
    if LENGTH.fullmatch(text):
        return SafeString(escape(length(text)))
    # A number or a code is of no language; a source is a French sentence.
    return law_text(text) if " " in text else SafeString(escape(text))
