"""Linking an account to a person's file, by three facts; contesting it; what a human settles.

The facts are the foreigner's number, the birth date and the number of a card held. The first
account to give them is linked, and every address already known is told, with a way to contest.
Whoever comes second is heard by a human. Five wrong tries lock the linking, of the account that
tries and of the number tried, never the person: rights, papers and cases go on.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.db import connection, transaction
from django.utils.translation import gettext

from droitfil.journal.actions import Message, record
from droitfil.lib.refusals import Conflict, Refusal
from droitfil.people import access
from droitfil.people.actions.kinship import TELLS, contest_child_link
from droitfil.people.models import (
    Account,
    FamilyLink,
    Link,
    LinkAttempt,
    LinkClaim,
    LinkNotice,
    Person,
    Staff,
)
from droitfil.people.passes import number_digest, read_contest_code
from droitfil.people.queries import wrong_tries

#: Wrong tries that lock.
MOST_TRIES = 5
#: Who acts through a one-time address: the account is not known.
BY_CONTEST = "system:contest"


class Linked(Enum):
    """What came of a try."""

    NOW = "now"
    ALREADY = "already"
    WAITS_FOR_A_HUMAN = "waits"


@dataclass(frozen=True, slots=True)
class Facts:
    """The three facts, as typed then made plain: digits, a day, capitals and digits."""

    number: str
    born_on: date
    card_number: str

    @classmethod
    def read(cls, number: str, born_on: date, card_number: str) -> Facts:
        """The facts without blanks, points nor dashes.

        :raises Refusal: for a number that cannot be one.
        """
        digits = re.sub(r"[\s.\-]", "", number)
        if not re.fullmatch(r"[0-9]{10}", digits, re.ASCII):
            raise Refusal(
                gettext("Le numéro étranger a dix chiffres. Il est imprimé sur votre carte."),
                field="number",
            )
        card = re.sub(r"[\s.\-]", "", card_number).upper()
        if not re.fullmatch(r"[0-9A-Z]{4,20}", card, re.ASCII):
            raise Refusal(
                gettext("Le numéro de carte a des lettres et des chiffres seulement."),
                field="card_number",
            )
        return cls(digits, born_on, card)


def link_file(actor: Account, *, facts: Facts, now: datetime) -> Linked:
    """Links ``actor`` to the file that the three facts name, or lays the claim before a human.

    Wrong facts are counted and told the same way whatever is wrong, and whether or not the
    number exists.

    :raises Refusal: wrong facts, locked linking, or an account that has a file already.
    :raises Conflict: another account was linked to this file at the very same moment.
    """
    free_before = Person.objects.filter(
        foreigner_number=facts.number, account__isnull=True
    ).exists()
    with transaction.atomic():
        outcome = _try(actor, facts, free_before, now)
    # Outside the transaction: a wrong try must stay counted.
    if isinstance(outcome, Refusal | Conflict):
        raise outcome
    return outcome


def _try(
    actor: Account, facts: Facts, free_before: bool, now: datetime
) -> Linked | Refusal | Conflict:
    digest = number_digest(facts.number)
    account = Account.objects.select_for_update().get(pk=actor.pk)
    with connection.cursor() as cursor:
        # Two tries at one number follow one another, even when nobody bears it.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)",
            [int.from_bytes(digest[:8], "big", signed=True)],
        )
    person = Person.objects.select_for_update().filter(foreigner_number=facts.number).first()
    if person is not None and person.account_id == account.pk:
        return Linked.ALREADY
    if Person.objects.filter(account=account).exists():
        return Refusal(gettext("Votre compte est déjà rattaché à un dossier."))
    if _locked(account, person, digest):
        return _told_locked()
    if person is None or not _right(person, facts):
        return _wrong(account, person, digest, now)
    if person.account_id is not None:
        if free_before:
            return Conflict(
                gettext(
                    "Quelqu’un vient de rattacher ce dossier au même moment. Rien n’a été fait "
                    "pour vous : recommencez, et une personne de la préfecture vérifiera."
                )
            )
        return _claim(account, person, digest, now)
    _note_try(account, digest, LinkAttempt.Outcome.LINKED, now)
    _link(f"person:{account.pk}", account, person, now)
    return Linked.NOW


def contest_link(code: str, *, now: datetime) -> None:
    """Undoes the link that the one-time address ``code`` was sent about.

    The account loses the file, or the parent that of the child, at once; only a human links them
    again. An account links no file by facts meanwhile.

    :raises Refusal: an address that we did not make, or that was used, or a link ended since.
    """
    notice_id = read_contest_code(code)
    with transaction.atomic():
        notice = (
            LinkNotice.objects.select_for_update().filter(pk=notice_id or uuid.UUID(int=0)).first()
        )
        if notice is None or notice.used_at is not None:
            raise Refusal(gettext("Cette adresse n’est pas, ou n’est plus, valable."))
        notice.used_at = now
        notice.save(update_fields=["used_at"])
        if notice.family_id is not None:
            family = FamilyLink.objects.select_for_update().get(pk=notice.family_id)
            contest_child_link(BY_CONTEST, family, now=now)
            return
        assert notice.link is not None  # one of the two: link_notice_of_one_link
        person = Person.objects.select_for_update().get(pk=notice.link.person_id)
        link = Link.objects.select_for_update().get(pk=notice.link.pk)
        if link.ended_at is None:
            end_link(link, person, Link.End.CONTESTED, now)
        person.linking_locked_at = person.linking_locked_at or now
        person.save(update_fields=["linking_locked_at"])
        record(
            BY_CONTEST, action="link.contested", subject_kind="person",
            subject=person.pk, facts={"link": str(link.pk)}, at=now,
        )  # fmt: skip


def settle_claim(
    actor: Account, claim_id: uuid.UUID, *, grant: bool, now: datetime, today: date
) -> None:
    """A named agent says whose file it is: ``grant`` moves the link to the one who claims it.

    :raises Forbidden: the file is not of the agent's territory, or reading is all they may do.
    :raises Conflict: another agent settled it first, or the account got another file meanwhile.
    """
    with transaction.atomic():
        claim = LinkClaim.objects.select_for_update().filter(pk=claim_id).first()
        access.require(claim is not None)
        assert claim is not None
        person = Person.objects.select_for_update().get(pk=claim.person_id)
        access.require(access.may_decide(actor, person, today))
        if claim.state != LinkClaim.State.WAITING:
            raise Conflict(gettext("Cette demande a déjà été tranchée."))
        if grant:
            other = Person.objects.filter(account_id=claim.account_id).exclude(pk=person.pk)
            if other.exists():
                raise Conflict(gettext("Ce compte a été rattaché à un autre dossier entre-temps."))
            current = Link.objects.select_for_update().filter(person=person, ended_at__isnull=True)
            for link in current:
                end_link(link, person, Link.End.MOVED, now)
            _link(f"staff:{actor.pk}", claim.account, person, now)
        claim.state = LinkClaim.State.GRANTED if grant else LinkClaim.State.REFUSED
        claim.decided_at = now
        claim.decided_by = Staff.objects.get(account=actor)
        claim.save()
        record(
            f"staff:{actor.pk}", action="claim.settled", subject_kind="person",
            subject=person.pk, facts={"claim": str(claim.pk), "granted": grant}, at=now,
        )  # fmt: skip


def unlock_linking(actor: Account, person_id: uuid.UUID, *, now: datetime, today: date) -> None:
    """An agent who has seen the person lets facts link this file again.

    :raises Forbidden: the file is not of the agent's territory, or reading is all they may do.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        access.require(person is not None)
        assert person is not None
        access.require(access.may_decide(actor, person, today))
        person.linking_locked_at = None
        person.save(update_fields=["linking_locked_at"])
        wrong = LinkAttempt.objects.filter(
            outcome=LinkAttempt.Outcome.WRONG, forgiven_at__isnull=True
        )
        if person.foreigner_number is not None:
            tries = wrong.filter(number_digest=number_digest(person.foreigner_number))
            accounts = list(tries.values_list("account", flat=True).distinct())
            tries.update(forgiven_at=now)
            wrong.filter(account__in=accounts).update(forgiven_at=now)
            Account.objects.filter(pk__in=accounts).update(linking_locked_at=None)
        record(
            f"staff:{actor.pk}", action="linking.unlocked", subject_kind="person",
            subject=person.pk, at=now,
        )  # fmt: skip


def _locked(account: Account, person: Person | None, digest: bytes) -> bool:
    if account.linking_locked_at is not None:
        return True
    if person is not None and person.linking_locked_at is not None:
        return True
    # A number that nobody bears locks as another does: nothing tells them apart.
    return wrong_tries(account.pk, digest)[1] >= MOST_TRIES


def _right(person: Person, facts: Facts) -> bool:
    return (
        person.born_on == facts.born_on
        and person.documents.filter(
            card_number=facts.card_number, withdrawn_on__isnull=True
        ).exists()
    )


def _wrong(account: Account, person: Person | None, digest: bytes, now: datetime) -> Refusal:
    """Counts the try; the fifth locks."""
    _note_try(account, digest, LinkAttempt.Outcome.WRONG, now)
    of_account, of_number = wrong_tries(account.pk, digest)
    record(
        f"person:{account.pk}", action="linking.failed", subject_kind="account",
        subject=account.pk, facts={"tries": of_account}, at=now,
    )  # fmt: skip
    locked = False
    if of_account >= MOST_TRIES:
        account.linking_locked_at, locked = now, True
        account.save(update_fields=["linking_locked_at"])
    if of_number >= MOST_TRIES:
        locked = True
        if person is not None:
            person.linking_locked_at = now
            person.save(update_fields=["linking_locked_at"])
    if locked:
        return _told_locked()
    return Refusal(
        gettext(
            "Ces trois informations ne vont pas ensemble. Vérifiez-les sur votre carte : après "
            "cinq essais, il faudra passer par la préfecture."
        )
    )


def _told_locked() -> Refusal:
    return Refusal(
        gettext(
            "Le rattachement par internet est bloqué, pour protéger le dossier. Vos droits ne "
            "changent pas : demandez à la préfecture de le débloquer, avec votre carte."
        )
    )


def _claim(account: Account, person: Person, digest: bytes, now: datetime) -> Linked:
    claim, made = LinkClaim.objects.get_or_create(
        person=person, account=account, state=LinkClaim.State.WAITING, defaults={"at": now}
    )
    if made:
        _note_try(account, digest, LinkAttempt.Outcome.CLAIMED, now)
        record(
            f"person:{account.pk}", action="claim.made", subject_kind="person",
            subject=person.pk, facts={"claim": str(claim.pk)}, at=now,
        )  # fmt: skip
    return Linked.WAITS_FOR_A_HUMAN


def _note_try(account: Account, digest: bytes, outcome: str, now: datetime) -> None:
    LinkAttempt.objects.create(account=account, number_digest=digest, outcome=outcome, at=now)


def _link(actor: str, account: Account, person: Person, now: datetime) -> None:
    """Links, and has every contact already known told, the account that lost the file too."""
    link = Link.objects.create(person=person, account=account, at=now)
    person.account, person.linked_at = account, now
    person.save(update_fields=["account", "linked_at"])
    known = {
        (LinkNotice.Channel.EMAIL, person.email),
        (LinkNotice.Channel.SMS, person.phone),
        *((LinkNotice.Channel.EMAIL, address) for address in _addresses_before(person, account)),
    }
    notices = LinkNotice.objects.bulk_create(
        LinkNotice(link=link, channel=channel, contact=contact)
        for channel, contact in sorted(known)
        if contact
    )
    record(
        actor, action="person.linked", subject_kind="person", subject=person.pk,
        facts={"link": link.pk}, at=now,
        send=[
            Message(f"{TELLS}.{notice.channel}", {"notice": notice.pk}, key=str(notice.pk))
            for notice in notices
        ],
    )  # fmt: skip


def _addresses_before(person: Person, account: Account) -> list[str]:
    """The address of the account that had this file last, unless it has it again."""
    ended = person.links.filter(ended_at__isnull=False).exclude(account=account)
    last = ended.select_related("account").order_by("ended_at").last()
    return [last.account.email] if last is not None and last.account.is_active else []


def end_link(link: Link, person: Person, why: Link.End, now: datetime) -> None:
    """The account has this file no more; the caller holds the person's row."""
    link.ended_at, link.ended_why = now, why
    link.save(update_fields=["ended_at", "ended_why"])
    person.account = person.linked_at = None
    person.save(update_fields=["account", "linked_at"])
