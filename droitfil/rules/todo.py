"""What the person must or may do, from when to when, each with its article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from droitfil.rules.answer import Lapse, OpenAppeal, Silence, Todo
from droitfil.rules.facts import (
    HELD_TITLES,
    VISAS,
    Application,
    Document,
    Kind,
    Outcome,
    Question,
    Removal,
    Request,
)
from droitfil.rules.law import Law
from droitfil.rules.minors import dcem_lapse, earliest_lapse
from droitfil.rules.periods import add_days, add_months
from droitfil.rules.rights import nominal_months
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing, examine


def todo(
    question: Question,
    filings: Sequence[Filing],
    silences: Sequence[Silence | None],
    appeals: Sequence[tuple[OpenAppeal, ...]],
    lapses: Sequence[Lapse],
    law: Law,
    trace: Trace,
) -> tuple[Todo, ...]:
    """Steps in the order of their first day; those without one come last."""
    steps = list(_of_documents(question, law, trace))
    for filing, silent, ways in zip(filings, silences, appeals, strict=True):
        steps.extend(_of_application(filing, silent, ways, question, law, trace))
    steps.extend(
        Todo("hand_back", None, lapse.document, lapse.lapses_on, None, lapse.rule)
        for lapse in lapses
        if lapse.lapses_on is not None and lapse.lapses_on <= question.today
    )
    if all(app.decision is not None for app in question.applications):
        steps.extend(_renewal_to_plan(question, law, trace))
    if not question.applications:
        steps.extend(_first_title(question, lapses, law, trace))
    return tuple(sorted(steps, key=lambda step: step.start or date.max))


def _of_documents(question: Question, law: Law, trace: Trace) -> Iterator[Todo]:
    person = question.person
    for document in question.documents:
        running = document.end is None or question.today <= document.end
        if document.kind is Kind.VLS_TS and document.validated_on is None and running:
            end = None
            if person.entered_on is not None:
                months = law.value("vls_ts_validation_months", person.entered_on)
                end = add_months(person.entered_on, months)
                trace.because(
                    "R431-17", f"{document.path}.validated_on", "person.entered_on", deadline=end
                )
            trace.ensure("R431-17", f"{document.path}.validated_on")
            yield Todo("validate_visa", None, document.id, person.entered_on, end, "R431-17")
        if document.kind is Kind.TIR:
            trace.ensure("TIR", f"{document.path}.kind")
            yield Todo("ask_dcem", None, document.id, None, None, "TIR")
    moved = person.moved_on
    if moved is None:
        return
    for document in question.documents:
        if _must_declare(document, moved, law):
            end = add_months(moved, law.value("address_months", moved))
            rule = trace.because("R431-23", "person.moved_on", f"{document.path}.length", end=end)
            yield Todo("declare_address", None, document.id, moved, end, rule)


def _must_declare(document: Document, moved: date, law: Law) -> bool:
    """R431-23: titles of more than a year, valid on the day of the move."""
    if document.kind not in HELD_TITLES or document.kind in VISAS:
        return False
    if (document.start or moved) > moved or (document.end or moved) < moved:
        return False
    limit: int = law.value("address_min_months", moved)
    months = nominal_months(document)
    if months is not None:
        return months > limit
    if document.start is None or document.end is None:
        return document.kind in (Kind.CR, Kind.RLD_UE_FR, Kind.CR_PERMANENT, Kind.RETRAITE)
    return document.end >= add_months(document.start, limit)


def _of_application(
    filing: Filing,
    silent: Silence | None,
    ways: tuple[OpenAppeal, ...],
    question: Question,
    law: Law,
    trace: Trace,
) -> Iterator[Todo]:
    app, today = filing.application, question.today
    if filing.filed_on is None and not filing.undated:
        yield _file(filing, app.id, None, today)
        return
    for i, complement in enumerate(app.complements):
        due = complement.due_on
        if due is None:
            due = add_days(complement.asked_on, law.value("complement_delay_days", today))
        if complement.produced_on is None and app.decision is None and today <= due:
            rule = trace.because("R431-11-2", f"{app.path}.complements[{i}]", due=due)
            yield Todo("produce_pieces", app.id, None, complement.asked_on, due, rule)
    if silent is not None and app.decision is None:
        for way in ways:
            asked = any(remedy.kind == "reasons" for remedy in app.remedies)
            if way.against == "silence" and not asked:
                trace.ensure("L232-4", f"{app.path}.filed_on")
                yield Todo("ask_reasons", app.id, None, silent.earliest, way.limit, "L232-4")
    decision = app.decision
    if decision is None or decision.notified_on is None:
        return
    if decision.outcome is Outcome.CLOSED and today >= decision.taken_on:
        trace.ensure("R431-11-closed", f"{app.path}.decision")
        yield Todo("file_again", app.id, None, decision.taken_on, None, "R431-11-closed")
    if decision.removal is Removal.VOLUNTARY_DEPARTURE:
        days = law.value("voluntary_departure_days", decision.notified_on)
        end = add_days(decision.notified_on, days)
        rule = trace.because("L612-1", f"{app.path}.decision.removal", end=end)
        yield Todo("leave_voluntarily", app.id, None, decision.notified_on, end, rule)


def _file(filing: Filing, application: str | None, document: str | None, today: date) -> Todo:
    """File: the window, or once missed the next limit that still counts."""
    window = filing.window
    if window is None:
        rule = "R431-2" if filing.listed else "R431-3"
        return Todo("file", application, document, None, None, rule)
    if filing.sheltered:  # the established block keeps the filing in time: no last day to tell
        return Todo("file", application, document, window.start, None, "R431-2-3")
    # Past the window, the expiry counts for what it changes: the late fee, else the stay itself.
    at_expiry = "L436-5" if filing.late_fee == "risk" else "L411-1"
    limits = [
        (window.end, window.rule),
        (filing.expiry, at_expiry),
        (filing.last_day_as_renewal, "R431-8"),
    ]
    for limit, rule in limits:
        if limit is not None and today <= limit:
            return Todo("file", application, document, window.start, limit, rule)
    return Todo("file", application, document, window.start, None, window.rule)


def _renewal_to_plan(question: Question, law: Law, trace: Trace) -> Iterator[Todo]:
    """With a card that no application starts from and none pending: when to ask for its renewal."""
    asked = {app.holds.id for app in question.applications if app.holds is not None}
    held = [d for d in question.documents if d.kind in HELD_TITLES and d.end is not None]
    document = max(held, key=lambda d: d.end or date.min, default=None)
    if document is None or document.id in asked or law.title(document.article) is None:
        return
    request = Request.FIRST if document.kind in VISAS else Request.RENEWAL
    planned = Application(document.id, document.path, document.article, request, document)
    filing = examine(planned, question, law, trace)
    if filing.window is not None:
        yield _file(filing, None, document.id, question.today)


def _first_title(
    question: Question, lapses: Sequence[Lapse], law: Law, trace: Trace
) -> Iterator[Todo]:
    """With a DCEM that age will end before its printed date: ask for a first title by then."""
    by_age, earliest = dcem_lapse(question, law), earliest_lapse(question, law)
    if by_age is None or any(d.kind in HELD_TITLES for d in question.documents):
        return
    rule = "R431-5-3" if by_age == earliest else "R431-5-2"
    for lapse in lapses:
        if lapse.lapses_on == by_age:
            trace.because(rule, "person.born_on", "person.in_france_since", end=by_age)
            yield Todo("file", None, lapse.document, None, by_age, rule)
