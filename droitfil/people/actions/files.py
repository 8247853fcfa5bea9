"""Writing a person's file: opening it, its documents, its family, its address."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.journal.actions import record, record_reading
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Refusal, Trouble
from droitfil.lib.validation import check
from droitfil.people import access
from droitfil.people.models import Account, FamilyLink, Person, ResidenceDocument
from droitfil.people.queries import facts_of
from droitfil.rules.problems import Refused as Unanswerable
from droitfil.territory.models import Commune


def register_person(actor: str, *, now: datetime, **facts: Any) -> Person:
    """Opens a file. ``actor`` as the journal names it; ``facts`` are the fields of ``Person``.

    :raises Refusal: for facts that the file cannot hold.
    """
    person = Person(**facts)
    check(person)
    with transaction.atomic():
        person.save()
        record(actor, action="person.registered", subject_kind="person", subject=person.pk, at=now)
    return person


def add_document(
    actor: str, person: Person, *, now: datetime, source: str, **facts: Any
) -> ResidenceDocument:
    """Writes a document that ``person`` holds, with its printed dates.

    :raises Refusal: for facts that no document bears.
    """
    document = ResidenceDocument(person=person, source=source, **facts)
    check(document)
    with transaction.atomic():
        document.save()
        record(
            actor, action="document.added", subject_kind="person", subject=person.pk,
            facts={"document": str(document.pk), "kind": document.kind,
                   "article": document.article},
            at=now,
        )  # fmt: skip
    return document


def must_be_readable(person: Person, today: date) -> None:
    """What the file says can be asked to the law: a typing error is put right at once.

    :raises Refusal: with a trouble for each field that cannot be, named as ``Person`` and
        ``ResidenceDocument`` name it.
    """
    try:
        facts_of(person, on=today)
    except Unanswerable as unanswerable:
        fields = [
            _FIELDS.get(problem.path.rpartition(".")[2], "") for problem in unanswerable.problems
        ]
        troubles = [Trouble(field, str(_IMPOSSIBLE[field])) for field in dict.fromkeys(fields)]
        raise Refusal(troubles[0].says, field=troubles[0].field, troubles=troubles) from None


#: The fields of the contract's question, as the tables call them; and what is wrong with each.
_FIELDS = {
    "born_on": "born_on", "nationality": "nationality", "article": "article", "from": "valid_from",
    "to": "valid_to",
}  # fmt: skip
_YEAR = _("Ce jour ne peut pas être le bon : vérifiez l’année.")
_IMPOSSIBLE = {
    "born_on": _YEAR,
    "valid_from": _YEAR,
    "valid_to": _YEAR,
    "nationality": _("Choisissez un pays de la liste."),
    "article": _("Choisissez un titre de la liste."),
    "": _("Ces dates se contredisent : relisez-les sur le document."),
}


def withdraw_document(
    actor: str, document: ResidenceDocument, *, withdrawn_on: date, now: datetime
) -> None:
    """The document is no longer held after ``withdrawn_on``: handed back, replaced, withdrawn."""
    with transaction.atomic():
        document.withdrawn_on = withdrawn_on
        check(document)
        document.save(update_fields=["withdrawn_on"])
        record(
            actor, action="document.withdrawn", subject_kind="person",
            subject=document.person_id,
            facts={"document": str(document.pk), "withdrawn_on": withdrawn_on},
            at=now,
        )  # fmt: skip


def link_family(
    actor: str,
    person: Person,
    relative: Person,
    *,
    kind: FamilyLink.Kind,
    now: datetime,
    from_on: date | None = None,
    to_on: date | None = None,
) -> FamilyLink:
    """``relative`` is the parent, the child or the spouse of ``person``.

    :raises Refusal: for a link that cannot be.
    """
    link = FamilyLink(person=person, relative=relative, kind=kind, from_on=from_on, to_on=to_on)
    check(link)
    with transaction.atomic():
        link.save()
        record(
            actor, action="family.linked", subject_kind="person", subject=person.pk,
            facts={"relative": str(relative.pk), "kind": str(kind)}, at=now,
        )  # fmt: skip
    return link


def move_person(
    actor: str,
    person: Person,
    *,
    address_line: str,
    postal_code: str,
    commune: Commune,
    moved_on: date,
    now: datetime,
    proof: str = "",
    seen: str = "",
) -> Entry | None:
    """Writes the new address and the day of the move; nothing else of the file changes.

    Written twice alike, it is one move: the second time leaves no line, and gives None.

    :param proof: code of the paper that an agent has seen; empty when the person says it.
    :param seen: ``Person.address_mark`` as it was shown to who writes.
    :raises Conflict: the address is no longer the one that was shown.
    :raises Refusal: a move before the last one that is known.
    """
    with transaction.atomic():
        # Papers and messages that refer to the person are not made to wait.
        locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        before = locked.address_mark
        last = locked.moved_on
        locked.address_line, locked.postal_code = address_line, postal_code
        locked.commune, locked.moved_on = commune, moved_on
        if locked.address_mark == before:
            return None
        if seen and seen != before:
            raise Conflict(
                gettext(
                    "Une autre adresse vient d’être enregistrée. Rien de votre envoi n’a été fait."
                )
            )
        if last is not None and moved_on < last:
            raise Refusal(
                gettext(
                    "Le dernier déménagement connu est du %(day)s : celui-ci ne peut venir avant."
                )
                % {"day": f"{last:%d/%m/%Y}"},
                field="moved_on",
            )
        check(locked)
        locked.save(update_fields=["address_line", "postal_code", "commune", "moved_on"])
        proved = {"proof": proof} if proof else {}
        entry = record(
            actor, action="person.moved", subject_kind="person", subject=person.pk,
            facts={"commune": commune.pk, "moved_on": moved_on} | proved,
            at=now,
        )  # fmt: skip
    person.refresh_from_db()
    return entry


def open_file(account: Account, person_id: UUID, *, now: datetime, today: date) -> Person:
    """The person, for who may see them; an agent's reading leaves its line in the journal.

    :raises Forbidden: for whoever may not, and for a file that does not exist.
    """
    person = (
        Person.objects.select_related("commune__department", "account").filter(pk=person_id).first()
    )
    access.require(person is not None and access.can_see_person(account, person, today))
    assert person is not None
    if access.sees_as_staff(account, person, today):
        record_reading(f"staff:{account.pk}", subject_kind="person", subject=person.pk, at=now)
    return person
