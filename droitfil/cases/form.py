"""What a case's procedure asks of its person, and what still lacks, on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from droitfil.cases.models import Case, Piece
from droitfil.cases.queries import situation_of
from droitfil.files.models import State as UploadState
from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib.refusals import Refusal
from droitfil.rules.answer import ApplicationAnswer
from droitfil.rules.conditions import Values
from droitfil.rules.facts import Kind
from droitfil.rules.procedure import (
    Completeness,
    Required,
    Version,
    case_facts,
    completeness,
    required_pieces,
    too_old,
    visible_questions,
)
from droitfil.rules.procedure import Question as Asked
from droitfil.rules.procedure_answers import Problem, validate
from droitfil.rules.question import read_question

#: A file counts as given while the antivirus has not answered: that delays nobody.
_GIVEN = (
    Q(upload__isnull=True)
    | Q(upload__state__in=[UploadState.QUARANTINED.value, UploadState.CLEAN.value])
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a case, filled as it is: what it asks, what was answered, what is wrong.

    ``problems`` names each question without answer or whose answer cannot be read; ``lacks``
    says which pieces were not given. ``application`` is the kernel's answer for this case,
    taken as filed that day while it is a draft: its window, timing, clocks and fees.
    """

    version: Version
    facts: Values
    values: Values
    problems: tuple[Problem, ...]
    required: tuple[Required, ...]
    lacks: Completeness
    application: ApplicationAnswer

    @property
    def questions(self) -> tuple[Asked, ...]:
        """The questions to put, in order."""
        return visible_questions(self.version, self.values, self.facts)


def version_of(procedure: str, on: date) -> Version:
    """The version of a procedure in force on a day.

    :raises Refusal: there is no such procedure.
    """
    found = load_procedures().get(procedure)
    if found is None:
        raise Refusal(gettext("Cette démarche n’existe pas."), field="procedure")
    return found.at(on)


def waits_for_card(case: Case) -> bool:
    """Is a card made at the end, for which an attestation stands meanwhile?

    A child's travel document is none, and a child needs none.
    """
    return Kind.ADF.value in version_of(case.procedure, case.version_on).outputs


def form_of(case: Case, on: date, *, answers: Mapping[str, Any] | None = None) -> Form:
    """The form of ``case`` on ``on``: a draft follows the law of the day, a filed case its own.

    :param answers: instead of those kept, to judge them before they are.
    """
    draft = case.filed_on is None
    version = version_of(case.procedure, on if draft else case.version_on)
    situation = situation_of(case.person, on, planned=case if draft else None)
    question = read_question(situation.question, load_law())
    name = situation.name_of(case)
    asked = next(app for app in question.applications if app.id == name)
    application = next(a for a in situation.answer().applications if a.id == name)
    filed_on = case.filed_on or on
    facts = case_facts(
        filed_on=filed_on,
        channel=case.channel,
        person=question.person,
        held=asked.holds,
        application=application,
    )
    written = case.answers if answers is None else answers
    judged = validate(version, written, facts, countries=load_law().countries)
    values = judged.values
    given = [piece.code for piece in given_pieces(case) if not is_too_old(version, piece, filed_on)]
    return Form(
        version=version,
        facts=facts,
        values=values,
        problems=judged.problems,
        required=required_pieces(version, values, facts),
        lacks=completeness(version, values, facts, given),
        application=application,
    )


def given_pieces(case: Case) -> list[Piece]:
    """The pieces given and not withdrawn, those that the antivirus put aside excepted."""
    return list(
        case.pieces.filter(_GIVEN, withdrawn_at__isnull=True)
        .select_related("upload")
        .order_by("code", "rank")
    )


def is_too_old(version: Version, piece: Piece, filed_on: date) -> bool:
    """Is the date it bears too far from the filing? Never when no date was told."""
    if piece.dated_on is None:
        return False
    asked = next(
        (p for p in version.pieces if piece.code in (p.code, *(w.code for w in p.accepts))), None
    )
    return asked is not None and too_old(asked, piece.code, piece.dated_on, filed_on)


def known_codes(version: Version) -> frozenset[str]:
    """The codes of everything that may be given: pieces and the documents that stand for them."""
    return frozenset(
        code for piece in version.pieces for code in (piece.code, *(w.code for w in piece.accepts))
    )
