"""Logs name a route, a type and places: never an address, a query, a body or a message."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as every_page
from droitfil.lib import logs

SECRETS = ("Amina", "1990-03-02", "203.0.113.7", "9903123456")


def broken(request: HttpRequest, article: str) -> HttpResponse:
    raise ValueError(f"{request.POST['name']} née le 1990-03-02")


def fine(request: HttpRequest, article: str) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("droit/<str:article>/panne", broken),
    path("droit/<str:article>", fine),
    *every_page,
]
handler404 = "droitfil.web.errors.not_found"
handler500 = "droitfil.web.errors.server_error"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the JSON logs write, from INFO up; the suite's own logging afterwards."""
    from django.conf import settings

    stream = io.StringIO()
    wanted = logs.configuration(shape="json", level="INFO")
    wanted["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(wanted)
    yield stream
    logging.config.dictConfig(settings.LOGGING)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.urls(__name__)
class TestRequests:
    def test_are_named_by_their_route(self, written: io.StringIO) -> None:
        Client().get("/droit/Amina?n=9903123456", REMOTE_ADDR="203.0.113.7")
        (line,) = lines(written)
        assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
        assert line["route"] == "/droit/<str:article>"
        assert line["ms"] >= 0
        assert not any(secret in written.getvalue() for secret in SECRETS)

    def test_that_fail_say_where_not_what(self, written: io.StringIO) -> None:
        client = Client(raise_request_exception=False)
        client.post("/droit/9903123456/panne", {"name": "Amina"}, REMOTE_ADDR="203.0.113.7")
        failed = next(line for line in lines(written) if line["event"] == "failed")
        assert failed["status"] == 500
        assert failed["route"] == "/droit/<str:article>/panne"
        assert failed["error"] == "ValueError"
        assert failed["where"][-1].endswith(" broken")
        assert failed["level"] == "error"
        assert not any(secret in written.getvalue() for secret in SECRETS)

    def test_that_lead_nowhere_are_not_named(self, written: io.StringIO) -> None:
        Client().get("/Amina/9903123456?n=1990-03-02")
        refused = next(line for line in lines(written) if line["event"] == "refused")
        assert (refused["status"], refused["route"]) == (404, "?")
        assert not any(secret in written.getvalue() for secret in SECRETS)


def test_our_own_lines_keep_their_fields(written: io.StringIO) -> None:
    structlog.get_logger("droitfil.essai").warning("swept", due=12)
    (line,) = lines(written)
    assert (line["event"], line["due"], line["level"], line["logger"]) == (
        "swept",
        12,
        "warning",
        "droitfil.essai",
    )


def test_our_own_exceptions_lose_their_message(written: io.StringIO) -> None:
    try:
        raise ValueError("Amina")
    except ValueError:
        structlog.get_logger("droitfil.essai").exception("broken")
    (line,) = lines(written)
    assert line["error"] == "ValueError"
    assert "Amina" not in written.getvalue()
