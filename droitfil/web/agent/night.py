"""For the head of an office: whether the last night is over, and who it left without a paper."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from droitfil.cases.access import visible_cases
from droitfil.cases.continuity.night import standing
from droitfil.cases.continuity.proof import is_intact
from droitfil.cases.models import Night, Proof
from droitfil.cases.worklist import offices_of
from droitfil.lib import clock
from droitfil.people.models import Account, Staff
from droitfil.web.accounts.doors import for_staff, signed_in


@require_safe
@for_staff(Staff.Role.HEAD)
def last(request: HttpRequest) -> HttpResponse:
    """The last night, its proof, and by reference those of my offices who had no paper."""
    account, now, today = signed_in(request), clock.now(), clock.today()
    proof = Proof.objects.select_related("certificate").order_by("-date").first()
    context: dict[str, Any] = {
        "section": "me",
        "standing": standing(now),
        "night": Night.objects.order_by("-date").first(),
        "proof": proof,
    }
    if proof is not None:
        document = json.loads(proof.document)
        mine = set(offices_of(account, today).values_list("pk", flat=True))
        context |= {
            "intact": is_intact(proof),
            "totals": document["totals"],
            "not_covered": _found(account, document["not_covered"], mine, today),
            "undecided": _found(account, document["undecided"], mine, today),
            "counts": sum(document["reconciliation"]["counts"].values()),
        }
    return render(request, "agent/night.html", context)


def _found(
    account: Account, rows: Iterable[Mapping[str, Any]], offices: set[str], today: date
) -> list[dict[str, Any]]:
    """The rows of ``offices``, each with its case when it may still be opened."""
    mine = [row for row in rows if row["office"] in offices]
    cases = visible_cases(account, today).in_bulk(
        [row["reference"] for row in mine], field_name="reference"
    )
    return [{"row": row, "case": cases.get(row["reference"])} for row in mine]
