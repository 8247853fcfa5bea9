"""Sharing my rights, or my child's while a minor, by a code, and who looked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from droitfil.attestations.actions import make_share_code, revoke_share_code
from droitfil.attestations.models import MOST_WRONG_DATES, ShareCode
from droitfil.attestations.queries import looks_at, share_codes_of
from droitfil.cases.sharing import rights_shared
from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.people.access import own_persons
from droitfil.people.models import Person
from droitfil.web.accounts.doors import login_required, signed_in
from droitfil.web.applicant.own import both, sends
from droitfil.web.public.verify import result

#: Days offered, the first one chosen.
DAYS = (7, 1, 30, 90)
#: Looks shown, the latest.
_MOST = 50


@both
@login_required
@never_cache
def share(request: HttpRequest, person: UUID | None = None) -> HttpResponse:
    """What a code shows; making one; those made; who looked.

    A code is shown in the answer to the press that made it, and nowhere else: it is not kept.
    """
    holder = _holder(request, person)
    if request.method != "POST":
        return _page(request, holder)
    try:
        made, code = make_share_code(
            f"person:{signed_in(request).pk}",
            holder=holder.pk,
            born_on=holder.born_on,
            now=clock.now(),
            days=_days(request),
            label=request.POST.get("pour", ""),
        )
    except Refusal as refusal:
        return _page(request, holder, refusal=refusal)
    return _page(request, holder, code=code, made=made)


@sends
@login_required
@never_cache
def stop(request: HttpRequest, code: UUID, person: UUID | None = None) -> HttpResponse:
    """A code is ended at once."""
    account, holder = signed_in(request), _holder(request, person)
    revoke_share_code(f"person:{account.pk}", holder=holder.pk, share_code=code, now=clock.now())
    return redirect("share-child", person) if person else redirect("share")


def _holder(request: HttpRequest, child: UUID | None) -> Person:
    """The person who holds the account, or their minor child; anyone else does not exist."""
    account = signed_in(request)
    if child is None:
        return get_object_or_404(Person, account=account)
    found: Person = get_object_or_404(
        own_persons(account, clock.today()).exclude(account=account), pk=child
    )
    return found


def _page(
    request: HttpRequest,
    person: Person,
    *,
    code: str = "",
    made: ShareCode | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    now = clock.now()
    codes = [(one, _state(one)) for one in share_codes_of(person.pk)[:_MOST]]
    context = {
        "section": "me",
        "person": person,
        "mine": person.account_id == signed_in(request).pk,
        "shown": result.of_rights(rights_shared([person.pk], clock.today())[person.pk]),
        "code": code,
        "made": made,
        "refusal": refusal,
        "label": request.POST.get("pour", "") if refusal else "",
        "days": [(days, days == DAYS[0]) for days in sorted(DAYS)],
        "codes": codes,
        "looks": list(looks_at(person.pk)[:_MOST]),
        "now": now,
    }
    return render(request, "applicant/share.html", context, status=422 if refusal else 200)


def _state(code: ShareCode) -> str:
    """open | over | stopped | locked"""
    if code.revoked_at is not None:
        return "stopped"
    if code.wrong_dates >= MOST_WRONG_DATES:
        return "locked"
    return "open" if clock.now() < code.expires_at else "over"


def _days(request: HttpRequest) -> int:
    text = request.POST.get("jours", "")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Refusal(gettext("Choisissez pour combien de jours."), field="jours")
    return int(text)
