"""Silence and its readings, suspensions, and every way of appeal with its limits.

Silence delays are counted date to date (months) or in calendar days, never rolled over; limits
before the court are franc and roll over closed days of the place where the person lives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from droitfil.rules.answer import Appeal, OpenAppeal, Silence
from droitfil.rules.facts import (
    Application,
    Basis,
    Decision,
    Kind,
    Outcome,
    Question,
    RemedyKind,
    Request,
)
from droitfil.rules.law import Law
from droitfil.rules.periods import (
    add_days,
    add_months,
    add_years,
    days_of_hours,
    franc_limit,
)
from droitfil.rules.trace import Trace
from droitfil.rules.windows import Filing


@dataclass(frozen=True, slots=True)
class _Delay:
    rule: str
    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        return add_days(add_months(day, self.months), self.days)


def silence(filing: Filing, law: Law, trace: Trace) -> Silence | None:
    """When silence counts as a refusal (R*432-1, R432-2 and the special articles).

    ``earliest`` and ``latest`` are the extreme readings of the texts. None when nothing is
    filed, the file was never complete, the title knows no silence, or a decision came first.
    """
    app, title = filing.application, filing.title
    filed, complete = filing.filed_on, filing.complete_on
    if filed is None or title is None:
        return None
    if title.book_two:
        trace.uncertain("eu_family_silence")
        if law.value("eu_family_silence", filed) == "none":
            return None
    elif title.article in law.value("silence_delays", filed)["none"]:
        return None
    if complete is None:
        trace.because("R432-2-complete", f"{app.path}.complete_on")
        return None
    delays = _delays(filing, law, trace)
    bases = _readings(app, delays, filed, complete, law, trace)
    earliest, latest = min(bases), max(bases)
    if app.decision is not None and app.decision.taken_on <= earliest:
        return None
    rule = delays[0].rule
    trace.because(
        rule,
        f"{app.path}.filed_on",
        f"{app.path}.complete_on",
        variant="default" if earliest == latest else "two_readings",
        earliest=earliest,
        latest=latest,
    )
    for delay in delays[1:]:
        trace.ensure(delay.rule, f"{app.path}.request")
    return Silence(latest, earliest, rule)


def _delays(filing: Filing, law: Law, trace: Trace) -> tuple[_Delay, ...]:
    """The delays that may apply, the special one first."""
    app, title = filing.application, filing.title
    assert title is not None
    assert filing.filed_on is not None
    on = filing.filed_on
    if title.minor_document:
        trace.uncertain("dcem_silence")
        months = law.value("dcem_silence", on)
        return _Delay("L231-4", months["months"]), _Delay("L231-4", months["alert_again"])
    table = law.value("silence_delays", on)
    default = _Delay(table["default"]["rule"], table["default"]["months"])
    special = _special(app, title.article, table)
    if special is not None:
        if app.request is not Request.RENEWAL:
            return (special,)
        parameter = "silence_special_on_renewal"
    elif title.article in table["uncertain"]:
        row = table["uncertain"][title.article]
        special, parameter = _Delay(row["rule"], days=row["days"]), "silence_cra_student"
    else:
        return (default,)
    trace.uncertain(parameter)
    choice = law.value(parameter, on)
    if choice == "both":
        return special, default
    return (special,) if choice == "special" else (default,)


def _special(app: Application, article: str, table: Any) -> _Delay | None:
    mobility = table["mobility"].get(article)
    moves = (
        app.basis is Basis.CBE_MOBILITY
        or (app.holds is not None and app.holds.kind is Kind.EU_BLUE_CARD_OTHER)
        or (article not in table["special"] and article not in table["family_of_cbe"])
    )
    if mobility is not None and moves:
        delay = _Delay(mobility["rule"], days=mobility["days"])
        told = app.extension_notified_on
        filed = app.filed_on
        if told is not None and filed is not None and told <= delay.after(filed):
            return _Delay(delay.rule, days=delay.days + mobility["extension_days"])
        return delay
    row = table["special"].get(article)
    if app.basis is Basis.FAMILY_OF_CBE:
        row = table["family_of_cbe"].get(article, row)
    return None if row is None else _Delay(row["rule"], days=row["days"])


def _readings(
    app: Application,
    delays: tuple[_Delay, ...],
    filed: date,
    complete: date,
    law: Law,
    trace: Trace,
) -> set[date]:
    """Every reading: from filing plus suspensions, or from completeness; never both added."""
    choice = law.value("silence_when_completed_later", filed)
    from_filing = {_suspended(app, delay.after(filed), law, trace) for delay in delays}
    from_completeness = {delay.after(complete) for delay in delays}
    if from_filing != from_completeness:
        trace.uncertain("silence_when_completed_later")
        if app.complements:
            trace.because("L114-5", f"{app.path}.complements")
    if choice == "filing":
        bases = from_filing
    elif choice == "completeness":
        bases = from_completeness
    else:
        bases = from_filing | from_completeness
    return {max(base, complete) for base in bases}


def _suspended(app: Application, born: date, law: Law, trace: Trace) -> date:
    """``born`` moved by each suspension that began before it (CRPA L114-5)."""
    for complement in app.complements:
        if app.filed_on is not None and complement.asked_on < app.filed_on:
            continue  # asked of a draft: no delay runs yet
        if complement.asked_on > born:
            break
        due = complement.due_on
        if due is None:
            due = add_days(complement.asked_on, law.value("complement_delay_days", born))
        ended = due if complement.produced_on is None else min(complement.produced_on, due)
        born = add_days(born, (ended - complement.asked_on).days)
    return born


# -- appeals -----------------------------------------------------------------------------------


def appeal(
    app: Application, silent: Silence | None, question: Question, law: Law, trace: Trace
) -> Appeal | None:
    """Time to contest the silent refusal, from its earliest reading (CJA R421-2).

    None when no compliant acknowledgement was given: the limit is not opposable (CRPA L112-6).
    """
    if silent is None:
        return None
    if not app.acknowledged:
        trace.because("L112-6", f"{app.path}.acknowledged")
        return None
    target, limit = _from(silent.earliest, question, law)
    trace.because("R421-2", f"{app.path}.filed_on", target=target, limit=limit)
    return Appeal(target, limit)


def _from(day: date, question: Question, law: Law) -> tuple[date, date]:
    target = add_months(day, law.value("appeal_months", day))
    return target, franc_limit(target, law.closed_days(question.person.lives_in))


def open_appeals(
    filing: Filing, silent: Silence | None, question: Question, law: Law, trace: Trace
) -> tuple[OpenAppeal, ...]:
    """Every way still open today against a silence, a refusal, a closing or a removal."""
    decision, today = filing.application.decision, question.today
    ways: list[OpenAppeal] = []
    if decision is None:
        if silent is not None and silent.earliest <= today:
            ways.append(_against_silence(filing.application, silent, question, law, trace))
    elif decision.outcome in (Outcome.REFUSED, Outcome.CLOSED):
        ways.extend(_against_decision(filing, decision, question, law, trace))
    return tuple(way for way in ways if way.limit is None or today <= way.limit)


def _against_silence(
    app: Application, silent: Silence, question: Question, law: Law, trace: Trace
) -> OpenAppeal:
    born = silent.earliest
    target, limit = _from(born, question, law)
    if not app.acknowledged:
        limit = add_years(born, law.value("reasonable_time_years", born))
        trace.because("L112-6", f"{app.path}.acknowledged", limit=limit)
        way = OpenAppeal("silence", born, target, limit, "L112-6")
    else:
        trace.because("R421-2", f"{app.path}.filed_on", target=target, limit=limit)
        way = OpenAppeal("silence", born, target, limit, "R421-2")
    return _after_remedies(app, way, born, question, law, trace)


def _after_remedies(
    app: Application, way: OpenAppeal, act: date, question: Question, law: Law, trace: Trace
) -> OpenAppeal:
    """The way once reasons were asked (L232-4) or a gracieux was made (L411-2), in order."""
    interrupted = False
    for i, remedy in enumerate(app.remedies):
        fact = f"{app.path}.remedies[{i}]"
        if remedy.asked_on < act or (way.limit is not None and remedy.asked_on > way.limit):
            continue
        if remedy.kind is RemedyKind.REASONS:
            if way.against != "silence":
                continue
            if remedy.answered_on is not None:
                target, limit = _from(remedy.answered_on, question, law)
                way = OpenAppeal(way.against, remedy.answered_on, target, limit, "L232-4")
                trace.because("L232-4", fact, target=target, limit=limit)
            else:
                answer_by = add_months(
                    remedy.asked_on, law.value("reasons_answer_months", remedy.asked_on)
                )
                limit = add_years(act, law.value("reasonable_time_years", act))
                way = OpenAppeal(way.against, way.start, way.target, limit, "L232-4")
                trace.because("L232-4", fact, variant="awaited", answer_by=answer_by, limit=limit)
        elif not interrupted:
            interrupted = True
            silent = add_months(
                remedy.asked_on, law.value("gracieux_silence_months", remedy.asked_on)
            )
            answered = remedy.answered_on
            rejected = silent if answered is None or answered > silent else answered
            target, limit = _from(rejected, question, law)
            way = OpenAppeal(way.against, rejected, target, limit, "L411-2")
            trace.because("L411-2", fact, rejected=rejected, target=target, limit=limit)
    return way


def closed_though_complete(filing: Filing) -> bool:
    """Whether the file was closed though complete: such a closing is contested like a refusal."""
    decision, complete = filing.application.decision, filing.complete_on
    return (
        decision is not None
        and decision.outcome is Outcome.CLOSED
        and complete is not None
        and complete <= decision.taken_on
    )


def _against_decision(
    filing: Filing, decision: Decision, question: Question, law: Law, trace: Trace
) -> list[OpenAppeal]:
    app, notified = filing.application, decision.notified_on
    path = f"{app.path}.decision"
    if decision.outcome is Outcome.CLOSED and not closed_though_complete(filing):
        # Closing a file that really lacks a piece is no decision a court can annul.
        trace.because("R431-11-closed", f"{app.path}.complete_on", f"{path}.outcome")
        return []
    if notified is None:
        trace.missing(f"{path}.notified_on", "le jour de la notification")
        rule = trace.because("R421-1", f"{path}.outcome", variant="not_notified")
        ways = [OpenAppeal("refusal", None, None, None, rule)]
        if decision.removal is not None:
            ways.append(OpenAppeal("removal", None, None, None, rule))
        return ways
    if decision.removal is not None:
        return _against_removal(decision, notified, path, question, law, trace)
    if not app.acknowledged:
        # Said of the acknowledgement of the request, not of the notification of the refusal.
        trace.because("L112-6", f"{app.path}.acknowledged", variant="express")
    target, limit = _from(notified, question, law)
    trace.because("R421-1", f"{path}.notified_on", target=target, limit=limit)
    way = OpenAppeal("refusal", notified, target, limit, "R421-1")
    return [_after_remedies(app, way, notified, question, law, trace)]


def _against_removal(
    decision: Decision, notified: date, path: str, question: Question, law: Law, trace: Trace
) -> list[OpenAppeal]:
    """The removal's own delay also governs the refusal notified with it (L614-1)."""
    assert decision.removal is not None
    delay = law.value("removal_delays", notified)[decision.removal.value]
    closed = law.closed_days(question.person.lives_in)
    if "hours" in delay:
        target = limit = add_days(notified, days_of_hours(delay["hours"]))
    elif "days" in delay:
        target = add_days(notified, delay["days"])
        limit = franc_limit(target, closed)
    else:
        target = add_months(notified, delay["months"])
        limit = franc_limit(target, closed)
    rule = delay["rule"]
    trace.because(rule, f"{path}.notified_on", f"{path}.removal", target=target, limit=limit)
    trace.because("L614-1", f"{path}.removal")
    trace.because("R911-1", f"{path}.removal")
    return [
        OpenAppeal("removal", notified, target, limit, rule),
        OpenAppeal("refusal", notified, target, limit, "L614-1"),
    ]
