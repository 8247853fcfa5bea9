"""What a page shows of a person: the file, the line of rights that « Où en suis-je ? » draws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext

from droitfil.cases.queries import situation_of
from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.procedures import load_procedures, procedure_for
from droitfil.people.models import Person
from droitfil.people.queries import documents_held
from droitfil.rules.facts import Request
from droitfil.rules.problems import Refused as Unanswerable
from droitfil.web.addresses import office_now
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.public.whereami import flow
from droitfil.web.public.whereami.answer_page import AnswerPage
from droitfil.web.public.whereami.answer_today import Item
from droitfil.web.public.whereami.question import answers


def file_of(person: Person, today: date, *, theirs: bool = False) -> dict[str, Any]:
    """What the templates of ``persons/`` show of the file of ``person`` on ``today``.

    :param theirs: it is read by somebody else: an agent, a parent.
    """
    law = load_law()
    try:
        page = rights(person, today, theirs=theirs)
    except Unanswerable:  # documents that contradict one another: they are shown, and no line
        page = None
    documents = []
    for held in documents_held(person, today):
        title = law.title(held.article)
        documents.append(
            {
                "held": held,
                "kind": KINDS.get(held.kind, held.kind),
                "label": in_words(title.label) if title else "",
                "over": held.valid_to is not None and held.valid_to < today,
            }
        )
    return {
        "person": person,
        "nationality": country(person.nationality),
        "birth_country": country(person.birth_country),
        "documents": documents,
        "office": office_now(person, today),
        "page": page,
    }


def country(code: str) -> str:
    """The name of a country, in the reader's language; "" for none."""
    name = load_law().countries.get(code)
    return gettext(name) if name else ""


class OnFile(AnswerPage):
    """The answer about what the offices know: the papers that wait are theirs to publish."""

    def tells(self, step: Mapping[str, Any]) -> bool:
        """What is done here, the pages about cases tell with its button."""
        if step["do"] in ("produce_pieces", "declare_address"):  # what the file knows was declared
            return False
        return step["do"] != "file" or not self._made_here(step.get("document"))

    def _made_here(self, name: str | None) -> bool:
        held = next((d for d in self.asked["documents"] if d["id"] == name), None)
        if held is None or "article" not in held:
            return False
        renewal = Request.RENEWAL.value
        return procedure_for(load_procedures(), held["article"], renewal) is not None

    def _advice(self) -> list[Item]:
        # The night publishes the paper owed before the line breaks: nobody writes for it.
        return super()._advice() if self.breaks is None else []


class OnTheirFile(OnFile):
    """The same, read by somebody else than the person: nothing in it is « yours »."""

    def called(self, kind: str) -> str:
        """A document, to who does not hold it."""
        return kind


def rights(person: Person, today: date, *, theirs: bool = False) -> OnFile | None:
    """The answer about ``person`` on ``today``: what they hold, the papers issued, their requests.

    None when nothing at all is known.

    :raises droitfil.rules.problems.Refused: when the documents contradict one another.
    """
    law = load_law()
    data = _numbered(situation_of(person, today, language=get_language() or "fr").question)
    if not data["documents"] and not data["applications"]:
        return None
    state = answers(data, law)
    return (OnTheirFile if theirs else OnFile)(
        answer_question(data, law), data, state, flow.places(state, law, today), law, today
    )


def _numbered(question: Mapping[str, Any]) -> dict[str, Any]:
    """The question, papers named after the documents as the pages name them: d1, d2…"""
    documents = [
        {**document, "id": f"d{number}"}
        for number, document in enumerate(question["documents"], start=1)
    ]
    return {**question, "documents": documents}
