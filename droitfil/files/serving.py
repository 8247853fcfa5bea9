"""Showing a piece to a browser: the cleaned copy, with headers that let it do nothing."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from droitfil.files.models import Upload
from droitfil.files.queries import open_cleaned, thumbnail

#: It loads nothing, runs nothing, is of no origin, and only our own pages may frame it. Chromium's
#: PDF reader opens all the same.
_POLICY = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"


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
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Cache-Control": "private, no-store",
        },
    )


def small(upload: Upload, *, turn: int) -> HttpResponse:
    """A thumbnail of a photograph, turned clockwise; nothing (204) of a PDF. As :func:`response`.

    :raises droitfil.lib.refusals.Refusal: while it may not be shown.
    """
    content = thumbnail(upload, turn=turn)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    if not content:
        return HttpResponse(status=204, headers=headers)
    return HttpResponse(content, content_type="image/jpeg", headers=headers)
