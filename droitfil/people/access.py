"""Who may see a person, once as a predicate and once as the same filter; who acts for the State.

A person is seen by their own account, by the account of a parent while they are a minor, and by
an agent, a head of office or the contact centre for the departments of their territory. Nobody
else: the ministry and administrators open no file.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from droitfil.lawbook import load_law
from droitfil.lib.refusals import Forbidden
from droitfil.people.models import Account, FamilyLink, Person, Staff
from droitfil.rules.periods import add_years, birthday

#: Roles that open files, in their own departments.
OPENS_FILES = (Staff.Role.AGENT, Staff.Role.HEAD, Staff.Role.SUPPORT)
#: Roles that decide about a file: the others only read.
DECIDES = (Staff.Role.AGENT, Staff.Role.HEAD)

Reader = Account | AnonymousUser


def staff_of(account: Reader, on: date) -> Staff | None:
    """What ``account`` does for the State on ``on``; None when nothing."""
    if not isinstance(account, Account) or not account.is_active:
        return None
    staff = Staff.objects.filter(account=account).select_related("office").first()
    return staff if staff is not None and is_on_duty(staff, on) else None


def will_be_staff(account: Reader, on: date) -> bool:
    """Does ``account`` serve the State on ``on`` or from a later day? Then it signs in as staff."""
    if not isinstance(account, Account):
        return False
    not_over = Q(active_to__isnull=True) | Q(active_to__gte=on)
    return Staff.objects.filter(not_over, account=account).exists()


def is_on_duty(staff: Staff, on: date) -> bool:
    """Is ``on`` one of the days of this function?"""
    return staff.active_from <= on and (staff.active_to is None or on <= staff.active_to)


def actor(account: Reader, on: date) -> str:
    """How the journal names who acts: "staff:<id>" or "person:<id>"."""
    if staff_of(account, on) is not None:
        return f"staff:{account.pk}"
    return f"person:{account.pk}"


def can_see_person(account: Reader, person: Person, on: date) -> bool:
    """May ``account`` open the file of ``person`` on ``on``? As :func:`visible_persons` filters."""
    return is_own(account, person, on) or sees_as_staff(account, person, on)


def is_own(account: Reader, person: Person, on: date) -> bool:
    """Is ``person`` the one who holds ``account``, or their minor child?"""
    if not isinstance(account, Account) or not account.is_active:
        return False
    return person.account_id == account.pk or _is_minor_child(account, person, on)


def sees_as_staff(account: Reader, person: Person, on: date) -> bool:
    """Is it the function of ``account`` that opens this file?"""
    staff = staff_of(account, on)
    if staff is None or staff.role not in OPENS_FILES or person.commune is None:
        return False
    return person.commune.department_id in staff.territory


def visible_persons(account: Reader, on: date) -> QuerySet[Person]:
    """Everyone whose file ``account`` may open on ``on``, as :func:`can_see_person` says it."""
    if not isinstance(account, Account) or not account.is_active:
        return Person.objects.none()
    allowed = Q(pk__in=_own(account, on))
    staff = staff_of(account, on)
    if staff is not None and staff.role in OPENS_FILES:
        allowed |= Q(commune__department__in=staff.territory)
    return Person.objects.filter(allowed)


def own_persons(account: Reader, on: date) -> QuerySet[Person]:
    """The person who holds ``account`` and their minor children, as :func:`is_own` says it."""
    if not isinstance(account, Account) or not account.is_active:
        return Person.objects.none()
    return Person.objects.filter(pk__in=_own(account, on))


def _own(account: Account, on: date) -> QuerySet[Person, Any]:
    """Their ids. A union: each part has its index, where an "or" would read everyone there is."""
    running = Q(from_on__isnull=True) | Q(from_on__lte=on)
    running &= Q(to_on__isnull=True) | Q(to_on__gte=on)
    born_after = last_birth_of_age(on)
    links = FamilyLink.objects.filter(running)
    children = links.filter(
        kind=FamilyLink.Kind.CHILD, person__account=account, relative__born_on__gt=born_after
    )
    parents = links.filter(
        kind=FamilyLink.Kind.PARENT, relative__account=account, person__born_on__gt=born_after
    )
    mine = Person.objects.filter(account=account).values("pk")
    return mine.union(children.values("relative"), parents.values("person"))


def may_decide(account: Reader, person: Person, on: date) -> bool:
    """May ``account`` settle a question about this file (a claim, a locked linking)?

    Nobody does about their own file, or their child's.
    """
    staff = staff_of(account, on)
    if staff is None or staff.role not in DECIDES or is_own(account, person, on):
        return False
    return sees_as_staff(account, person, on)


def decidable_persons(account: Reader, on: date) -> QuerySet[Person]:
    """Everyone about whom :func:`may_decide` says yes."""
    where = decided_in(account, on)
    own = own_persons(account, on).values("pk")
    return Person.objects.filter(commune__department__in=where).exclude(pk__in=own)


def decided_in(account: Reader, on: date) -> list[str]:
    """The departments about whose people ``account`` decides on ``on``; none for most."""
    staff = staff_of(account, on)
    return staff.territory if staff is not None and staff.role in DECIDES else []


def administers(account: Reader, on: date) -> bool:
    """May ``account`` open offices, name staff and end their function on ``on``?"""
    staff = staff_of(account, on)
    return staff is not None and staff.role == Staff.Role.ADMIN


def administrator(actor: Account | str, on: date) -> str:
    """How the journal names who administers: an account of that role, or a part of the system.

    :raises Forbidden: for any other account.
    """
    if isinstance(actor, str):
        return actor
    require(administers(actor, on))
    return f"staff:{actor.pk}"


def require(allowed: bool) -> None:
    """:raises Forbidden: unless ``allowed``."""
    if not allowed:
        raise Forbidden(gettext("Ce dossier ne vous est pas ouvert."))


def last_birth_of_age(on: date) -> date:
    """The latest birth date of those who are of age on ``on`` (parameter ``majority_age``)."""
    age = int(load_law().value("majority_age", on))
    born = add_years(on, -age)
    # Whoever was born a 29 February comes of age with those of the 28th, in a common year.
    following = born + timedelta(days=1)
    return following if birthday(following, age) <= on else born


def is_minor(person: Person, on: date) -> bool:
    """Is ``person`` not of age yet on ``on``?"""
    return of_age_on(person, on) > on


def of_age_on(person: Person, on: date) -> date:
    """The day ``person`` comes of age, by the law of ``on`` (parameter ``majority_age``)."""
    return birthday(person.born_on, int(load_law().value("majority_age", on)))


def _is_minor_child(account: Account, person: Person, on: date) -> bool:
    if not is_minor(person, on):
        return False
    links = FamilyLink.objects.filter(
        Q(relative=person, kind=FamilyLink.Kind.CHILD, person__account=account)
        | Q(person=person, kind=FamilyLink.Kind.PARENT, relative__account=account)
    )
    return any(
        (link.from_on is None or link.from_on <= on) and (link.to_on is None or on <= link.to_on)
        for link in links
    )
