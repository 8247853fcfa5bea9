"""Drawing a paper: an accessible PDF, from what was stored when it was issued and nothing else.

The same stored row gives the same document whoever draws it, whenever; then it is sealed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from ppf.datamatrix import DataMatrix

from droitfil.attestations import words
from droitfil.lib.typesetting import typeset
from droitfil.rules.countries import ALPHA_2
from droitfil.rules.facts import Work
from droitfil.rules.seal import FILING, Paper, canonical
from droitfil.rules.sentences import french_date

TEMPLATES = Path(__file__).parent / "templates"
#: Codecs of the Data Matrix: what a C40 reader expects, ASCII for its control characters.
CODECS = ["ascii", "C40"]
LOCALES = {"en": "en_GB"}


def draw(paper: Paper, *, code: str, issued_on: date, authority: str) -> bytes:
    """The PDF of a paper, not sealed yet.

    :param code: its whole 2D-Doc text, empty for a paper without one.
    :param issued_on: the day of issue, printed and given to the file as its date.
    """
    languages = ["fr", *_second(paper.language)]
    data: dict[str, Any] = {
        "title": _both(words.KINDS[paper.kind], languages),
        "issued": [issued_on.year, issued_on.month, issued_on.day],
        "issued_on": _dated(words.ISSUED_ON, issued_on, languages),
        "invented": _both(words.INVENTED, languages, authority=authority),
        "rights_title": _both(words.RIGHTS, languages),
        "rights": [_both(sentence, languages) for sentence in _rights(paper)],
        "said_title": _both(words.WHAT_IS_SAID, languages),
        "rows": _rows(paper, languages),
        "check": _both(words.HOW_TO_CHECK, languages, address=settings.VERIFY_ADDRESS),
        "content": canonical(paper).decode(),
    }
    if languages[1:]:
        data["other"] = {
            "language": languages[1],
            "rtl": translation.get_language_info(languages[1])["bidi"],
        }
    if code:
        data |= {
            "code": code,
            "matrix": matrix_svg(code),
            "matrix_alt": _said(words.CODE_ALT, "fr"),
            "address": _address_svg(settings.VERIFY_ADDRESS),
            "address_alt": _said(words.ADDRESS_ALT, "fr", address=settings.VERIFY_ADDRESS),
        }
    return typeset(TEMPLATES / "paper.typ", data)


def draw_receipt(content: str, *, authority: str) -> bytes:
    """The PDF of a receipt, not sealed yet, from its signed content."""
    said = json.loads(content)
    at = timezone.localtime(datetime.fromisoformat(said["at"]))
    until = said["until"] and date.fromisoformat(said["until"])
    lines: list[Promise | str] = []
    if said["about"] == "paper":
        lines.append(f"{_said(words.KINDS[said['kind']], 'fr')}, {said['reference']}")
        lines.append(words.STANDINGS[said["standing"]])
    if said.get("kind") != FILING:
        lines += _allowed(said["may_stay"], said["may_work"], said["limits"])
        ends = _said(words.NO_END, "fr")
        if until:
            ends = _said(words.UNTIL, "fr", day=_day(until, "fr"))
        lines.append(ends)
    day = _day(at.date(), "fr")
    data = {
        "title": _said(words.RECEIPT, "fr"),
        "issued": [at.year, at.month, at.day],
        "invented": _said(words.INVENTED, "fr", authority=authority),
        "at": _said(words.RECEIPT_AT, "fr", day=day, time=f"{at:%H:%M}"),
        "about": _said(words.RECEIPT_ABOUT[said["about"]], "fr"),
        "lines": [_said(line, "fr") for line in lines],
        "no_name": _said(words.RECEIPT_NO_NAME, "fr"),
        "number": said["id"],
        "content": content,
    }
    return typeset(TEMPLATES / "receipt.typ", data)


def matrix_svg(code: str) -> str:
    """The Data Matrix of a text, with its quiet zone."""
    return str(DataMatrix(code, codecs=CODECS).svg(fg="#000", bg="#fff"))


@cache
def _address_svg(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=2, light="#fff")
    return drawn.getvalue().decode()


def _second(language: str) -> list[str]:
    """The person's language when the platform speaks it and it is not French."""
    known = dict(settings.LANGUAGES)
    return [language] if language in known and language != "fr" else []


def _rights(paper: Paper) -> list[Promise | str]:
    if paper.kind == FILING:
        return [words.PROVES_NOTHING]
    return _allowed(paper.may_stay, paper.may_work, paper.limits)


def _allowed(may_stay: bool, may_work: str, limits: Iterable[str]) -> list[Promise | str]:
    return [
        words.MAY_STAY[may_stay],
        words.MAY_WORK[Work(may_work)],
        *(words.LIMITS[limit] for limit in limits),
    ]


def _rows(paper: Paper, languages: list[str]) -> list[dict[str, dict[str, str]]]:
    """Each mention that the paper has, with its label."""
    values: dict[str, Any] = {
        "reference": paper.reference,
        "family_name": paper.family_name,
        "usual_name": paper.usual_name,
        "first_names": ", ".join(paper.first_names),
        "born": {code: _birth(paper, code) for code in languages},
        "nationality": {code: _country(paper.nationality, code) for code in languages},
        "foreigner_number": paper.foreigner_number,
        "category": paper.category,
        "filed_on": paper.filed_on,
        "filing_reference": paper.filing_reference,
        "office": paper.office,
        "valid_from": paper.valid_from,
        "valid_to": paper.valid_to,
    }
    if paper.kind == FILING:
        del values["valid_from"], values["valid_to"]
    elif paper.valid_to is None:
        values["valid_to"] = {code: _said(words.UNTIL_HANDED_OVER, code) for code in languages}
    return [
        {"label": _both(words.ROWS[name], languages), "value": _value(value, languages)}
        for name, value in values.items()
        if value
    ]


def _value(value: Any, languages: list[str]) -> dict[str, str]:
    if isinstance(value, date):
        value = {code: _day(value, code) for code in languages}
    if isinstance(value, str):
        value = dict.fromkeys(languages, value)
    return {"fr": value["fr"], "other": value[languages[-1]]}


def _birth(paper: Paper, language: str) -> str:
    place = ", ".join(filter(None, [paper.birth_place, _country(paper.birth_country, language)]))
    return " · ".join(filter(None, [_day(paper.born_on, language), place]))


def _country(code: str, language: str) -> str:
    try:
        names = Locale.parse(LOCALES.get(language, language)).territories
    except UnknownLocaleError:
        return code
    return str(names.get(ALPHA_2.get(code, ""), code))


def _day(day: date, language: str) -> str:
    if language == "fr":
        return french_date(day)
    return format_date(day, "long", LOCALES.get(language, language))


def _dated(sentence: Promise, day: date, languages: list[str]) -> dict[str, str]:
    said = {code: _said(sentence, code, day=_day(day, code)) for code in languages}
    return {"fr": said["fr"], "other": said[languages[-1]]}


def _both(sentence: Promise | str, languages: list[str], **values: str) -> dict[str, str]:
    said = {code: _said(sentence, code, **values) for code in languages}
    return {"fr": said["fr"], "other": said[languages[-1]]}


def _said(sentence: Promise | str, language: str, **values: str) -> str:
    with translation.override(language):
        said = str(sentence)
    return said % values if values else said
