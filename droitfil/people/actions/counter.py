"""Someone at the counter has no file yet: an agent opens it, with the card they hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from droitfil.lib.refusals import Refusal
from droitfil.lib.sort_keys import sort_key
from droitfil.people import access
from droitfil.people.actions.files import add_document, must_be_readable, register_person
from droitfil.people.models import Account, Person, Staff
from droitfil.rules.seal import plain


def meet_person(
    actor: Account,
    *,
    facts: Mapping[str, Any],
    document: Mapping[str, Any] | None,
    now: datetime,
    today: date,
    other: bool = False,
) -> Person:
    """Opens the file of someone who lives in the agent's territory, and writes what they hold.

    :param facts: the fields of ``Person``: ``family_name``, ``born_on`` and ``commune`` at least.
    :param document: those of ``ResidenceDocument``; None when they hold nothing.
    :param other: it is somebody else than the person of the same name and birth date.
    :raises Forbidden: ``actor`` is no agent.
    :raises Refusal: the commune is another territory's; a fact that cannot be; a number that a
        file bears already; somebody of the same name was born on the same day.
    """
    staff = access.staff_of(actor, today)
    access.require(staff is not None and staff.role in access.DECIDES)
    assert staff is not None
    commune = facts.get("commune")
    if commune is None or commune.department_id not in staff.territory:
        raise Refusal(
            gettext("Cette commune n’est pas de votre territoire : un autre bureau la reçoit."),
            field="commune",
        )
    if not plain(facts["family_name"]):
        raise Refusal(
            gettext("Écrivez le nom en lettres latines, comme au bas de la page du passeport."),
            field="family_name",
        )
    _not_known(facts.get("foreigner_number"), staff)
    same = Person.objects.filter(
        family_key=sort_key(facts["family_name"]), born_on=facts["born_on"],
        commune__department__in=staff.territory,
    )  # fmt: skip
    if not other and same.exists():
        raise Refusal(
            gettext(
                "Une personne de ce nom, née ce jour-là, a déjà un dossier. Cherchez-la d’abord ; "
                "si c’est bien quelqu’un d’autre, cochez la case."
            ),
            field="other",
        )
    by = f"staff:{actor.pk}"
    with transaction.atomic():
        person = register_person(by, now=now, **facts)
        if document is not None:
            add_document(by, person, now=now, source="agent", **document)
        must_be_readable(person, today)
    return person


def _not_known(number: str | None, staff: Staff) -> None:
    """:raises Refusal: a file bears this number; another territory's is named to nobody."""
    if not number:
        return
    here = Q(commune__department__in=staff.territory)
    found = Person.objects.filter(foreigner_number=number)
    if found.filter(here).exists():
        raise Refusal(
            gettext("Un dossier d’ici porte déjà ce numéro : cherchez-le."),
            field="foreigner_number",
        )
    if found.exists():
        raise Refusal(
            gettext(
                "Un dossier porte déjà ce numéro, dans un autre territoire. La personne dit sa "
                "nouvelle adresse depuis son compte, ou au bureau qui la suivait : ses demandes "
                "viennent alors ici, avec leur date et leurs papiers."
            ),
            field="foreigner_number",
        )
