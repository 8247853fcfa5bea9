"""Who works for the State here: named, ended, and given the key of their second factor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import quote, urlencode

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext

from droitfil.journal.actions import record
from droitfil.lib.refusals import Refusal
from droitfil.lib.validation import check
from droitfil.people import access
from droitfil.people.models import Account, Staff
from droitfil.territory.models import Department, Office


def add_staff(
    actor: Account | str,
    *,
    email: str,
    name: str,
    role: Staff.Role,
    office: Office | None,
    territory: Sequence[str] = (),
    active_from: date,
    now: datetime,
) -> tuple[Staff, str]:
    """Names ``email`` to a role; returns it with the key of its six-digit codes, shown once.

    ``name``, given name and family name, is what decisions and those who were read will see.
    The territory is the department of the office when none is given. Whoever held a role
    before takes the new one, with a new key.

    :raises Refusal: an address, a role or a territory that cannot be.
    :raises Forbidden: ``actor`` is an account that administers nothing.
    """
    by = access.administrator(actor, localdate(now))
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refusal(
            gettext("« %(email)s » n’est pas une adresse électronique.") % {"email": email},
            field="email",
        ) from None
    name = " ".join(name.split())
    if not name:
        raise Refusal(gettext("Écrivez le prénom et le nom."), field="name")
    codes = list(territory) or ([office.department_id] if office is not None else [])
    unknown = set(codes) - set(Department.objects.filter(pk__in=codes).values_list("pk", flat=True))
    if unknown:
        raise Refusal(
            gettext("Ce département n’existe pas : %(codes)s.")
            % {"codes": ", ".join(sorted(unknown))},
            field="territory",
        )
    with transaction.atomic():
        account = Account.objects.filter(email=email).first()
        if account is None:
            account = Account.objects.create_user(email, created_at=now)
        account = Account.objects.select_for_update().get(pk=account.pk)
        EmailAddress.objects.update_or_create(
            user=account, email=email, defaults={"verified": True, "primary": True}
        )
        staff = Staff.objects.filter(account=account).first() or Staff(account=account)
        staff.name = name
        staff.role, staff.office, staff.territory = role, office, codes
        staff.active_from, staff.active_to = active_from, None
        check(staff)
        staff.save()
        key = _new_key(account)
        record(
            by, action="staff.named", subject_kind="account", subject=account.pk,
            facts={"role": str(role), "office": office.pk if office else None,
                   "territory": codes},
            at=now,
        )  # fmt: skip
    return staff, key


def end_staff(actor: Account | str, staff: Staff, *, last_day: date, now: datetime) -> None:
    """``last_day`` is the last one of this function.

    :raises Refusal: a day before the first one.
    :raises Forbidden: as :func:`add_staff`.
    """
    by = access.administrator(actor, localdate(now))
    staff.active_to = last_day
    check(staff)
    with transaction.atomic():
        staff.save(update_fields=["active_to"])
        record(
            by, action="staff.ended", subject_kind="account", subject=staff.account_id,
            facts={"last_day": last_day}, at=now,
        )  # fmt: skip


def renew_key(actor: Account | str, staff: Staff, *, now: datetime) -> str:
    """A new key for who lost theirs; the old one and the passkeys open nothing any more.

    :raises Forbidden: as :func:`add_staff`.
    """
    by = access.administrator(actor, localdate(now))
    with transaction.atomic():
        Authenticator.objects.filter(user=staff.account).delete()
        key = _new_key(staff.account)
        record(
            by, action="staff.key_renewed", subject_kind="account", subject=staff.account_id,
            at=now,
        )  # fmt: skip
    return key


def key_address(email: str, key: str) -> str:
    """The address that an application of six-digit codes reads (``otpauth://``)."""
    query = urlencode({"secret": key, "issuer": settings.MFA_TOTP_ISSUER}, quote_via=quote)
    return f"otpauth://totp/{quote(settings.MFA_TOTP_ISSUER)}:{quote(email)}?{query}"


def _new_key(account: Account) -> str:
    """Puts a fresh key in place; every session of the account ends with it."""
    Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
    key = str(generate_totp_secret())
    TOTP.activate(account, key)
    account.set_unusable_password()  # what sessions are tied to
    account.save(update_fields=["password"])
    return key
