"""Letters that wait, batches, and addresses as the post reads them."""

from __future__ import annotations

import re
import textwrap
from datetime import date

from django.db.models import QuerySet

from droitfil.notices.letters.window import measures
from droitfil.notices.models import Batch, Channel, Delivery
from droitfil.people.models import Person, Staff
from droitfil.territory.models import Office


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


def office_posting(staff: Staff) -> Office | None:
    """The office whose letters ``staff`` prints; None: everyone's, for an administrator."""
    return None if staff.role == Staff.Role.ADMIN else staff.office


def _last(person: Person) -> str:
    return (person.usual_name or person.family_name).upper()
