"""The one way to ask: plain data or a text in, the contract's answer out.

The command, the HTTP interface and the pages all call this, so that the same question has the
same answer to the letter, whichever face it came through.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from droitfil.lawbook.reading import MOST_BYTES, read_documents
from droitfil.lawbook.translations import renderer
from droitfil.rules.answer import plain
from droitfil.rules.law import Law
from droitfil.rules.problems import Refused
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer


def answer_question(data: Mapping[str, Any], law: Law) -> dict[str, Any]:
    """The contract's answer to one question given as plain data, ready for JSON.

    Raises :class:`~droitfil.rules.problems.Refused` naming every field to correct.
    """
    question = read_question(data, law)
    language = question.language
    return plain(answer(question, law), None if language == "fr" else renderer(language))


def answer_text(
    text: str, law: Law, *, language: str | None = None, most_bytes: int = MOST_BYTES
) -> list[dict[str, Any]]:
    """The answers to every document of a YAML or JSON text, in order; all or none.

    ``language`` overrides the one that each question asks for; a text of more than ``most_bytes``
    is refused. Raises
    :class:`~droitfil.lawbook.reading.Unreadable` when the text itself cannot be read, and
    :class:`~droitfil.rules.problems.Refused` when a question cannot be answered: among several
    documents, each sentence then begins with the number of its document, counted from 1.
    """
    questions = read_documents(text, most_bytes=most_bytes)
    answers: list[dict[str, Any]] = []
    for number, question in enumerate(questions, start=1):
        if language is not None:
            question = {**question, "language": language}
        try:
            answers.append(answer_question(question, law))
        except Refused as refused:
            if len(questions) == 1:
                raise
            raise _numbered(refused, number) from refused
    return answers


def _numbered(refused: Refused, number: int) -> Refused:
    return Refused([replace(problem, document=number) for problem in refused.problems])


def as_json(answer: Mapping[str, Any]) -> str:
    """The answer as every face writes it, byte for byte: readable, UTF-8, one line feed at end."""
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
