"""What a person may ask: each document held and its renewal, then every other request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from droitfil.cases.models import Case
from droitfil.cases.models.case import ENDED_STATES
from droitfil.cases.queries import situation_of
from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures, procedure_for
from droitfil.people.access import is_minor
from droitfil.people.models import Person, ResidenceDocument
from droitfil.people.queries import documents_held
from droitfil.rules.answer import ApplicationAnswer
from droitfil.rules.conditions import Values
from droitfil.rules.facts import HELD_TITLES, Request
from droitfil.rules.problems import Refused
from droitfil.rules.procedure import Version, case_facts
from droitfil.rules.question import read_question
from droitfil.rules.timeline import answer


@dataclass(frozen=True, slots=True)
class Renewal:
    """A document that may be renewed. ``version`` is None when no procedure of ours does it.

    ``application`` is the kernel's answer for a renewal filed that day: its window, its channel,
    its fees; None without procedure, when a request is open already, or when what is known of the
    person contradicts itself. ``open_case`` is the request already open for the same title.
    """

    document: ResidenceDocument
    version: Version | None
    application: ApplicationAnswer | None
    open_case: Case | None


def renewals_of(person: Person, today: date) -> list[Renewal]:
    """The latest document held of each title, in the order of their last days."""
    latest: dict[str, ResidenceDocument] = {}
    for document in documents_held(person, today):
        if document.kind in HELD_TITLES and document.article and document.valid_to is not None:
            latest[document.article] = document
    open_cases = {case.article: case for case in person.cases.exclude(state__in=ENDED_STATES)}
    found = [
        _renewal(person, document, open_cases.get(article), today)
        for article, document in latest.items()
    ]
    return sorted(found, key=lambda one: one.document.valid_to or date.max)


@dataclass(frozen=True, slots=True)
class Opening:
    """A request that renews nothing: a first card, another title, a child's document.

    ``proposed``: it is what such a person is likely to ask, on that day.
    """

    version: Version
    document: ResidenceDocument | None
    application: ApplicationAnswer | None
    proposed: bool


def openings_of(person: Person, today: date) -> list[Opening]:
    """The requests other than renewals that start from what ``person`` holds, or from nothing.

    Those already open are left out. Whoever holds a valid title asks no first card without it.
    """
    held = {
        document.article: document
        for document in documents_held(person, today)
        if document.kind in HELD_TITLES and document.article
    }
    settled = any(d.valid_to is None or d.valid_to >= today for d in held.values())
    open_ones = set(person.cases.exclude(state__in=ENDED_STATES).values_list("article", flat=True))
    found = []
    for procedure in load_procedures().values():
        version = procedure.at(today)
        minors_only = load_law().titles[version.title].minor_document
        if version.request == Request.RENEWAL.value or version.title in open_ones:
            continue
        if minors_only is not is_minor(person, today):
            continue
        starts: list[ResidenceDocument | None] = [None] if not version.holds and not settled else []
        starts += [d for d in held.values() if version.starts_from(d.kind, d.article)]
        found += [_opening(person, version, document, today) for document in starts]
    return found


def _opening(
    person: Person, version: Version, document: ResidenceDocument | None, today: date
) -> Opening:
    application, facts = _planned(person, version, document, today)
    return Opening(version, document, application, version.is_proposed(facts))


def _planned(
    person: Person, version: Version, document: ResidenceDocument | None, today: date
) -> tuple[ApplicationAnswer | None, Values]:
    """The kernel's answer for a request filed that day, and the facts that conditions look at.

    None and no fact when what is known of the person contradicts itself.
    """
    planned = Case(
        person=person, held=document, procedure=version.procedure, version_on=version.start,
        article=version.title, request=version.request, channel=version.channel,
        basis=version.basis,
    )  # fmt: skip
    situation = situation_of(person, today, planned=planned)
    name = situation.name_of(planned)
    law = load_law()
    try:
        question = read_question(situation.question, law)
    except Refused:
        return None, {}
    application = next(a for a in answer(question, law).applications if a.id == name)
    facts = case_facts(
        filed_on=today, channel=version.channel, person=question.person,
        held=next(app.holds for app in question.applications if app.id == name),
        application=application,
    )  # fmt: skip
    return application, facts


def _renewal(
    person: Person, document: ResidenceDocument, open_case: Case | None, today: date
) -> Renewal:
    procedure = procedure_for(load_procedures(), document.article, Request.RENEWAL.value)
    version = procedure.at(today) if procedure is not None else None
    if version is None or document.kind not in version.holds or open_case is not None:
        return Renewal(document, version, None, open_case)
    application, _ = _planned(person, version, document, today)
    return Renewal(document, version, application, None)
