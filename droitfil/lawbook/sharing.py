"""Situations that have the same answer: what of a person no answer depends on is set aside.

Many people hold the same documents and filed on the same days. What they may do and are owed is the
same; only who they are differs, and that is told by other means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from droitfil.lawbook.loading import load_law
from droitfil.rules.answer import Answer
from droitfil.rules.law import Law
from droitfil.rules.periods import add_years
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer

#: Years, beyond every age that a rule counts: who had them on the first day of a question was of
#: age for all of it.
GROWN = 22
#: The birth date of all of them, in a question that is shared.
LONG_AGO = "1900-01-01"
#: Dated lists of the departments where something is not as elsewhere.
_APART = ("l433_3_departements", "overseas_departments")


def shared(question: Mapping[str, Any], law: Law) -> dict[str, Any]:
    """The plain question with the same spans, duties, gaps and timings, asked of as many people
    as can be; the windows of what starts from a document are the same too.

    Neither the nationality nor the birth date of who has long been of age is read by the kernel;
    of the place, only what makes it unlike others. The days that sentences tell may differ: the
    answer of a shared question is not for reading.
    """
    person = {name: value for name, value in question["person"].items() if name != "nationality"}
    born = person.get("born_on")
    if born is not None and add_years(date.fromisoformat(born), GROWN) <= _first_day(question):
        person["born_on"] = LONG_AGO
    if person.get("lives_in") in plain_departments(law):
        person["lives_in"] = min(plain_departments(law))
    return {**question, "person": person}


def shared_text(question: Mapping[str, Any]) -> str:
    """:func:`shared` as one text, equal for all those whose answer is the same."""
    return json.dumps(shared(question, load_law()))


def shared_answer(question: Mapping[str, Any]) -> Answer:
    """What the law says of everyone of whom ``question`` is :func:`shared`, asked once for many.

    :raises droitfil.rules.problems.Refused: a question that cannot be answered.
    """
    return answer_of(shared_text(question), load_law().version)


@lru_cache(maxsize=2048)
def answer_of(text: str, version: str) -> Answer:
    """The answer to a :func:`shared_text`; ``version`` is that of the law asked."""
    law = load_law()
    assert law.version == version
    return answer(read_question(json.loads(text), law), law)


def plain_departments(law: Law) -> frozenset[str]:
    """The departments that live by the common calendar, and where no rule is apart."""
    return _plain_departments(law.version)


@lru_cache(maxsize=8)
def _plain_departments(_version: str) -> frozenset[str]:
    law = load_law()
    apart = {
        code for name in _APART for dated in law.parameters[name].values for code in dated.value
    }
    common = law.closed_days(None)
    return frozenset(
        code for code in law.departments if law.closed_days(code) == common and code not in apart
    )


def _first_day(question: Mapping[str, Any]) -> date:
    days = [question["today"]]
    days += [one["from"] for one in question["documents"] if "from" in one]
    days += [one["filed_on"] for one in question["applications"] if "filed_on" in one]
    return date.fromisoformat(min(days))
