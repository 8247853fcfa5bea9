"""The pages of signing in: allauth decides, these show. French addresses, one template each."""

from __future__ import annotations

import json
from typing import Any, cast

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.base import views as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkeys
from allauth.mfa.webauthn.internal import auth as ceremony
from allauth.mfa.webauthn.internal.flows import remove_authenticator
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import View

from droitfil.lib import rate_limits, security_headers
from droitfil.web.accounts.doors import recently
from droitfil.web.errors import error_page

#: How a page with a form is asked; Django's own would take a PUT for a form that is sent.
METHODS = ["GET", "HEAD", "POST"]
#: Forms of sign-in that one client may send in :data:`WINDOW` seconds.
MOST, WINDOW = 30, 600


class Counted:
    """Counts the forms sent by one client, over every process; too many read 429."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if request.method == "POST":
            verdict = rate_limits.allow(
                "sign-in", request, limit=MOST, window_seconds=WINDOW, now=timezone.now()
            )
            if not verdict.allowed:
                response = error_page(request, 429)
                response["Retry-After"] = str(verdict.retry_after)
                return response
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class SignIn(Counted, account.RequestLoginCodeView):
    """The e-mail address that a code is sent to; the door to passkeys."""

    template_name = "accounts/sign_in.html"


class SignInCode(Counted, account.ConfirmLoginCodeView):
    """The code that was sent."""

    template_name = "accounts/code.html"


class SignUp(Counted, account.SignupView):
    """An account, from an e-mail address alone."""

    template_name = "accounts/sign_up.html"


class SignUpCode(Counted, account.ConfirmEmailVerificationCodeView):
    """The code that proves the address."""

    template_name = "accounts/code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and request.method in METHODS:
            return redirect("me")  # allauth would go to a list of addresses, which is not here
        return super().dispatch(request, *args, **kwargs)


class SignOut(account.LogoutView):
    """Asks, then signs out."""

    http_method_names = [name.lower() for name in METHODS]  # noqa: RUF012 - as Django declares it
    template_name = "accounts/sign_out.html"


def ceremony_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page on which the browser asks for a passkey: the only ones with a script."""
    response = render(request, "accounts/passkey.html", context)
    policy = security_headers.CONTENT_SECURITY_POLICY
    response["Content-Security-Policy"] = f"{policy}; script-src 'self'"
    return response


class SignInPasskey(Counted, passkeys.LoginWebAuthnView):
    """Signing in with a passkey: a press begins, the browser performs, the form brings it back."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_login"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "credential" in request.POST:
            return cast("HttpResponse", super().post(request, *args, **kwargs))
        return self._begin()

    def form_invalid(self, form: Any) -> HttpResponse:
        return self._begin(refused=True)

    def _begin(self, *, refused: bool = False) -> HttpResponse:
        options = ceremony.begin_authentication(user=None)
        context = {"options": json.dumps(options), "what": "get", "refused": refused}
        return ceremony_page(self.request, context)


class SecondFactor(Counted, factors.AuthenticateView):
    """Staff, after the e-mail code: six digits, or the passkey."""

    template_name = "accounts/second_factor.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "begin" in request.POST:
            options = ceremony.begin_authentication(self.stage.login.user)
            return ceremony_page(
                request, {"options": json.dumps(options), "what": "get", "refused": False}
            )
        return cast("HttpResponse", super().post(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = Authenticator.objects.filter(user=self.stage.login.user)
        kinds = set(held.values_list("type", flat=True))
        return {"form": self.auth_form, "totp": "totp" in kinds, "webauthn": "webauthn" in kinds}


@require_safe
def staff_without_key(request: HttpRequest) -> HttpResponse:
    """An agent without a second factor is told whom to ask."""
    return render(request, "accounts/staff_without_key.html", status=403)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """What asks for a recent sign-in says so, and offers one."""
    if request.method == "POST":
        get_adapter().logout(request)
        return redirect(f"{reverse('account_login')}?next={reverse('passkeys')}")
    return render(request, "accounts/again.html")


@require_safe
@login_required
@never_cache
def passkey_list(request: HttpRequest) -> HttpResponse:
    """My passkeys, to add one or remove one."""
    held = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.WEBAUTHN
    ).order_by("created_at", "pk")
    return render(request, "accounts/passkeys.html", {"passkeys": held})


@method_decorator(never_cache, name="dispatch")
@method_decorator(login_required, name="dispatch")
@method_decorator(recently, name="dispatch")
class AddPasskey(passkeys.AddWebAuthnView):
    """Registers a passkey: a press begins, the form brings back what the browser made."""

    http_method_names = [name.lower() for name in METHODS]  # noqa: RUF012 - as Django declares it

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("passkeys")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "credential" in request.POST:
            return cast("HttpResponse", super().post(request, *args, **kwargs))
        return self._begin()

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        # A passkey of ours always opens by itself: the browser must have verified the person.
        kwargs["data"] = {"credential": self.request.POST["credential"], "passwordless": "on"}
        return kwargs

    def form_invalid(self, form: Any) -> HttpResponse:
        return self._begin(refused=True)

    def get_success_url(self) -> str:
        return reverse("passkeys")

    def _begin(self, *, refused: bool = False) -> HttpResponse:
        options = ceremony.begin_registration(self.request.user, True)
        context = {"options": json.dumps(options), "what": "create", "refused": refused}
        return ceremony_page(self.request, context)


@require_POST
@login_required
@recently
def remove_passkey(request: HttpRequest, number: int) -> HttpResponse:
    """Removes one of my passkeys."""
    held = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    remove_authenticator(request, get_object_or_404(held, pk=number))
    return redirect("passkeys")


class Absent(View):
    """An address that allauth names and that Droitfil does not have."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404
