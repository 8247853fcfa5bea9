"""Reading the children that parents declared: what waits, who may settle it, who it may be."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from droitfil.cases.models import ChildClaim
from droitfil.lawbook.procedures import load_procedures
from droitfil.lib.sort_keys import sort_key
from droitfil.people import access
from droitfil.people.access import Reader
from droitfil.people.models import Account, Person
from droitfil.rules.procedure import Version

#: Beyond, an agent looks for the child by number.
MOST_ALIKE = 20
#: The request that a declared child is prepared for, and what of it shows whose child they are.
PROCEDURE = "document-circulation-mineur"
BIRTH, AUTHORITY = "minor_birth_certificate", "parental_authority"


def own_claims(account: Account) -> QuerySet[ChildClaim]:
    """The children that ``account`` has declared and not taken back, the latest first."""
    return (
        ChildClaim.objects.filter(parent__account=account)
        .exclude(state=ChildClaim.State.WITHDRAWN)
        .select_related("child", "link", "parent")
        .order_by("-at", "id")
    )


def waiting_claim(child: Person) -> ChildClaim | None:
    """The claim about a child whom no agent has confirmed yet; None for anyone with a file."""
    if child.commune_id is not None:
        return None
    waiting = ChildClaim.objects.filter(child=child, state=ChildClaim.State.WAITING)
    return waiting.select_related("parent").first()


def is_open(claim: ChildClaim) -> bool:
    """Does it wait for a human, for the first time or because somebody contests the link?"""
    if claim.state == ChildClaim.State.WAITING:
        return True
    contested = claim.link is not None and claim.link.contested_at is not None
    return claim.state == ChildClaim.State.CONFIRMED and contested


def open_claims(reader: Reader, on: date) -> QuerySet[ChildClaim]:
    """Every claim about which :func:`may_settle` says yes, the oldest first."""
    where, own = access.decided_in(reader, on), access.own_persons(reader, on).values("pk")
    # Asked of each claim, which are few, not sought among the people of a whole territory.
    numbered = Person.objects.filter(foreigner_number=OuterRef("foreigner_number"))
    told = numbered.exclude(pk__in=own).values("commune__department")[:1]
    of_parent = Q(parent__commune__department__in=where)
    of_child = Q(child__commune__department__in=where) & ~Q(child__in=own)
    claims = ChildClaim.objects.exclude(parent__in=own)
    waiting = claims.alias(told=Subquery(told)).filter(
        of_parent | Q(told__in=where), state=ChildClaim.State.WAITING
    )
    contested = claims.filter(
        of_parent | of_child,
        state=ChildClaim.State.CONFIRMED,
        link__contested_at__isnull=False,
    )
    return (
        ChildClaim.objects.filter(pk__in=waiting.values("pk").union(contested.values("pk")))
        .select_related("parent__commune", "child", "link", "by__staff")
        .order_by("at", "id")
    )


def may_settle(reader: Reader, claim: ChildClaim, on: date) -> bool:
    """Is it for ``reader``: an agent of where the parent lives, or of the child's own file?"""
    return open_claims(reader, on).filter(pk=claim.pk).exists()


def alike(reader: Reader, claim: ChildClaim, on: date) -> list[Person]:
    """The files of the territory of ``reader`` that the child may already have: those of their
    number, and of whoever bears their name and was born the same day. Never told to the parent.
    """
    child = claim.child
    names = {sort_key(name) for name in (child.family_name, child.usual_name) if name}
    named = Q(born_on=child.born_on) & (Q(family_key__in=names) | Q(usual_key__in=names))
    if claim.foreigner_number:
        named |= Q(foreigner_number=claim.foreigner_number)
    found = access.decidable_persons(reader, on).filter(named).exclude(pk=claim.parent_id)
    return list(found.select_related("commune").order_by("family_key", "given_key")[:MOST_ALIKE])


def digits_of(number: str) -> str:
    """A foreigner's number as it is typed, without blanks, points nor dashes."""
    return re.sub(r"[\s.\-]", "", number)


def elsewhere(reader: Reader, claim: ChildClaim, on: date) -> bool:
    """Does a file that is not for ``reader`` bear the number of the child?"""
    if not claim.foreigner_number:
        return False
    bearers = Person.objects.filter(foreigner_number=claim.foreigner_number)
    return bearers.exclude(pk__in=access.decidable_persons(reader, on).values("pk")).exists()


def proofs_asked(today: date) -> dict[str, str]:
    """What shows whose child it is: code -> label, as the procedure asks for it that day."""
    version: Version = load_procedures()[PROCEDURE].at(today)
    found = {}
    for piece in version.pieces:
        if piece.code == BIRTH:
            found[piece.code] = piece.label
        elif piece.code == AUTHORITY:
            found |= {way.code: way.label for way in piece.accepts}
    return found
