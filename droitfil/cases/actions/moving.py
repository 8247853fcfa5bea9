"""What changes of a case while it waits: an answer put right, the office that is competent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from droitfil.cases.access import Standing, is_laid, speaks_for
from droitfil.cases.actions.act import Act, acting, acting_as
from droitfil.cases.actions.filing import office_of, trouble_of, typed
from droitfil.cases.actions.pieces import changed_by_person, complete_when_nothing_lacks
from droitfil.cases.actions.telling import ARRIVED, Telling, heads_of
from droitfil.cases.continuity.coverage import refresh_person
from droitfil.cases.form import form_of, version_of
from droitfil.cases.models import Alert, Amendment, Case, Move
from droitfil.cases.models.case import ENDED_STATES
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib.refusals import Refusal
from droitfil.notices.actions import Line, notify_many
from droitfil.people.access import Reader
from droitfil.people.actions.files import move_person
from droitfil.people.models import Person
from droitfil.people.queries import children_of, is_held
from droitfil.rules.lifecycle import Event
from droitfil.rules.procedure import COUNTER
from droitfil.rules.procedure_answers import plain_answers
from droitfil.territory.models import Commune, Office
from droitfil.territory.queries import is_postal_code


def amend(
    actor: Reader,
    case: Case,
    *,
    answers: Mapping[str, Any],
    now: datetime,
    today: date,
    reason: str = "",
) -> list[Amendment]:
    """Puts answers right after the filing, each change kept with what it was; date unchanged.

    An answer that the change hides goes with it. The same answer again changes nothing.

    :param reason: why, from an agent; the person needs none.
    :raises Refusal: an answer that cannot be; the case is decided; an agent without a reason, or
        where the person corrects it themselves.
    """
    with acting(actor, case, now=now, today=today) as act:
        act.step(Event.AMEND)
        row = act.case
        why = "" if act.staff is None else _why(row, reason, today)
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
                at=now, by=act.standing.account, reason=why,
            )
            for name in changed
        )  # fmt: skip
        if made:
            row.answers, row.saved_at = after, now
            complete_when_nothing_lacks(act)
            act.record("case.amended", {"fields": changed}, tell=changed_by_person(act))
        return made


def amends_for(case: Case, today: date) -> bool:
    """Do agents put its answers right: registered with them, for somebody whom no account serves?

    What is written at home, or can be, is the person's own.
    """
    at_counter = case.channel == COUNTER or case.incident_registered_on is not None
    return at_counter and not is_held(case.person, today)


def _why(case: Case, reason: str, today: date) -> str:
    if not amends_for(case, today):
        raise Refusal(
            gettext(
                "La personne a un compte : elle corrige elle-même. Demandez-lui une précision, ou "
                "écrivez-lui."
            )
        )
    why = " ".join(reason.split())
    most = Amendment._meta.get_field("reason").max_length or 0
    if not why or len(why) > most:
        raise Refusal(
            gettext("Dites pourquoi, en %(most)s signes au plus : la personne le lit.")
            % {"most": most},
            field="reason",
        )
    return why


def change_address(
    actor: Reader,
    person: Person,
    *,
    address_line: str,
    postal_code: str,
    commune: Commune,
    moved_on: date,
    now: datetime,
    today: date,
    with_children: Collection[UUID] = (),
    proof: str = "",
    seen: str = "",
) -> list[Case]:
    """``person`` lives elsewhere: their open cases follow to the office that is competent there.

    Days, clocks and papers follow; nothing starts again. Written once however often sent. By the
    person, by a parent, or by an agent of the place that is left, who has seen a proof.

    :param with_children: minor children who move too; each must be open to ``actor``.
    :param proof: one of :func:`proofs_of_address`, from an agent; the person needs none.
    :param seen: ``person.address_mark`` as the page had shown it.
    :returns: the cases whose office changed.
    :raises Forbidden: ``actor`` may not speak for one of them.
    :raises Refusal: a day to come, no office for the place, an agent without proof.
    :raises Conflict: the address was changed meanwhile.
    """
    standing = speaks_for(actor, person, today)
    if standing.staff is not None and proof not in proofs_of_address(today):
        raise Refusal(gettext("Dites ce qui prouve la nouvelle adresse."), field="proof")
    if moved_on > today:
        raise Refusal(
            gettext("Déclarez l’adresse une fois que la personne y habite."), field="moved_on"
        )
    line = " ".join(address_line.split())
    if not line:
        raise Refusal(gettext("Écrivez le numéro et la rue."), field="address_line")
    if not is_postal_code(postal_code):
        raise Refusal(gettext("Un code postal a cinq chiffres."), field="postal_code")
    where: dict[str, Any] = {
        "address_line": line, "postal_code": postal_code, "commune": commune,
        "moved_on": moved_on, "proof": proof if standing.staff is not None else "",
    }  # fmt: skip
    moved: list[Case] = []
    with transaction.atomic():
        # All are locked in one order: a parent and an agent who write at once do not cross.
        children = children_of(person, today).filter(pk__in=with_children)
        for one in sorted([person, *children], key=lambda p: p.pk):
            itself = one.pk == person.pk
            by = standing if itself else speaks_for(actor, one, today)
            entry = move_person(by.by, one, now=now, seen=seen if itself else "", **where)
            if entry is None:
                continue
            office = office_of(one, today)
            moved += _follow(by, one, office, now, today)
            refresh_person(one, today=today)
            facts = {"moved_on": moved_on, "office": office.pk}
            key = f"address_changed:{entry.pk}"
            notify_many(by.by, lines=[Line("address_changed", facts, key, one.pk)], now=now)
    return moved


def proofs_of_address(today: date) -> dict[str, str]:
    """What proves where someone lives: code -> label, as the procedures ask for it that day."""
    found: dict[str, str] = {}
    for procedure in load_procedures().values():
        for piece in procedure.at(today).pieces:
            if piece.code in _PROOFS:
                found |= {way.code: way.label for way in piece.accepts} or {piece.code: piece.label}
    return found


#: The pieces of ``law/procedures`` that prove where the person, or who houses them, lives.
_PROOFS = ("address_proof", "host_address_proof")


def _follow(
    standing: Standing, person: Person, office: Office, now: datetime, today: date
) -> list[Case]:
    """Brings every open case of ``person`` to ``office``, competent for where they live."""
    open_ones = person.cases.exclude(state__in=ENDED_STATES).exclude(office=office)
    moved = []
    for case in open_ones.order_by("started_at", "id"):
        with acting_as(standing, case, now=now, today=today) as act:
            # Decided, withdrawn or filed since it was listed: it stays where it ended.
            if act.case.state in ENDED_STATES or act.case.office_id == office.pk:
                continue
            moved.append(_move(act, office))
    return moved


def _move(act: Act, office: Office) -> Case:
    act.step(Event.MOVE)
    row = act.case
    before, row.office = row.office_id, office
    if is_laid(row):
        Move.objects.create(case=row, before_id=before, after=office, at=act.now)
    head = next(iter(heads_of(office.pk, act.today)), None)
    Alert.objects.filter(case=row, closed_on__isnull=True).update(office=office, owner=head)
    told: Telling = {}
    if row.filed_on is not None:
        facts = {"moved_on": act.today}
        told = {"office_moved": facts, ARRIVED: facts, "staff_left": facts}
    act.record("case.moved", {"before": before, "office": office.pk}, tell=told)
    return row
