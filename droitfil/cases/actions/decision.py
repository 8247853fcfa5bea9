"""Who examines a case, and what a named agent decides of it, until the card is in hand."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from droitfil.cases.actions.act import Act, acting, as_agent
from droitfil.cases.form import waits_for_card
from droitfil.cases.models import Case
from droitfil.lib.refusals import Refusal
from droitfil.people.access import Reader
from droitfil.people.actions import files as people
from droitfil.people.models import LENGTH, Staff
from droitfil.rules.facts import PAPERS, Kind, Outcome, Removal
from droitfil.rules.lifecycle import PENDING, Event, State


def take(actor: Reader, case: Case, *, now: datetime, today: date) -> Case:
    """The agent examines the case from now on; done once however often asked.

    :raises Refusal: an agent only, of a case that waits for one.
    :raises Conflict: another agent took it first.
    """
    with acting(actor, case, now=now, today=today) as act:
        staff = as_agent(act)
        if act.state is State.IN_REVIEW and act.case.agent_id in (None, staff.pk):
            if act.case.agent_id is None:  # it came back from a move
                act.case.agent = staff
                act.record("case.taken")
            return act.case
        if act.state is State.IN_REVIEW:
            raise act.conflict()
        act.step(Event.TAKE)
        act.case.agent = staff
        act.record("case.taken", tell={"case_taken": {}})
        return act.case


def release(actor: Reader, case: Case, *, now: datetime, today: date) -> Case:
    """The case waits for an agent again. A head of office may give back what another holds.

    :raises Conflict: another agent holds it.
    """
    with acting(actor, case, now=now, today=today) as act:
        staff = as_agent(act)
        act.step(Event.RELEASE, mine=staff.role != Staff.Role.HEAD)
        act.record("case.released")
        return act.case


def grant(
    actor: Reader,
    case: Case,
    *,
    now: datetime,
    today: date,
    length: str = "",
    reasons: str = "",
) -> Case:
    """Accepts the request, today: the papers that waited stop, the ADF follows at once.

    :param length: of the card to be made: "1y", "4y"; empty when it is not chosen yet.
    :raises Refusal: an agent only, of a case under review; a length that is none.
    :raises Conflict: another agent holds it, or it was decided or withdrawn meanwhile.
    """
    if length and not re.fullmatch(LENGTH, length):
        raise Refusal(gettext("Une durée s’écrit 4y, 18m ou 90d."), field="length")
    with acting(actor, case, now=now, today=today) as act:
        _decide(act, Event.GRANT, Outcome.GRANTED, reasons, decided_length=length)
        return act.case


def refuse(
    actor: Reader,
    case: Case,
    *,
    reasons: str,
    now: datetime,
    today: date,
    removal: Removal | None = None,
    notified_on: date | None = None,
) -> Case:
    """Refuses the request, today, for reasons that the person will read.

    As :func:`grant` raises, and a refusal without reasons.
    """
    with acting(actor, case, now=now, today=today) as act:
        _needs(reasons)
        _notified(notified_on, today)
        more = {"removal": removal.value if removal else "", "notified_on": notified_on}
        _decide(act, Event.REFUSE, Outcome.REFUSED, reasons, **more)
        return act.case


def close(
    actor: Reader,
    case: Case,
    *,
    reasons: str,
    now: datetime,
    today: date,
    notified_on: date | None = None,
) -> Case:
    """Closes a file that is not complete, today, for reasons; never a machine's doing.

    As :func:`refuse` raises.
    """
    with acting(actor, case, now=now, today=today) as act:
        _needs(reasons)
        _notified(notified_on, today)
        _decide(act, Event.CLOSE, Outcome.CLOSED, reasons, notified_on=notified_on)
        return act.case


def note_notification(
    actor: Reader, case: Case, *, notified_on: date, now: datetime, today: date
) -> Case:
    """Writes the day the person was notified of the decision: what the time to appeal runs from.

    :raises Refusal: no decision, a day before it or to come, or another day written already.
    """
    with acting(actor, case, now=now, today=today) as act:
        as_agent(act)
        row = act.case
        if row.notified_on == notified_on:
            return row
        if row.decided_on is None or row.notified_on is not None:
            raise Refusal(gettext("Il n’y a pas de décision qui attende sa notification."))
        if notified_on < row.decided_on:
            raise Refusal(
                gettext("Une décision est notifiée au plus tôt le jour où elle est prise."),
                field="notified_on",
            )
        _notified(notified_on, today)
        row.notified_on = notified_on
        granted = row.outcome == Outcome.GRANTED.value
        told = {} if granted else {"decision_notified": {"notified_on": notified_on}}
        act.record("decision.notified", {"notified_on": notified_on}, tell=told)
        return row


def card_arrives(actor: Reader, case: Case, *, now: datetime, today: date) -> Case:
    """The card is at the office, ready to be handed over; done once however often asked.

    :raises Refusal: no card is expected.
    """
    with acting(actor, case, now=now, today=today) as act:
        as_agent(act)
        if act.state is State.CARD_READY:
            return act.case
        act.step(Event.CARD_ARRIVES)
        act.case.card_ready_on = today
        ready = "card_ready" if waits_for_card(act.case) else "document_ready"
        act.record("card.arrived", tell={ready: {}})
        return act.case


def hand_over(
    actor: Reader,
    case: Case,
    *,
    kind: Kind,
    card_number: str,
    valid_from: date,
    valid_to: date,
    now: datetime,
    today: date,
) -> Case:
    """Hands over the card, with its printed dates; the one it replaces is given back.

    :raises Refusal: no card is ready, or it is none that a person may hold.
    """
    if kind in PAPERS:
        raise Refusal(gettext("Ce document n’est pas une carte."), field="kind")
    with acting(actor, case, now=now, today=today) as act:
        as_agent(act)
        act.step(Event.HAND_OVER)
        row = act.case
        row.card = people.add_document(
            act.standing.by, row.person, now=now, source="decision", kind=kind.value,
            article=row.article, card_number=card_number.replace(" ", "").upper(),
            valid_from=valid_from, valid_to=valid_to, length=row.decided_length,
        )  # fmt: skip
        people.must_be_readable(row.person, today)
        if row.held is not None and row.held.withdrawn_on is None:
            people.withdraw_document(act.standing.by, row.held, withdrawn_on=today, now=now)
        row.handed_over_on = today
        handed = "card_handed_over" if waits_for_card(row) else "document_handed_over"
        told = {handed: {"handed_on": today, "expires_on": valid_to}}
        act.record("card.handed_over", {"document": row.card.pk}, tell=told)
        return row


def seize_commission(actor: Reader, case: Case, *, now: datetime, today: date) -> Case:
    """The commission du titre de séjour is asked, today; its own papers take over.

    :raises Refusal: an agent only, of a pending case.
    :raises Conflict: another agent holds it.
    """
    with acting(actor, case, now=now, today=today) as act:
        as_agent(act)
        row = act.case
        if row.commission_on is not None:
            return row
        if act.state not in PENDING:
            raise Refusal(gettext("La commission n’est saisie que d’une demande en cours."))
        act.held_by_me()
        row.commission_on = today
        act.record("commission.seized", {"commission_on": today})
        return row


def _decide(act: Act, event: Event, outcome: Outcome, reasons: str, **more: Any) -> None:
    staff = as_agent(act)
    act.step(event, mine=True)
    row = act.case
    row.outcome, row.decided_on, row.decided_by = outcome.value, act.today, staff
    row.reasons = reasons.strip()
    for name, value in more.items():
        setattr(row, name, value)
    template = f"decision_{outcome.value}"
    if outcome is Outcome.GRANTED and not waits_for_card(row):
        template = "document_granted"
    told = {template: {"valid_from": act.today}}
    act.record(f"case.{outcome.value}", {"decided_on": act.today}, tell=told)


def _needs(reasons: str) -> None:
    if not reasons.strip():
        raise Refusal(
            gettext("Écrivez les motifs : la personne doit savoir pourquoi."), field="reasons"
        )


def _notified(notified_on: date | None, today: date) -> None:
    if notified_on is not None and notified_on > today:
        raise Refusal(gettext("Ce jour n’est pas encore venu."), field="notified_on")
