"""Taxes and stamps of an application, in whole euros, at the table of the day that decides.

Amounts come from the dated table in force on the taxable day (parameter ``tax_event``); a day
not known yet is taken as today or the last known step, whichever is later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from droitfil.rules.answer import Fee
from droitfil.rules.facts import (
    Application,
    Basis,
    Kind,
    ParentKind,
    Question,
    Request,
)
from droitfil.rules.law import Law, Title
from droitfil.rules.periods import add_months
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing, entered_as_child

_HANDOVER = "handover"


def fees(filing: Filing, question: Question, law: Law, trace: Trace) -> tuple[Fee, ...]:
    """What the person pays, each with its article; ``upfront`` is the part paid at filing."""
    app, title = filing.application, filing.title
    if title is None:
        return ()
    day = _taxable_day(filing, question, law)
    found = tuple(_fees(filing, title, day, question, law, trace))
    unchanged = law.value("tax_presumed_unchanged", day)["codes"]
    for fee in found:
        trace.ensure(fee.rule, f"{app.path}.article")
        if fee.code in unchanged and fee.amount:
            trace.uncertain("tax_presumed_unchanged")
    if any(fee.amount for fee in found) and not title.travel_document:
        trace.uncertain("tax_event")
    return found


def _taxable_day(filing: Filing, question: Question, law: Law) -> date:
    app = filing.application
    event = law.value("tax_event", question.today)
    decided = app.decision.taken_on if app.decision is not None else None
    filed = filing.filed_on
    if event == "filing" and filed is not None:
        return filed
    if event == "decision" and decided is not None:
        return decided
    if event == _HANDOVER and app.handed_over_on is not None:
        return app.handed_over_on
    return max(day for day in (question.today, filed, decided) if day is not None)


def _fees(
    filing: Filing, title: Title, day: date, question: Question, law: Law, trace: Trace
) -> Iterator[Fee]:
    app, article = filing.application, title.article
    dated = law.parameters["tax_table"].at(day)
    table, sure = dated.value, dated.confidence or law.parameters["tax_table"].confidence
    if title.minor_document:
        yield _dcem(question, table["dcem"], sure, day, law)
        return
    if title.travel_document:
        yield from _travel_document(article, day, question, law)
        return
    if title.book_two:
        trace.uncertain("eu_family_fee")
        row = law.value("eu_family_fee", day)
        yield Fee("T-EU", row["amount"], 0, _HANDOVER, "L237-1", "U")
        if filing.late_fee == "certain":
            yield Fee("T-LATE", table["late"], 0, _HANDOVER, "L436-5", sure)
        return
    if _exempt(article, day, law, trace):
        yield Fee("T-EXO", 0, 0, _HANDOVER, "L436-8", "V")
        return
    yield from _title_tax(app, article, table, sure, day, law, trace)
    regularisation = _regularisation(filing, article, question, law, trace)
    if regularisation:
        row = table["regularisation"]
        yield Fee("T-REG", row["total"], row["upfront"], _HANDOVER, "L436-4", sure)
    if filing.late_fee == "certain":
        yield Fee("T-LATE", table["late"], 0, _HANDOVER, "L436-5", sure)


def _exempt(article: str, day: date, law: Law, trace: Trace) -> bool:
    if article in law.value("tax_exempt_titles", day):
        return True
    forced = law.value("l425_7_fee", day)
    if article in forced["titles"]:
        trace.uncertain("l425_7_fee")
        return bool(forced["exempt"])
    return False


def _title_tax(
    app: Application, article: str, table: Any, sure: str, day: date, law: Law, trace: Trace
) -> Iterator[Fee]:
    """L436-1: standard or reduced, none on some first issues; L436-7: the stamp beside it."""
    if article in law.value("aps_titles", day):
        code = "T-APS" if table["aps"] else "T-0"
        yield Fee(code, table["aps"], 0, _HANDOVER, "L436-1", sure)
        return
    stamp = Fee("T-STAMP", table["stamp"], 0, _HANDOVER, "L436-7", sure)
    first = app.request is Request.FIRST
    if article in law.value("tax_none_titles", day):
        amount = 0
        if not first:
            trace.uncertain("retiree_renewal_fee")
            held = law.value("retiree_renewal_fee", day)
            known = article in held["titles"]
            amount = held["amount"] if known else table["standard"]["renewal"]
        yield Fee("T-0" if amount == 0 else "T-STD", amount, 0, _HANDOVER, "L436-1", sure)
        yield stamp
        return
    reduced = article in law.value("tax_reduced_titles", day)
    student = law.value("cra_student_fee", day)
    if article in student["titles"]:
        trace.uncertain("cra_student_fee")
        reduced = bool(student["reduced"])
    price = table["reduced" if reduced else "standard"]
    free = article in law.value("tax_free_first_titles", day)
    if app.request is Request.CHANGE and (free or price["first"] != price["renewal"]):
        trace.uncertain("change_fee")
        first = law.value("change_fee", day) == "first"
        free = free and first
    if first and free:
        yield Fee("T-0-first", 0, 0, _HANDOVER, "L436-1", sure)
    else:
        amount = price["first" if first else "renewal"]
        yield Fee("T-RED" if reduced else "T-STD", amount, 0, _HANDOVER, "L436-1", sure)
    yield stamp


def _dcem(question: Question, amount: int, sure: str, day: date, law: Law) -> Fee:
    if any(parent.kind is ParentKind.EU for parent in question.person.parents):
        free = law.parameters["dcem_eu_parent_fee"]
        amount, sure = free.at(day).value["amount"], free.confidence
    return Fee("T-DCEM", amount, 0, _HANDOVER, "L436-3", sure)


def _travel_document(article: str, day: date, question: Question, law: Law) -> Iterator[Fee]:
    parameter = law.parameters["travel_document_fees"].at(day)
    price = parameter.value[article]
    if not isinstance(price, int):
        resident = any(d.kind in (Kind.CR, Kind.RLD_UE_FR) for d in question.documents)
        price = price["CR" if resident else "CSP"]
    sure = parameter.confidence or law.parameters["travel_document_fees"].confidence
    yield Fee("T-TVE", price, 0, _HANDOVER, "CGI953", sure)


_NO_REGULARISATION = frozenset(
    {
        Basis.RECOGNISED_REFUGEE,
        Basis.SUBSIDIARY_PROTECTION,
        Basis.LOST_FRENCH_NATIONALITY,
    }
)


def _regularisation(
    filing: Filing, article: str, question: Question, law: Law, trace: Trace
) -> bool:
    """L436-4: an adult who asks a first card without visa or long after entry."""
    app = filing.application
    on = filing.filed_on or question.today
    if app.request is not Request.FIRST or app.holds is not None:
        return False
    family = law.value("regularisation_exempt_families", on)
    if article in family["titles"]:
        trace.uncertain("regularisation_exempt_families")
        if family["exempt"]:
            return False
    elif article in law.value("regularisation_exempt_titles", on):
        return False
    if app.basis in _NO_REGULARISATION:
        return False
    window = filing.window
    if filing.in_time or (window is not None and on <= window.end):
        return False
    if entered_as_child(question, law):
        return False
    entered = question.person.entered_on
    if entered is None:
        trace.missing("person.entered_on", "la date d'entrée en France")
        return False
    return on > add_months(entered, law.value("regularisation_after_months", on))
