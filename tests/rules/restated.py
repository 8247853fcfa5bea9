"""The law of the papers said again, shortly and otherwise than the kernel says it.

Written from the text of the rules, on the plain question, without the kernel's own tables of
windows and duties: what they say alike is worth more than what either says alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from droitfil.rules.law import Law

Plain = Mapping[str, Any]

_TITLES_HELD = frozenset(
    [
        "VLS_TS",
        "CST",
        "CSP",
        "CR",
        "RLD_UE_FR",
        "CR_PERMANENT",
        "CRA",
        "RETRAITE",
        "APS",
        "EU_FAMILY",
    ]
)
_PROTECTED = {"recognised_refugee", "subsidiary_protection"}
_WITHOUT_CARD = {"turning_18", "lost_french_nationality"}


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def held(question: Plain, application: Plain) -> Plain | None:
    """The title of residence the application starts from, if it starts from one."""
    for document in question["documents"]:
        if document["id"] == application.get("holds") and document["kind"] in _TITLES_HELD:
            return document
    return None


def filed_on(application: Plain) -> date | None:
    incident = application.get("incident") or {}
    return day(application.get("filed_on") or incident.get("registered_on"))


def complete_on(application: Plain) -> date | None:
    complete, filed = day(application.get("complete_on")), filed_on(application)
    return None if complete is None or filed is None else max(complete, filed)


def first_day_of_api(question: Plain, application: Plain, answered: Plain, law: Law) -> date | None:
    """First day an API must take effect, or None when the conditions deny it.

    The conditions (R431-15-1, R431-15-3, R431-15-4): a title of the téléservice; recognised, it
    is due at once; otherwise complete, filed in time, and either a title that expires or one of
    the two grounds that need none; always: not yet decided by then. Timing is taken from the
    answer, which other properties hold to the calendar.
    """
    title, filed = law.titles[application["article"]], filed_on(application)
    if filed is None or answered["channel"] != "teleservice":
        return None
    if title.book_two or title.minor_document or title.travel_document:
        return None
    sunset = law.value("l435_4_sunset", filed)
    if application["article"] in sunset["titles"] and filed > sunset["last_day"]:
        return None
    basis, complete, card = (
        application.get("basis"),
        complete_on(application),
        held(question, application),
    )
    if basis in _PROTECTED:
        first: date | None = filed
    elif complete is None:
        return None
    elif card is None:
        if basis not in _WITHOUT_CARD or answered["timing"] != "in_time":
            return None
        first = complete
    else:
        in_time = answered["timing"] == "in_time" or card["kind"] == "RLD_UE_FR"
        if not in_time or card.get("to") is None:
            return None
        first = max(date.fromisoformat(card["to"]) + timedelta(days=1), complete)
    decision = application.get("decision")
    if decision is not None and date.fromisoformat(decision["taken_on"]) <= first:
        return None
    seized = day(application.get("commission_on"))
    return None if seized is not None and seized <= first else first


def timing_of_a_holder(end: date, listed: bool, filed: date) -> str:
    """In time between the 120th and the 60th day before the end, or in the last two months."""
    if listed:
        opens, closes = end - timedelta(days=120), end - timedelta(days=60)
    else:
        opens, closes = _months_back(end, 2), end
    if filed < opens:
        return "early"
    if filed <= closes:
        return "in_time"
    return "late_before_expiry" if filed <= end else "after_expiry"


def _months_back(end: date, count: int) -> date:
    year, month0 = divmod(end.year * 12 + end.month - 1 - count, 12)
    for number in range(end.day, 27, -1):
        try:
            return date(year, month0 + 1, number)
        except ValueError:
            continue
    return date(year, month0 + 1, end.day)


def rights_by_day(answered: Plain, first: date, last: date) -> dict[date, Plain | None]:
    """The span that holds each day of a range; None outside the line."""
    found: dict[date, Plain | None] = {}
    for number in range((last - first).days + 1):
        today = first + timedelta(days=number)
        found[today] = next((span for span in answered["spans"] if holds(span, today)), None)
    return found


def holds(span: Plain, today: date) -> bool:
    return span["from"] <= today.isoformat() and (
        span["to"] is None or today.isoformat() <= span["to"]
    )


def edges(*answers: Plain) -> list[date]:
    """Every day on which any of the answers' lines may change: enough to compare them whole."""
    days: set[date] = set()
    for answered in answers:
        for span in answered["spans"]:
            days.add(date.fromisoformat(span["from"]))
            if span["to"] is not None:
                days.add(date.fromisoformat(span["to"]))
                days.add(date.fromisoformat(span["to"]) + timedelta(days=1))
    return sorted(days)


def right_on(answered: Plain, today: date) -> Plain | None:
    return next((span for span in answered["spans"] if holds(span, today)), None)


def horizon(answered: Plain) -> date:
    """Last day the line speaks of; the calendar's last one when it is open."""
    if not answered["spans"]:
        return date.min
    last = answered["spans"][-1]["to"]
    return date.max if last is None else date.fromisoformat(last)


def rules_of(answered: Plain) -> Iterator[str]:
    """Every rule that an answer names outside its explanation."""
    for application in answered["applications"]:
        for field in ("window", "silence", "card"):
            named = application[field]
            if named is not None and named["rule"] is not None:
                yield named["rule"]
        for field in ("appeals", "duties", "fees", "conditions"):
            yield from (row["rule"] for row in application[field])
    for span in answered["spans"]:
        yield from span["rules"]
    for gap in answered["gaps"]:
        yield gap["rule"]
        yield gap["remedy"]
    for field in ("todo", "lapses"):
        yield from (row["rule"] for row in answered[field])
