"""Situations that have the same answer: what of a person no answer depends on is set aside.

Many people hold the same documents and filed on the same days. What they may do and are owed is the
same; only who they are differs, and that is told by other means.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from droitfil.rules.periods import add_years

#: Years, beyond every age that a rule counts: who had them on the first day of a question was of
#: age for all of it.
GROWN = 22
#: The birth date of all of them, in a question that is shared.
LONG_AGO = "1900-01-01"


def shared(question: Mapping[str, Any]) -> dict[str, Any]:
    """The plain question with the same spans, duties and gaps, asked of as many people as can be.

    The nationality is not read by the kernel; nor is the birth date of who has long been of age.
    Sentences may differ: the answer of a shared question is not for reading.
    """
    person = {name: value for name, value in question["person"].items() if name != "nationality"}
    born = person.get("born_on")
    if born is not None and add_years(date.fromisoformat(born), GROWN) <= _first_day(question):
        person["born_on"] = LONG_AGO
    return {**question, "person": person}


def _first_day(question: Mapping[str, Any]) -> date:
    days = [question["today"]]
    days += [document["from"] for document in question["documents"]]
    days += [application["filed_on"] for application in question["applications"]]
    return date.fromisoformat(min(days))
