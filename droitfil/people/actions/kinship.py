"""A parent's link to a child, once a human has confirmed it: made, told, contested, ended.

Every contact already known of the child and of the other parents is told, with a one-time address
that contests it (``linking.contest_link``); the link opens nothing from that instant, until a
human looks at it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from droitfil.journal.actions import Message, record
from droitfil.people.actions.files import link_family
from droitfil.people.models import FamilyLink, LinkNotice, Person

#: What the outbox calls a message about a link: "link.told.email", "link.told.sms".
TELLS = "link.told"


def confirm_child(by: str, parent: Person, child: Person, *, now: datetime) -> FamilyLink:
    """``parent`` opens the file of ``child`` from now on; the contacts known before are told.

    A link that was ended, or contested, holds again: who was told of it once is not told anew.
    """
    with transaction.atomic():
        known = FamilyLink.objects.select_for_update().filter(
            person=parent, relative=child, kind=FamilyLink.Kind.CHILD
        )
        link = known.first()
        if link is None:
            link = link_family(by, parent, child, kind=FamilyLink.Kind.CHILD, now=now)
            _tell(by, link, now)
        elif link.to_on is not None:
            link.to_on = link.contested_at = None
            link.save(update_fields=["to_on", "contested_at"])
            _record(by, "family.confirmed", link, now)
    return link


def end_child_link(by: str, link: FamilyLink, *, now: datetime) -> None:
    """The parent opens the file no more, from now on; a contest that waited is settled so."""
    _end(link, contested=False, now=now)
    _record(by, "family.ended", link, now)


def contest_child_link(by: str, link: FamilyLink, *, now: datetime) -> None:
    """The link opens nothing until a human has looked at it again."""
    _end(link, contested=True, now=now)
    _record(by, "family.contested", link, now)


def _end(link: FamilyLink, *, contested: bool, now: datetime) -> None:
    yesterday = timezone.localdate(now) - timedelta(days=1)
    if link.to_on is None or link.to_on > yesterday:
        link.to_on = yesterday
    if link.from_on is not None and link.from_on > link.to_on:
        link.from_on = link.to_on
    link.contested_at = (link.contested_at or now) if contested else None
    link.save(update_fields=["from_on", "to_on", "contested_at"])


def _record(by: str, action: str, link: FamilyLink, now: datetime) -> None:
    record(
        by, action=action, subject_kind="person", subject=link.relative_id,
        facts={"parent": str(link.person_id)}, at=now,
    )  # fmt: skip


def _tell(by: str, link: FamilyLink, now: datetime) -> None:
    notices = LinkNotice.objects.bulk_create(
        LinkNotice(family=link, channel=channel, contact=contact)
        for channel, contact in sorted(_known(link, now) - _of([link.person]))
    )
    if not notices:
        return
    record(
        by, action="family.told", subject_kind="person", subject=link.relative_id,
        facts={"parent": str(link.person_id)}, at=now,
        send=[
            Message(f"{TELLS}.{notice.channel}", {"notice": notice.pk}, key=str(notice.pk))
            for notice in notices
        ],
    )  # fmt: skip


def _known(link: FamilyLink, now: datetime) -> set[tuple[str, str]]:
    """The contacts of the child, and of the parents linked before: not of one who is no more."""
    child = link.relative_id
    ended = Q(to_on__lt=timezone.localdate(now), contested_at__isnull=True)
    before = FamilyLink.objects.filter(
        Q(kind=FamilyLink.Kind.CHILD, relative=child) | Q(kind=FamilyLink.Kind.PARENT, person=child)
    ).exclude(Q(pk=link.pk) | ended)
    people = {child} | {
        one.person_id if one.kind == FamilyLink.Kind.CHILD else one.relative_id for one in before
    }
    return _of(list(Person.objects.filter(pk__in=people).select_related("account")))


def _of(people: list[Person]) -> set[tuple[str, str]]:
    found = set()
    for person in people:
        found |= {(LinkNotice.Channel.EMAIL, person.email), (LinkNotice.Channel.SMS, person.phone)}
        if person.account is not None and person.account.is_active:
            found.add((LinkNotice.Channel.EMAIL, person.account.email))
    return {(str(channel), contact) for channel, contact in found if contact}
