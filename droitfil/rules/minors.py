"""The ages that count: majority, and the day age ends a child's travel document (DCEM)."""

from __future__ import annotations

from datetime import date

from droitfil.rules.facts import Question
from droitfil.rules.law import Law
from droitfil.rules.periods import add_months, birthday, day_before


def majority(question: Question, law: Law) -> date | None:
    """The 18th birthday: before it no title is required (L411-1). None when birth is unknown."""
    born = question.person.born_on
    return None if born is None else birthday(born, law.value("majority_age", question.today))


def dcem_lapse(question: Question, law: Law) -> date | None:
    """Day a DCEM lapses by age (D414-4 1°): eve of the 19th birthday when the holder falls under
    the titles of that list, else two months after the 18th. None when nothing says which."""
    person = question.person
    born, today = person.born_on, question.today
    if born is None or any(parent.kind == "EU" for parent in person.parents):
        return None
    corrected = law.value("nineteen_by_correction", today)
    listed = law.value("nineteen_titles", today) + (
        corrected["titles"] if corrected["counts"] else ()
    )
    asks_listed = any(a.article in listed for a in question.applications)
    if not asks_listed and person.in_france_since is None:
        return None
    arrival = birthday(born, law.value("l423_21_arrival_age", today))
    if asks_listed or (person.in_france_since is not None and person.in_france_since <= arrival):
        return day_before(birthday(born, law.value("nineteen_age", today)))
    return earliest_lapse(question, law)


def earliest_lapse(question: Question, law: Law) -> date | None:
    """The nearer of the two days on which a DCEM may lapse by age; None when birth is unknown."""
    adult = majority(question, law)
    if adult is None:
        return None
    return add_months(adult, law.value("window_after_18_months", question.today))
