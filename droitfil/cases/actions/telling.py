"""Who is told what of an act: notices written in the transaction of the fact they tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from droitfil.cases.models import Case
from droitfil.cases.queries import situation_of
from droitfil.notices.actions import Line, notify_many
from droitfil.notices.template import To, load_templates
from droitfil.people.models import Staff

#: What is told: the name of a template, and the facts that are not the case's own.
Telling = Mapping[str, Mapping[str, Any]]


def tell(
    actor: str,
    case: Case,
    telling: Telling,
    *,
    agent: UUID | None,
    entry: int,
    now: datetime,
    today: date,
) -> None:
    """Writes the notices of one act: to the person, to the agent who holds the case.

    :param agent: who held the case before the act; nobody's agent is told nothing, save that a
        case arrived: that is told to the heads of its office.
    :param entry: the line of the journal, which makes each notice one for ever.
    """
    lines = [
        line
        for template, facts in telling.items()
        for line in _lines(template, facts, case, agent, entry, today)
    ]
    notify_many(actor, lines=lines, now=now)


def _lines(
    template: str,
    facts: Mapping[str, Any],
    case: Case,
    agent: UUID | None,
    entry: int,
    today: date,
) -> Iterator[Line]:
    found = load_templates()[template]
    own = {
        "reference": case.reference,
        "office": case.office_id,
        "procedure": case.procedure,
        "filed_on": case.filed_on,
        "withdrawn_on": case.withdrawn_on,
        "taken_on": case.decided_on,
    }
    if APPEAL & set(found.latest.facts):
        own |= appeal_of(case, today)
    told = {name: {**own, **facts}.get(name) for name in found.latest.facts}
    key = f"{template}:{entry}"
    if found.to is To.PERSON:
        yield Line(template, told, key, person=case.person_id, case=case.pk)
        return
    for account in heads_of(case.office_id, today) if template == ARRIVED else [agent]:
        if account is not None:
            yield Line(template, told, f"{key}:{account}", account=account, case=case.pk)


ARRIVED = "staff_arrived"
#: Until when a decision may be contested: the day of the law, and the one to aim at.
APPEAL = {"appeal_until", "appeal_by"}


def appeal_of(case: Case, today: date) -> Mapping[str, date | None]:
    """The first way to contest the decision to end, as the kernel counts it.

    Days are None while none runs: the decision is not notified, or no court may undo it.
    """
    situation = situation_of(case.person, today)
    name = situation.name_of(case)
    found = next(a.appeals for a in situation.answer().applications if a.id == name)
    ways = [way for way in found if way.limit is not None]
    first = min(ways, key=lambda way: way.limit or today, default=None)
    if first is None:
        return dict.fromkeys(APPEAL)
    return {"appeal_until": first.limit, "appeal_by": first.target}


def heads_of(office: str, today: date) -> list[UUID]:
    """The heads of ``office`` on duty, the longest there first."""
    serving = Q(active_to__isnull=True) | Q(active_to__gte=today)
    heads = Staff.objects.filter(
        serving, role=Staff.Role.HEAD, office=office, active_from__lte=today
    )
    return list(heads.order_by("active_from", "account").values_list("account", flat=True))
