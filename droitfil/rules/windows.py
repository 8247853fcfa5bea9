"""When to file: the window of each request, whether it was met, and what lateness costs.

Windows are closed ranges of calendar days and never roll over closed days. The window follows
the title requested, not the one held (R431-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from droitfil.rules import answer
from droitfil.rules.facts import (
    HELD_TITLES,
    Application,
    Basis,
    Document,
    Kind,
    Question,
    Request,
)
from droitfil.rules.law import Law, Title
from droitfil.rules.periods import add_days, add_months, birthday, day_before
from droitfil.rules.trace import Trace

_PROTECTION = (Basis.RECOGNISED_REFUGEE, Basis.SUBSIDIARY_PROTECTION)


@dataclass(frozen=True, slots=True)
class Filing:
    """One application seen at the counter: channel, window, and how it met it."""

    application: Application
    title: Title | None
    held: Document | None  # a title of L411-1 2° to 8°, or of an agreement
    expiry: date | None  # E, its last day of validity
    listed: bool | None
    filed_on: date | None
    complete_on: date | None
    window: answer.Window | None
    timing: str | None  # None: a fact is missing to tell
    in_time: bool
    protected: bool
    sheltered: bool  # an established incident covers a filing still to come
    late_fee: str | None
    last_day_as_renewal: date | None

    @property
    def undated(self) -> bool:
        """Filed, since something followed the filing, on a day the question does not tell."""
        return self.filed_on is None and _followed(self.application)

    @property
    def channel(self) -> str | None:
        if self.listed is None:
            return None
        return "teleservice" if self.listed else "counter"


def examine(app: Application, question: Question, law: Law, trace: Trace) -> Filing:
    """Channel, window and timing of one application (R431-2, R431-4, R431-5, R431-8)."""
    title = law.title(app.article)
    held = app.holds if app.holds is not None and app.holds.kind in HELD_TITLES else None
    filed_on = app.filed_on
    if filed_on is None and app.incident is not None:
        filed_on = app.incident.registered_on
    undated = filed_on is None and _followed(app)
    if undated:
        trace.missing(f"{app.path}.filed_on", "le jour du dépôt")
    day = filed_on or question.today
    listed = _listed(app, title, day, law, trace)
    expiry = _expiry(held, trace)
    window, follows_expiry = _window(app, title, held, expiry, listed, question, law, trace)
    renewal_until = _last_day_as_renewal(app, title, held, expiry, window, follows_expiry, day, law)
    protected = False
    if not undated:
        protected = _protected(app, listed, window, day, filed_on is not None, law, trace)
    unbounded = _without_window(app, title, held)
    timing = None
    if window is not None or filed_on is None or unbounded:
        timing = _timing(window, follows_expiry, filed_on, expiry, renewal_until, protected)
    if undated and timing == "not_filed":
        timing = "no_window" if unbounded else None
    visa_free = app.article in law.value("visa_free_titles", day)
    if timing == "beyond_six_months" and not visa_free:
        trace.warn("entry_conditions_again", "R431-8", "beyond", None, app.id, limit=renewal_until)
    elif renewal_until is not None and timing != "in_time":
        trace.because("R431-8", f"{app.path}.filed_on", limit=renewal_until)
    if timing == "early":
        trace.uncertain("early_filing_counts")
    late_fee = None
    if not undated or app.request is Request.FIRST or unbounded:
        late_fee = _late_fee(
            app, window, unbounded, follows_expiry, expiry, day, protected, held, law, trace
        )
    return Filing(
        application=app,
        title=title,
        held=held,
        expiry=expiry,
        listed=listed,
        filed_on=filed_on,
        complete_on=None
        if app.complete_on is None
        else max(app.complete_on, filed_on or app.complete_on),
        window=window,
        timing=timing,
        in_time=timing == "in_time",
        protected=protected and filed_on is not None,
        sheltered=protected and filed_on is None,
        late_fee=late_fee,
        last_day_as_renewal=renewal_until,
    )


def _followed(app: Application) -> bool:
    """Whether something that only follows a filing is told of the application."""
    return bool(
        app.decision
        or app.complete_on
        or app.complements
        or app.commission_on
        or app.remedies
        or app.handed_over_on
    )


def _without_window(app: Application, title: Title | None, held: Document | None) -> bool:
    """Applications that no window bounds, whatever the facts: never those we know too little of."""
    if title is not None and (title.minor_document or title.travel_document):
        return True
    if app.basis in _PROTECTION:
        return True
    if held is None:
        return False
    return held.kind is Kind.RLD_UE_FR or (held.kind is Kind.CR_PERMANENT and held.end is None)


def _listed(
    app: Application, title: Title | None, day: date, law: Law, trace: Trace
) -> bool | None:
    """Whether the title is in the téléservice list on the day of filing (R431-2)."""
    if app.listed is not None:
        rule = "R431-2" if app.listed else "R431-3"
        trace.because(rule, f"{app.path}.listed")
        return app.listed
    if title is None:
        return None
    if trace.doubtful("listed_by_analogy", title.article, day):
        trace.because("R431-2", f"{app.path}.article")
        return True
    periods = law.listings.get((title.article, app.request.value))
    if not periods:
        trace.uncertain("listed_titles")
        trace.because("R431-3", f"{app.path}.article")
        return False
    listed = any(start <= day and (end is None or day <= end) for start, end in periods)
    trace.because("R431-2" if listed else "R431-3", f"{app.path}.article", f"{app.path}.filed_on")
    return listed


def _expiry(held: Document | None, trace: Trace) -> date | None:
    if held is None:
        return None
    if held.end is None and held.kind is not Kind.CR_PERMANENT:
        trace.missing(f"{held.path}.to", "la date de fin du document détenu")
    return held.end


def _window(
    app: Application,
    title: Title | None,
    held: Document | None,
    expiry: date | None,
    listed: bool | None,
    question: Question,
    law: Law,
    trace: Trace,
) -> tuple[answer.Window | None, bool]:
    """The window, and whether it ends with the expiry of a document held."""
    if title is None:
        trace.missing(f"{app.path}.article", "le titre demandé")
        return None, False
    if _without_window(app, title, held):
        if app.basis in _PROTECTION:
            trace.because("R431-5-none", f"{app.path}.basis", variant="protection")
        elif held is not None and held.kind is Kind.RLD_UE_FR:
            trace.because("R431-5-none", f"{held.path}.kind", variant="rld")
        return None, False
    excluded = law.value("vls_ts_excluded_titles", question.today)
    if held is not None and (held.kind is not Kind.VLS_TS or held.article not in excluded):
        return _window_of_holder(app, title, held, expiry, listed, question, law, trace), True
    return _window_without_title(app, title, question, law, trace), False


def _window_of_holder(
    app: Application,
    title: Title,
    held: Document,
    expiry: date | None,
    listed: bool | None,
    question: Question,
    law: Law,
    trace: Trace,
) -> answer.Window | None:
    """R431-5 1° by the list; R431-6 (resident card, at any time before); R233-15 (EU family)."""
    if expiry is None or listed is None:
        return None
    on = app.filed_on or question.today
    facts = (
        f"{held.path}.to",
        f"{app.path}.listed" if app.listed is not None else f"{app.path}.article",
    )
    if title.book_two:
        start = add_months(expiry, -law.value("window_eu_family_renewal_months", on))
        rule = trace.because("R233-15-renewal", *facts, start=start, end=expiry)
        return answer.Window(start, expiry, rule)
    if listed:
        days = law.value("window_listed_days", on)
        start, end = add_days(expiry, -days["opens"]), add_days(expiry, -days["closes"])
        rule = "R431-5-1-listed"
    else:
        start, end = add_months(expiry, -law.value("window_unlisted_months", on)), expiry
        rule = "R431-5-1-unlisted"
    if (
        app.request is Request.CHANGE
        and held.kind is Kind.CSP
        and title.article in law.value("resident_card_titles", on)
    ):
        trace.because(
            "R431-6", f"{held.path}.kind", f"{held.path}.to", f"{app.path}.article", end=end
        )
        return answer.Window(None, end, "R431-6")
    trace.because(rule, *facts, start=start, end=end)
    return answer.Window(start, end, rule)


def _window_without_title(
    app: Application, title: Title, question: Question, law: Law, trace: Trace
) -> answer.Window | None:
    """R431-5 2°, 3° and loss of nationality; else from the entry in France (R431-4)."""
    person, on = question.person, app.filed_on or question.today
    born, article = person.born_on, title.article
    if app.basis is Basis.LOST_FRENCH_NATIONALITY:
        lost = person.french_loss_opposable_on
        if lost is None:
            trace.missing(
                "person.french_loss_opposable_on",
                "le jour où la perte de la nationalité française est devenue opposable",
            )
            return None
        end = add_months(lost, law.value("nationality_loss_months", on))
        rule = trace.because("R431-5-nationality", "person.french_loss_opposable_on", end=end)
        return answer.Window(None, end, rule)
    if title.book_two:
        return _from_entry("R233-15", "eu_family", question, on, law, trace)
    young = law.value("born_in_france_window", on)
    if article in young["titles"]:
        if born is None:
            _born_missing(trace)
            return None
        start, end = birthday(born, young["from_age"]), birthday(born, young["to_age"])
        rule = trace.because("L423-13", "person.born_on", start=start, end=end)
        return answer.Window(start, end, rule)
    child = law.value("rld_other_child", on)
    if article in child["titles"] and born is not None:
        end = add_months(birthday(born, law.value("majority_age", on)), child["months_after_18"])
        if person.entered_on is not None:
            months = law.value("entry_window_months", on)["rld_other"]
            end = max(end, add_months(person.entered_on, months))
        rule = trace.because("L426-13", "person.born_on", end=end)
        return answer.Window(None, end, rule)
    fostered = law.value("l435_3_deadline", on)
    if article in fostered["titles"]:
        return _fostered(fostered, question, on, law, trace)
    other = app.holds.kind if app.holds is not None else None
    if article in law.value("cbe_mobility_titles", on) and (
        app.basis is Basis.CBE_MOBILITY or other is Kind.EU_BLUE_CARD_OTHER
    ):
        return _from_entry("L421-11-4", "cbe", question, on, law, trace)
    listed_young = article in law.value("nineteen_titles", on) or trace.doubtful(
        "nineteen_by_correction", article, on
    )
    if app.basis is Basis.TURNING_18 or (listed_young and (born or person.entered_on is None)):
        if born is None:
            _born_missing(trace)
            return None
        if listed_young:
            nineteen = birthday(born, law.value("nineteen_age", on))
            entered = person.entered_on or person.in_france_since
            if entered is None or entered < nineteen or app.basis is Basis.TURNING_18:
                end = day_before(nineteen)
                rule = trace.because("R431-5-2", "person.born_on", f"{app.path}.article", end=end)
                return answer.Window(None, end, rule)
        else:
            months = law.value("window_after_18_months", on)
            end = add_months(birthday(born, law.value("majority_age", on)), months)
            rule = trace.because("R431-5-3", "person.born_on", f"{app.path}.basis", end=end)
            return answer.Window(None, end, rule)
    if article in law.value("volunteer_titles", on):
        return _from_entry("R426-10", "volunteer", question, on, law, trace)
    if other is Kind.RLD_UE_OTHER or article in law.value("rld_other_titles", on):
        return _from_entry("R426-4", "rld_other", question, on, law, trace)
    if born is not None and entered_as_child(question, law):
        majority = birthday(born, law.value("majority_age", on))
        end = add_months(majority, law.value("window_after_18_months", on))
        fact = "person.in_france_since" if person.in_france_since else "person.entered_on"
        rule = trace.because("R431-5-3", "person.born_on", fact, end=end)
        return answer.Window(None, end, rule)
    return _from_entry("R431-4", "default", question, on, law, trace)


def entered_as_child(question: Question, law: Law) -> bool:
    """Whether the person turned 18 in France, as far as birth and arrival tell (R431-5 3°)."""
    person = question.person
    arrived = person.in_france_since or person.entered_on
    if person.born_on is None or arrived is None:
        return False
    return arrived < birthday(person.born_on, law.value("majority_age", question.today))


def _fostered(
    fostered: dict[str, int], question: Question, on: date, law: Law, trace: Trace
) -> answer.Window | None:
    """L435-3: the statutory year, beside the two months R431-5 3° recommends."""
    born = question.person.born_on
    if born is None:
        _born_missing(trace)
        return None
    majority = birthday(born, law.value("majority_age", on))
    advised = add_months(majority, fostered["recommended_months_after_18"])
    end = day_before(birthday(born, fostered["last_age"]))
    rule = trace.because("L435-3", "person.born_on", advised=advised, end=end)
    trace.uncertain("l435_3_deadline", advised)
    return answer.Window(None, end, rule)


def _born_missing(trace: Trace) -> None:
    trace.missing("person.born_on", "la date de naissance")


def _from_entry(
    rule: str, delay: str, question: Question, on: date, law: Law, trace: Trace
) -> answer.Window | None:
    entered = question.person.entered_on
    if entered is None:
        trace.missing("person.entered_on", "la date d'entrée en France")
        return None
    end = add_months(entered, law.value("entry_window_months", on)[delay])
    trace.because(rule, "person.entered_on", start=entered, end=end)
    return answer.Window(entered, end, rule)


def _last_day_as_renewal(
    app: Application,
    title: Title | None,
    held: Document | None,
    expiry: date | None,
    window: answer.Window | None,
    follows_expiry: bool,
    day: date,
    law: Law,
) -> date | None:
    """R431-8: six months after expiry; beyond, entry conditions come again."""
    if window is None or not follows_expiry or expiry is None or title is None or title.book_two:
        return None
    return add_months(expiry, law.value("late_limit_months", day))


def _protected(
    app: Application,
    listed: bool | None,
    window: answer.Window | None,
    day: date,
    filed: bool,
    law: Law,
    trace: Trace,
) -> bool:
    """Whether an incident makes a late filing count as in time (R431-2 al.3, inference)."""
    incident = app.incident
    if incident is None or window is None or not listed or day <= window.end:
        return False
    if incident.opened_on > window.end:
        return False
    trace.uncertain("substitution_protects")
    if not law.value("substitution_protects", day):
        return False
    fact = f"{app.path}.incident.established_on"
    if incident.established_on is None:
        trace.warn(
            "protection_pending", "R431-2-3", "pending", None, app.id, opened=incident.opened_on
        )
        return False
    trace.because("R431-2-3", fact, f"{app.path}.incident.opened_on", opened=incident.opened_on)
    if filed:
        trace.uncertain("substitution_paper")
    return True


def _timing(
    window: answer.Window | None,
    follows_expiry: bool,
    filed_on: date | None,
    expiry: date | None,
    renewal_until: date | None,
    protected: bool,
) -> str:
    if filed_on is None:
        return "not_filed"
    if window is None:
        return "no_window"
    if protected:
        return "in_time"
    if window.start is not None and filed_on < window.start:
        return "early"
    if filed_on <= window.end:
        return "in_time"
    if not follows_expiry or expiry is None:
        return "late"
    if filed_on <= expiry:
        return "late_before_expiry"
    if renewal_until is None or filed_on <= renewal_until:
        return "late_after_expiry"
    return "beyond_six_months"


def _late_fee(
    app: Application,
    window: answer.Window | None,
    unbounded: bool,
    follows_expiry: bool,
    expiry: date | None,
    day: date,
    protected: bool,
    held: Document | None,
    law: Law,
    trace: Trace,
) -> str | None:
    """L436-5: risk once the window is missed, certain once the document has expired."""
    if app.request is Request.FIRST or held is None or protected:
        return "none"
    if window is None:
        return "none" if unbounded else None
    if not follows_expiry or expiry is None or day <= window.end:
        return "none"
    if day > expiry:
        trace.warn(
            "late_fee_risk", "L436-5", "certain", None, app.id, amount=_late_amount(law, day)
        )
        return "certain"
    if law.value("late_fee_trigger", day) != "risk_from_window_end":
        return "none"
    trace.uncertain("late_fee_trigger")
    trace.warn("late_fee_risk", "L436-5", "risk", None, app.id, amount=_late_amount(law, day))
    return "risk"


def _late_amount(law: Law, day: date) -> int:
    amount: int = law.value("tax_table", day)["late"]
    return amount
