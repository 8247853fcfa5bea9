"""Papers given at once by an act on a case; those the night publishes are ``continuity``'s."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from droitfil.cases import sealing
from droitfil.cases.models import Case, Paper
from droitfil.cases.owed import duties_of, is_issued
from droitfil.journal.actions import Line, record_many
from droitfil.rules.facts import Kind, Outcome

ADF, RECEPISSE = Kind.ADF.value, Kind.RECEPISSE.value


def issue_now(actor: str, case: Case, *, kind: str, now: datetime, today: date) -> list[Paper]:
    """Issues the papers of ``kind`` that the law owes in hand by ``today`` and nobody issued yet.

    First and last days are those of the kernel's duties. Asked again, it issues nothing more.
    """
    found = list(case.papers.all())
    made = []
    for duty in duties_of(case, today):
        if duty.issue != kind or duty.due_on > today or is_issued(duty, found):
            continue
        rank = 1 + max((paper.rank for paper in found if paper.kind == kind), default=0)
        paper = Paper(
            case=case, person_id=case.person_id, kind=kind, rank=rank,
            valid_from=duty.start, valid_to=duty.end, published_at=now,
        )  # fmt: skip
        paper.save(force_insert=True)
        found.append(paper)
        made.append(paper)
    _journal(actor, "paper.issued", made, now)
    sealing.sign(actor, [paper.pk for paper in made], now=now)
    return made


def void_papers(actor: str, case: Case, *, now: datetime, today: date) -> list[Paper]:
    """The papers of ``case`` stop counting: the eve of a grant, the day of any other end.

    Those published and not yet in effect never take effect. Returns them all.
    """
    if case.withdrawn_on is not None:
        ended, reason = case.withdrawn_on, Paper.Void.WITHDRAWAL
    else:
        assert case.decided_on is not None
        ended, reason = case.decided_on, Paper.Void.DECISION
    granted = case.outcome == Outcome.GRANTED.value
    stops = ended if granted else ended + timedelta(days=1)
    counting = Q(valid_to__isnull=True) | Q(valid_to__gte=stops)
    voided = list(case.papers.filter(counting, void_at__isnull=True).exclude(kind=ADF))
    for paper in voided:
        paper.void_at, paper.void_on, paper.void_reason = now, stops, reason
        paper.save(update_fields=["void_at", "void_on", "void_reason"])
    _journal(actor, "paper.voided", voided, now)
    sealing.unsign(actor, voided, now=now, today=today)
    return voided


def end_papers(actor: str, case: Case, *, now: datetime) -> None:
    """The card is in hand: the papers that waited for it last until this day, included."""
    assert case.handed_over_on is not None
    ended = list(case.papers.filter(void_at__isnull=True, valid_to__isnull=True))
    for paper in ended:
        paper.valid_to = case.handed_over_on
        paper.save(update_fields=["valid_to"])
    _journal(actor, "paper.ended", ended, now)
    sealing.replaced_by_card(actor, ended, now=now)


def _journal(actor: str, action: str, papers: list[Paper], now: datetime) -> None:
    record_many(
        Line(
            actor, action, "paper", now, paper.pk, paper.case_id,
            {"kind": paper.kind, "rank": paper.rank, "from": paper.valid_from,
             "to": paper.valid_to, "void_on": paper.void_on},
        )
        for paper in papers
    )  # fmt: skip
