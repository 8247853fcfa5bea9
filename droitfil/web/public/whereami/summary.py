"""The answers given, told back: names of documents and applications, the list to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.rules.law import Law, Title
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.public.whereami import papers
from droitfil.web.public.whereami.dates import iso
from droitfil.web.public.whereami.fields import Asked, Field
from droitfil.web.public.whereami.flow import Place
from droitfil.web.public.whereami.state import NO, UNKNOWN, State
from droitfil.web.templatetags.page import day


def title_name(title: Title) -> str:
    return in_words(title.label)


def document_name(document: str, asked: Asked) -> str:
    """« Carte de séjour pluriannuelle, 30 juin 2025 »."""
    return name_document(asked.state, document)


def name_document(state: State, document: str) -> str:
    kind = str(KINDS.get(state.get(document, ""), state.get(document, "")))
    end = iso(state.get(f"{document}.au"))
    if end is None:
        return kind
    return gettext("%(kind)s, jusqu’au %(day)s") % {"kind": kind, "day": day(end)}


_ASKED = {
    "renouveler": _("Renouvellement"),
    "changer": _("Changement de carte"),
    "premier": _("Première carte"),
    "enfant": _("Document de circulation d’un enfant"),
    "voyage": _("Titre de voyage"),
}


def application_name(application: str, asked: Asked) -> str:
    return name_application(asked.state, application, asked.law)


def name_application(state: State, application: str, law: Law) -> str:
    """« Renouvellement : carte « salarié » »."""
    asks = state.get(application, "")
    title = law.titles.get(state.get(f"{application}.titre", ""))
    word = str(_ASKED.get(asks, asks))
    if title is None or asks == "enfant":
        return word
    name = title_name(title)
    return gettext("%(word)s : %(name)s") % {"word": word, "name": name[:1].lower() + name[1:]}


NOTHING_TICKED = _("Rien de particulier")


@dataclass(frozen=True, slots=True)
class Line:
    question: Any
    answer: str
    place: Place


def lines(found: list[Place]) -> list[Line]:
    """Every answer given, with the page that changes it."""
    told = []
    for place in found:
        if place.step.name == "papier" and place.asked.value("") not in (
            *papers.COMMON,
            papers.NONE,
            UNKNOWN,
        ):
            continue  # told by the page of the rarer papers
        texts = []
        visible = place.step.visible(place.asked)
        for f in visible:
            text = tell(f, place.asked)
            nothing = f.kind == "boxes" and text == str(NOTHING_TICKED)
            if text and not (nothing and len(visible) > 1):
                texts.append(_labelled(f, text) if len(visible) > 1 else text)
        if not texts and any(f.kind == "boxes" for f in visible):
            texts = [str(NOTHING_TICKED)]
        if texts:
            told.append(Line(place.step.heading(place.asked), " · ".join(texts), place))
    return told


def _labelled(f: Field, text: str) -> str:
    if f.kind == "boxes":
        return text
    return gettext("%(label)s : %(answer)s") % {"label": str(f.label).rstrip(" ?"), "answer": text}


def tell(f: Field, asked: Asked) -> str:
    """An answer in words; empty when there is none."""
    value = asked.state.get(f.key(asked.prefix))
    if value is None:
        return ""
    if (known := iso(value)) is not None:
        return day(known)
    options = {o.value: str(o.label) for o in (*f.choices(asked), *f.others)}
    if f.kind == "boxes":
        codes = [code for code in value.split("-") if code != NO]
        return " ; ".join(options[code] for code in codes if code in options) or str(NOTHING_TICKED)
    if value == UNKNOWN:
        return gettext("Je ne sais pas")
    return options.get(value, value)
