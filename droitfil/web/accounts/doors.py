"""Who may open a page: the doors that views stand behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from droitfil.lib import clock
from droitfil.people import access
from droitfil.people.models import Account, Staff
from droitfil.web.accounts.adapters import is_recent

View = Callable[..., HttpResponse]
Opened = TypeVar("Opened", bound=Callable[..., HttpResponseBase])
#: What tells the page of sign-in that a form was sent once the session was over.
ENDED = "fin"
_SAFE = frozenset({"GET", "HEAD"})


def signed_in(request: HttpRequest) -> Account:
    """Who is signed in; only for views that stand behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def login_required(view: Opened) -> Opened:
    """Only for who is signed in; anyone else signs in first, and comes back to where they were.

    A form sent once the session was over was not received: sign-in says so, and leads back to
    the page of the form, never to an address that only receives one.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method in _SAFE:
            query = {"next": request.get_full_path()}
        else:
            query = {"next": _page_of(request), ENDED: "1"}
        return redirect(f"{reverse('account_login')}?{urlencode(query, safe='/')}")

    return asked  # type: ignore[return-value]


def _page_of(request: HttpRequest) -> str:
    """The page of ours that sent the form; one's own file when nothing tells it."""
    came = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came, {request.get_host()}):
        return reverse("me")
    parts = urlsplit(came)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def recently(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For what changes how one signs in: only a short while after a sign-in, of any kind."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_recent(request):
            return view(request, *args, **kwargs)
        return redirect("account_reauthenticate")

    return asked


def for_staff(*roles: Staff.Role) -> Callable[[View], View]:
    """Opens to staff in one of ``roles`` today; for anyone else the page does not exist."""

    def door(view: View) -> View:
        @wraps(view)
        @login_required
        @never_cache
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            staff = access.staff_of(request.user, clock.today())
            access.require(staff is not None and staff.role in roles)
            return view(request, *args, **kwargs)

        return opened

    return door
