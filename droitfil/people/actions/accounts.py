"""Closing an account: the address is erased, the file stays with the prefecture."""

from __future__ import annotations

from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext

from droitfil.journal.actions import record
from droitfil.lib.refusals import Refusal
from droitfil.people import access
from droitfil.people.actions.linking import end_link
from droitfil.people.models import Account, Link, LinkNotice, Person


def close_account(actor: Account, *, now: datetime, today: date) -> None:
    """Closes the actor's own account: nothing opens it again, and its address may serve anew.

    The file, the cases and the papers do not change; facts may link the file again.

    :raises Refusal: for staff, whose function an administrator ends first.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=actor.pk)
        if access.will_be_staff(account, today):
            raise Refusal(gettext("Un administrateur met d’abord fin à votre fonction."))
        person = Person.objects.select_for_update().filter(account=account).first()
        if person is not None:
            end_link(Link.objects.get(person=person, ended_at=None), person, Link.End.CLOSED, now)
        Authenticator.objects.filter(user=account).delete()
        EmailAddress.objects.filter(user=account).delete()
        nobody = f"{account.pk.hex}@ferme.invalid"
        # Where the prefecture knew this address by itself, it stays as known.
        LinkNotice.objects.filter(contact=account.email).exclude(
            link__person__email=account.email
        ).update(contact=nobody)
        account.email, account.last_login, account.is_active = nobody, None, False
        account.set_unusable_password()  # what sessions are tied to
        account.save(update_fields=["email", "last_login", "is_active", "password"])
        record(
            f"person:{account.pk}", action="account.closed", subject_kind="account",
            subject=account.pk, at=now,
        )  # fmt: skip
