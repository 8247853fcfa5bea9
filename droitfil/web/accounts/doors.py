"""Who may open a page: the doors that views stand behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from droitfil.lib import clock
from droitfil.people import access
from droitfil.people.models import Account, Staff
from droitfil.web.accounts.adapters import is_recent

View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> Account:
    """Who is signed in; only for views that stand behind a door."""
    assert isinstance(request.user, Account)
    return request.user


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
