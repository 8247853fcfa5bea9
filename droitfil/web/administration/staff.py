"""Who works here: named, ended, given a new key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people.actions import staff as actions
from droitfil.people.models import Staff
from droitfil.territory.models import Office
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.administration.typed import typed_day

FIELDS = ("email", "name", "role", "office", "territory", "from_on")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Staff.Role.ADMIN)
def everyone(request: HttpRequest) -> HttpResponse:
    """Everyone who serves or served, and the form that names one more."""
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    context: dict[str, Any] = {"section": "me", "typed": typed, "roles": Staff.Role.choices}
    if request.method == "POST":
        try:
            named, key = _name(request, typed)
        except Refusal as refusal:
            context["faults"] = {refusal.field: refusal.says}
        else:
            return _key_page(request, named, key)
    context["everyone"] = Staff.objects.select_related("account", "office").order_by("name", "pk")
    context["today"] = clock.today()
    status = 422 if "faults" in context else 200
    return render(request, "administration/staff.html", {"faults": {}} | context, status=status)


def _name(request: HttpRequest, typed: dict[str, str]) -> tuple[Staff, str]:
    if typed["role"] not in Staff.Role.values:
        raise Refusal(gettext("Choisissez un rôle."), field="role")
    office = None
    if typed["office"]:
        office = Office.objects.filter(pk=typed["office"]).first()
        if office is None:
            raise Refusal(
                gettext("Il n’y a pas de bureau %s.") % typed["office"][:60], field="office"
            )
    return actions.add_staff(
        signed_in(request),
        email=typed["email"],
        name=typed["name"],
        role=Staff.Role(typed["role"]),
        office=office,
        territory=typed["territory"].upper().replace(",", " ").split(),
        active_from=typed_day(request, "from_on", clock.today()),
        now=clock.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Staff.Role.ADMIN)
def one(request: HttpRequest, account: UUID) -> HttpResponse:
    """One of them: the last day of the function, or a new key."""
    found = get_object_or_404(Staff.objects.select_related("account", "office"), pk=account)
    context: dict[str, Any] = {"section": "me", "one": found, "faults": {}}
    if request.method == "POST":
        now, today = clock.now(), clock.today()
        try:
            if request.POST.get("do") == "key":
                key = actions.renew_key(signed_in(request), found, now=now)
                return _key_page(request, found, key)
            last_day = typed_day(request, "last_day", today)
            actions.end_staff(signed_in(request), found, last_day=last_day, now=now)
            return redirect("administration")
        except Refusal as refusal:
            found.refresh_from_db()
            context["faults"] = {"last_day": refusal.says}
    status = 422 if context["faults"] else 200
    return render(request, "administration/one.html", context, status=status)


def _key_page(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """The only page that ever shows a key."""
    context = {
        "section": "me",
        "one": staff,
        "key": key,
        "address": actions.key_address(staff.account.email, key),
    }
    return render(request, "administration/key.html", context)
