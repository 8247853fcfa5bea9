"""What each document opens: stay, work and travel, day by day, with what proves it.

A :class:`Cover` is a closed range of days on which one document, paper or legal continuation
counts, with the rights it opens and the expired card it must be shown with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from droitfil.rules.duties import Owed, last_day_of_papers
from droitfil.rules.facts import (
    OTHER_STATE,
    PAPERS,
    VISAS,
    Basis,
    Document,
    Kind,
    Outcome,
    Question,
    Request,
    Work,
)
from droitfil.rules.law import Law
from droitfil.rules.minors import dcem_lapse, majority
from droitfil.rules.periods import (
    FOREVER,
    add_months,
    add_years,
    day_after,
    day_before,
    whole_years,
)
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing

#: From the narrowest right to the widest: several papers on one day give the best of each.
WORK_ORDER = {
    Work.NONE: 0,
    Work.AUTHORISED_ONLY: 1,
    Work.PROBABLE_SIXTY_PERCENT: 2,
    Work.SIXTY_PERCENT: 3,
    Work.FULL: 4,
}
TRAVEL_ORDER = {"none": 0, "warn": 1, "practice": 2, "ok": 3}

#: Order of covers on one day: valid documents, papers, continuation by law, and a right that
#: exists without paper, named only where it gives more than they do.
DOCUMENT, PAPER, CONTINUATION, WITHOUT_PAPER = range(4)
_ALWAYS_FULL = frozenset({Kind.CR, Kind.RLD_UE_FR, Kind.CR_PERMANENT, Kind.EU_FAMILY})
#: Travel on a paper of renewal or change shown with the expired card.
_TRAVEL_WITH_CARD = {
    Kind.API: "practice",
    Kind.COMMISSION: "practice",
    Kind.EU_ATTESTATION: "practice",
    Kind.RECEPISSE: "ok",
    Kind.ADF: "warn",
}


@dataclass(frozen=True, slots=True)
class Cover:
    start: date
    end: date  # FOREVER when open-ended
    order: int
    proof: str
    beside: Document | None  # the expired card it is shown with
    stay: bool
    work: Work
    travel: str
    rules: tuple[str, ...]


def absent_paper(day: date) -> Cover:
    """Opens the line on ``day`` without any right: a paper was owed there and none is held."""
    return Cover(day, day, DOCUMENT, "", None, False, Work.NONE, "none", ())


def nominal_months(document: Document) -> int | None:
    """Months a card was issued for: as said, or read from printed dates that make whole years."""
    if document.length is not None:
        unit = document.length.unit
        if unit == "y":
            return 12 * document.length.count
        return document.length.count if unit == "m" else 0
    if document.start is None or document.end is None:
        return None
    years = whole_years(document.start, document.end)
    return None if years is None else 12 * years


def card_work(document: Document, law: Law, trace: Trace) -> tuple[Work, str]:
    """The right to work a card gives while valid, and the rule that says so (L414-10, L414-11)."""
    title = law.title(document.article)
    if document.work is not None:
        return document.work, trace.because("L414-10-printed", f"{document.path}.work")
    if document.kind is Kind.VLS:
        return Work.NONE, trace.because("L431-3", f"{document.path}.kind", variant="visa")
    if document.kind is Kind.RETRAITE:
        return Work.NONE, trace.because("L414-11", f"{document.path}.kind")
    if title is not None and not title.minor_document:
        work = Work(title.work)
        rule = trace.because(title.work_rule, f"{document.path}.article")
        return work, rule
    if document.kind in _ALWAYS_FULL:
        return Work.FULL, trace.because("L414-10", f"{document.path}.kind")
    trace.missing(f"{document.path}.article", "l'article du titre")
    return Work.NONE, trace.because("L414-10", f"{document.path}.kind")


def documents_covers(
    question: Question, filings: dict[str, Filing], law: Law, trace: Trace
) -> Iterator[Cover]:
    """The covers of every document held, with its printed dates."""
    for document in question.documents:
        kind = document.kind
        if kind is Kind.TIR:
            last = law.value("tir_last_day", question.today)
            rule = trace.because("TIR", f"{document.path}.kind", day=last)
            start, end = _printed_range(document, question, trace)
            yield Cover(start, end, DOCUMENT, "", None, False, Work.NONE, "none", (rule,))
        elif kind in OTHER_STATE:
            trace.because("L411-1", f"{document.path}.kind", variant="other_state")
        elif kind in PAPERS:
            filing = filings.get(document.application or "")
            yield from _printed_paper(document, filing, question, law, trace)
        elif kind is Kind.DCEM:
            yield from _dcem(document, question, law, trace)
        else:
            yield from _card(document, question, law, trace)


def _printed_range(document: Document, question: Question, trace: Trace) -> tuple[date, date]:
    """Printed dates. A missing end is left open, for nothing says the document stopped counting;
    a missing start is the latest day that takes nothing from today."""
    start, end = document.start, document.end or FOREVER
    if document.end is None and document.kind not in _OPEN_ENDED:
        trace.missing(f"{document.path}.to", "la date de fin du document")
    if start is None:
        trace.missing(f"{document.path}.from", "la date de début du document")
        start = min(question.today, end)
    return start, end


_OPEN_ENDED = frozenset({Kind.ADF, Kind.CR_PERMANENT, Kind.EU_ATTESTATION})


def _card(document: Document, question: Question, law: Law, trace: Trace) -> Iterator[Cover]:
    start, end = _printed_range(document, question, trace)
    work, rule = card_work(document, law, trace)
    ranges = [(start, end)]
    if document.kind is Kind.VLS_TS:
        ranges = _visa_ranges(document, start, end, question, law, trace)
    for first, last in ranges:
        yield Cover(first, last, DOCUMENT, document.id, None, True, work, "ok", (rule,))
    asked = any(app.holds is document for app in question.applications)
    if document.kind is Kind.EU_FAMILY and end != FOREVER and not asked:
        # The right does not depend on the card: it outlives it, without a paper to show.
        rule = trace.because("R233-18", f"{document.path}.kind")
        yield Cover(
            day_after(end), FOREVER, WITHOUT_PAPER, rule, document, True, Work.FULL, "warn", (rule,)
        )


def _visa_ranges(
    document: Document, start: date, end: date, question: Question, law: Law, trace: Trace
) -> list[tuple[date, date]]:
    """R431-17: not validated within its delay, the visa no longer opens the stay; done late, it
    does again from that day."""
    entered, validated = question.person.entered_on, document.validated_on
    if validated is None and entered is None:
        trace.missing("person.entered_on", "la date d'entrée en France")
        return [(start, end)]
    if entered is None:
        return [(start, end)]
    deadline = add_months(entered, law.value("vls_ts_validation_months", entered))
    facts = (f"{document.path}.validated_on", "person.entered_on")
    if validated is not None and validated <= deadline:
        trace.because("R431-17", *facts, deadline=deadline)
        return [(start, end)]
    trace.because("R431-17", *facts, variant="missed", deadline=deadline)
    ranges = [(start, min(end, deadline))] if start <= deadline else []
    if validated is not None and validated <= end:
        ranges.append((max(validated, start), end))
    return ranges


def _dcem(document: Document, question: Question, law: Law, trace: Trace) -> Iterator[Cover]:
    """A minor needs no title to stay; the DCEM opens the journey back, until it lapses."""
    start, end = _printed_range(document, question, trace)
    lapse = dcem_lapse(question, law)
    if lapse is not None:
        end = min(end, lapse)
    adult = majority(question, law)
    if adult is not None and end >= adult:
        # A minor needs no title; of the months that follow, no text says what the DCEM proves.
        trace.uncertain("dcem_after_majority")
        if not law.value("dcem_after_majority", question.today):
            end = day_before(adult)
    if start <= end:
        rule = trace.because("L414-5", f"{document.path}.kind")
        yield Cover(start, end, DOCUMENT, document.id, None, True, Work.NONE, "ok", (rule,))


# -- papers --------------------------------------------------------------------------------------


def _printed_paper(
    document: Document, filing: Filing | None, question: Question, law: Law, trace: Trace
) -> Iterator[Cover]:
    start, end = _printed_range(document, question, trace)
    if filing is None:
        trace.missing(f"{document.path}.application", "la demande à laquelle le papier appartient")
        work = document.work or Work.NONE
        rule = _PAPER_RULES[document.kind]
        trace.ensure(rule, f"{document.path}.kind")
        yield Cover(start, end, PAPER, document.id, None, True, work, "none", (rule,))
        return
    if document.kind is not Kind.ADF:
        cut = last_day_of_papers(filing, law)
        if cut is not None:
            end = min(end, cut)
    yield from paper_covers(
        document.kind, start, end, document.id, filing, document.work, question, law, trace
    )


_PAPER_RULES = {
    Kind.API: "R431-15-1-2",
    Kind.RECEPISSE: "R431-12",
    Kind.ADF: "R431-15-1-4",
    Kind.COMMISSION: "R432-9",
    Kind.EU_ATTESTATION: "R233-17",
}


def assumed_covers(
    filing: Filing, papers: tuple[Owed, ...], question: Question, law: Law, trace: Trace
) -> Iterator[Cover]:
    """The papers the prefecture is bound to issue, taken as issued on time and at their longest."""
    for paper in papers:
        duty = paper.duty
        start, end = duty.start, paper.until or FOREVER
        if paper.printed is not None:
            # What was really issued speaks for itself; only the days before it are assumed.
            end = min(end, day_before(paper.printed.start or start))
        if start > end:
            continue
        name = f"{duty.issue.lower()}:{filing.application.id}:{paper.rank}"
        kind = Kind(duty.issue)
        yield from paper_covers(
            kind, start, end, name, filing, None, question, law, trace, duty.rule
        )


def paper_covers(
    kind: Kind,
    start: date,
    end: date,
    name: str,
    filing: Filing,
    printed_work: Work | None,
    question: Question,
    law: Law,
    trace: Trace,
    rule: str | None = None,
) -> Iterator[Cover]:
    """The cover of one paper; two when the right to work begins during it."""
    if start > end:
        return
    app = filing.application
    rule = rule or _rule_of_paper(kind, filing, trace)
    travel = "none"
    if app.request is not Request.FIRST and filing.held is not None:
        travel = _TRAVEL_WITH_CARD[kind]
    elif kind is Kind.ADF and filing.held is not None and filing.held.kind not in VISAS:
        travel = "warn"
    segments: _Segments
    if printed_work is not None:
        segments = [(start, end, printed_work, rule)]
    else:
        segments = _paper_work(kind, start, end, filing, question, law, trace)
    for first, last, work, work_rule in segments:
        rules = (rule,) if work_rule == rule else (rule, work_rule)
        yield Cover(first, last, PAPER, name, filing.held, True, work, travel, rules)


def _rule_of_paper(kind: Kind, filing: Filing, trace: Trace) -> str:
    app = filing.application
    rule = _PAPER_RULES[kind]
    if kind is Kind.API:
        if app.basis is Basis.RECOGNISED_REFUGEE:
            rule = "R431-15-3"
        elif app.basis is Basis.SUBSIDIARY_PROTECTION:
            rule = "R431-15-4"
        elif filing.held is None:
            rule = "R431-15-1-3"
    trace.ensure(rule, f"{app.path}.id")
    return rule


#: Days of a paper with the right to work on them and the rule that gives it.
_Segments = list[tuple[date, date, Work, str]]


def _paper_work(
    kind: Kind, start: date, end: date, filing: Filing, question: Question, law: Law, trace: Trace
) -> _Segments:
    """Work under a paper: as the card held or granted, or by the lists of first requests."""
    app, title = filing.application, filing.title
    path = app.path
    if kind is Kind.EU_ATTESTATION or (title is not None and title.book_two):
        return [(start, end, Work.FULL, trace.because("R233-18", f"{path}.article"))]
    if kind is Kind.ADF:
        trace.uncertain("adf_work")
        if law.value("adf_work", start) == "held_card":
            return [(start, end, *_work_of_held(kind, filing, law, trace))]
        work = Work(title.work) if title is not None else Work.NONE
        rule = trace.because("R431-15-1-4", f"{path}.article", variant="work")
        return [(start, end, work, rule)]
    if kind is not Kind.COMMISSION and app.basis in _PROTECTION_WORK:
        rule = trace.because(_PROTECTION_WORK[app.basis], f"{path}.basis")
        return [(start, end, Work.FULL, rule)]
    if app.request is not Request.FIRST or kind is Kind.COMMISSION:
        return [(start, end, *_work_of_held(kind, filing, law, trace))]
    return _first_request_work(kind, start, end, filing, question, law, trace)


_PROTECTION_WORK: Mapping[Basis | None, str] = {
    Basis.RECOGNISED_REFUGEE: "L424-2",
    Basis.SUBSIDIARY_PROTECTION: "L424-10",
}
_HELD_WORK = {Kind.RECEPISSE: "R431-15", Kind.COMMISSION: "R432-9"}


def _work_of_held(kind: Kind, filing: Filing, law: Law, trace: Trace) -> tuple[Work, str]:
    """As the card held: R431-15-2 last al. (API), R431-15 (récépissé), R432-9 (commission)."""
    held = filing.held
    if held is None:
        return Work.NONE, trace.because("L431-3", f"{filing.application.path}.holds")
    work, _ = card_work(held, law, trace)
    rule = _HELD_WORK.get(kind, "R431-15-2")
    return work, trace.because(rule, f"{held.path}.article", variant="as_card")


def _first_request_work(
    kind: Kind, start: date, end: date, filing: Filing, question: Question, law: Law, trace: Trace
) -> _Segments:
    app, holds = filing.application, filing.application.holds
    recepisse = kind is Kind.RECEPISSE
    rule = "R431-14" if recepisse else "R431-15-2"
    lists = law.value("recepisse_first_work" if recepisse else "api_first_work", start)
    fact = f"{app.path}.article"
    if app.article in lists["unconditional"]:
        return [(start, end, Work.FULL, trace.because(rule, fact, variant="listed"))]
    if app.article in lists["if_work_authorisation"]:
        work = Work.AUTHORISED_ONLY if app.work_authorisation else Work.NONE
        variant = "authorised" if app.work_authorisation else "not_authorised"
        rule = trace.because(rule, fact, f"{app.path}.work_authorisation", variant=variant)
        return [(start, end, work, rule)]
    if app.article in lists["if_visa"]:
        visa = holds is not None and holds.kind in VISAS
        rule = trace.because(
            rule, fact, f"{app.path}.holds", variant="listed" if visa else "no_visa"
        )
        return [(start, end, Work.FULL if visa else Work.NONE, rule)]
    if app.article in lists["after_one_year"]:
        return _after_one_year(start, end, rule, question, law, trace, fact)
    if (
        app.article in law.value("student_titles", start)
        and holds is not None
        and holds.kind is Kind.VLS_TS
    ):
        trace.uncertain("student_from_vlsts_work")
        work = Work(law.value("student_from_vlsts_work", start))
        return [
            (start, end, work, trace.because(rule, fact, f"{app.path}.holds", variant="student"))
        ]
    return [(start, end, Work.NONE, trace.because(rule, fact, variant="not_listed"))]


def _after_one_year(
    start: date, end: date, rule: str, question: Question, law: Law, trace: Trace, fact: str
) -> _Segments:
    since = question.person.in_france_since or question.person.entered_on
    if since is None:
        trace.missing("person.in_france_since", "le début de la résidence en France")
        return [(start, end, Work.NONE, trace.because(rule, fact, variant="not_listed"))]
    opens = add_years(since, law.value("work_after_years", start))
    trace.because(rule, fact, "person.in_france_since", variant="after_one_year", opens=opens)
    if opens <= start:
        return [(start, end, Work.FULL, rule)]
    if opens > end:
        return [(start, end, Work.NONE, rule)]
    return [(start, day_before(opens), Work.NONE, rule), (opens, end, Work.FULL, rule)]


# -- continuation by law ---------------------------------------------------------------------------


def continuation(filing: Filing, question: Question, law: Law, trace: Trace) -> Iterator[Cover]:
    """L433-3: the expired card goes on counting; R233-18: an EU family's right needs no paper."""
    if filing.title is not None and filing.title.book_two:
        yield from _eu_family_right(filing, law, trace)
        return
    held, expiry, filed = filing.held, filing.expiry, filing.filed_on
    if filing.application.request is not Request.RENEWAL or held is None:
        return
    if expiry is None or filed is None or not _continues(filing, held, question, law, trace):
        return
    end = add_months(expiry, law.value("l433_3_months", expiry))
    start = day_after(expiry)
    if filed > start:
        trace.uncertain("cover_gap_policy")
        if law.value("cover_gap_policy", filed) == "from_filing":
            start = filed
    cut = last_day_of_papers(filing, law)
    if start > end:
        return
    app = filing.application
    trace.because(
        "L433-3", f"{held.path}.to", f"{held.path}.length", f"{app.path}.filed_on", end=end
    )
    end = end if cut is None else min(end, cut)
    if start <= end:
        work, _ = card_work(held, law, trace)
        yield Cover(start, end, CONTINUATION, "L433-3", held, True, work, "warn", ("L433-3",))


def _continues(filing: Filing, held: Document, question: Question, law: Law, trace: Trace) -> bool:
    """L433-3 al.1: four-year CSP, resident cards, agreement cards beyond a year; al.2 elsewhere."""
    expiry = filing.expiry
    assert expiry is not None
    assert filing.filed_on is not None
    if held.kind in (Kind.CR, Kind.RLD_UE_FR, Kind.CR_PERMANENT):
        return True
    if held.kind not in (Kind.CSP, Kind.CRA, Kind.CST):
        return False
    months = nominal_months(held)
    if held.kind is not Kind.CST and months is None:
        trace.missing(f"{held.path}.length", "la durée pour laquelle la carte a été délivrée")
        return False
    if held.kind is Kind.CSP and months == 12 * int(law.value("l433_3_csp_years", expiry)):
        return True
    if held.kind is Kind.CRA:
        return months is not None and months > law.value("l433_3_agreement_months", expiry)
    if filing.filed_on > expiry:
        return False
    trace.uncertain("l433_3_departements")
    return question.person.lives_in in law.value("l433_3_departements", expiry)


def _eu_family_right(filing: Filing, law: Law, trace: Trace) -> Iterator[Cover]:
    app, filed = filing.application, filing.filed_on
    start = day_after(filing.expiry) if filing.expiry is not None else filed
    if start is None:
        return
    decision = app.decision
    end = FOREVER
    if decision is not None and decision.outcome is Outcome.REFUSED:
        end = decision.taken_on
    if start <= end:
        rule = trace.because("R233-18", f"{app.path}.article")
        travel = "warn" if filing.held is not None else "none"
        yield Cover(start, end, WITHOUT_PAPER, rule, filing.held, True, Work.FULL, travel, (rule,))
