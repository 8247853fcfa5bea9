"""What there is to read: an inbox, what became of the copies, addresses that refuse."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from droitfil.notices.models import BouncedContact, Channel, Delivery, Message, Preference
from droitfil.notices.passes import contact_digest
from droitfil.people.models import Account, Person
from droitfil.people.queries import children_of


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
    return Preference.Wants(found.wants) if found else Preference.Wants.ALL


def bounced(person: Person) -> list[BouncedContact]:
    """The contacts of ``person``, as they are today, that refused a message for good."""
    contacts = {Channel.EMAIL: address_of(person), Channel.SMS: person.phone}
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
    states = [Delivery.State.FAILED, Delivery.State.BOUNCED]
    return Delivery.objects.filter(state__in=states).order_by("-ended_at", "-id")
