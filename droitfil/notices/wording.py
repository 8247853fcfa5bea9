"""The words of a message, made when they are needed: its template, its version, its facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date
from django.conf import settings
from django.utils import timezone

from droitfil.lawbook import translations
from droitfil.lawbook.procedures import load_procedures
from droitfil.notices.models import Message
from droitfil.notices.template import (
    LANGUAGES,
    SITE,
    Fact,
    Template,
    Version,
    holes,
    load_templates,
)
from droitfil.rules.sentences import french_date
from droitfil.territory.models import Office

#: English as it is read in Europe: « 1 May 2021 ».
_LOCALES = {"en": "en_GB"}
_PAPERS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "API": "attestation de prolongation d’instruction",
        "RECEPISSE": "récépissé",
        "ADF": "attestation de décision favorable",
        "COMMISSION": "document provisoire de la commission",
    },
    "en": {
        "API": "certificate of extended processing (attestation de prolongation d’instruction)",
        "RECEPISSE": "receipt of application (récépissé)",
        "ADF": "certificate of favourable decision (attestation de décision favorable)",
        "COMMISSION": "temporary document of the commission (document provisoire)",
    },
}


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words. ``inside`` is read once signed in only; ``text`` and ``sms`` leave."""

    language: str
    subject: str
    text: tuple[str, ...]
    inside: tuple[str, ...]
    sms: str


def spoken(language: str) -> str:
    """``language`` if the templates speak it, else French."""
    return language if language in LANGUAGES else LANGUAGES[0]


def template_of(message: Message) -> Template:
    """The template of a message."""
    return load_templates()[message.template]


def word(messages: Sequence[Message], *, language: str | None = None) -> list[Text]:
    """The words of each message, in its own language or in ``language``; one query for all."""
    names = _offices(messages)
    return [
        phrase(
            template_of(message).versions[message.version],
            spoken(language or message.language),
            message.facts,
            offices=names,
            on=timezone.localdate(message.created_at),
        )
        for message in messages
    ]


def phrase(
    version: Version,
    language: str,
    facts: Mapping[str, Any],
    *,
    on: date,
    offices: Mapping[str, str] | None = None,
) -> Text:
    """``version`` said in ``language`` of ``facts`` as the database keeps them.

    :param on: the day whose procedures name the pieces.
    :param offices: names by id; an office that is not there is called by its id.
    """
    words = version.words[language]
    said = {
        name: _said(version.facts[name], value, language, facts, offices or {}, on)
        for name, value in facts.items()
        if value is not None
    }
    said[SITE] = urlsplit(settings.SITE_ADDRESS).netloc
    return Text(
        language=language,
        subject=_fill(words.subject, said),
        text=_paragraphs(words.text, said),
        inside=_paragraphs(words.inside, said),
        sms=" ".join(_paragraphs(words.sms, said)),
    )


def checked(version: Version, facts: Mapping[str, Any]) -> None:
    """:raises ValueError: unless ``facts`` are those that ``version`` tells, each of its kind."""
    given = {name for name, value in facts.items() if value is not None}
    missing = set(version.facts) - version.optional - given
    if missing or given - set(version.facts):
        raise ValueError(
            f"The facts are {sorted(version.facts)}: {sorted(missing)} missing, "
            f"{sorted(given - set(version.facts))} unknown."
        )
    for name in given:
        kind, value = version.facts[name], facts[name]
        wanted = {Fact.DAY: date, Fact.COUNT: int, Fact.PIECES: list | tuple}.get(kind, str)
        if not isinstance(value, wanted) or (kind is Fact.PAPER and value not in _PAPERS["fr"]):
            raise ValueError(f"{name} is a {kind}.")


def _paragraphs(paragraphs: Iterable[str], said: Mapping[str, str]) -> tuple[str, ...]:
    """Filled, without those that tell an absent fact."""
    return tuple(_fill(one, said) for one in paragraphs if holes(one) <= set(said))


def _fill(paragraph: str, said: Mapping[str, str]) -> str:
    return paragraph.format_map(said)


def _said(
    kind: Fact,
    value: Any,
    language: str,
    facts: Mapping[str, Any],
    offices: Mapping[str, str],
    on: date,
) -> str:
    if kind is Fact.DAY:
        return written(date.fromisoformat(str(value)), language)
    if kind is Fact.OFFICE:
        return offices.get(value, value)
    if kind is Fact.PAPER:
        return _PAPERS[language].get(value, value)
    if kind is Fact.PROCEDURE:
        procedure = load_procedures().get(value)
        return translations.text(procedure.at(on).label, language) if procedure else value
    if kind is Fact.PIECES:
        return "\n".join(f"– {_piece(facts['procedure'], code, language, on)}" for code in value)
    return str(value)


def written(day: date, language: str) -> str:
    """A day in full, as ``language`` writes it."""
    if language == LANGUAGES[0]:
        return french_date(day)
    return format_date(day, "long", _LOCALES.get(language, language))


def _piece(procedure: str, code: str, language: str, on: date) -> str:
    found = load_procedures().get(procedure)
    piece = found.at(on).piece(code) if found else None
    return translations.text(piece.label, language) if piece else code


def _offices(messages: Sequence[Message]) -> dict[str, str]:
    ids = {
        message.facts[name]
        for message in messages
        for name, kind in template_of(message).versions[message.version].facts.items()
        if kind is Fact.OFFICE and message.facts.get(name)
    }
    return dict(Office.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
