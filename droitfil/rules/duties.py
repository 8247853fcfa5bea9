"""The papers the law owes while an application is pending, and from a favourable decision on.

A duty runs from the day the paper must take effect to the longest the law allows; ``due_on`` is
the day it must be in hand. Printed dates, when a paper was issued, come before computed ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from droitfil.rules.answer import Duty
from droitfil.rules.facts import Basis, Document, Kind, Outcome, Question
from droitfil.rules.law import Law
from droitfil.rules.periods import day_after, day_before, last_day
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty, how the decision cuts it short, and the printed paper that answers it."""

    duty: Duty
    rank: int
    until: date | None  # last day it counts, decision included
    printed: Document | None


@dataclass(frozen=True, slots=True)
class _Chain:
    """Papers of one kind that follow each other until a decision."""

    issue: Kind
    start: date
    due_on: date
    months: int
    rule: str


def last_day_of_papers(filing: Filing, law: Law) -> date | None:
    """Day a decision ends the papers of its application: eve when granted, day when refused."""
    decision = filing.application.decision
    if decision is None or not law.value("paper_ends_at_decision", decision.taken_on):
        return None
    if decision.outcome is Outcome.GRANTED:
        return day_before(decision.taken_on)
    return decision.taken_on


def owed(filing: Filing, question: Question, law: Law, trace: Trace) -> tuple[Owed, ...]:
    """Papers owed, oldest first: while pending up to the one covering today and the next one;
    once decided those that began before the decision, then the ADF of a grant."""
    app, title = filing.application, filing.title
    if title is None or title.minor_document or title.travel_document:
        return ()
    if filing.filed_on is None:
        return _attestation_of_grant(filing, question, trace)
    if title.book_two:
        return _eu_attestation(filing, law, trace)
    sunset = law.value("l435_4_sunset", filing.filed_on)
    # Asked too late, it waits without paper; granted all the same, its attestation is owed.
    ended = title.article in sunset["titles"] and filing.filed_on > sunset["last_day"]
    papers = [d for d in question.documents if d.application == app.id and d.start is not None]
    cut = last_day_of_papers(filing, law)
    stop = question.today if app.decision is None else None
    chain = None if ended else _chain(filing, question, law, trace)
    commission = None if ended else _commission(filing, law, trace)
    found = [
        Owed(duty, rank, _earlier(duty.end, cut), printed)
        for duty, rank, printed in _walk(chain, commission, filing, papers, stop)
    ]
    return (*found, *_attestation_of_grant(filing, question, trace))


def _attestation_of_grant(filing: Filing, question: Question, trace: Trace) -> tuple[Owed, ...]:
    """R431-15-1 al.4: from a favourable decision to the hand-over, whatever came before."""
    app, decision = filing.application, filing.application.decision
    if decision is None or decision.outcome is not Outcome.GRANTED:
        return ()
    if filing.title is not None and filing.title.book_two:
        return ()
    end = app.handed_over_on
    rule = trace.because("R431-15-1-4", f"{app.path}.decision.taken_on", start=decision.taken_on)
    duty = Duty("ADF", decision.taken_on, end, decision.taken_on, rule)
    printed = next(
        (d for d in question.documents if d.application == app.id and d.kind is Kind.ADF), None
    )
    return (Owed(duty, 1, end, printed),)


def _earlier(a: date | None, b: date | None) -> date | None:
    if a is None or b is None:
        return a if b is None else b
    return min(a, b)


def _walk(
    chain: _Chain | None,
    commission: _Chain | None,
    filing: Filing,
    papers: list[Document],
    stop: date | None,
) -> Iterator[tuple[Duty, int, Document | None]]:
    """Follows the chain to the commission's referral, then the commission's own papers."""
    decision = filing.application.decision
    taken = decision.taken_on if decision is not None else None
    seized = commission.start if commission is not None else None
    for link, before in ((chain, seized), (commission, None)):
        if link is None:
            continue
        issued = [d for d in papers if d.kind is link.issue]
        start, rank, due_on = link.start, 1, link.due_on
        while (before is None or start < before) and (taken is None or start < taken):
            longest = last_day(start, link.months)
            printed = next(
                (d for d in issued if d.start and d.start <= longest and (d.end or start) >= start),
                None,
            )
            end = printed.end if printed is not None and printed.end is not None else longest
            yield Duty(link.issue.value, start, end, due_on, link.rule), rank, printed
            if stop is not None and start > stop:
                return
            start, rank = day_after(end), rank + 1
            due_on = start


def _chain(filing: Filing, question: Question, law: Law, trace: Trace) -> _Chain | None:
    """The chain of API or récépissés, or None when the law owes none, and why."""
    app, filed, complete = filing.application, filing.filed_on, filing.complete_on
    assert filed is not None
    if not filing.listed:
        return _recepisse(filing, law, trace)
    if app.basis in (Basis.RECOGNISED_REFUGEE, Basis.SUBSIDIARY_PROTECTION):
        rule = "R431-15-3" if app.basis is Basis.RECOGNISED_REFUGEE else "R431-15-4"
        trace.because(rule, f"{app.path}.basis", f"{app.path}.filed_on", start=filed)
        return _Chain(Kind.API, filed, filed, law.value("api_protection_months", filed), rule)
    if complete is None:
        trace.because("R431-15-1-2", f"{app.path}.complete_on", variant="incomplete")
        return None
    if not _filed_within_limits(filing, law, trace):
        return None
    months = law.value("api_max_months", filed)
    if filing.held is None:
        return _first_without_title(filing, complete, months, question, trace)
    if filing.expiry is None:
        return None
    start = max(day_after(filing.expiry), complete, filed)
    registered = app.incident.registered_on if app.incident is not None else None
    due_on = start if registered is None else max(registered, complete)
    if registered is not None and law.value("substitution_paper", filed) == "RECEPISSE":
        trace.because("R431-12", f"{app.path}.incident.registered_on", start=start)
        months = law.value("recepisse_months", filed)
        return _Chain(Kind.RECEPISSE, start, min(due_on, start), months, "R431-12")
    trace.because(
        "R431-15-1-2",
        f"{filing.held.path}.to",
        f"{app.path}.filed_on",
        f"{app.path}.complete_on",
        start=start,
        months=months,
    )
    return _Chain(Kind.API, start, min(due_on, start), months, "R431-15-1-2")


def _filed_within_limits(filing: Filing, law: Law, trace: Trace) -> bool:
    """Whether the filing day meets R431-5, which the duty to issue an API requires."""
    app = filing.application
    if filing.in_time:
        return True
    filed = filing.filed_on
    assert filed is not None
    if filing.timing is None or filing.timing == "no_window":
        if filing.held is not None and filing.held.kind is Kind.RLD_UE_FR:
            trace.uncertain("rld_always_in_time")
            return bool(law.value("rld_always_in_time", filed))
        return filing.held is None
    if filing.timing == "early":
        if law.value("early_filing_counts", filed):
            return True
        trace.because("R431-15-1-2", f"{app.path}.filed_on", variant="early")
        return False
    trace.because("R431-15-1-2", f"{app.path}.filed_on", variant="late")
    return False


def _first_without_title(
    filing: Filing, complete: date, months: int, question: Question, trace: Trace
) -> _Chain | None:
    """R431-15-1 al.3: young adults and former French nationals, at once and alone."""
    app = filing.application
    if app.basis in (Basis.TURNING_18, Basis.LOST_FRENCH_NATIONALITY) and filing.in_time:
        rule = trace.because(
            "R431-15-1-3", f"{app.path}.basis", f"{app.path}.complete_on", start=complete
        )
        return _Chain(Kind.API, complete, complete, months, rule)
    trace.because("R431-15-1-2", f"{app.path}.holds", f"{app.path}.basis", variant="first_request")
    if app.basis is None and filing.window is not None and filing.window.rule in _YOUNG_WINDOWS:
        trace.missing(
            f"{app.path}.basis", "le fondement (turning_18 pour qui vient d'avoir 18 ans)"
        )
    return None


#: Windows of young adults: with their basis told, an API would be owed at once.
_YOUNG_WINDOWS = frozenset({"R431-5-2", "R431-5-3"})


def _recepisse(filing: Filing, law: Law, trace: Trace) -> _Chain | None:
    app, complete = filing.application, filing.complete_on
    if complete is None or filing.listed is None:
        trace.because("R431-12", f"{app.path}.complete_on", variant="incomplete")
        return None
    start = complete if filing.expiry is None else max(day_after(filing.expiry), complete)
    facts = [f"{app.path}.complete_on"]
    if filing.held is not None:
        facts.append(f"{filing.held.path}.to")
    months = law.value("recepisse_months", complete)
    trace.because("R431-12", *facts, start=start)
    return _Chain(Kind.RECEPISSE, start, complete, months, "R431-12")


def _commission(filing: Filing, law: Law, trace: Trace) -> _Chain | None:
    seized = filing.application.commission_on
    if seized is None:
        return None
    rule = trace.because("R432-9", f"{filing.application.path}.commission_on", start=seized)
    return _Chain(
        Kind.COMMISSION, seized, seized, law.value("commission_paper_months", seized), rule
    )


def _eu_attestation(filing: Filing, law: Law, trace: Trace) -> tuple[Owed, ...]:
    """R233-17: an attestation at once, for as long as no card is handed over."""
    app, filed = filing.application, filing.filed_on
    assert filed is not None
    rule = trace.because("R233-17", f"{app.path}.filed_on", start=filed)
    duty = Duty("EU_ATTESTATION", filed, app.handed_over_on, filed, rule)
    decision = app.decision
    refused = decision is not None and decision.outcome is not Outcome.GRANTED
    until = _earlier(duty.end, decision.taken_on if refused and decision else None)
    return (Owed(duty, 1, until, None),)


def last_listed(found: tuple[Owed, ...], filing: Filing) -> date | None:
    """Last day of the duties listed while the law goes on owing papers; None once decided."""
    if filing.application.decision is not None or not found:
        return None
    return found[-1].duty.end
