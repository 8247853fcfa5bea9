"""A named agent confirms the child whom a parent declared, or refuses with reasons.

The agent alone is shown the files that the child may have; the parent learns nothing of them
before a link is confirmed. See docs/adr/0017.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext

from droitfil.cases import families
from droitfil.cases.access import Standing
from droitfil.cases.actions.act import acting_as
from droitfil.cases.actions.filing import office_of
from droitfil.cases.models import Case, ChildClaim, ChildProof
from droitfil.cases.models.case import ENDED_STATES
from droitfil.files.models import State as UploadState
from droitfil.journal.actions import record, record_reading
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.lib.validation import check
from droitfil.notices.actions import Line, notify_many
from droitfil.people import access
from droitfil.people.actions.kinship import confirm_child, end_child_link
from droitfil.people.models import Account, Person, Staff
from droitfil.rules.lifecycle import Event, Role, State

_CONFIRMED, _REFUSED = ChildClaim.State.CONFIRMED, ChildClaim.State.REFUSED


def open_claim(actor: Account, claim_id: UUID, *, now: datetime, today: date) -> ChildClaim:
    """A claim that waits for ``actor``; a line of the journal says that it was opened.

    :raises Forbidden: for whoever may not settle it, and when it waits no more.
    """
    claim = _opened(actor, claim_id, today)
    subject = _read_of(actor, claim, today)
    record_reading(f"staff:{actor.pk}", subject_kind="person", subject=subject, at=now)
    return claim


def open_proof(
    actor: Account, claim_id: UUID, proof_id: UUID, *, now: datetime, today: date
) -> ChildProof:
    """One file of a claim, to be shown; written as :func:`open_claim`, with the file.

    :raises Forbidden: as :func:`open_claim`; a file of another claim.
    """
    claim = _opened(actor, claim_id, today)
    given = claim.proofs.filter(withdrawn_at__isnull=True, upload__isnull=False)
    proof = given.select_related("upload").filter(pk=proof_id).first()
    if proof is None:
        raise Forbidden(gettext("Cette pièce n’existe pas."))
    record_reading(
        f"staff:{actor.pk}", subject_kind="person", subject=_read_of(actor, claim, today),
        at=now, facts={"proof": proof.pk, "code": proof.code},
    )  # fmt: skip
    return proof


def settle_child(
    actor: Account,
    claim_id: UUID,
    *,
    confirm: bool,
    now: datetime,
    today: date,
    known: UUID | None = None,
    other: bool = False,
    seen: Collection[str] = (),
    reasons: str = "",
) -> ChildClaim:
    """A named agent says whether it is their child; the parent is told, and whoever was known.

    :param known: the file that the child has already; None when they have none.
    :param other: nobody of the same name and birth date is this child.
    :param seen: codes of the originals under the agent's eyes (``families.proofs_asked``).
    :param reasons: why not, to the parent.
    :raises Forbidden: neither the parent nor the child's file is of the agent's territory.
    :raises Refusal: nothing shows it; a refusal without reasons; a file that may be the child's,
        until it is said which; the number of a file that another office holds; someone of age.
    :raises Conflict: another agent settled it first.
    """
    with transaction.atomic():
        claim = ChildClaim.objects.select_for_update(of=("self",)).filter(pk=claim_id).first()
        access.require(claim is not None)
        assert claim is not None
        if not families.is_open(claim):
            access.require(_could_settle(actor, claim, today))
            raise Conflict(gettext("Un agent a déjà répondu. Rien d’autre n’a été fait."))
        access.require(families.may_settle(actor, claim, today))
        if confirm:
            _see(actor, claim, seen, now, today)
            _confirm(actor, claim, known, other, now, today)
        else:
            _refuse(actor, claim, reasons, now, today)
        return claim


def _opened(actor: Account, claim_id: UUID, today: date) -> ChildClaim:
    claim = families.open_claims(actor, today).filter(pk=claim_id).first()
    access.require(claim is not None)
    assert claim is not None
    return claim


def _read_of(actor: Account, claim: ChildClaim, today: date) -> UUID:
    """Among whose readings it stands: the parent's, who reads which office it was.

    Not that of an office which has the claim only because it holds a file of the child.
    """
    seen = access.can_see_person(actor, claim.parent, today)
    return claim.parent_id if seen else claim.child_id


def _confirm(
    actor: Account,
    claim: ChildClaim,
    known: UUID | None,
    other: bool,
    now: datetime,
    today: date,
) -> None:
    by, declared = f"staff:{actor.pk}", claim.child
    drafts = list(declared.cases.filter(state=State.DRAFT).order_by("started_at", "id"))
    if claim.state == _CONFIRMED:  # contested since: the same file, with what is its own
        child, drafts = declared, []
    elif known is not None:
        child = _known(actor, claim, known, today)
    else:
        child = _new(actor, claim, other, today)
    if not access.is_minor(child, today):
        raise Refusal(
            gettext("Cette personne est majeure : aucun parent n’ouvre plus son dossier.")
        )
    claim.link = confirm_child(by, claim.parent, child, now=now)
    claim.child = child
    for draft in drafts:
        _follow(by, draft, child, now, today)
    _settled(actor, claim, _CONFIRMED, now, today, "")


def _see(
    actor: Account, claim: ChildClaim, seen: Collection[str], now: datetime, today: date
) -> None:
    if set(seen) - set(families.proofs_asked(today)):
        raise Refusal(gettext("Dites ce que vous avez vu."), field="seen")
    for code in sorted(set(seen)):
        ChildProof.objects.create(
            claim=claim, code=code, seen_on=today, added_by=actor, added_at=now
        )
    # A file that the antivirus has not let through was seen by nobody.
    looked_at = Q(upload__isnull=True) | Q(upload__state=UploadState.CLEAN.value)
    if not claim.proofs.filter(looked_at, withdrawn_at__isnull=True).exists():
        raise Refusal(
            gettext(
                "Rien ne montre encore que c’est son enfant : dites quel original vous avez vu."
            ),
            field="seen",
        )


def _must_be_held_here(actor: Account, claim: ChildClaim, today: date) -> None:
    if families.elsewhere(actor, claim, today):
        raise Refusal(
            gettext(
                "Un dossier porte déjà ce numéro, dans un autre territoire : c’est le bureau qui "
                "le tient qui confirme. Il a dans sa liste ce que le parent déclare de son compte."
            ),
            field="foreigner_number",
        )


def _known(actor: Account, claim: ChildClaim, known: UUID, today: date) -> Person:
    child = Person.objects.select_for_update(no_key=True).filter(pk=known).first()
    access.require(child is not None and access.may_decide(actor, child, today))
    assert child is not None
    if child.pk == claim.parent_id:
        raise Refusal(gettext("Nul n’est son propre parent."), field="known")
    _must_be_held_here(actor, claim, today)
    return child


def _new(actor: Account, claim: ChildClaim, other: bool, today: date) -> Person:
    """The declared child becomes a file, where the parent lives."""
    child, parent = claim.child, claim.parent
    with connection.cursor() as cursor:
        # Two parents of one child, confirmed at once by two agents: one file, not two.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"child {child.family_key} {child.born_on}"],
        )
    _must_be_held_here(actor, claim, today)
    access.require(access.may_decide(actor, parent, today))
    if (found := families.alike(actor, claim, today)) and (
        not other or any(one.foreigner_number == claim.foreigner_number != "" for one in found)
    ):
        raise Refusal(
            gettext("Cet enfant a peut-être déjà un dossier ici : dites lequel, ou aucun."),
            field="known",
        )
    if parent.commune_id is None:
        raise Refusal(gettext("L’adresse du parent n’est pas connue."), field="known")
    child.commune_id, child.address_line = parent.commune_id, parent.address_line
    child.postal_code = parent.postal_code
    child.foreigner_number = claim.foreigner_number or None
    check(child)
    child.save()
    return child


def _refuse(actor: Account, claim: ChildClaim, reasons: str, now: datetime, today: date) -> None:
    why, by = reasons.strip(), f"staff:{actor.pk}"
    if not why:
        raise Refusal(gettext("Dites pourquoi, à la personne."), field="reasons")
    if claim.link is not None:
        end_child_link(by, claim.link, now=now)
    else:
        for draft in claim.child.cases.filter(state=State.DRAFT):
            discard_draft(by, draft, now, today)
    _settled(actor, claim, _REFUSED, now, today, why)


def _settled(
    actor: Account,
    claim: ChildClaim,
    state: ChildClaim.State,
    now: datetime,
    today: date,
    reasons: str,
) -> None:
    staff = Staff.objects.get(account=actor)
    claim.state, claim.reasons = state, reasons
    claim.decided_at, claim.decided_by = now, staff
    check(claim)
    claim.save()
    by, what = f"staff:{actor.pk}", f"child_{state}"
    entry = note(by, f"child.{state}", claim, now)
    facts: dict[str, Any] = {"decided_on": today}
    if state == _CONFIRMED:  # of a refusal: that office may have it only for a file of the child
        facts["office"] = staff.office_id
    notify_many(by, lines=[Line(what, facts, f"{what}:{entry}", claim.parent_id)], now=now)


def _follow(by: str, draft: Case, child: Person, now: datetime, today: date) -> None:
    """What was prepared for the declared child is the child's; where they have such a request
    open already, that one stays and the draft goes."""
    open_ones = child.cases.filter(article=draft.article).exclude(state__in=ENDED_STATES)
    if open_ones.exclude(pk=draft.pk).exists():
        discard_draft(by, draft, now, today)
        return
    with acting_as(Standing(by, Role.SYSTEM), draft, now=now, today=today) as act:
        act.case.person, act.case.office = child, office_of(child, today)
        act.record("case.followed", {"office": act.case.office_id}, quiet=True)


def _could_settle(actor: Account, claim: ChildClaim, today: date) -> bool:
    """Is it of the territory of ``actor``, though settled?"""
    return access.may_decide(actor, claim.parent, today) or access.may_decide(
        actor, claim.child, today
    )


def discard_draft(by: str, draft: Case, now: datetime, today: date) -> None:
    """The draft goes with what let the parent write it: no machine ends a request by itself."""
    with acting_as(Standing(by, Role.PERSON), draft, now=now, today=today) as act:
        act.step(Event.DISCARD)
        act.case.answers = {}
        act.record("case.discarded", quiet=True)


def note(by: str, action: str, claim: ChildClaim, now: datetime, **facts: Any) -> int:
    """A line of the journal about the parent: it names nobody."""
    return record(
        by, action=action, subject_kind="person", subject=claim.parent_id, at=now,
        facts={"claim": claim.pk, **facts},
    ).pk  # fmt: skip
