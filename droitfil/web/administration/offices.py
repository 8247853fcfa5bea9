"""The offices of a department: which there are, whom they receive, from which day."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people.actions import offices as actions
from droitfil.people.models import Staff
from droitfil.territory.models import Department, Office
from droitfil.territory.queries import areas_of, offices_of
from droitfil.web.accounts.doors import for_staff, signed_in
from droitfil.web.administration.typed import typed_day

FIELDS = ("id", "name", "kind", "seat", "opens_on", "arrondissement", "office", "from_on")


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(Staff.Role.ADMIN)
def offices(request: HttpRequest) -> HttpResponse:
    """The offices of one department, chosen by ``?departement=91``."""
    code, today = request.GET.get("departement", ""), clock.today()
    department = Department.objects.filter(pk=code).first() if code else None
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    context: dict[str, Any] = {"section": "me", "typed": typed, "faults": {}}
    if request.method == "POST" and department is not None:
        try:
            _change(request, typed)
            return redirect(f"{reverse('administration-offices')}?departement={department.pk}")
        except Refusal as refusal:
            context["faults"] = {refusal.field: refusal.says}
    context |= {"departments": Department.objects.order_by("code"), "department": department}
    if department is not None:
        context |= {
            "offices": offices_of(department.pk, today),
            "areas": areas_of(department.pk, today),
            "kinds": Office.Kind.choices,
        }
    status = 422 if context["faults"] else 200
    return render(request, "administration/offices.html", context, status=status)


def _change(request: HttpRequest, typed: dict[str, str]) -> None:
    account, now, today = signed_in(request), clock.now(), clock.today()
    if request.POST.get("do") == "open":
        if typed["kind"] not in Office.Kind.values:
            raise Refusal(gettext("Choisissez le genre du bureau."), field="kind")
        actions.open_office(
            account, id=typed["id"], name=typed["name"], kind=Office.Kind(typed["kind"]),
            seat=typed["seat"], active_from=typed_day(request, "opens_on", today), now=now,
        )  # fmt: skip
    else:
        actions.move_competence(
            account, arrondissement=typed["arrondissement"], office=typed["office"],
            from_on=typed_day(request, "from_on", today), now=now,
        )  # fmt: skip
