"""Letters that wait, batches, and the people whom nothing reached."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from droitfil.notices.letters.window import measures
from droitfil.notices.models import Batch, Channel, Delivery, Message
from droitfil.people.models import Account, Person, Staff
from droitfil.territory.models import Office

#: How far back the list of those who could not be reached looks.
LOOKS_BACK = timedelta(days=365)
_LOST = (Delivery.State.FAILED, Delivery.State.BOUNCED, Delivery.State.RETURNED)


def to_post(office: Office | None, on: date) -> QuerySet[Delivery]:
    """The letters that wait to be gathered, by postal code: those of the people whom ``office``
    receives on ``on``, or everyone's."""
    found = Delivery.objects.filter(
        channel=Channel.LETTER, state=Delivery.State.WAITING, envelope__isnull=True
    )
    if office is not None:
        found = found.filter(
            reader__commune__arrondissement__competences__office=office,
            reader__commune__arrondissement__competences__valid__contains=on,
        )
    return found.select_related("reader__commune").order_by(
        "reader__postal_code", "created_at", "id"
    )


def batches(office: Office | None) -> QuerySet[Batch]:
    """The batches of an office, every office's for None, the latest first."""
    found = Batch.objects.select_related("office", "posted_by__staff").order_by("-pk")
    return found if office is None else found.filter(office=office)


def address_lines(person: Person) -> list[str]:
    """The address as the post reads it (NF Z 10-011); nothing when it is not whole."""
    if not (person.address_line.strip() and person.postal_code and person.commune is not None):
        return []
    lines = measures()["lines"]
    longest, most = int(lines["longest"]), int(lines["most"])
    called = textwrap.wrap(f"{person.given_names} {_last(person)}".strip(), longest)[:2]
    street = re.sub(r"[,;.]", " ", person.address_line).upper()
    town = f"{person.postal_code} {person.commune.name.upper()}"
    where = textwrap.wrap(" ".join(street.split()), longest)
    return [*called, *where[: most - len(called) - 1], town[:longest]]


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
    found: dict[object, Unreached] = {}
    for copy in lost[: most * 4]:
        assert copy.reader is not None
        found.setdefault(copy.reader_id, Unreached(copy.reader, copy.message, copy))
        if len(found) == most:
            break
    return list(found.values())


def copies_of(messages: list[Message]) -> dict[object, list[Delivery]]:
    """By which ways each message left, and what became of each, by its id."""
    found: dict[object, list[Delivery]] = {message.pk: [] for message in messages}
    copies = Delivery.objects.filter(message__in=list(found))
    for copy in copies.select_related("envelope__batch").order_by("created_at", "channel"):
        found[copy.message_id].append(copy)
    return found


def office_posting(staff: Staff) -> Office | None:
    """The office whose letters ``staff`` prints; None: everyone's, for an administrator."""
    return None if staff.role == Staff.Role.ADMIN else staff.office


def of_case(case: object, *, most: int = 20) -> list[tuple[Message, list[Delivery]]]:
    """What the person was told about a case, the latest first, and what became of each copy."""
    messages = list(
        Message.objects.filter(Q(case=case), person__isnull=False).order_by("-created_at")[:most]
    )
    copies = copies_of(messages)
    return [(message, copies[message.pk]) for message in messages]


def _last(person: Person) -> str:
    return (person.usual_name or person.family_name).upper()


def by_email(email: str) -> Account | None:
    """The account of a member of staff, by its address."""
    return Account.objects.filter(email=email.strip().lower(), staff__isnull=False).first()
