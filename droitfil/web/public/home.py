"""The home page and the pages that the footer leads to."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from droitfil.web.public import example


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Droitfil is, for whom, and the door to « Où en suis-je ? »."""
    return render(
        request, "public/home.html", {"example": example.thread(), "address": example.address()}
    )


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What Droitfil is and is not, where its law comes from, under which licence."""
    return render(request, "public/about.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of a visit: one cookie, the language."""
    return render(request, "public/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everyone can read the pages, and what was not verified."""
    return render(request, "public/accessibility.html")


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """The public API and the command, with one example."""
    context = {
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "question": json.dumps(example.question(), ensure_ascii=False, indent=2),
        "rule": example.rule(),
    }
    return render(request, "public/developers.html", context)
