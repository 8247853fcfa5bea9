"""Who may see a case and act on it, once as a predicate and once as the same filter.

A case is seen by the person it is about, by a parent while they are a minor, and by an agent, a
head of office or the contact centre when its office stands in a department of their territory.
Nobody else. Nobody acts as an agent on a case of their own or of their child.

Who has declared a child prepares requests for them while the link waits for a human; nothing is
filed, and nothing else of the child opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from droitfil.cases.models import Case, ChildClaim
from droitfil.cases.models.case import UNFILED
from droitfil.lib.refusals import Conflict, Forbidden
from droitfil.people import access as people
from droitfil.people.access import DECIDES, OPENS_FILES, Reader
from droitfil.people.models import Account, Person, Staff
from droitfil.rules.lifecycle import Role, State
from droitfil.rules.procedure import COUNTER

#: What is written at home and filed online is its writer's alone until it is filed; what is
#: prepared for the counter waits for an agent there.
_LAID = ~Q(state__in=UNFILED) | Q(state=State.DRAFT.value, channel=COUNTER)


def is_laid(case: Case) -> bool:
    """May agents see it: filed, or prepared for the counter?"""
    if case.state in UNFILED:
        return case.state == State.DRAFT and case.channel == COUNTER
    return True


@dataclass(frozen=True, slots=True)
class Standing:
    """Who acts, and as what: the role of the table of states, and the agent's function."""

    by: str  # as the journal names who acts
    role: Role
    account: Account | None = None
    staff: Staff | None = None


def prepares_for(account: Reader, person: Person, on: date) -> bool:
    """Does ``account`` prepare requests for ``person``: themselves, their child, one declared?"""
    if people.is_own(account, person, on):
        return True
    return declared_children(account, on).filter(pk=person.pk).exists()


def prepared_persons(account: Reader, on: date) -> QuerySet[Person]:
    """Everyone about whom :func:`prepares_for` says yes."""
    own = people.own_persons(account, on).values("pk")
    return Person.objects.filter(pk__in=own.union(declared_children(account, on).values("pk")))


def declared_children(account: Reader, on: date) -> QuerySet[Person]:
    """The minors whom ``account`` has declared, and about whom no agent has said anything yet."""
    if not isinstance(account, Account) or not account.is_active:
        return Person.objects.none()
    waiting = ChildClaim.objects.filter(parent__account=account, state=ChildClaim.State.WAITING)
    return Person.objects.filter(
        pk__in=waiting.values("child"), born_on__gt=people.last_birth_of_age(on)
    )


def can_see_case(account: Reader, case: Case, on: date) -> bool:
    """May ``account`` open this case on ``on``? As :func:`visible_cases` filters."""
    if prepares_for(account, case.person, on):
        return True
    staff = people.staff_of(account, on)
    if staff is None or staff.role not in OPENS_FILES or not is_laid(case):
        return False
    return case.office.department_id in staff.territory


def visible_cases(account: Reader, on: date) -> QuerySet[Case]:
    """Every case that ``account`` may open on ``on``, as :func:`can_see_case` says it."""
    if not isinstance(account, Account) or not account.is_active:
        return Case.objects.none()
    allowed = Q(person__in=prepared_persons(account, on))
    staff = people.staff_of(account, on)
    if staff is not None and staff.role in OPENS_FILES:
        allowed |= _LAID & Q(office__department__in=staff.territory)
    return Case.objects.filter(allowed)


def standing(account: Reader, case: Case, on: date) -> Standing:
    """As what ``account`` acts on this case.

    :raises Forbidden: for whoever may not, the contact centre included: it only reads.
    :raises Conflict: for an agent whose office it has left, with its person.
    """
    if isinstance(account, Account):
        if prepares_for(account, case.person, on):
            return Standing(f"person:{account.pk}", Role.PERSON, account)
        staff = people.staff_of(account, on)
        if staff is not None and staff.role in DECIDES and is_laid(case):
            if case.office.department_id in staff.territory:
                return Standing(f"staff:{account.pk}", Role.AGENT, account, staff)
            _left(case, staff)
    raise Forbidden(gettext("Ce dossier ne vous est pas ouvert."))


def speaks_for(account: Reader, person: Person, on: date) -> Standing:
    """As what ``account`` acts for ``person`` where no case is in question yet.

    :raises Forbidden: it is neither the person, nor a parent, nor an agent of the place.
    """
    if isinstance(account, Account):
        if people.is_own(account, person, on):
            return Standing(f"person:{account.pk}", Role.PERSON, account)
        staff = people.staff_of(account, on)
        if staff is not None and people.may_decide(account, person, on):
            return Standing(f"staff:{account.pk}", Role.AGENT, account, staff)
    raise Forbidden(gettext("Ce dossier ne vous est pas ouvert."))


def prepares(account: Reader, person: Person, on: date) -> Standing:
    """As :func:`speaks_for`, to prepare a request: for a child declared too.

    :raises Forbidden: as :func:`speaks_for`.
    """
    if isinstance(account, Account) and prepares_for(account, person, on):
        return Standing(f"person:{account.pk}", Role.PERSON, account)
    return speaks_for(account, person, on)


def _left(case: Case, staff: Staff) -> None:
    """:raises Conflict: the case has left the territory of ``staff``, whose page was older."""
    move = case.moves.filter(before__department__in=staff.territory).order_by("-at").first()
    if move is not None:
        raise Conflict(
            gettext(
                "La personne a déménagé : depuis le %(day)s, ce dossier est suivi par un autre "
                "bureau (%(office)s). Rien d’autre n’a été fait."
            )
            % {"day": f"{timezone.localdate(move.at):%d/%m/%Y}", "office": case.office.name}
        )
