"""What there is to read: an inbox, what became of the copies, addresses that refuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from droitfil.notices.letters.queries import address_lines
from droitfil.notices.models import BouncedContact, Channel, Delivery, Message, Preference
from droitfil.notices.passes import contact_digest
from droitfil.people.models import Account, Person
from droitfil.people.queries import children_of
from droitfil.territory.models import Office

#: How far back the list of those who could not be reached looks.
LOOKS_BACK = timedelta(days=365)
_LOST = (Delivery.State.FAILED, Delivery.State.BOUNCED, Delivery.State.RETURNED)


def inbox_of(account: Account, *, on: date) -> QuerySet[Message]:
    """The messages of ``account``, the latest first: their own, as a person and as staff, and
    those of their minor children.
    """
    own = Person.objects.filter(account=account).first()
    mine = Q(account=account)
    if own is not None:
        # Named, not sought in the statement: it would read every message there is.
        children = children_of(own, on).order_by().values_list("pk", flat=True)
        mine |= Q(person__in=[own.pk, *children])
    return Message.objects.filter(mine).select_related("person").order_by("-created_at", "-id")


def unread(account: Account, *, on: date) -> int:
    """How many messages of the inbox were never opened."""
    return inbox_of(account, on=on).filter(read_at__isnull=True).count()


def wants_of(person: Person, channel: Channel) -> Preference.Wants:
    """How much ``person`` wants by ``channel``."""
    found = Preference.objects.filter(person=person, channel=channel).first()
    if found is not None:
        return Preference.Wants(found.wants)
    return Preference.Wants.NONE if channel == Channel.LETTER else Preference.Wants.ALL


def bounced(person: Person) -> list[BouncedContact]:
    """The contacts of ``person``, as they are today, that refused a message for good."""
    contacts = {
        Channel.EMAIL: address_of(person),
        Channel.SMS: person.phone,
        Channel.LETTER: "\n".join(address_lines(person)),
    }
    found = Q(pk__in=[])
    for channel, contact in contacts.items():
        if contact:
            found |= Q(channel=channel, contact=contact_digest(contact))
    return list(BouncedContact.objects.filter(found).order_by("channel"))


def address_of(person: Person) -> str:
    """Where e-mails for ``person`` go: the address they sign in with, else that of the file."""
    if person.account is not None and person.account.is_active:
        return person.account.email
    return person.email


def lost() -> QuerySet[Delivery]:
    """The copies that ended without arriving, the latest first."""
    return Delivery.objects.filter(state__in=_LOST).order_by("-ended_at", "-id")


@dataclass(frozen=True, slots=True)
class Unreached:
    """Someone whom a message did not reach, by any way, and who has not opened it since."""

    person: Person
    message: Message
    #: The last of the ways that failed: which, how and when.
    last: Delivery

    @property
    def since(self) -> datetime:
        assert self.last.ended_at is not None
        return self.last.ended_at


def unreached(office: Office, on: date, *, now: datetime, most: int = 100) -> list[Unreached]:
    """Who lives where ``office`` receives and was not reached, the latest failure first."""
    reached = Delivery.objects.filter(
        message=OuterRef("message"), reader=OuterRef("reader")
    ).exclude(state__in=_LOST)
    lost = (
        Delivery.objects.filter(
            state__in=_LOST,
            ended_at__gte=now - LOOKS_BACK,
            message__read_at__isnull=True,
            reader__commune__arrondissement__competences__office=office,
            reader__commune__arrondissement__competences__valid__contains=on,
        )
        .exclude(Exists(reached))
        .select_related("message", "reader__commune")
        .order_by("-ended_at", "-id")
    )
    found: dict[UUID | None, Unreached] = {}
    for copy in lost[: most * 4]:
        assert copy.reader is not None
        found.setdefault(copy.reader_id, Unreached(copy.reader, copy.message, copy))
        if len(found) == most:
            break
    return list(found.values())


def copies_of(messages: list[Message]) -> dict[UUID, list[Delivery]]:
    """By which ways each message left, and what became of each, by its id."""
    found: dict[UUID, list[Delivery]] = {message.pk: [] for message in messages}
    copies = Delivery.objects.filter(message__in=list(found))
    for copy in copies.select_related("envelope__batch").order_by("created_at", "channel"):
        found[copy.message_id].append(copy)
    return found


def told_of_case(case: UUID, *, most: int) -> list[tuple[Message, list[Delivery]]]:
    """What the person was told about a case, the latest first, and what became of each copy."""
    messages = list(
        Message.objects.filter(case=case, person__isnull=False).order_by("-created_at")[:most]
    )
    copies = copies_of(messages)
    return [(message, copies[message.pk]) for message in messages]
