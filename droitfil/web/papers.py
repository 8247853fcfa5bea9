"""A paper that was issued, as the sealed PDF that its holder shows."""

from __future__ import annotations

from django.http import HttpResponse

from droitfil.attestations import printing
from droitfil.cases.models import Paper
from droitfil.cases.sealing import attestation_of
from droitfil.people import access


def sealed(paper: Paper, *, download: bool = False) -> HttpResponse:
    """The PDF, to be shown or kept.

    :raises droitfil.lib.refusals.Forbidden: for a kind of paper that bears no seal.
    """
    signed = attestation_of(paper)
    access.require(signed is not None)
    assert signed is not None
    way = "attachment" if download else "inline"
    name = f"{paper.kind.lower()}-{paper.valid_from.isoformat()}.pdf"
    headers = {"Content-Disposition": f'{way}; filename="{name}"'}
    return HttpResponse(
        printing.sealed_paper(signed), content_type="application/pdf", headers=headers
    )
