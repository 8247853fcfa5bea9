"""The kernel's public question and answer: who may do what, which day, on which paper, and what
must be done by whom by when (the timeline contract)."""

from __future__ import annotations

from datetime import date

from droitfil.rules import cards, clocks, continuity, duties, rights
from droitfil.rules.answer import Answer, ApplicationAnswer, Silence
from droitfil.rules.duties import Owed
from droitfil.rules.facts import Kind, Outcome, Question, Request
from droitfil.rules.fees import fees
from droitfil.rules.law import Law
from droitfil.rules.minors import majority
from droitfil.rules.periods import add_days, add_years
from droitfil.rules.todo import todo
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing, examine


def answer(question: Question, law: Law) -> Answer:
    """Everything the law says of one situation on ``question.today``, with its reasons.

    Deterministic: the order of documents and applications changes only the order of the answer's
    own lists. Raises nothing on a question read by ``read_question``.
    """
    trace = Trace(law)
    filings = [examine(app, question, law, trace) for app in question.applications]
    silences = [clocks.silence(filing, law, trace) for filing in filings]
    owed = [duties.owed(filing, question, law, trace) for filing in filings]
    by_id = {filing.application.id: filing for filing in filings}

    covers = list(rights.documents_covers(question, by_id, law, trace))
    for filing, papers in zip(filings, owed, strict=True):
        if question.assume_issued:
            covers.extend(rights.assumed_covers(filing, papers, question, law, trace))
        covers.extend(rights.continuation(filing, question, law, trace))
    covers = _after_first_paper(covers, owed)
    opened = _gaps_from(covers, owed, question, law)
    line = continuity.spans(covers, _stops(filings, owed))
    refusals = [_refused_from(f, s) for f, s in zip(filings, silences, strict=True)]
    gaps = continuity.gaps(line, filings, owed, refusals, opened, question, trace)
    continuity.warn_ahead(line, opened, question, law, trace)

    applications = tuple(
        _application(filing, silent, papers, question, law, trace)
        for filing, silent, papers in zip(filings, silences, owed, strict=True)
    )
    lapses = cards.lapses(question, law, trace)
    steps = todo(question, filings, silences, [a.appeals for a in applications], lapses, law, trace)
    _overseas(question, law, trace)
    for step in steps:
        trace.ensure(step.rule)
    for span in line:
        for rule in span.rules:
            trace.ensure(rule)
    return Answer(
        today=question.today,
        language=question.language,
        applications=applications,
        spans=line,
        gaps=gaps,
        todo=steps,
        lapses=lapses,
        warnings=trace.warnings(),
        explain=trace.explain(),
    )


def _after_first_paper(
    covers: list[rights.Cover], owed: list[tuple[Owed, ...]]
) -> list[rights.Cover]:
    """The line opens with the first document or paper; for who holds none, with the first paper
    owed, so that its absence shows. A continuation of a card opens none by itself."""
    if any(cover.order < rights.CONTINUATION for cover in covers):
        return covers
    alone = [cover for cover in covers if cover.order == rights.WITHOUT_PAPER]
    due = min((paper.duty.start for papers in owed for paper in papers), default=None)
    if due is not None:
        alone.append(rights.absent_paper(due))
    return alone


def _gaps_from(
    covers: list[rights.Cover], owed: list[tuple[Owed, ...]], question: Question, law: Law
) -> date | None:
    """First day on which lacking a proof of stay is a gap: none before a first right to stay or
    a first paper owed, none under 18 (L411-1 asks no title of a minor)."""
    days = [cover.start for cover in covers if cover.stay]
    days += [paper.duty.start for papers in owed for paper in papers]
    if not days:
        return None
    adult = majority(question, law)
    if adult is not None:
        return max(min(days), adult)
    minors = (Kind.DCEM, Kind.TIR)
    if question.documents and all(d.kind in minors for d in question.documents):
        return None
    return min(days)


def _stops(filings: list[Filing], owed: list[tuple[Owed, ...]]) -> date | None:
    """Last day of the duties listed while the law goes on owing papers, else None."""
    days = [
        day
        for filing, papers in zip(filings, owed, strict=True)
        if (day := duties.last_listed(papers, filing)) is not None
    ]
    return max(days, default=None)


def _refused_from(filing: Filing, silent: Silence | None) -> date | None:
    """First day a refusal stands, silent or express; a grant ends a silent one."""
    decision = filing.application.decision
    if decision is not None and (
        decision.outcome is Outcome.REFUSED or clocks.closed_though_complete(filing)
    ):
        return min(decision.taken_on, silent.earliest) if silent else decision.taken_on
    return silent.earliest if silent is not None else None


def _application(
    filing: Filing,
    silent: Silence | None,
    papers: tuple[Owed, ...],
    question: Question,
    law: Law,
    trace: Trace,
) -> ApplicationAnswer:
    app = filing.application
    appeal = clocks.appeal(app, silent, question, law, trace)
    _silence_near(filing, silent, question, law, trace)
    _not_assumed(filing, papers, question, trace)
    return ApplicationAnswer(
        id=app.id,
        channel=filing.channel,
        window=filing.window,
        timing=filing.timing,
        protected=filing.protected,
        late_fee=filing.late_fee,
        last_day_as_renewal=filing.last_day_as_renewal,
        silence=silent,
        appeal=appeal,
        appeals=clocks.open_appeals(filing, silent, question, law, trace),
        duties=tuple(paper.duty for paper in papers),
        commission=_commission(filing, question, law, trace),
        card=cards.card(filing, question, law, trace),
        fees=fees(filing, question, law, trace),
        conditions=cards.conditions(filing, question, law, trace),
    )


def _silence_near(
    filing: Filing, silent: Silence | None, question: Question, law: Law, trace: Trace
) -> None:
    app, today = filing.application, question.today
    if silent is None or app.decision is not None:
        return
    alert = law.value("silence_alert_days", today)
    if today < silent.earliest <= add_days(today, alert):
        trace.warn("silence_near", "R432-1", "near", silent.earliest, app.id, day=silent.earliest)


def _not_assumed(
    filing: Filing, papers: tuple[Owed, ...], question: Question, trace: Trace
) -> None:
    """A paper the prefecture may issue but does not owe is never taken as issued."""
    app = filing.application
    if not question.assume_issued or papers or filing.filed_on is None or app.decision is not None:
        return
    if filing.held is None or not filing.listed or filing.complete_on is None:
        return
    trace.warn("paper_not_assumed", "R431-15-1-2", "not_assumed", None, app.id)


def _commission(filing: Filing, question: Question, law: Law, trace: Trace) -> str | None:
    """Whether the commission must be heard before a refusal (L432-13, L435-1)."""
    app = filing.application
    if app.commission_on is not None:
        return "seized"
    if filing.title is None:
        return None
    on = filing.filed_on or question.today
    lists = law.value("commission_titles", on)
    path = f"{app.path}.article"
    if app.article in lists["any"] or (
        app.article in lists["first_only"] and app.request is not Request.RENEWAL
    ):
        trace.because("L432-13", path)
        return "if_conditions_met"
    long = law.value("commission_long_residence", on)
    if app.article in long["titles"]:
        since = question.person.in_france_since or question.person.entered_on
        if since is not None and add_years(since, long["years"]) < on:
            trace.because("L435-1", path, "person.in_france_since")
            return "if_conditions_met"
    return "none"


def _overseas(question: Question, law: Law, trace: Trace) -> None:
    lives_in = question.person.lives_in
    if lives_in is None:
        return
    if law.value("overseas_variants", question.today) != "warn":
        return
    if lives_in in law.value("overseas_departments", question.today):
        trace.uncertain("overseas_variants")
