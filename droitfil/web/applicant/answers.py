"""Answers as they are read again: a label, a value in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from droitfil.lawbook import load_law
from droitfil.rules.conditions import Value, Values
from droitfil.rules.procedure import Asks, Question, shown_answer
from droitfil.web.applicant.sections import Section
from droitfil.web.public.law_words import in_words
from droitfil.web.templatetags.page import day


@dataclass(frozen=True, slots=True)
class Said:
    """One answer; ``value`` is empty when none was given."""

    name: str
    label: str
    value: str
    required: bool


def said_answers(section: Section, values: Values) -> list[Said]:
    """The answers of a page of questions, in order."""
    return [
        Said(q.id, in_words(q.label), in_value(q, values.get(q.id)), q.required)
        for q in section.questions
    ]


def in_value(question: Question, value: Value | None) -> str:
    """An answer in the reader's words; empty for none."""
    if value is None:
        return ""
    if isinstance(value, date):
        return day(value)
    if question.asks is Asks.COUNTRY:
        return gettext(load_law().countries.get(str(value), str(value)))
    if isinstance(value, tuple):
        return ", ".join(in_value(question, one) for one in value)
    written = str(shown_answer(question, value))
    return written if question.asks in (Asks.TEXT, Asks.LONG_TEXT) else in_words(written)
