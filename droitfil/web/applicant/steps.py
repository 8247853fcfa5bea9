"""What comes next: for a case, for a person; and the papers issued while one waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from droitfil.cases.form import version_of, waits_for_card
from droitfil.cases.models import Case, Complement, Coverage, Letter, Paper
from droitfil.cases.renewals import renewals_of
from droitfil.people.access import is_minor
from droitfil.people.models import Person
from droitfil.rules.lifecycle import PENDING, State
from droitfil.rules.procedure import COUNTER
from droitfil.rules.seal import KINDS as SEALED
from droitfil.web.applicant.states import stands
from droitfil.web.applicant.windows import Renewable
from droitfil.web.public.law_words import KINDS, in_words
from droitfil.web.public.whereami import answer_words as words
from droitfil.web.templatetags.page import day

_PENDING = {state.value for state in PENDING}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, or to wait for. ``place`` names the page to go to, about ``subject``."""

    title: str
    more: str = ""
    tone: str = "ok"  # ok | warn | bad
    place: str = ""
    subject: Any = None
    label: str = ""
    day: date | None = None


def steps_of(person: Person, cases: list[Case], today: date) -> list[Step]:
    """What ``person`` must do, the most pressing first, then what they wait for."""
    found = [*_letters(cases)]
    found += [step for case in cases for step in steps_of_case(case, today)]
    for renewal in renewals_of(person, today):
        step = _to_file(Renewable(renewal, today), person)
        if step is not None:
            found.append(step)
    rank = {"bad": 0, "warn": 1, "ok": 2}
    return sorted(found, key=lambda step: (rank[step.tone], step.day or date.max))


def _letters(cases: list[Case]) -> list[Step]:
    """An agent wrote, and it is not read yet."""
    written = Letter.objects.filter(case__in=cases, staff__isnull=False, read_at__isnull=True)
    unread = written.order_by("case__started_at", "case").values_list("case", "case__reference")
    return [
        Step(
            gettext("Un agent vous a écrit"),
            gettext("Au sujet de votre demande %(reference)s.") % {"reference": reference},
            "warn", "case", case, gettext("Lire et répondre"),
        )
        for case, reference in unread.distinct()
    ]  # fmt: skip


def _to_file(one: Renewable, person: Person) -> Step | None:
    if one.renewal.application is None:
        return None
    if one.opens is not None:
        title = gettext("Rien à faire avant le %(day)s") % {
            "day": words.dated(one.opens, one.today)
        }
        more = gettext("Ce jour-là, vous pourrez déposer : %(what)s.") % {"what": one.label}
        return Step(
            title, more, "ok", "begin", person, gettext("Préparer dès maintenant"), one.opens
        )
    return Step(
        gettext("Déposez votre demande : %(what)s") % {"what": one.label},
        one.when,
        "bad" if one.late else "warn",
        "begin",
        person,
        gettext("Préparer ma demande") if one.at_counter else gettext("Déposer ma demande"),
        one.closes,
    )


def steps_of_case(case: Case, today: date) -> list[Step]:
    """What comes next for one case: what its person must do, else what they wait for."""
    if case.state == State.DRAFT:
        return [_draft(case)]
    if case.state == State.INCOMPLETE:
        return [_complement(case, today), *_next_paper(case, today)]
    if case.state in _PENDING:
        return [*_missing(case), *_next_paper(case, today)]
    if case.state == State.CARD_READY:
        return [
            Step(
                gettext("Votre carte est prête : allez la chercher")
                if waits_for_card(case)
                else gettext("Le document de votre enfant est prêt : allez le chercher"),
                gettext("À %(office)s, avec vos papiers et de quoi payer la taxe.")
                % {"office": case.office.name},
                "warn", "case", case.pk, gettext("Voir ma demande"),
            )
        ]  # fmt: skip
    if case.state == State.GRANTED:
        if waits_for_card(case):
            return [Step(gettext("Rien à faire : votre carte est en fabrication"))]
        return [Step(gettext("Rien à faire : le document de votre enfant est en fabrication"))]
    return []


def _draft(case: Case) -> Step:
    at_counter = case.channel == COUNTER
    return Step(
        gettext("Finissez de préparer votre demande") if at_counter
        else gettext("Finissez votre demande et déposez-la"),
        gettext("Elle n’est pas encore enregistrée : prenez rendez-vous au guichet.")
        if at_counter
        else gettext("Elle n’est pas encore déposée."),
        "warn", "case", case.pk, gettext("Reprendre"),
    )  # fmt: skip


def _complement(case: Case, today: date) -> Step:
    asked: Complement = case.complements.get(produced_on__isnull=True, lapsed_on__isnull=True)
    return Step(
        gettext("Répondez à la préfecture au plus tard le %(day)s")
        % {"day": words.dated(asked.due_on, today)},
        gettext("Elle demande des pièces ou des précisions. Sans réponse, un agent décidera avec "
                "ce qu’il a."),
        "bad" if asked.due_on < today else "warn",
        "case-answer", case.pk, gettext("Répondre"), asked.due_on,
    )  # fmt: skip


def _missing(case: Case) -> list[Step]:
    if case.complete_on is not None:
        return []
    return [
        Step(
            gettext("Ajoutez les pièces qui manquent"),
            gettext("Les papiers qui prolongent vos droits attendent un dossier complet."),
            "warn", "case-pieces", case.pk, gettext("Voir ce qui manque"),
        )
    ]  # fmt: skip


def _next_paper(case: Case, today: date) -> list[Step]:
    """The paper owed next, as the stored coverage says; nothing when it owes none."""
    coverage: Coverage | None = getattr(case, "coverage", None)
    if coverage is None or coverage.next_from is None or coverage.due_on is None:
        if case.complete_on is None:
            return []
        more = ""
        until = coverage.covered_until if coverage is not None else None
        if until is not None and not is_minor(case.person, today):
            more = gettext("Vos papiers actuels vont jusqu’au %(day)s.") % {"day": day(until)}
        return [Step(gettext("Rien à faire : la préfecture examine votre demande"), more)]
    paper = words.PAPERS.get(coverage.next_kind, coverage.next_kind)
    published = max(coverage.due_on, today)
    return [
        Step(
            gettext("Le papier suivant est prévu : vous n’avez pas à le demander"),
            gettext("Le %(published)s, vous recevrez ici %(paper)s, qui vaudra à partir du "
                    "%(start)s.")
            % {
                "published": words.dated(published, today),
                "paper": paper,
                "start": day(coverage.next_from),
            },
            day=published,
        )
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper issued, and whether it counts today."""

    paper: Paper
    name: str
    state: str  # now | later | over | void
    sealed: bool  # can be downloaded

    @property
    def ends(self) -> date | None:
        """The last day it really counts."""
        return self.paper.valid_to


def papers_of(case: Case, today: date) -> list[Issued]:
    """The papers issued for ``case``, the latest first."""
    return [
        Issued(
            paper,
            str(KINDS.get(paper.kind, paper.kind)),
            _state(paper, today),
            paper.kind in SEALED,
        )
        for paper in case.papers.order_by("-valid_from", "kind")
    ]


def _state(paper: Paper, today: date) -> str:
    if paper.void_on is not None and paper.void_on <= max(today, paper.valid_from):
        return "void"
    if paper.valid_to is not None and paper.valid_to < today:
        return "over"
    return "later" if paper.valid_from > today else "now"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list: what it is, where it stands."""

    case: Case
    label: str
    word: Any
    tone: str

    @classmethod
    def of(cls, case: Case) -> CaseLine:
        """``case``, called as its procedure calls itself."""
        word, tone, _says = stands(case)
        label = version_of(case.procedure, case.version_on).label
        return cls(case, in_words(label), word, tone)
