"""A parent declares a child, from their account or at the counter, with what shows it.

Until an agent confirms it (``confirming``), nothing of a file that the child may have already is
opened, shown or hinted at: what the parent sees is what they wrote, whether or not the child is
known. They may prepare requests for the child meanwhile; nothing can be filed. See docs/adr/0017.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from droitfil.cases import families
from droitfil.cases.actions.confirming import discard_draft, note, settle_child
from droitfil.cases.actions.proofs import give_proof
from droitfil.cases.models import ChildClaim, ChildProof
from droitfil.files import actions as files
from droitfil.files.examination import examine
from droitfil.lib.refusals import Refusal
from droitfil.lib.sort_keys import sort_key
from droitfil.lib.validation import check
from droitfil.people import access
from droitfil.people.actions.files import must_be_readable, register_person
from droitfil.people.models import Account, Person
from droitfil.people.queries import children_of
from droitfil.rules.lifecycle import State
from droitfil.rules.seal import plain

#: Children that wait at once, and files given for one: more is nobody's family.
MOST_WAITING, MOST_PROOFS = 12, 12
_WAITING = ChildClaim.State.WAITING


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
    """``actor`` says that a minor is their child; an agent will confirm it.

    Said twice, it is one, with what was said last of the numbers and of the other parent.

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
        note(by, "child.proof_added", row, now, proof=proof.pk, code=code)
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
            note(f"person:{actor.pk}", "child.proof_withdrawn", row, now, proof=proof.pk)


def withdraw_claim(actor: Account, claim: ChildClaim, *, now: datetime, today: date) -> None:
    """The parent takes back what they declared, and what they prepared for the child with it.

    :raises Forbidden: the claim is another's.
    :raises Refusal: it is settled.
    """
    _own(actor, claim)
    with transaction.atomic():
        if ChildClaim.objects.filter(pk=claim.pk, state=ChildClaim.State.WITHDRAWN).exists():
            return
        row = _waiting_one(claim)
        by = f"person:{actor.pk}"
        for draft in row.child.cases.filter(state=State.DRAFT):
            discard_draft(by, draft, now, today)
        row.state = ChildClaim.State.WITHDRAWN
        row.save(update_fields=["state"])
        note(by, "child.withdrawn", row, now)


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
            made = row.declared_children.filter(child=child, state=ChildClaim.State.CONFIRMED)
            if _same(child, facts) and (found := made.first()) is not None:
                return found
        more = _numbers(row, foreigner_number, other_parent, other_number)
        claim = _declare(f"staff:{actor.pk}", actor, row, facts, more, now, today)
        return settle_child(
            actor, claim.pk, confirm=True, known=known, other=other, seen=seen,
            now=now, today=today,
        )  # fmt: skip


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
            return _completed(claim, more)
    if len(waiting) >= MOST_WAITING:
        raise Refusal(gettext("Attendez d’abord la réponse pour les enfants déjà déclarés."))
    # Of no office: nobody of the staff finds it, and it bears no number, taken or not.
    child = register_person(by, now=now, **facts)
    must_be_readable(child, today)
    claim = ChildClaim(parent=parent, child=child, at=now, by=account, **more)
    check(claim)
    claim.save(force_insert=True)
    note(by, "child.declared", claim, now)
    return claim


def _completed(claim: ChildClaim, more: Mapping[str, str]) -> ChildClaim:
    said = {field: text for field, text in more.items() if text}
    for field, text in said.items():
        setattr(claim, field, text)
    check(claim)
    claim.save(update_fields=list(said))
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
        digits = families.digits_of(text)
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
