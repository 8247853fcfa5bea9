"""What Droitfil asks of allauth: who must bring a second factor, what is said, what is hidden."""

from __future__ import annotations

import base64
import hashlib
import time
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from droitfil.lib.rate_limits import client_address
from droitfil.lib.refusals import Refusal
from droitfil.people.access import will_be_staff
from droitfil.people.models import Account


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in: staff never without a second factor."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("Ce code n’est pas le bon. Recopiez celui du dernier message."),
        "too_many_login_attempts": _("Trop d’essais. Attendez quelques minutes, puis recommencez."),
        "rate_limited": _("Trop d’essais. Attendez quelques minutes, puis recommencez."),
        "account_inactive": _("Ce compte est fermé."),
    }

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse | None:
        """Stops staff who hold no second factor: only an administrator gives the first one."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is None and is_staff(user) and not FactorAdapter().is_mfa_enabled(user):
            return redirect("staff-without-key")
        return response

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Our pages ask for it themselves (``views.recently``), whatever the account holds."""
        return False

    def send_account_already_exists_mail(self, email: str) -> None:
        """Whoever signs up a second time is told; there is no password to forget."""
        self.send_mail("account/email/account_already_exists", email, {})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends at once; a mail server that does not answer is told in a sentence."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError) as error:
            raise Refusal(
                gettext(
                    "Le message n’a pas pu partir vers cette adresse. Vérifiez-la, ou réessayez "
                    "dans quelques minutes."
                ),
                field="email",
            ) from error

    def get_client_ip(self, request: HttpRequest) -> str:
        """For rate limits only; kept nowhere else."""
        return client_address(request)

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """Of no use to us."""
        return ""


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: asked of staff; an applicant's passkey is a way in, not one more door."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Ce code, ou cette clé, n’est pas le bon."),
    }

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Must this account bring a factor beside the e-mail code, and has it one?"""
        return is_staff(user) and bool(super().is_mfa_enabled(user, types))

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """How the browser names the passkey: by the address the person types."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.email, "name": user.email}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 (allauth's)
        """Its number, in the order they were added."""
        return str(Authenticator.objects.filter(user=user, type=type).count() + 1)

    def encrypt(self, text: str) -> str:
        """Keys of six-digit codes are unreadable in the database."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What :meth:`encrypt` hid."""
        return _box().decrypt(encrypted_text.encode()).decode()


def is_staff(user: Any) -> bool:
    """Does this account serve the State today, or will it? A session may see midnight pass."""
    return will_be_staff(user, timezone.localdate())


def is_recent(request: HttpRequest) -> bool:
    """Was the sign-in of this session made a short while ago?"""
    records = get_authentication_records(request, request.user)
    latest = max((record["at"] for record in records), default=0)
    return bool(time.time() - latest <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def _box() -> Fernet:
    key = hashlib.sha256(f"droitfil.factors|{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
