"""What the law itself fixes about the card or document asked, and the conditions it sets.

Only what a text fixes is answered: a length, a last day, the day the card is due. The rest is
the prefecture's appreciation and stays null.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from droitfil.rules.answer import Card, Condition, Lapse
from droitfil.rules.facts import (
    HELD_TITLES,
    Application,
    Basis,
    Kind,
    Outcome,
    Parent,
    ParentKind,
    Question,
    Request,
)
from droitfil.rules.law import Law
from droitfil.rules.minors import dcem_lapse, earliest_lapse
from droitfil.rules.periods import add_months, add_years, birthday, day_before
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing

_NOTHING = Card()


def _issued_on(app: Application) -> date | None:
    """Day the card is issued: the favourable decision, else the hand-over."""
    if app.decision is not None:
        return app.decision.taken_on if app.decision.outcome is Outcome.GRANTED else None
    return app.handed_over_on


def card(filing: Filing, question: Question, law: Law, trace: Trace) -> Card:
    """Length, last day and due date of the card, where the law fixes them."""
    app, title = filing.application, filing.title
    if title is None:
        return _NOTHING
    on = filing.filed_on or question.today
    if title.minor_document:
        return _dcem(app, question, law, trace)
    if title.travel_document:
        return _travel_document(app, title.article, question, law, trace)
    if title.book_two:
        row = law.value("eu_family_card", on)
        due = None if filing.filed_on is None else add_months(filing.filed_on, row["months"])
        rule = trace.because(
            "R233-17", f"{app.path}.filed_on", variant="card", months=row["months"]
        )
        return Card(due, f"{row['years']}y", None, rule)
    family = law.value("principal_families", on)
    if title.article in family["titles"]:
        return _principal_family(app, title.article, family["rule"], question, law, trace)
    contracts = law.value("contract_cards", on)
    if title.article in contracts:
        return _contract(app, contracts[title.article], question, trace)
    return _fixed(filing, question, law, trace)


def _fixed(filing: Filing, question: Question, law: Law, trace: Trace) -> Card:
    app = filing.application
    on = filing.filed_on or question.today
    row = law.value("card_lengths", on).get(app.article)
    length = rule = None
    if row is not None:
        which = "next"
        if app.request is Request.FIRST:
            visa = app.holds is not None and app.holds.kind is Kind.VLS_TS
            which = "after_visa" if visa and "after_visa" in row else "first"
        length = row.get(which)
    if length is not None and row is not None:
        rule = _fix_length(trace, row["rule"], length, f"{app.path}.article")
    due = None
    if app.basis is not None and app.basis.value in law.value("protection_card_months", on):
        months = law.value("protection_card_months", on)[app.basis.value]
        refugee = app.basis is Basis.RECOGNISED_REFUGEE
        rule = "R424-1" if refugee else "R424-7"
        if app.recognised_on is None:
            trace.missing(f"{app.path}.recognised_on", "le jour de la décision de protection")
        else:
            due = add_months(app.recognised_on, months)
        trace.because(rule, f"{app.path}.recognised_on", months=months)
    return Card(due, length, None, rule)


def _fix_length(trace: Trace, rule: str, length: str, *facts: str) -> str:
    """Says a length of the law's data (``4y``, ``18m``) in words."""
    if length == "1y":
        return trace.because(rule, *facts, variant="length_one_year")
    variant = "length_years" if length.endswith("y") else "length_months"
    return trace.because(rule, *facts, variant=variant, count=length[:-1])


def _last_day(issued: date, length: str) -> date:
    """Last day of a document issued on ``issued`` for a number of years (``5y``)."""
    return day_before(add_years(issued, int(length.rstrip("y"))))


def _principal_family(
    app: Application, article: str, rule: str, question: Question, law: Law, trace: Trace
) -> Card:
    """The remaining validity of the principal's card; four years of right after five of stay."""
    on = _issued_on(app) or question.today
    long = law.value("talent_family_long", on)
    since = question.person.in_france_since
    if (
        article in long["titles"]
        and since is not None
        and add_years(since, long["residence_years"]) <= on
    ):
        trace.because("L421-22", "person.in_france_since")
        rule = _fix_length(trace, "L421-22", long["length"], "person.in_france_since")
        issued = _issued_on(app)
        to = None if issued is None else _last_day(issued, long["length"])
        return Card(None, long["length"], to, rule)
    if app.principal_until is None:
        trace.missing(f"{app.path}.principal_until", "la fin de la carte du membre principal")
    trace.because(rule, f"{app.path}.principal_until")
    return Card(None, None, app.principal_until, rule)


def _contract(app: Application, row: Any, question: Question, trace: Trace) -> Card:
    """As long as the contract, within the maximum (L411-4)."""
    until = app.contract_until
    rule = row["rule"]
    if until is None:
        trace.missing(f"{app.path}.contract_until", "le dernier jour du contrat")
        return Card(None, None, None, trace.because(rule, f"{app.path}.contract_until"))
    issued = _issued_on(app) or question.today
    years = row["max_years"]
    if "long_contract_years" in row:
        long_enough = day_before(add_years(issued, row["long_contract_years"]))
        if until < long_enough:
            until, years = add_months(until, row["short_extra_months"]), row["short_max_years"]
    to = min(until, day_before(add_years(issued, years)))
    trace.because(rule, f"{app.path}.contract_until")
    return Card(None, None, to, rule)


# -- DCEM --------------------------------------------------------------------------------------


def _qualifies(parent: Parent, kinds: tuple[str, ...]) -> bool:
    return parent.kind in (ParentKind.FR, ParentKind.EU) or parent.kind.value in kinds


def _dcem_eligible(app: Application, question: Question, law: Law, trace: Trace) -> bool | None:
    """L414-4, from what is known; None when a fact or a caseworker must say."""
    on = app.filed_on or question.today
    born, parents = question.person.born_on, question.person.parents
    if born is not None and birthday(born, law.value("majority_age", on)) <= on:
        return False
    if app.basis in (Basis.RECOGNISED_REFUGEE, Basis.SUBSIDIARY_PROTECTION):
        return True
    if not parents:
        trace.missing("person.parents", "ce que détiennent les parents")
        return None
    if any(_qualifies(parent, law.value("dcem", on)["parent_kinds"]) for parent in parents):
        return True
    if any(parent.kind is ParentKind.VLS_TS for parent in parents):
        trace.uncertain("dcem_vls_ts_parent")
        answers = {"accepted": True, "refused": False}
        return answers.get(law.value("dcem_vls_ts_parent", on))
    return False


def _dcem(app: Application, question: Question, law: Law, trace: Trace) -> Card:
    """L414-6 and L414-7: five years, or aligned on the parents' cards when all are short ones."""
    if not _dcem_eligible(app, question, law, trace):
        return Card(rule=trace.because("L414-4", "person.parents", f"{app.path}.article"))
    issued = _issued_on(app)
    on = issued or question.today
    row = law.value("dcem", on)
    longest = None if issued is None else day_before(add_years(issued, row["years"]))
    length = f"{row['years']}y"
    cards = [p for p in question.person.parents if p.kind.value in row["parent_kinds"]]
    other_ground = app.basis is not None or any(
        p.kind in (ParentKind.FR, ParentKind.EU) for p in question.person.parents
    )
    if (
        other_ground
        or not cards
        or any(not _is_short(p, row["short_titles"], on, trace) for p in cards)
    ):
        variant = "other_ground" if other_ground else "default"
        rule = "L414-6" if other_ground else "L414-7"
        trace.because(rule, "person.parents", variant=variant, years=row["years"])
        return Card(None, length, longest, rule)
    return _aligned_dcem(cards, on, longest, question, law, trace)


def _aligned_dcem(
    cards: list[Parent], on: date, longest: date | None, question: Question, law: Law, trace: Trace
) -> Card:
    rule = trace.because("L414-7", "person.parents", variant="aligned")
    ends = [parent.to for parent in cards if parent.to is not None]
    if not ends:
        for i, parent in enumerate(question.person.parents):
            if parent.to is None:
                trace.missing(f"person.parents[{i}].to", "la fin de la carte du parent")
        return Card(rule=rule)
    to = max(ends)
    one_year = day_before(add_years(on, law.value("dcem", on)["min_years"]))
    if to < one_year:
        trace.uncertain("dcem_min_year")
        if law.value("dcem_min_year", on):
            to = one_year
    return Card(None, None, to if longest is None else min(to, longest), rule)


def _is_short(parent: Parent, short: Any, on: date, trace: Trace) -> bool:
    if trace.doubtful("dcem_short_by_correction", parent.article, on):
        return True
    kinds = short.get(parent.article)
    return kinds is not None and (not kinds or parent.kind.value in kinds)


def lapses(question: Question, law: Law, trace: Trace) -> tuple[Lapse, ...]:
    """When each DCEM held lapses before its printed end (D414-4)."""
    found = []
    for document in question.documents:
        if document.kind is not Kind.DCEM:
            continue
        days = [
            d.start
            for d in question.documents
            if d.kind in HELD_TITLES
            and d.start is not None
            and (document.start is None or d.start >= document.start)
        ]
        by_age, earliest = dcem_lapse(question, law), earliest_lapse(question, law)
        if by_age is not None:
            days.append(by_age)
        elif earliest is not None and document.end is not None and document.end < earliest:
            pass  # it ends before any age could end it
        elif not days and not any(p.kind is ParentKind.EU for p in question.person.parents):
            born = question.person.born_on
            field = "person.born_on" if born is None else "person.in_france_since"
            what = "la date de naissance" if born is None else "le début de la résidence en France"
            trace.missing(field, what)
            found.append(Lapse(document.id, None, trace.because("D414-4", field)))
            continue
        if days and (document.end is None or min(days) <= document.end):
            rule = trace.because("D414-4", f"{document.path}.kind", "person.born_on")
            found.append(Lapse(document.id, min(days), rule))
    return tuple(found)


# -- travel documents --------------------------------------------------------------------------


def _title_held(app: Application, row: Any, question: Question) -> str | None:
    """Kind of a valid title of the protection, on the day of filing; API and récépissé are none."""
    on = app.filed_on or question.today
    for document in question.documents:
        if document.kind not in HELD_TITLES or document.article not in row["titles"]:
            continue
        if (document.start or on) <= on <= (document.end or on):
            return document.kind.value
    return None


def _travel_document(
    app: Application, article: str, question: Question, law: Law, trace: Trace
) -> Card:
    on = app.filed_on or question.today
    row = law.value("travel_documents", on)[article]
    rule = trace.because(row["rule"], "documents", f"{app.path}.article")
    kind = _title_held(app, row, question)
    if kind is None:
        return Card(rule=rule)
    length = row.get("length") or row.get(kind)
    issued = _issued_on(app)
    to = None
    if issued is not None and length is not None:
        to = _last_day(issued, length)
    return Card(None, length, to, rule)


# -- conditions --------------------------------------------------------------------------------


def conditions(filing: Filing, question: Question, law: Law, trace: Trace) -> tuple[Condition, ...]:
    """The legal conditions the facts let us check, each met, not met, or unknown."""
    return tuple(_conditions(filing, question, law, trace))


def _condition(trace: Trace, rule: str, met: bool | None, *facts: str, **args: Any) -> Condition:
    variant = {True: "met", False: "not_met", None: "unknown"}[met]
    trace.because(rule, *facts, variant=variant, **args)
    return Condition(rule, met, trace.sentence(rule, variant, args))


def _conditions(filing: Filing, question: Question, law: Law, trace: Trace) -> Iterator[Condition]:
    app, title, held = filing.application, filing.title, filing.held
    on = filing.filed_on or question.today
    if title is None:
        return
    path, article = app.path, title.article
    if title.minor_document:
        eligible = _dcem_eligible(app, question, law, trace)
        yield _condition(trace, "L414-4", eligible, "person.parents")
    if title.travel_document:
        row = law.value("travel_documents", on)[article]
        child = question.person.born_on is not None and on < birthday(
            question.person.born_on, law.value("majority_age", on)
        )
        met = _title_held(app, row, question) is not None
        yield _condition(trace, row["rule"], None if child and not met else met, "documents")
    sunset = law.value("l435_4_sunset", on)
    if article in sunset["titles"]:
        last = sunset["last_day"]
        yield _condition(trace, "L435-4", on <= last, f"{path}.filed_on", last=last)
    exempt = law.value("vls_ts_validation_exempt_titles", on)
    if held is not None and held.kind is Kind.VLS_TS and held.validated_on is None:
        if article in exempt:
            trace.because("R431-18", f"{path}.article", variant="exempt")
        else:
            yield _condition(trace, "R431-18", False, f"{held.path}.validated_on")
    if app.request is Request.CHANGE and article in law.value("change_excluded", on):
        yield _condition(trace, "L433-6", False, f"{path}.article")
    if app.request is Request.RENEWAL:
        yield from _renewal_conditions(filing, question, law, trace)


def _renewal_conditions(
    filing: Filing, question: Question, law: Law, trace: Trace
) -> Iterator[Condition]:
    app, held = filing.application, filing.held
    on = filing.filed_on or question.today
    done = question.person.renewals_of_this_card
    fact = "person.renewals_of_this_card"
    if app.article in law.value("not_renewable", on) or trace.doubtful(
        "not_renewable_by_extension", app.article, on
    ):
        yield _condition(trace, "L433-1", False, f"{app.path}.article")
    if app.article in law.value("renewable_once", on):
        yield _condition(trace, "L426-22", done < 1, fact)
    limit = law.value("renewal_limit", on)
    if held is None or held.kind.value not in limit["kinds"] or app.article in limit["exempt"]:
        return
    yield _condition(trace, "L433-1-1", done < limit["max"], fact, most=limit["max"], done=done)
