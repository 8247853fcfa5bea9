"""What answers the addresses that notices carry, and what a gateway of text messages tells us."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from droitfil.lib import clock
from droitfil.lib.refusals import Refusal
from droitfil.notices import actions, outcomes
from droitfil.notices.passes import is_signed

#: Where a gateway puts the signature of what it tells.
SIGNATURE = "X-Signature"


# Mail programs press it themselves (RFC 8058) and hold no token of ours: the code is the proof.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def stop_emails(request: HttpRequest, code: str) -> HttpResponse:
    """The address at the head of an e-mail that one may do without: a press stops them."""
    done = request.method == "POST"
    if done:
        actions.stop_courtesies(code, now=clock.now())
    return render(request, "public/stop_emails.html", {"done": done})


@csrf_exempt
@require_POST
def sms_status(request: HttpRequest) -> HttpResponse:
    """The gateway says what became of a text message; what it says is signed with its token."""
    signature = request.headers.get(SIGNATURE, "")
    if not settings.SMS_TOKEN or not is_signed(request.body, signature, key=settings.SMS_TOKEN):
        return HttpResponse(status=403)
    reference, arrived, error = _read(request.body)
    outcomes.note_status(reference, arrived=arrived, error=error, now=clock.now())
    return HttpResponse(status=204)


def _read(body: bytes) -> tuple[UUID, bool, str]:
    try:
        data: Any = json.loads(body)
        reference, status = UUID(data["reference"]), data["status"]
        if status not in ("delivered", "failed"):
            raise ValueError
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refusal(
            gettext(
                "« reference » est celle que nous avons donnée, « status » est delivered ou failed."
            )
        ) from error
    return reference, status == "delivered", str(data.get("error") or "")
