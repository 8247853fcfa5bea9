"""What an administrator changes of the map: an office opens, an arrondissement changes office."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from droitfil.journal.actions import record
from droitfil.people import access
from droitfil.people.models import Account
from droitfil.territory import actions as map_of_offices
from droitfil.territory.models import Competence, Office


def open_office(
    actor: Account | str,
    *,
    id: str,  # noqa: A002 (the office's own)
    name: str,
    kind: Office.Kind,
    seat: str,
    active_from: date,
    now: datetime,
) -> Office:
    """An office that stands in the commune ``seat`` (its code), open from ``active_from`` on.

    It receives nobody before :func:`move_competence` says whom.

    :raises Refusal: an identifier, a name or a commune that cannot be.
    :raises Forbidden: ``actor`` is an account that administers nothing.
    """
    by = access.administrator(actor, localdate(now))
    with transaction.atomic():
        office = map_of_offices.open_office(
            id=id, name=name, kind=kind, seat=seat, active_from=active_from
        )
        record(
            by, action="office.opened", subject_kind="office",
            facts={"office": office.pk, "from_on": active_from}, at=now,
        )  # fmt: skip
    return office


def move_competence(
    actor: Account | str, *, arrondissement: str, office: str, from_on: date, now: datetime
) -> Competence:
    """``office`` receives those who live in ``arrondissement`` from ``from_on`` on.

    :raises Refusal: as ``territory.actions.move_competence``.
    :raises Forbidden: as :func:`open_office`.
    """
    by = access.administrator(actor, localdate(now))
    with transaction.atomic():
        moved = map_of_offices.move_competence(
            arrondissement=arrondissement, office=office, from_on=from_on
        )
        record(
            by, action="competence.moved", subject_kind="office",
            facts={"arrondissement": arrondissement, "office": office, "from_on": from_on}, at=now,
        )  # fmt: skip
    return moved
