"""The days that count for a person, for a calendar: each with what to do, and a reminder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext

from droitfil.cases.models import Case
from droitfil.cases.models.case import ENDED_STATES
from droitfil.cases.queries import situation_of
from droitfil.cases.renewals import renewals_of
from droitfil.notices.calendar import Happening
from droitfil.people.models import Person
from droitfil.rules.lifecycle import PENDING
from droitfil.rules.problems import Refused
from droitfil.web.applicant.windows import Renewable

#: Days before a last day at which the telephone rings.
_REMINDERS = (15, 3)
_PENDING = {state.value for state in PENDING}


def happenings_of(person: Person, today: date) -> list[Happening]:
    """What is to come, in the order of days."""
    found = [*_cards(person, today)]
    for case in person.cases.exclude(state__in=ENDED_STATES).select_related("coverage", "office"):
        found += _of_case(case, today)
    found += _silences(person, today)
    return sorted((one for one in found if one.day >= today), key=lambda one: one.day)


def _cards(person: Person, today: date) -> Iterator[Happening]:
    for renewal in renewals_of(person, today):
        told, document = Renewable(renewal, today), renewal.document
        assert document.valid_to is not None
        yield Happening(
            f"card-ends-{document.pk}", document.valid_to,
            gettext("Dernier jour : %(card)s") % {"card": told.name},
        )  # fmt: skip
        if renewal.open_case is not None:
            continue
        if told.opens is not None:
            yield Happening(
                f"window-opens-{document.pk}", told.opens,
                gettext("Premier jour pour déposer : %(card)s") % {"card": told.name},
            )  # fmt: skip
        if told.closes is not None:
            yield Happening(
                f"window-closes-{document.pk}", told.closes,
                gettext("Dernier jour pour déposer à temps : %(card)s") % {"card": told.name},
                reminds=_REMINDERS,
            )  # fmt: skip


def _of_case(case: Case, today: date) -> Iterator[Happening]:
    called = {"reference": case.reference}
    waiting = case.complements.filter(produced_on__isnull=True, lapsed_on__isnull=True).first()
    if waiting is not None and case.state in _PENDING:
        yield Happening(
            f"answer-{waiting.pk}", waiting.due_on,
            gettext("Dernier jour pour répondre à la préfecture, %(reference)s") % called,
            reminds=_REMINDERS,
        )  # fmt: skip
    coverage = getattr(case, "coverage", None)
    if coverage is not None and coverage.next_from is not None:
        yield Happening(
            f"paper-{case.pk}-{coverage.next_kind}-{coverage.next_rank}",
            coverage.next_from,
            gettext("Un nouveau papier doit valoir à partir d’aujourd’hui, %(reference)s") % called,
            gettext("Il se trouve dans « Mon dossier ». S’il n’y est pas, réclamez-le."),
        )


def _silences(person: Person, today: date) -> Iterator[Happening]:
    try:
        situation = situation_of(person, today)
        answer = situation.answer()
    except Refused:  # documents that contradict one another: nothing can be told of them
        return
    for application in answer.applications:
        case, silence = situation.cases[application.id], application.silence
        if silence is not None and case.state in _PENDING:
            yield Happening(
                f"silence-{case.pk}", silence.earliest,
                gettext("Sans réponse, le silence compte comme un refus, %(reference)s")
                % {"reference": case.reference},
            )  # fmt: skip
