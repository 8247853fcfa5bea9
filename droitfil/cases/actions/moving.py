"""What changes of a case while it waits: an answer put right, the office that is competent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from droitfil.cases.actions.act import acting
from droitfil.cases.actions.filing import office_of, trouble_of, typed
from droitfil.cases.actions.pieces import changed_by_person, complete_when_nothing_lacks
from droitfil.cases.actions.telling import ARRIVED, Telling
from droitfil.cases.form import form_of, version_of
from droitfil.cases.models import Amendment, Case
from droitfil.lib.refusals import Refusal
from droitfil.people.access import Reader
from droitfil.people.models import Person
from droitfil.rules.lifecycle import ENDED, Event
from droitfil.rules.procedure_answers import plain_answers


def amend(
    actor: Reader, case: Case, *, answers: Mapping[str, Any], now: datetime, today: date
) -> list[Amendment]:
    """Puts answers right after the filing, each change kept with what it was; date unchanged.

    An answer that the change hides goes with it. The same answer again changes nothing.

    :raises Refusal: an answer that cannot be; the case is decided.
    """
    with acting(actor, case, now=now, today=today) as act:
        act.step(Event.AMEND)
        row = act.case
        given = typed(version_of(row.procedure, row.version_on), answers)
        kept = {**row.answers, **given}
        kept = {name: value for name, value in kept.items() if value not in ("", [])}
        form = form_of(row, today, answers=kept)
        # What a file registered from paper never answered is not asked now.
        wrong = [p for p in form.problems if p.field in given or p.field in row.answers]
        if wrong:
            raise Refusal(
                gettext("Il reste des réponses à corriger."),
                troubles=[trouble_of(problem) for problem in wrong],
            )
        after = plain_answers(form.values)
        changed = sorted(
            name for name in {*row.answers, *after} if row.answers.get(name) != after.get(name)
        )
        made = Amendment.objects.bulk_create(
            Amendment(
                case=row, field=name, before=row.answers.get(name), after=after.get(name),
                at=now, by=act.standing.account,
            )
            for name in changed
        )  # fmt: skip
        if made:
            row.answers, row.saved_at = after, now
            complete_when_nothing_lacks(act)
            act.record("case.amended", {"fields": changed}, tell=changed_by_person(act))
        return made


def move_case(actor: Reader, case: Case, *, now: datetime, today: date) -> Case:
    """Brings the case to the office competent for where its person lives today.

    Its day, its clocks and its papers follow; nothing starts again. Done once however often
    asked. By the person who moved, or by an agent of the office it leaves.

    :raises Refusal: the address is not known; the case goes nowhere any more.
    """
    with acting(actor, case, now=now, today=today) as act:
        row = act.case
        office = office_of(row.person, today)
        if office.pk == row.office_id:
            return row
        act.step(Event.MOVE)
        before, row.office = row.office_id, office
        filed = row.filed_on is not None
        told: Telling = {name: {"moved_on": today} for name in ("office_moved", ARRIVED) if filed}
        act.record("case.moved", {"before": before, "office": office.pk}, tell=told)
        return row


def move_cases_of(actor: Reader, person: Person, *, now: datetime, today: date) -> list[Case]:
    """Brings every open case of ``person`` to the office competent for their new address."""
    ended = [state.value for state in ENDED]
    return [
        move_case(actor, case, now=now, today=today)
        for case in person.cases.exclude(state__in=ended).order_by("started_at", "id")
    ]
