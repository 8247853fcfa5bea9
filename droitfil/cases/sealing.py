"""Papers issued for a case, as they are signed: what each says, and when it stops standing.

Whoever writes papers calls this in the same transaction: a paper is never issued unsigned, and
what was signed stops standing on the day its paper stops counting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.db import transaction

from droitfil.attestations.actions import Order, issue, revoke
from droitfil.attestations.actions.certificates import signer
from droitfil.attestations.models import Attestation, Purpose
from droitfil.attestations.models import Reason as Ended
from droitfil.cases.models import Case, Paper
from droitfil.cases.queries import situations_of, span_on
from droitfil.lawbook import load_law
from droitfil.people.models import Person
from droitfil.rules import seal
from droitfil.rules.answer import Span
from droitfil.rules.facts import Kind, Work
from droitfil.rules.seal import AS_THE_TITLE_SAYS, KINDS, WITH_EXPIRED_CARD

#: Papers whose signatures are ended together.
BATCH = 2_000
_ENDED = {
    Paper.Void.DECISION: Ended.DECISION,
    Paper.Void.WITHDRAWAL: Ended.WITHDRAWN,
    Paper.Void.REVOKED: Ended.ERROR,
}


def key_of(paper: UUID) -> str:
    """What keeps the attestation of a paper from being made twice."""
    return f"paper:{paper}"


def attestation_of(paper: Paper) -> Attestation | None:
    """What was signed for ``paper``; None when its kind bears no seal."""
    return Attestation.objects.filter(key=key_of(paper.pk)).first()


def sign(actor: str, papers: Collection[UUID], *, now: datetime) -> None:
    """Signs ``papers`` as they were just written, in the caller's transaction.

    :raises droitfil.lib.refusals.Refusal: when one cannot be sealed as it is, or no key can sign.
    """
    found = list(
        Paper.objects.filter(pk__in=papers, kind__in=KINDS)
        .select_related("case__office", "case__held", "person__commune")
        .order_by("person_id", "valid_from")
    )
    # Each as the law sees the first day it counts; papers of one person share their facts.
    first: dict[Person, date] = {}
    for paper in found:
        first.setdefault(paper.person, paper.valid_from)
    said = {person: one.shared_answer() for person, one in situations_of(first).items()}
    orders = [order_of(paper, span_on(said[paper.person_id], paper.valid_from)) for paper in found]
    issue(actor, orders, now=now)


def must_sign() -> None:
    """:raises droitfil.lib.refusals.Refusal: when no paper at all can be signed here."""
    signer(Purpose.CODE)


def unsign(actor: str, papers: Iterable[Paper], *, now: datetime, today: date) -> int:
    """Ends what was signed for those of ``papers`` that count no more on ``today``; how many.

    A paper that a refusal ends counts until that night: :func:`unsign_ended` follows.
    """
    by_reason: dict[Ended, list[str]] = {}
    for paper in papers:
        if paper.void_on is not None and paper.void_on <= today:
            reason = _ENDED[Paper.Void(paper.void_reason)]
            by_reason.setdefault(reason, []).append(key_of(paper.pk))
    ended = 0
    for reason, keys in by_reason.items():
        ids = Attestation.objects.filter(key__in=keys).values_list("pk", flat=True)
        ended += len(revoke(actor, ids, now=now, reason=reason))
    return ended


def unsign_ended(actor: str, today: date, *, since: date | None, now: datetime) -> int:
    """Ends what was signed for the papers that stopped counting by ``today``; how many.

    :param since: the first day that no night has looked at; None: none ever did.
    """
    voided = Paper.objects.filter(void_on__lte=today, kind__in=KINDS).order_by("void_on", "pk")
    if since is not None:
        voided = voided.filter(void_on__gte=since)
    ended = 0
    with transaction.atomic():
        papers = voided.iterator(chunk_size=BATCH)
        while batch := list(islice(papers, BATCH)):  # the first night of all looks at every one
            ended += unsign(actor, batch, now=now, today=today)
    return ended


def replaced_by_card(actor: str, papers: Iterable[Paper], *, now: datetime) -> None:
    """The card is in hand and proves by itself: what waited for it verifies no more."""
    keys = [key_of(paper.pk) for paper in papers]
    ids = Attestation.objects.filter(key__in=keys).values_list("pk", flat=True)
    revoke(actor, ids, now=now, reason=Ended.REPLACED)


def order_of(paper: Paper, span: Span | None) -> Order:
    """What is signed for ``paper``; ``span``: what may be done on the first day it counts."""
    work = span.work if span is not None else Work.NONE
    return Order(
        key=key_of(paper.pk),
        holder=paper.person_id,
        case=paper.case_id,
        paper=_content(paper, may_stay=span is not None and span.stay, may_work=work),
    )


def _content(paper: Paper, *, may_stay: bool, may_work: Work) -> seal.Paper:
    case, person = paper.case, paper.person
    title = load_law().titles.get(case.article)
    return seal.Paper(
        kind=paper.kind,
        reference=f"{case.reference}-{paper.kind}-{paper.rank}",
        family_name=person.family_name,
        usual_name=person.usual_name,
        first_names=tuple(person.given_names.split()),
        sex=person.sex,
        born_on=person.born_on,
        birth_place=person.birth_place,
        birth_country=person.birth_country,
        nationality=person.nationality,
        foreigner_number=person.foreigner_number or "",
        valid_from=paper.valid_from,
        valid_to=paper.valid_to,
        may_stay=may_stay,
        may_work=may_work,
        limits=_limits(case, paper, may_work),
        category=title.printed if title is not None else "",
        filed_on=case.filed_on,
        filing_reference=case.reference,
        office=case.office.name,
        language=person.language,
    )


def _limits(case: Case, paper: Paper, work: Work) -> tuple[str, ...]:
    """A renewal counts with the card that expired; work keeps the limits of its title."""
    last: date | None = case.held.valid_to if case.held is not None else None
    expired = last is not None and (last < paper.valid_from or paper.kind == Kind.ADF.value)
    limited = work is not Work.NONE and limits_work(article_of(case))
    return (
        *([WITH_EXPIRED_CARD] if expired else []),
        *([AS_THE_TITLE_SAYS] if limited else []),
    )


def article_of(case: Case) -> str:
    """The title whose rights the papers of ``case`` carry on: the one held, else the one asked."""
    return (case.held.article if case.held is not None else "") or case.article


def limits_work(article: str) -> bool:
    """Does this title open some work only, that its card tells?"""
    title = load_law().titles.get(article)
    return title is not None and bool(title.work_limit)
