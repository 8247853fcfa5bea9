"""Showing a piece to a browser: the cleaned copy, with headers that let it do nothing."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from droitfil.files.cleaner import PDF
from droitfil.files.models import Upload
from droitfil.files.queries import open_cleaned

#: It loads nothing, runs nothing, and only our own pages may show it.
_ALONE = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
#: Beyond, an origin of its own. Browsers' PDF readers refuse to open in one.
_POLICY = {PDF: _ALONE}
_SANDBOXED = f"{_ALONE}; sandbox"


def response(upload: Upload, *, download: bool = False) -> HttpResponse:
    """The cleaned copy of ``upload``; who calls has checked the right to see it, and said so.

    :param download: hand it over as a file, under its own name, rather than show it.
    :raises droitfil.lib.refusals.Refusal: while it may not be shown.
    """
    shown = open_cleaned(upload)
    name = content_disposition_header(download, shown.name)
    return HttpResponse(
        shown.content,
        content_type=shown.media_type,
        headers={
            "Content-Disposition": name or "inline",
            "Content-Security-Policy": _POLICY.get(shown.media_type, _SANDBOXED),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Cache-Control": "private, no-store",
        },
    )
