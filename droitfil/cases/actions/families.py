"""A parent declares a child; a named agent confirms it, or refuses with reasons.

Before that, nothing of a file that the child may have already is opened, shown or hinted at: what
the parent sees is what they wrote, whether or not the child is known. They may prepare requests
for the child meanwhile; nothing can be filed. See docs/adr/0017.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
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
from droitfil.cases.actions.proofs import give_proof
from droitfil.cases.models import Case, ChildClaim, ChildProof
from droitfil.cases.models.case import ENDED_STATES
from droitfil.files import actions as files
from droitfil.files.examination import examine
from droitfil.files.models import State as UploadState
from droitfil.journal.actions import record, record_reading
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.lib.sort_keys import sort_key
from droitfil.lib.validation import check
from droitfil.notices.actions import Line, notify_many
from droitfil.people import access
from droitfil.people.actions.files import must_be_readable, register_person
from droitfil.people.actions.kinship import confirm_child, end_child_link
from droitfil.people.models import Account, Person, Staff
from droitfil.people.queries import children_of
from droitfil.rules.lifecycle import Event, Role, State
from droitfil.rules.seal import plain

#: Children that wait at once, and files given for one: more is nobody's family.
MOST_WAITING, MOST_PROOFS = 12, 12
_WAITING, _CONFIRMED, _REFUSED, _WITHDRAWN = (
    ChildClaim.State.WAITING, ChildClaim.State.CONFIRMED, ChildClaim.State.REFUSED,
    ChildClaim.State.WITHDRAWN,
)  # fmt: skip


# -- the parent ------------------------------------------------------------------------------------


def declare_child(
    actor: Account,
    *,
    facts: Mapping[str, Any],
    now: datetime,
    today: date,
    foreigner_number: str = "",
    other_parent: str = "",
    other_number: str = "",
) -> ChildClaim:
    """``actor`` says that a minor is their child; an agent will confirm it. Said twice, it is one.

    :param facts: the civil status, as the fields of ``Person``; ``born_on`` is one.
    :param foreigner_number: the child's, when there is one; ``other_number``, the other parent's.
    :raises Forbidden: ``actor`` has no file.
    :raises Refusal: facts that cannot be; a child who is linked already; an unknown address.
    """
    with transaction.atomic():
        parent = Person.objects.select_for_update(no_key=True).filter(account=actor).first()
        access.require(parent is not None and actor.is_active)
        assert parent is not None
        if parent.commune_id is None:
            raise Refusal(gettext("Dites d’abord où vous habitez : un agent de là confirmera."))
        if any(_same(one, facts) for one in children_of(parent, today)):
            raise Refusal(gettext("Cet enfant est déjà dans « Mes enfants »."))
        more = _numbers(parent, foreigner_number, other_parent, other_number)
        return _declare(f"person:{actor.pk}", actor, parent, facts, more, now, today)


def add_proof(
    actor: Account,
    claim: ChildClaim,
    *,
    code: str,
    content: bytes,
    declared_name: str,
    now: datetime,
    today: date,
) -> ChildProof:
    """Keeps a file that shows that the child is theirs; drafts begun for the child have it too.

    :raises Forbidden: the claim is another's.
    :raises Refusal: it is settled; an unknown code; a file that cannot be kept, or one too many.
    """
    _own(actor, claim)
    if code not in families.proofs_asked(today):
        raise Refusal(gettext("Dites ce que montre ce fichier."), field="code")
    # Seconds may pass: before the row is locked.
    examined = examine(content, declared_name=declared_name)
    with transaction.atomic():
        row = _waiting_one(claim)
        if row.proofs.filter(withdrawn_at__isnull=True).count() >= MOST_PROOFS:
            raise Refusal(
                gettext("%(most)s fichiers suffisent : retirez-en un d’abord.")
                % {"most": MOST_PROOFS},
                field="file",
            )
        by = f"person:{actor.pk}"
        proof = ChildProof.objects.create(
            claim=row, code=code, upload=files.keep(by, examined, now=now), added_by=actor,
            added_at=now,
        )  # fmt: skip
        _record(by, "child.proof_added", row, now, proof=proof.pk, code=code)
        for draft in row.child.cases.filter(state=State.DRAFT, procedure=families.PROCEDURE):
            give_proof(by, draft, proof, now=now)
        return proof


def withdraw_proof(actor: Account, proof: ChildProof, *, now: datetime) -> None:
    """The file shows nothing any more; what it was given for elsewhere keeps it.

    :raises Forbidden: the claim is another's.
    :raises Refusal: it is settled.
    """
    _own(actor, proof.claim)
    with transaction.atomic():
        row = _waiting_one(proof.claim)
        if proof.withdrawn_at is None:
            proof.withdrawn_at = now
            proof.save(update_fields=["withdrawn_at"])
            _record(f"person:{actor.pk}", "child.proof_withdrawn", row, now, proof=proof.pk)


def withdraw_claim(actor: Account, claim: ChildClaim, *, now: datetime, today: date) -> None:
    """The parent takes back what they declared, and what they prepared for the child with it.

    :raises Forbidden: the claim is another's.
    :raises Refusal: it is settled.
    """
    _own(actor, claim)
    with transaction.atomic():
        if ChildClaim.objects.filter(pk=claim.pk, state=_WITHDRAWN).exists():
            return
        row = _waiting_one(claim)
        by = f"person:{actor.pk}"
        for draft in row.child.cases.filter(state=State.DRAFT):
            _discard(by, draft, now, today)
        row.state = _WITHDRAWN
        row.save(update_fields=["state"])
        _record(by, "child.withdrawn", row, now)


# -- an agent --------------------------------------------------------------------------------------


def open_claim(actor: Account, claim_id: UUID, *, now: datetime, today: date) -> ChildClaim:
    """A claim that waits for ``actor``; the line of the journal stands among the parent's.

    :raises Forbidden: for whoever may not settle it, and when it waits no more.
    """
    claim = families.open_claims(actor, today).filter(pk=claim_id).first()
    access.require(claim is not None)
    assert claim is not None
    record_reading(f"staff:{actor.pk}", subject_kind="person", subject=claim.parent_id, at=now)
    return claim


def open_proof(
    actor: Account, claim_id: UUID, proof_id: UUID, *, now: datetime, today: date
) -> ChildProof:
    """One file of a claim, to be shown; written as :func:`open_claim`, with the file.

    :raises Forbidden: as :func:`open_claim`; a file of another claim.
    """
    claim = families.open_claims(actor, today).filter(pk=claim_id).first()
    access.require(claim is not None)
    assert claim is not None
    given = claim.proofs.filter(withdrawn_at__isnull=True, upload__isnull=False)
    proof = given.select_related("upload").filter(pk=proof_id).first()
    if proof is None:
        raise Forbidden(gettext("Cette pièce n’existe pas."))
    record_reading(
        f"staff:{actor.pk}", subject_kind="person", subject=claim.parent_id, at=now,
        facts={"proof": proof.pk, "code": proof.code},
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


def record_child(
    actor: Account,
    parent: Person,
    *,
    facts: Mapping[str, Any],
    seen: Collection[str],
    now: datetime,
    today: date,
    foreigner_number: str = "",
    other_parent: str = "",
    other_number: str = "",
    known: UUID | None = None,
    other: bool = False,
) -> ChildClaim:
    """At the counter, an agent has seen what shows it: declared and confirmed at once.

    :raises Forbidden: ``parent`` is not of the agent's territory.
    :raises Refusal: as :func:`declare_child` and :func:`settle_child`.
    """
    access.require(access.may_decide(actor, parent, today))
    with transaction.atomic():
        row = Person.objects.select_for_update(no_key=True).get(pk=parent.pk)
        for child in children_of(row, today):
            made = ChildClaim.objects.filter(parent=row, child=child, state=_CONFIRMED).first()
            if _same(child, facts) and made is not None:
                return made
        more = _numbers(row, foreigner_number, other_parent, other_number)
        claim = _declare(f"staff:{actor.pk}", actor, row, facts, more, now, today)
        return settle_child(
            actor, claim.pk, confirm=True, known=known, other=other, seen=seen,
            now=now, today=today,
        )  # fmt: skip


# -- parts -----------------------------------------------------------------------------------------


def _declare(
    by: str,
    account: Account,
    parent: Person,
    facts: Mapping[str, Any],
    more: Mapping[str, str],
    now: datetime,
    today: date,
) -> ChildClaim:
    _must_be_a_child(facts, parent, today)
    waiting = ChildClaim.objects.filter(parent=parent, state=_WAITING).select_related("child")
    for claim in waiting:
        if _same(claim.child, facts):
            return claim
    if len(waiting) >= MOST_WAITING:
        raise Refusal(gettext("Attendez d’abord la réponse pour les enfants déjà déclarés."))
    # Of no office: nobody of the staff finds it, and it bears no number, taken or not.
    child = register_person(by, now=now, **facts)
    must_be_readable(child, today)
    claim = ChildClaim(parent=parent, child=child, at=now, by=account, **more)
    check(claim)
    claim.save(force_insert=True)
    _record(by, "child.declared", claim, now)
    return claim


def _must_be_a_child(facts: Mapping[str, Any], parent: Person, today: date) -> None:
    if not plain(facts["family_name"]):
        raise Refusal(
            gettext("Écrivez le nom en lettres latines, comme au bas de la page du passeport."),
            field="family_name",
        )
    if not str(facts.get("given_names", "")).strip():
        raise Refusal(gettext("Écrivez le prénom de l’enfant."), field="given_names")
    born = facts["born_on"]
    if born > today:
        raise Refusal(gettext("Cette date de naissance n’est pas encore arrivée."), field="born_on")
    if not access.is_minor(Person(born_on=born), today):
        raise Refusal(
            gettext("Cet enfant est majeur : il demande lui-même, depuis son propre compte."),
            field="born_on",
        )
    if born <= parent.born_on:
        raise Refusal(gettext("Un enfant naît après son parent."), field="born_on")


def _numbers(parent: Person, number: str, other_parent: str, other_number: str) -> dict[str, str]:
    found = {"other_parent": " ".join(other_parent.split())}
    for field, text in (("foreigner_number", number), ("other_number", other_number)):
        digits = re.sub(r"[\s.\-]", "", text)
        if digits and not re.fullmatch("[0-9]{10}", digits, re.ASCII):
            raise Refusal(gettext("Le numéro étranger a dix chiffres."), field=field)
        if digits and digits == parent.foreigner_number:
            raise Refusal(gettext("Ce numéro est celui du parent qui déclare."), field=field)
        found[field] = digits
    return found


def _same(child: Person, facts: Mapping[str, Any]) -> bool:
    """The same names, whatever the accents, and the same birth date."""
    return (child.family_key, child.given_key, child.born_on) == (
        sort_key(facts["family_name"]), sort_key(str(facts.get("given_names", ""))),
        facts["born_on"],
    )  # fmt: skip


def _confirm(
    actor: Account,
    claim: ChildClaim,
    known: UUID | None,
    other: bool,
    now: datetime,
    today: date,
) -> None:
    by, declared = f"staff:{actor.pk}", claim.child
    if claim.state == _CONFIRMED:
        child = declared  # contested since: the same file
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
    for draft in declared.cases.filter(state=State.DRAFT).order_by("started_at", "id"):
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


def _known(actor: Account, claim: ChildClaim, known: UUID, today: date) -> Person:
    child = Person.objects.select_for_update(no_key=True).filter(pk=known).first()
    access.require(child is not None and access.may_decide(actor, child, today))
    assert child is not None
    if child.pk == claim.parent_id:
        raise Refusal(gettext("Nul n’est son propre parent."), field="known")
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
    if families.elsewhere(actor, claim, today):
        raise Refusal(
            gettext(
                "Un dossier porte déjà ce numéro, dans un autre territoire : c’est le bureau qui "
                "le tient qui confirme. Cette déclaration est aussi dans sa liste."
            ),
            field="known",
        )
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
            _discard(by, draft, now, today)
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
    entry = _record(by, f"child.{state}", claim, now)
    facts = {"decided_on": today, "office": staff.office_id}
    notify_many(by, lines=[Line(what, facts, f"{what}:{entry}", claim.parent_id)], now=now)


def _follow(by: str, draft: Case, child: Person, now: datetime, today: date) -> None:
    """What was prepared for the declared child is the child's; where they have such a request
    open already, that one stays and the draft goes."""
    open_ones = child.cases.filter(article=draft.article).exclude(state__in=ENDED_STATES)
    if open_ones.exclude(pk=draft.pk).exists():
        _discard(by, draft, now, today)
        return
    with acting_as(Standing(by, Role.SYSTEM), draft, now=now, today=today) as act:
        act.case.person, act.case.office = child, office_of(child, today)
        act.record("case.followed", {"office": act.case.office_id}, quiet=True)


def _discard(by: str, draft: Case, now: datetime, today: date) -> None:
    """The draft goes with what let the parent write it: no machine ends a request by itself."""
    with acting_as(Standing(by, Role.PERSON), draft, now=now, today=today) as act:
        act.step(Event.DISCARD)
        act.case.answers = {}
        act.record("case.discarded", quiet=True)


def _own(actor: Account, claim: ChildClaim) -> None:
    """:raises Forbidden: the claim is another's."""
    access.require(actor.is_active and claim.parent.account_id == actor.pk)


def _waiting_one(claim: ChildClaim) -> ChildClaim:
    """The locked row.

    :raises Refusal: an agent has settled it.
    """
    row = ChildClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if row.state != _WAITING:
        raise Refusal(gettext("Un agent a déjà répondu : rien ne change plus ici."))
    return row


def _could_settle(actor: Account, claim: ChildClaim, today: date) -> bool:
    """Is it of the territory of ``actor``, though settled?"""
    return access.may_decide(actor, claim.parent, today) or access.may_decide(
        actor, claim.child, today
    )


def _record(by: str, action: str, claim: ChildClaim, now: datetime, **facts: Any) -> int:
    """A line of the journal about the parent: it names nobody."""
    return record(
        by, action=action, subject_kind="person", subject=claim.parent_id, at=now,
        facts={"claim": claim.pk, **facts},
    ).pk  # fmt: skip
