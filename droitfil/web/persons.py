"""What a page shows of a person: the file, the line of rights that « Où en suis-je ? » draws."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import get_language

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.people.models import Person
from droitfil.people.queries import documents_held, question_of
from droitfil.rules.question import Refused as Unanswerable
from droitfil.web.public.law_words import KINDS
from droitfil.web.public.whereami import flow
from droitfil.web.public.whereami.answer_page import AnswerPage
from droitfil.web.public.whereami.question import answers


def file_of(person: Person, today: date) -> dict[str, Any]:
    """What the templates of ``persons/`` show of the file of ``person`` on ``today``."""
    law = load_law()
    try:
        page = rights(person, today)
    except Unanswerable:  # documents that contradict one another: they are shown, and no line
        page = None
    documents = []
    for held in documents_held(person, today):
        title = law.title(held.article)
        documents.append(
            {
                "held": held,
                "kind": KINDS.get(held.kind, held.kind),
                "label": title.label if title else "",
                "over": held.valid_to is not None and held.valid_to < today,
            }
        )
    return {
        "person": person,
        "nationality": law.countries.get(person.nationality, ""),
        "birth_country": law.countries.get(person.birth_country, ""),
        "documents": documents,
        "page": page,
    }


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
