"""The one way to act on a case: the right to, the row locked, the step, what it causes, the line.

    with acting(actor, case, now=now, today=today) as act:
        act.step(Event.TAKE)
        act.case.agent = act.staff
        act.record("case.taken")

Two at once on one case: the second waits for the row, finds it changed, and reads a Conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy

from droitfil.cases import access
from droitfil.cases.actions import papers, telling
from droitfil.cases.actions.telling import Telling
from droitfil.cases.continuity import coverage
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.journal.actions import record
from droitfil.lawbook import translations
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.people.access import Reader
from droitfil.people.models import Staff
from droitfil.rules.facts import Outcome
from droitfil.rules.lifecycle import Effect, Event, NotNow, Role, State, effects_at, step
from droitfil.rules.sentences import Sentence


@dataclass
class Act:
    """One thing being done to one locked case; nothing is kept unless :meth:`record` is called."""

    case: Case
    seen: State  # as the one who acts saw it
    standing: access.Standing
    now: datetime
    today: date
    event: Event | None = None
    effects: set[Effect] = field(default_factory=set)

    @property
    def staff(self) -> Staff | None:
        """The agent who acts; None for the person."""
        return self.standing.staff

    @property
    def state(self) -> State:
        return State(self.case.state)

    def step(self, event: Event, *, mine: bool = False) -> None:
        """Takes the case where ``event`` leads.

        :param mine: only for the agent who holds it, or who holds it from now on.
        :raises Refusal: the event does not fit the state; the sentence says where it stands.
        :raises Conflict: it did when the one who acts saw it.
        """
        try:
            after, effects = step(
                self.state,
                event,
                self.standing.role,
                named=self.standing.by,
                channel=self.case.channel,
            )
        except NotNow as error:
            if self.state is not self.seen:
                raise self.conflict() from None
            raise Refusal(said(error.says)) from None
        if mine:
            self.held_by_me()
        self.event = event
        self.effects |= set(effects_at(effects, self.case.channel))
        if after is not self.state:
            self.case.state, self.case.state_at = after.value, self.now
            self.case.state_by = self.staff

    def held_by_me(self) -> None:
        """The agent who acts holds the case from now on.

        :raises Conflict: another one does.
        """
        staff = as_agent(self)
        if self.case.agent_id not in (None, staff.pk):
            raise Conflict(self._taken())
        self.case.agent = staff

    def conflict(self) -> Conflict:
        """Someone was faster: what they did, when, and that nothing else was done."""
        agent = self.case.agent
        if self.state is State.IN_REVIEW and agent is not None and agent == self.case.state_by:
            return Conflict(self._taken())
        moment = {"when": _hour(self.case.state_at, self.now), "by": _name(self.case.state_by)}
        says = _AFTER.get(self.state, _CHANGED)
        if self.state is State.SUBMITTED and self.seen is not State.DRAFT:
            says, moment["office"] = _WAITS_AGAIN, self.case.office.name
        return Conflict(f"{says % moment} {_NOTHING_DONE}")

    def record(
        self,
        action: str,
        facts: Mapping[str, Any] | None = None,
        *,
        tell: Telling | None = None,
        quiet: bool = False,
    ) -> list[Paper]:
        """Keeps the case, what the step causes, the line of the journal and the notices.

        :param tell: the notices, by template, with the facts that are not the case's own.
        :param quiet: nothing of the rights depends on it: they are not asked again.
        :returns: the papers it gave.
        """
        case, agent = self.case, self.case.agent_id
        given: list[Paper] = []
        voided: list[Paper] = []
        if Effect.FREE_AGENT in self.effects:
            case.agent = None
        case.save()
        by = self.standing.by
        if Effect.VOID_PAPERS in self.effects:
            voided = papers.void_papers(by, case, now=self.now, today=self.today)
        if Effect.END_PAPERS in self.effects:
            papers.end_papers(by, case, now=self.now)
        for effect, kind in _GIVEN.items():
            if effect in self.effects:
                given += papers.issue_now(by, case, kind=kind, now=self.now, today=self.today)
        entry = record(
            by, action=action, subject_kind="case", subject=case.pk, case=case.pk, at=self.now,
            facts={"state": case.state, **(facts or {})},
        )  # fmt: skip
        if not quiet:
            coverage.refresh(case, today=self.today)
        telling.tell(
            by, case, {**(tell or {}), **_told_of(given), **_told_of_void(case, voided)},
            agent=agent, entry=entry.pk, now=self.now, today=self.today,
        )  # fmt: skip
        return given

    def _taken(self) -> str:
        agent = self.case.agent
        if agent is None or self.standing.role is Role.PERSON:
            taken = gettext("Un agent vient de prendre ce dossier.")
        else:
            taken = gettext("%(by)s a pris ce dossier %(when)s.") % {
                "by": agent.name, "when": _hour(self.case.state_at, self.now),
            }  # fmt: skip
        return f"{taken} {_NOTHING_DONE}"


#: Papers that an act gives at once, by the effect that wants them.
_GIVEN = {Effect.ISSUE_ADF: papers.ADF, Effect.PRINT_RECEPISSE: papers.RECEPISSE}
_NOTHING_DONE = gettext_lazy("Rien d’autre n’a été fait.")
_CHANGED = gettext_lazy("Ce dossier vient de changer, %(when)s.")
#: Given back by its agent, or come to the office of a new address.
_WAITS_AGAIN = gettext_lazy("Ce dossier attend de nouveau un agent, %(when)s : %(office)s.")
#: What was done by who was faster, by the state it led to.
_AFTER: Mapping[State, Any] = {
    State.SUBMITTED: gettext_lazy("Ce dossier a été déposé %(when)s."),
    State.INCOMPLETE: gettext_lazy("%(by)s a demandé des pièces %(when)s."),
    State.GRANTED: gettext_lazy("%(by)s a accepté cette demande %(when)s."),
    State.REFUSED: gettext_lazy("%(by)s a refusé cette demande %(when)s."),
    State.CLOSED: gettext_lazy("%(by)s a clos ce dossier %(when)s."),
    State.WITHDRAWN: gettext_lazy("La personne a retiré cette demande %(when)s."),
    State.HANDED_OVER: gettext_lazy("La carte a été remise %(when)s."),
}


def _told_of(given: list[Paper]) -> Telling:
    """A récépissé is told with its days; the ADF is told with the grant, which says the rest."""
    printed = [paper for paper in given if paper.kind == papers.RECEPISSE]
    if not printed:
        return {}
    return {
        "recepisse_printed": {
            "valid_from": printed[0].valid_from, "valid_to": printed[-1].valid_to,
        }
    }  # fmt: skip


def _told_of_void(case: Case, voided: list[Paper]) -> Telling:
    """A grant and a withdrawal tell themselves what becomes of the papers; the others do not."""
    if case.outcome not in (Outcome.REFUSED.value, Outcome.CLOSED.value) or not voided:
        return {}
    first = min(voided, key=lambda paper: paper.valid_from)
    return {"paper_void": {"paper": first.kind, "void_on": first.void_on}}


@contextmanager
def acting(actor: Reader, case: Case, *, now: datetime, today: date) -> Iterator[Act]:
    """Locks ``case`` for whoever may act on it, in a transaction that ends with the block.

    :raises Forbidden: ``actor`` is neither the person nor an agent of its territory.
    """
    with transaction.atomic():
        row = _locked(case)
        standing = access.standing(actor, row, today)
        yield Act(row, State(case.state), standing, now, today)


@contextmanager
def as_system(by: str, case: Case, *, now: datetime, today: date) -> Iterator[Act]:
    """As :func:`acting`, for a named part of the system: "system:night"."""
    standing = access.Standing(by, Role.SYSTEM)
    with acting_as(standing, case, now=now, today=today) as act:
        yield act


@contextmanager
def acting_as(
    standing: access.Standing, case: Case, *, now: datetime, today: date
) -> Iterator[Act]:
    """As :func:`acting`, for whoever already stands before the person the case is about."""
    with transaction.atomic():
        yield Act(_locked(case), State(case.state), standing, now, today)


def _locked(case: Case) -> Case:
    """The case, then what is owed to its person: in that order, always.

    The night locks coverage first and passes over what is locked; papers it inserts refer to the
    case, which a lock that spares the key does not stop. Neither ever waits for the other twice.
    """
    list(Case.objects.filter(pk=case.pk).select_for_update(no_key=True).values_list("pk"))
    # Read once it is locked: a joined row would be the one of before the wait.
    row = Case.objects.select_related("person", "office", "agent", "state_by", "held").get(
        pk=case.pk
    )
    owed = Coverage.objects.filter(person=row.person_id).order_by("case")
    list(owed.select_for_update(no_key=True).values_list("case"))
    return row


def as_agent(act: Act) -> Staff:
    """The agent who acts.

    :raises Refusal: it is the person.
    """
    if act.staff is None:
        raise Refusal(gettext("Seul un agent, nommé, peut le faire."))
    return act.staff


def said(sentence: Sentence) -> str:
    """A sentence of the kernel in the reader's language."""
    return translations.renderer(get_language() or "fr").text(sentence)


def in_words(text: str) -> str:
    """A text of ``law/`` (the label of a piece) in the reader's language."""
    return translations.text(text, get_language() or "fr")


def _hour(at: datetime, now: datetime) -> str:
    local = timezone.localtime(at)
    if local.date() == timezone.localtime(now).date():
        return gettext("à %(hour)s h %(minute)s") % {
            "hour": local.hour, "minute": f"{local.minute:02d}",
        }  # fmt: skip
    return gettext("le %(day)s") % {"day": f"{local:%d/%m/%Y}"}


def _name(staff: Staff | None) -> str:
    return staff.name if staff is not None else gettext("La préfecture")
