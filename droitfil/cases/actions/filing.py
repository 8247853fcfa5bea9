"""Drafts, and the filing: online by the person, or at the counter by an agent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from droitfil.cases import access
from droitfil.cases.actions.act import Act, acting, as_agent, in_words, said
from droitfil.cases.actions.proofs import give_proofs
from droitfil.cases.actions.telling import Telling
from droitfil.cases.families import waiting_claim
from droitfil.cases.form import Form, form_of, version_of
from droitfil.cases.models import Case
from droitfil.cases.models.case import ENDED_STATES
from droitfil.cases.reference import new_reference
from droitfil.journal.actions import record
from droitfil.lawbook import load_law
from droitfil.lib.refusals import Conflict, Refusal, Trouble
from droitfil.people import access as people
from droitfil.people.access import Reader
from droitfil.people.models import Person, ResidenceDocument
from droitfil.rules.facts import Request
from droitfil.rules.lifecycle import Event, State
from droitfil.rules.procedure import COUNTER, Required, Version
from droitfil.rules.procedure_answers import MOST_LONG_TEXT, Problem, plain_answers
from droitfil.territory.models import Office
from droitfil.territory.queries import NoOffice, UnknownPlace, competent_office

#: References drawn before giving up: two alike are already a chance in ten million.
_DRAWS = 5
EARLY = "early"


def start_draft(
    actor: Reader,
    person: Person,
    *,
    procedure: str,
    held: ResidenceDocument | None,
    now: datetime,
    today: date,
) -> Case:
    """Opens a draft of ``procedure`` for ``person``; the one already open when there is one.

    :param held: the document the request starts from.
    :raises Forbidden: ``actor`` is neither the person, nor a parent, nor an agent of the place.
    :raises Refusal: no such procedure, a document it does not start from, an unknown address; an
        agent, of what is filed online: such a draft is its writer's alone.
    :raises Conflict: a request of the same title is already filed.
    """
    standing = access.prepares(actor, person, today)
    version = version_of(procedure, today)
    if version.channel != COUNTER and standing.staff is not None:
        raise Refusal(_filed_online())
    _fits(version, held, person)
    _is_for(version, person, today)
    office = office_of(person, today)
    with transaction.atomic():
        # One at a time for a person: the second finds the draft of the first.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        open_one = (
            person.cases.filter(article=version.title).exclude(state__in=ENDED_STATES).first()
        )
        if open_one is not None:
            return _already(open_one)
        case = _new(person, version, held, office, now, today)
        record(
            standing.by, action="case.started", subject_kind="case", subject=case.pk,
            case=case.pk, at=now,
            facts={"procedure": case.procedure, "version": case.version_on, "office": office.pk},
        )  # fmt: skip
        give_proofs(standing, case, now=now, today=today)
    return case


def save_answers(
    actor: Reader, case: Case, *, answers: Mapping[str, Any], now: datetime, today: date
) -> Form:
    """Keeps what was typed, readable or not, beside what was already; an empty answer erases.

    Returns the form as it now is: its problems are data, nothing typed is lost.

    :raises Refusal: it is no draft any more, or a text is longer than any answer may be.
    :raises Conflict: it was one when it was shown.
    """
    with acting(actor, case, now=now, today=today) as act:
        act.step(Event.SAVE)
        row = act.case
        version = version_of(row.procedure, today)
        kept = {**row.answers, **typed(version, answers)}
        row.answers = {name: value for name, value in kept.items() if value not in ("", [])}
        row.version_on, row.saved_at = version.start, now
        act.record("case.saved", quiet=True)
        return form_of(row, today)


def discard(actor: Reader, case: Case, *, now: datetime, today: date) -> Case:
    """Throws a draft away; done once however often asked.

    :raises Refusal: it is no draft.
    """
    with acting(actor, case, now=now, today=today) as act:
        if act.state is State.DISCARDED:
            return act.case
        act.step(Event.DISCARD)
        act.case.answers = {}
        act.record("case.discarded", quiet=True)
        return act.case


def submit_case(
    actor: Reader,
    case: Case,
    *,
    key: uuid.UUID,
    now: datetime,
    today: date,
    incomplete: bool = False,
) -> Case:
    """Files a draft online, today; pressed ten times with one ``key``, it is one filing.

    :param incomplete: files though pieces lack: the day of filing is kept, and the papers that
        the law owes a complete file wait for them.
    :raises Refusal: with every answer to correct and every piece that lacks; before the window
        opens; when it is filed at the counter.
    :raises Conflict: it was filed from elsewhere meanwhile.
    """
    with acting(actor, case, now=now, today=today) as act:
        row = act.case
        if row.submission_key == key:
            return row
        act.step(Event.SUBMIT)
        if waiting_claim(row.person) is not None:
            raise Refusal(_not_confirmed())
        if Case.objects.filter(submission_key=key).exists():
            raise Conflict(gettext("Ce formulaire a servi pour un autre dossier : rouvrez-le."))
        form = form_of(row, today)
        _must_be_answered(form)
        if form.application.timing == EARLY:
            raise Refusal(_too_early(form))
        if form.lacks.pieces and not incomplete:
            raise _pieces_lack(form.lacks.pieces)
        _file(act, form, complete=not form.lacks.pieces)
        row.submission_key = key
        facts = {"filed_on": today, "complete": row.complete_on is not None}
        act.record("case.submitted", facts, tell={"filing_received": {}})
        return row


def register_at_counter(
    actor: Reader, case: Case, *, complete: bool, now: datetime, today: date
) -> Case:
    """An agent files the draft with the person present: today is the day of filing.

    Whatever of the form was prepared at home is kept as it is; the agent has the papers under
    their eyes. A complete file gets its récépissé at once.

    :param complete: nothing lacks; what does is then asked by ``request_complement``.
    :raises Refusal: an agent only; it is no draft; it is filed online, unless an established
        incident bars that way; for a child whom no agent has confirmed yet.
    :raises Conflict: it was registered meanwhile.
    """
    with acting(actor, case, now=now, today=today) as act:
        row = act.case
        as_agent(act)
        act.step(Event.REGISTER)
        if waiting_claim(row.person) is not None:
            raise Refusal(
                gettext(
                    "Un parent a déclaré cet enfant, et personne ne l’a encore confirmé : voyez "
                    "d’abord « Enfants à confirmer »."
                )
            )
        if row.channel != COUNTER and row.incident_established_on is None:
            raise Refusal(_filed_online())
        if row.channel != COUNTER:
            row.incident_registered_on = today
        _file(act, form_of(row, today), complete=complete)
        # A complete file is told with its récépissé.
        told: Telling = {} if complete and row.channel == COUNTER else {"filing_received": {}}
        act.record("case.registered", {"filed_on": today, "complete": complete}, tell=told)
        return row


def withdraw(actor: Reader, case: Case, *, now: datetime, today: date) -> Case:
    """The person gives up the request; the papers given for it count this day and no more.

    :raises Refusal: it is not pending.
    :raises Conflict: it was decided meanwhile.
    """
    with acting(actor, case, now=now, today=today) as act:
        if act.state is State.WITHDRAWN:
            return act.case
        act.step(Event.WITHDRAW)
        act.case.withdrawn_on = today
        act.record("case.withdrawn", tell={"case_withdrawn": {}, "staff_withdrawn": {}})
        return act.case


def office_of(person: Person, today: date) -> Office:
    """The office competent for where ``person`` lives.

    :raises Refusal: the address is not known, or no office is competent for it.
    """
    place = person.commune_id
    if place is None:
        # A child declared is received where the parent lives, until an agent has confirmed it.
        claim = waiting_claim(person)
        place = claim.parent.commune_id if claim is not None else None
    if place is None:
        raise Refusal(
            gettext(
                "L’adresse manque au dossier. Donnez-la d’abord : la préfecture compétente en "
                "dépend."
            ),
            field="commune",
        )
    try:
        return competent_office(place, today)
    except (NoOffice, UnknownPlace) as error:
        raise Refusal(str(error), field="commune") from None


def _file(act: Act, form: Form, *, complete: bool) -> None:
    row = act.case
    row.version_on = form.version.start
    row.answers = plain_answers(form.values)
    row.filed_at, row.filed_on = act.now, act.today
    row.complete_on = act.today if complete else None
    # The confirmation, or the récépissé, tells the day, the service and the time limits.
    row.acknowledged = True


def _fits(version: Version, held: ResidenceDocument | None, person: Person) -> None:
    """:raises Refusal: the procedure does not start from ``held``."""
    if held is None and version.request == Request.RENEWAL.value:
        raise Refusal(gettext("Dites quel titre vous voulez renouveler."), field="held")
    of_another = held is not None and held.person_id != person.pk
    kind, article = (None, "") if held is None else (held.kind, held.article)
    if of_another or not version.starts_from(kind, article):
        raise Refusal(
            gettext("Cette démarche ne part pas du titre que vous avez choisi."), field="held"
        )


def _is_for(version: Version, person: Person, today: date) -> None:
    """:raises Refusal: it is a child's document, and ``person`` is of age."""
    title = load_law().titles[version.title]
    if title.minor_document and not people.is_minor(person, today):
        raise Refusal(gettext("Ce document se demande pour un enfant mineur."))


def _already(case: Case) -> Case:
    if case.state == State.DRAFT:
        return case
    raise Conflict(
        gettext("Une demande de ce titre est déjà en cours : %(reference)s.")
        % {"reference": case.reference}
    )


def _new(
    person: Person,
    version: Version,
    held: ResidenceDocument | None,
    office: Office,
    now: datetime,
    today: date,
) -> Case:
    for draw in range(_DRAWS):
        case = Case(
            reference=new_reference(office.department_id, today), person=person, held=held,
            procedure=version.procedure, version_on=version.start, article=version.title,
            request=version.request, channel=version.channel, office=office,
            basis=version.basis,
            state_at=now, started_at=now, saved_at=now,
        )  # fmt: skip
        try:
            with transaction.atomic():
                case.save(force_insert=True)
        except IntegrityError:
            if draw + 1 == _DRAWS or not Case.objects.filter(reference=case.reference).exists():
                raise
        else:
            return case
    raise AssertionError


def typed(version: Version, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed for questions that exist, as JSON keeps it."""
    typed: dict[str, Any] = {}
    for name, value in answers.items():
        if version.question(str(name)) is None:
            continue
        texts = value if isinstance(value, list | tuple) else [value]
        if any(isinstance(text, str) and len(text) > MOST_LONG_TEXT for text in texts):
            raise Refusal(gettext("Ce texte est trop long."), field=str(name))
        plain = value.isoformat() if isinstance(value, date) else value
        typed[str(name)] = list(plain) if isinstance(plain, tuple) else plain
    return typed


def _must_be_answered(form: Form) -> None:
    """:raises Refusal: with a trouble for each answer to put right."""
    if form.problems:
        raise Refusal(
            gettext("Il reste des réponses à donner ou à corriger."),
            troubles=[trouble_of(problem) for problem in form.problems],
        )


def trouble_of(problem: Problem) -> Trouble:
    """A problem of the form, in the reader's language."""
    return Trouble(problem.field, said(problem.says), said(problem.remedy), problem.article)


def _pieces_lack(pieces: tuple[Required, ...]) -> Refusal:
    return Refusal(
        gettext(
            "Il manque des pièces. Vous pouvez déposer quand même pour garder la date "
            "d’aujourd’hui, puis les ajouter."
        ),
        troubles=[
            Trouble(
                required.piece.code,
                gettext("Il manque : %(piece)s.") % {"piece": in_words(required.piece.label)},
                in_words(required.piece.why),
                required.piece.article,
            )
            for required in pieces
        ],
    )


def _not_confirmed() -> str:
    return gettext(
        "Votre demande est gardée : vous la déposerez dès qu’un agent aura confirmé que cet enfant "
        "est le vôtre."
    )


def _filed_online() -> str:
    return gettext(
        "Cette demande se dépose en ligne. Au guichet, elle n’est enregistrée que si "
        "un blocage du téléservice a été constaté."
    )


def _too_early(form: Form) -> str:
    window = form.application.window
    assert window is not None
    assert window.start is not None
    return gettext(
        "Vous pourrez déposer cette demande à partir du %(day)s. Votre brouillon est gardé."
    ) % {"day": f"{window.start:%d/%m/%Y}"}
