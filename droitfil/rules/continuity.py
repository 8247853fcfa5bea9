"""The heart: from the documents and papers of one person, what they may do on each day.

Spans are sorted, joined and never overlap; days without paper are spans with ``stay: false``;
``today`` never cuts one. Gaps are the days already lived without proof of stay, each with what
the law owed that day and the way to have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from droitfil.rules.answer import Gap, Span
from droitfil.rules.duties import Owed
from droitfil.rules.facts import Outcome, Question, Work
from droitfil.rules.law import Law
from droitfil.rules.periods import FOREVER, add_days, day_after, day_before
from droitfil.rules.rights import TRAVEL_ORDER, WITHOUT_PAPER, WORK_ORDER, Cover
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing


def spans(covers: Sequence[Cover], stops: date | None) -> tuple[Span, ...]:
    """The line of rights from the first covered day; it stops at ``stops`` while papers are
    still owed (None: the last span has no end)."""
    if not covers:
        return ()
    bounds = {cover.start for cover in covers}
    bounds.update(day_after(cover.end) for cover in covers if cover.end != FOREVER)
    if any(cover.end == FOREVER for cover in covers):
        stops = None
    horizon = FOREVER if stops is None else max(stops, max(cover.end for cover in covers))
    if horizon != FOREVER:
        bounds.add(day_after(horizon))
    days = sorted(bounds)
    found: list[Span] = []
    for i, start in enumerate(days):
        if start > horizon:
            break
        end = day_before(days[i + 1]) if i + 1 < len(days) else FOREVER
        span = _span(start, end, [c for c in covers if c.start <= start and end <= c.end])
        if found and _same_rights(found[-1], span):
            span = _joined(found.pop(), span)
        found.append(span)
    return tuple(found)


def _span(start: date, end: date, covers: Iterable[Cover]) -> Span:
    work, travel, stay = Work.NONE, "none", False
    proofs: list[str] = []
    rules: list[str] = []
    for cover in sorted((c for c in covers if c.stay), key=lambda c: c.order):
        if cover.order == WITHOUT_PAPER and stay and not _widens(cover, work, travel):
            continue
        stay = True
        work = max(work, cover.work, key=WORK_ORDER.__getitem__)
        travel = max(travel, cover.travel, key=TRAVEL_ORDER.__getitem__)
        beside = cover.beside
        names = [cover.proof]
        if beside is not None and beside.end is not None and start > beside.end:
            names.append(beside.id)
        proofs.extend(name for name in names if name not in proofs)
        rules.extend(rule for rule in cover.rules if rule not in rules)
    last = None if end == FOREVER else end
    return Span(start, last, stay, work, stay, travel, tuple(proofs), tuple(rules))


def _widens(cover: Cover, work: Work, travel: str) -> bool:
    """Whether a right that exists without paper gives more than the papers of the day."""
    return (
        WORK_ORDER[cover.work] > WORK_ORDER[work]
        or TRAVEL_ORDER[cover.travel] > TRAVEL_ORDER[travel]
    )


def _same_rights(a: Span, b: Span) -> bool:
    return (
        a.proofs == b.proofs
        and a.rules == b.rules
        and a.work is b.work
        and a.travel == b.travel
        and a.stay == b.stay
    )


def _joined(a: Span, b: Span) -> Span:
    return Span(a.start, b.end, a.stay, a.work, a.social, a.travel, a.proofs, a.rules)


# -- gaps ------------------------------------------------------------------------------------------


def gaps(
    line: Sequence[Span],
    filings: Sequence[Filing],
    owed: Sequence[tuple[Owed, ...]],
    refusals: Sequence[date | None],
    opened: date | None,
    question: Question,
    trace: Trace,
) -> tuple[Gap, ...]:
    """Days without proof of stay from ``opened`` up to today included, split where what is owed
    or the remedy changes. ``refusals``: for each filing, the first day a refusal stands."""
    today = question.today
    found: list[Gap] = []
    for span in line:
        end = today if span.end is None else min(span.end, today)
        if span.stay or opened is None or end < max(span.start, opened):
            continue
        for first, last in _pieces(max(span.start, opened), end, filings, owed, refusals):
            gap = _gap(first, last, filings, owed, refusals, trace)
            before = found[-1] if found else None
            if before is not None and _alike(before, gap):
                found[-1] = Gap(before.start, gap.end, gap.entitled, gap.why, gap.remedy, gap.rule)
            else:
                found.append(gap)
    return tuple(found)


def _alike(a: Gap, b: Gap) -> bool:
    return (
        day_after(a.end) == b.start
        and a.entitled == b.entitled
        and a.remedy == b.remedy
        and a.rule == b.rule
        and a.why == b.why
    )


def _pieces(
    start: date,
    end: date,
    filings: Sequence[Filing],
    owed: Sequence[tuple[Owed, ...]],
    refusals: Sequence[date | None],
) -> Iterable[tuple[date, date]]:
    """The range cut wherever an application's situation may change."""
    cuts = {start}
    for filing, papers, refused in zip(filings, owed, refusals, strict=True):
        decision = filing.application.decision
        days = [filing.filed_on, filing.complete_on, refused]
        if decision is not None:
            days += [decision.taken_on, day_after(decision.taken_on)]
        if filing.application.handed_over_on is not None:
            days.append(day_after(filing.application.handed_over_on))
        for paper in papers:
            days.append(paper.duty.start)
            if paper.until is not None:
                days.append(day_after(paper.until))
        cuts.update(day for day in days if day is not None and start < day <= end)
    ordered = sorted(cuts)
    for i, first in enumerate(ordered):
        yield first, day_before(ordered[i + 1]) if i + 1 < len(ordered) else end


def _gap(
    first: date,
    last: date,
    filings: Sequence[Filing],
    owed: Sequence[tuple[Owed, ...]],
    refusals: Sequence[date | None],
    trace: Trace,
) -> Gap:
    stands = any(
        refused is not None and refused <= first and not _granted_by(first, filing)
        for filing, refused in zip(filings, refusals, strict=True)
    )
    remedy = "L521-1" if stands else "L521-3"
    trace.ensure(remedy)
    for filing, papers in zip(filings, owed, strict=True):
        for paper in papers:
            if paper.duty.start <= first and (paper.until is None or last <= paper.until):
                rule, variant = paper.duty.rule, "owed"
                fact = f"{filing.application.path}.filed_on"
                trace.because(rule, fact, variant=variant)
                return Gap(first, last, True, trace.sentence(rule, variant), remedy, rule)
    rule, variant, fact = _why_not(first, filings)
    trace.because(rule, fact, variant=variant)
    return Gap(first, last, False, trace.sentence(rule, variant), remedy, rule)


def _granted_by(day: date, filing: Filing) -> bool:
    decision = filing.application.decision
    return decision is not None and decision.outcome is Outcome.GRANTED and decision.taken_on <= day


def _why_not(day: date, filings: Sequence[Filing]) -> tuple[str, str, str]:
    """Why the law owed nothing on ``day``: the latest application filed by then says it."""
    filed = [f for f in filings if f.filed_on is not None and f.filed_on <= day]
    undated = [f for f in filings if f.undated]
    if not filed and not undated:
        return "L411-1", "nothing_filed", "today"
    filing = max(filed or undated, key=lambda f: f.filed_on or day)
    app, decision = filing.application, filing.application.decision
    if (
        decision is not None
        and decision.taken_on <= day
        and decision.outcome is not Outcome.GRANTED
    ):
        return "L411-1", decision.outcome.value, f"{app.path}.decision"
    if app.handed_over_on is not None and app.handed_over_on < day:
        return "L411-1", "handed_over", f"{app.path}.handed_over_on"
    if filing.timing is None:
        return "L411-1", "no_paper", f"{app.path}.filed_on"
    if filing.complete_on is None or filing.complete_on > day:
        rule = "R431-15-1-2" if filing.listed else "R431-12"
        return rule, "incomplete", f"{app.path}.complete_on"
    if filing.listed and filing.timing == "early":
        return "R431-15-1-2", "early", f"{app.path}.filed_on"
    if filing.listed and filing.held is not None and not filing.in_time:
        return "R431-15-1-2", "late", f"{app.path}.filed_on"
    if filing.listed and filing.held is None:
        return "R431-15-1-2", "first_request", f"{app.path}.basis"
    return "L411-1", "no_paper", f"{app.path}.filed_on"


def warn_ahead(
    line: Sequence[Span], opened: date | None, question: Question, law: Law, trace: Trace
) -> None:
    """The first day without proof of stay still to come, told while there is time to act."""
    alert = law.value("gap_alert_days", question.today)
    for span in line:
        if span.stay or span.start <= question.today or opened is None or span.start < opened:
            continue
        if question.today >= add_days(span.start, -alert):
            trace.warn("gap_ahead", "L411-1", "gap_ahead", span.start, day=span.start)
        return
