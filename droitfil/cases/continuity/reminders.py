"""Those who have not filed: told to, at the moments that the window of their own title gives.

Each document that has a last day is looked at when its first moment may come, then at each moment:
the kernel is asked again, so that a filing, another card or a change of the law is seen. Whatever
number of nights was missed, only the latest moment is told, once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from droitfil.cases.models import Case, Reminder
from droitfil.cases.models.case import UNFILED
from droitfil.lawbook import load_law
from droitfil.lawbook.sharing import shared_answer
from droitfil.notices.actions import Line, notify_many
from droitfil.people import queries as people
from droitfil.people.models import Person, ResidenceDocument
from droitfil.rules.answer import ApplicationAnswer
from droitfil.rules.facts import HELD_TITLES, VISAS, Request
from droitfil.rules.lifecycle import State
from droitfil.rules.problems import Refused
from droitfil.rules.reminders import CLOSING, HALFWAY, LATE, OPENS, following, latest, moments

ACTOR = "system:night"
BATCH = 200
#: Farther from a last day than any window or late filing reaches, before as after.
REACH = timedelta(days=366)
_KINDS = sorted(kind.value for kind in HELD_TITLES)
#: Cases that ask for something: neither a draft nor a request given up.
_ASKING_NOTHING = (*UNFILED, State.WITHDRAWN.value)
_TEMPLATES = {
    OPENS: "file_opens",
    HALFWAY: "file_halfway",
    CLOSING: "file_closing",
    LATE: "file_late",
}

_PLAN = """
    INSERT INTO case_reminder (document_id, person_id, step, due_on)
    SELECT id, person_id, '', %(day)s FROM residence_document AS held
    WHERE kind = ANY(%(kinds)s) AND withdrawn_on IS NULL
      AND valid_to BETWEEN %(first)s AND %(last)s
      AND NOT EXISTS (SELECT FROM case_reminder WHERE document_id = held.id)
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one night did: documents looked at, people told."""

    looked_at: int = 0
    told: int = 0


def remind(today: date, *, now: datetime, batch: int = BATCH) -> Reminded:
    """Tells those whose moment has come by ``today`` and who have not filed."""
    _plan(today)
    looked_at = told = 0
    while True:
        with transaction.atomic():
            rows = list(
                Reminder.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(due_on__lte=today)
                .select_related("document", "person", "person__commune")
                .order_by("due_on", "document")[:batch]
            )
            if not rows:
                return Reminded(looked_at, told)
            documents = [row.document_id for row in rows]
            asked, drafts = _asked(documents), _drafts(documents)
            held = people.documents_of(dict.fromkeys((row.person_id for row in rows), today))
            looks = [_look(row, held.get(row.person_id, {}), asked, drafts, today) for row in rows]
            lines = [line for line in looks if line is not None]
            Reminder.objects.bulk_update(rows, ["step", "told_on", "due_on"])
            told += notify_many(ACTOR, lines=lines, now=now)
            looked_at += len(rows)


def _plan(today: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _PLAN,
            {"day": today, "kinds": _KINDS, "first": today - REACH, "last": today + REACH},
        )


def _look(
    row: Reminder,
    held: Mapping[str, ResidenceDocument],
    asked: Collection[UUID],
    drafts: Mapping[UUID, Case],
    today: date,
) -> Line | None:
    """Sets when to look at ``row`` again; what to tell now, if anything.

    :param held: what its person holds, named as a question does.
    :param asked: documents whose renewal was asked.
    :param drafts: what was begun and not filed from each document.
    """
    document, person = row.document, row.person
    replaced = _replaced(document, held.values())
    application = None if replaced else _planned(document, person, held, today)
    if application is None or application.window is None:
        row.due_on = None
        return None
    window = application.window
    days = load_law().value("filing_reminder_days", today)
    found = moments(window, application.last_day_as_renewal, days)
    row.due_on = following(found, today)
    moment = latest(found, today)
    if moment is None or moment.step == row.step or document.pk in asked:
        return None
    if moment.about == LATE and not _still_helps(application, today):
        return None
    row.step, row.told_on = moment.step, today
    facts: Mapping[str, Any]
    draft = None if moment.about == LATE else drafts.get(document.pk)
    if draft is not None:
        facts = {"procedure": draft.procedure, "file_by": window.end}
        key = f"draft_reminder:{document.pk}:{moment.step}:{moment.day}"
        return Line("draft_reminder", facts, key, person.pk, case=draft.pk)
    facts = {"expires_on": document.valid_to, "file_by": window.end}
    if moment.about == OPENS:
        facts = {**facts, "file_from": window.start}
    key = f"{_TEMPLATES[moment.about]}:{document.pk}:{moment.step}:{moment.day}"
    return Line(_TEMPLATES[moment.about], facts, key, person.pk)


def _planned(
    document: ResidenceDocument,
    person: Person,
    held: Mapping[str, ResidenceDocument],
    today: date,
) -> ApplicationAnswer | None:
    """The kernel's answer for the renewal of ``document``, not filed yet."""
    law = load_law()
    if law.title(document.article) is None:
        return None
    name = next((name for name, known in held.items() if known.pk == document.pk), None)
    if name is None:
        return None
    visa = document.kind in {kind.value for kind in VISAS}
    request = Request.FIRST if visa else Request.RENEWAL
    question = people.question_of(person, on=today, documents=held)
    question["applications"] = [
        {"id": "a1", "article": document.article, "request": request.value, "holds": name}
    ]
    try:
        return shared_answer(question).applications[0]
    except Refused:
        return None


def _replaced(document: ResidenceDocument, held: Iterable[ResidenceDocument]) -> bool:
    """Does another title of the same person last longer?"""
    assert document.valid_to is not None
    return document.withdrawn_on is not None or any(
        other.pk != document.pk
        and other.kind in _KINDS
        and other.withdrawn_on is None
        and (
            other.valid_from > document.valid_from
            if other.valid_to is None
            else other.valid_to > document.valid_to
        )
        for other in held
    )


def _asked(documents: Collection[UUID]) -> set[UUID]:
    """Those of ``documents`` whose renewal was asked."""
    cases = Case.objects.filter(held__in=documents).exclude(state__in=_ASKING_NOTHING)
    return {held for held in cases.values_list("held", flat=True) if held is not None}


def _drafts(documents: Collection[UUID]) -> dict[UUID, Case]:
    """What people began from ``documents`` and have not filed: they may believe that it is."""
    begun = Case.objects.filter(held__in=documents, state=State.DRAFT.value).order_by("-pk")
    return {case.held_id: case for case in begun if case.held_id is not None}


def _still_helps(application: ApplicationAnswer, today: date) -> bool:
    return application.last_day_as_renewal is not None and today <= application.last_day_as_renewal
