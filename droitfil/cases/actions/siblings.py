"""Several children in one pass: a draft for each, and what concerns the parent given only once.

Each child keeps a request of their own. What is carried from one to the next is what stands on
the pages that the procedure calls shared: answers, and the very files already received.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from droitfil.cases import access
from droitfil.cases.actions.act import acting
from droitfil.cases.actions.filing import start_draft
from droitfil.cases.form import given_pieces, version_of
from droitfil.cases.models import Case, Piece
from droitfil.cases.models.case import ENDED_STATES
from droitfil.journal.actions import record
from droitfil.lib.refusals import Refusal
from droitfil.people import access as people
from droitfil.people.access import Reader
from droitfil.people.models import Account, Person
from droitfil.rules.lifecycle import Event, State
from droitfil.rules.procedure import Version


def start_for_children(
    actor: Reader, children: Sequence[Person], *, procedure: str, now: datetime, today: date
) -> list[Case]:
    """A draft for each of ``children``, all or none; those already open as they are.

    :raises Refusal: nobody was chosen; as :func:`start_draft`.
    """
    if not children:
        raise Refusal(gettext("Choisissez au moins un enfant."), field="enfants")
    with transaction.atomic():
        return [
            start_draft(actor, child, procedure=procedure, held=None, now=now, today=today)
            for child in children
        ]


def siblings_of(actor: Reader, case: Case, today: date) -> list[Case]:
    """The open requests of the same procedure for the other persons of ``actor``, in order."""
    if not version_of(case.procedure, today).for_siblings:
        return []
    return list(
        Case.objects.filter(
            person__in=access.prepared_persons(actor, today), procedure=case.procedure
        )
        .exclude(pk=case.pk)
        .exclude(state__in=ENDED_STATES)
        .select_related("person")
        .order_by("started_at", "id")
    )


def carry_over(
    actor: Reader, case: Case, source: Case, *, now: datetime, today: date
) -> list[Piece]:
    """Gives the draft ``case`` what ``source`` holds on the shared pages and itself lacks.

    By the person whose children they are: an agent of both places carries nothing across.

    Answers given are kept. A piece is the same file, not a copy of it, so that its receipt is
    the same; withdrawn from one request, it stays with the other. Asked again, it adds nothing.

    :raises Forbidden: one of them is another's.
    :raises Refusal: ``case`` is no draft, or the requests are not alike.
    """
    for one in (source, case):
        people.require(access.prepares_for(actor, one.person, today))
    with acting(actor, case, now=now, today=today) as act:
        act.step(Event.SAVE)
        row = act.case
        if source.procedure != row.procedure or source.state == State.DISCARDED:
            raise Refusal(gettext("Ces deux demandes ne se ressemblent pas."))
        version = version_of(row.procedure, today)
        questions, codes = _shared(version)
        kept = {name: value for name, value in source.answers.items() if name in questions}
        row.answers = {**kept, **row.answers}
        row.version_on, row.saved_at = version.start, now
        held = set(row.pieces.filter(withdrawn_at__isnull=True).values_list("code", flat=True))
        found = []
        for given in given_pieces(source):
            if given.code not in codes or given.code in held:
                continue
            found.append(_same(given, row, act.standing.account, now))
            record(
                act.standing.by, action="piece.added", subject_kind="case", subject=row.pk,
                case=row.pk, at=now,
                facts={"piece": found[-1].pk, "code": given.code, "from": source.pk},
            )  # fmt: skip
        act.record("case.saved", quiet=True)
        return found


def _shared(version: Version) -> tuple[set[str], set[str]]:
    """The questions of the shared pages, and the codes of all that may be given there."""
    pages = {block.id for block in version.blocks if block.shared}
    questions = {question.id for question in version.questions if question.block in pages}
    codes = {
        code
        for piece in version.pieces
        if piece.block in pages
        for code in (piece.code, *(way.code for way in piece.accepts))
    }
    return questions, codes


def _same(given: Piece, case: Case, account: Account | None, now: datetime) -> Piece:
    last = case.pieces.filter(code=given.code).order_by("-rank").first()
    piece = Piece(
        case=case, code=given.code, rank=1 if last is None else last.rank + 1,
        upload_id=given.upload_id, data=given.data, dated_on=given.dated_on,
        seen_on=given.seen_on, added_by=account, added_at=now,
    )  # fmt: skip
    piece.save(force_insert=True)
    return piece
