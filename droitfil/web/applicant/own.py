"""The cases that one's own pages may open, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from droitfil.cases import access
from droitfil.cases.models import Case
from droitfil.lib import clock
from droitfil.lib.refusals import Forbidden
from droitfil.people.models import Account
from droitfil.rules.lifecycle import State
from droitfil.web.accounts.doors import login_required, signed_in

View = Callable[..., HttpResponseBase]


def own_case(account: Account, case: UUID, today: date) -> Case:
    """The case of ``account``, of a minor child, or prepared for a child declared.

    :raises Forbidden: it is another's, or it does not exist: both read the same.
    """
    found = (
        Case.objects.filter(pk=case, person__in=access.prepared_persons(account, today))
        .exclude(state=State.DISCARDED.value)
        .select_related("person", "person__commune", "office", "held", "coverage", "agent")
        .first()
    )
    if found is None:
        raise Forbidden(gettext("Ce dossier ne vous est pas ouvert."))
    return found


def case_page(view: View) -> View:
    """A page about one's own case: the view receives it in place of its id."""

    @wraps(view)
    @login_required
    @never_cache
    def opened(request: HttpRequest, case: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = own_case(signed_in(request), case, clock.today())
        return view(request, found, *args, **kwargs)

    return opened


#: A page that is read, a form that is sent, and both.
reads, sends, both = require_safe, require_POST, require_http_methods(["GET", "HEAD", "POST"])


def moment() -> dict[str, Any]:
    """The instant and the day of an action, as every action of ``cases`` takes them."""
    return {"now": clock.now(), "today": clock.today()}
