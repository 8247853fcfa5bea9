"""What is known of a person, as the kernel asks for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from droitfil.journal.queries import readings_of
from droitfil.lawbook import load_law
from droitfil.lib.sort_keys import sort_key
from droitfil.people.access import decidable_persons, last_birth_of_age, visible_persons
from droitfil.people.models import (
    Account,
    FamilyLink,
    LinkAttempt,
    LinkClaim,
    LinkNotice,
    Person,
    ResidenceDocument,
    Staff,
)
from droitfil.people.passes import read_contest_code
from droitfil.rules.facts import Document, ParentKind
from droitfil.rules.facts import Person as PersonFacts
from droitfil.rules.question import read_question

#: Words of a name that are read; nobody has more.
_MOST_WORDS = 8
#: A French parent is told by the nationality; others by what they hold.
FRENCH = "FRA"


def documents_held(person: Person, on: date) -> QuerySet[ResidenceDocument]:
    """The documents that ``person`` has held, oldest first, those withdrawn before ``on`` apart."""
    return person.documents.filter(_held(on)).order_by("valid_from", "id")


def _held(on: date) -> Q:
    return Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=on)


def named_documents(
    person: Person, on: date, *, also: Collection[UUID] = ()
) -> dict[str, ResidenceDocument]:
    """The documents of :func:`question_of` by the names it gives them: "d1", "d2"…, oldest first.

    :param also: documents that count though they were withdrawn: a request started from them.
    """
    return documents_of({person.pk: on}, also=also).get(person.pk, {})


def documents_of(
    on: Mapping[UUID, date], *, also: Collection[UUID] = ()
) -> dict[UUID, dict[str, ResidenceDocument]]:
    """As :func:`named_documents`, of many people in one statement, each on a day of their own."""
    found: dict[UUID, list[ResidenceDocument]] = {}
    held = ResidenceDocument.objects.filter(person__in=list(on))
    for document in held.order_by("person", "valid_from", "id"):
        day, end = on[document.person_id], document.withdrawn_on
        if end is None or end >= day or document.pk in also:
            found.setdefault(document.person_id, []).append(document)
    return {
        person: {f"d{number}": document for number, document in enumerate(documents, start=1)}
        for person, documents in found.items()
    }


def question_of(
    person: Person,
    *,
    on: date,
    language: str = "fr",
    documents: Mapping[str, ResidenceDocument] | None = None,
) -> dict[str, Any]:
    """The contract's question about what ``person`` holds, asked on ``on``.

    Applications are not known here: ``cases`` adds them.

    :param documents: those of :func:`named_documents`, when other ones than those held count.
    """
    if documents is None:
        documents = named_documents(person, on)
    data: dict[str, Any] = {"today": on.isoformat(), "person": _person(person, on)}
    if language != "fr":
        data["language"] = language
    data["documents"] = [_document(document, name) for name, document in documents.items()]
    return data


def facts_of(person: Person, *, on: date) -> tuple[PersonFacts, tuple[Document, ...]]:
    """The same as the kernel's frozen facts: the person, and the documents held."""
    question = read_question(question_of(person, on=on), load_law())
    return question.person, question.documents


def children_of(parent: Person, on: date) -> QuerySet[Person]:
    """The minor children of ``parent`` on ``on``: those whose file a parent may open."""
    links = FamilyLink.objects.filter(_running(on))
    said_by_parent = links.filter(person=parent, kind=FamilyLink.Kind.CHILD).values("relative")
    said_by_child = links.filter(relative=parent, kind=FamilyLink.Kind.PARENT).values("person")
    return Person.objects.filter(
        pk__in=said_by_parent.union(said_by_child), born_on__gt=last_birth_of_age(on)
    ).order_by("born_on", "id")


def find_persons(reader: Account, text: str, *, on: date, most: int = 50) -> list[Person]:
    """Those whom ``reader`` may see and whom ``text`` names, by name.

    ``text`` is the foreigner's number, the number of a card, or the family name with or without
    given names, in any order, each from its beginning; accents and capitals do not matter.
    """
    seen = visible_persons(reader, on).select_related("commune")
    plain = re.sub(r"[\s.\-]", "", text).upper()
    if re.search("[0-9]", plain):
        numbered = Q(foreigner_number=plain) | Q(documents__card_number=plain)
        return list(
            seen.filter(numbered).distinct().order_by("family_key", "given_key", "id")[:most]
        )
    words = sort_key(text).split()[:_MOST_WORDS]
    named = Q(pk__in=[])
    for cut in range(len(words) + 1):
        one, other = " ".join(words[:cut]), " ".join(words[cut:])
        for family, given in ((one, other), (other, one)):
            if family:
                begins = Q(family_key__startswith=family) | Q(usual_key__startswith=family)
                named |= begins & Q(given_key__startswith=given)
    return list(seen.filter(named).order_by("family_key", "given_key", "id")[:most])


def waiting_claims(reader: Account, on: date) -> QuerySet[LinkClaim]:
    """The claims that ``reader`` may settle, the oldest first."""
    return (
        LinkClaim.objects.filter(
            state=LinkClaim.State.WAITING, person__in=decidable_persons(reader, on)
        )
        .select_related("person", "account")
        .order_by("at", "id")
    )


def is_about_a_parent(code: str) -> bool:
    """Does the one-time address contest a parent's link to a child, rather than an account's?"""
    notice = LinkNotice.objects.filter(pk=read_contest_code(code) or UUID(int=0)).first()
    return notice is not None and notice.family_id is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """A member of staff opened the file: when, and in what function."""

    at: datetime
    role: str
    office: str


def readings(person: Person, *, most: int = 20) -> list[Reading]:
    """Who of the staff opened the file of ``person``, the latest first; no name of theirs."""
    found = []
    entries = list(readings_of(person.pk)[:most])
    accounts = [UUID(entry.actor.partition(":")[2]) for entry in entries]
    staff = Staff.objects.select_related("office").in_bulk(accounts)
    for entry, account in zip(entries, accounts, strict=True):
        one = staff[account]  # a function ends, and is never removed
        office = one.office.name if one.office else ""
        found.append(Reading(entry.at, str(one.get_role_display()), office))
    return found


def wrong_tries(account_id: UUID, number_digest: bytes) -> tuple[int, int]:
    """How many wrong tries still count, of the account and against the number."""
    wrong = LinkAttempt.objects.filter(outcome=LinkAttempt.Outcome.WRONG, forgiven_at__isnull=True)
    return (
        wrong.filter(account_id=account_id).count(),
        wrong.filter(number_digest=number_digest).count(),
    )


def _person(person: Person, on: date) -> dict[str, Any]:
    found: dict[str, Any] = {"born_on": person.born_on.isoformat()}
    if person.nationality:
        found["nationality"] = person.nationality
    if person.commune is not None:
        found["lives_in"] = person.commune.department_id
    if person.moved_on is not None and person.moved_on <= on:
        found["moved_on"] = person.moved_on.isoformat()
    if person.born_on > last_birth_of_age(on):
        parents = [fact for parent in parents_of(person, on) for fact in _parent(parent, on)]
        if parents:
            found["parents"] = parents
    return found


def parents_of(child: Person, on: date) -> QuerySet[Person]:
    """Whose child ``child`` is on ``on``, as far as files say it."""
    links = FamilyLink.objects.filter(_running(on))
    said_by_parent = links.filter(relative=child, kind=FamilyLink.Kind.CHILD).values("person")
    said_by_child = links.filter(person=child, kind=FamilyLink.Kind.PARENT).values("relative")
    return Person.objects.filter(pk__in=said_by_parent.union(said_by_child)).order_by("id")


def is_held(person: Person, on: date) -> bool:
    """Does somebody open this file from an account: the person, or a parent of a minor?"""
    if person.account_id is not None:
        return True
    minor = person.born_on > last_birth_of_age(on)
    return minor and parents_of(person, on).filter(account__isnull=False).exists()


def _running(on: date) -> Q:
    """Family links that hold on ``on``."""
    begun = Q(from_on__isnull=True) | Q(from_on__lte=on)
    return begun & (Q(to_on__isnull=True) | Q(to_on__gte=on))


def _parent(parent: Person, on: date) -> list[dict[str, Any]]:
    """What the parent holds on ``on``, as the contract tells a parent; nothing when unknown."""
    if parent.nationality == FRENCH:
        return [{"kind": ParentKind.FR.value}]
    known = {kind.value for kind in ParentKind}
    held = [
        d
        for d in documents_held(parent, on)
        if d.kind in known and d.valid_from <= on and (d.valid_to is None or on <= d.valid_to)
    ]
    if not held:
        return []
    best = max(held, key=lambda d: d.valid_to or date.max)
    fact: dict[str, Any] = {"kind": best.kind}
    if best.article:
        fact["article"] = best.article
    if best.valid_to is not None:
        fact["to"] = best.valid_to.isoformat()
    return [fact]


def _document(document: ResidenceDocument, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": name,
        "kind": document.kind,
        "article": document.article or None,
        "from": document.valid_from.isoformat(),
        "to": document.valid_to.isoformat() if document.valid_to else None,
        "length": document.length or None,
        "validated_on": document.validated_on.isoformat() if document.validated_on else None,
        "work": document.work or None,
    }
    return {key: value for key, value in found.items() if value is not None}
