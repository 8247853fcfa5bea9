"""The line of rights of a person whose documents we know, as « Où en suis-je ? » draws it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.people.models import Person
from droitfil.people.queries import question_of
from droitfil.web.public.whereami import flow
from droitfil.web.public.whereami.answer_page import AnswerPage
from droitfil.web.public.whereami.question import answers


def rights(person: Person, today: date) -> AnswerPage | None:
    """The answer about what ``person`` holds on ``today``; None when they hold nothing known.

    :raises droitfil.rules.question.Refused: when the documents contradict one another.
    """
    law = load_law()
    data = question_of(person, on=today, language=get_language() or "fr")
    if not data["documents"]:
        return None
    state = answers(data, law)  # which names the documents d1, d2… as the question does
    return AnswerPage(
        answer_question(data, law), data, state, flow.places(state, law, today), law, today
    )
