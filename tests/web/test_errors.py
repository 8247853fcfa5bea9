from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.views.decorators.http import require_safe

from droitfil.web import errors


def _raise(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


@require_safe
def _read_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse("lu")


def _too_often(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "60"})


urlpatterns = [
    path("400", _raise(BadRequest("SECRET"))),
    path("403", _raise(PermissionDenied("SECRET"))),
    path("413", _raise(RequestDataTooBig("SECRET"))),
    path("405", _read_only),
    path("429", _too_often),
    path("500", _raise(ValueError("SECRET"))),
    path("api/v1/500", _raise(ValueError("SECRET"))),
    path("api/v1/429", _too_often),
    path("", include("droitfil.web.urls")),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error


def _answer(method: str, address: str) -> Any:
    client = Client(raise_request_exception=False)
    with override_settings(ROOT_URLCONF=__name__):
        return getattr(client, method)(address)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 429, 500])
def test_each_fault_has_a_calm_page_in_french(status: int) -> None:
    response = _answer("post" if status == 405 else "get", f"/{status}")
    assert response.status_code == status
    page = response.content.decode()
    title, happened, remedy = errors.SENTENCES[status]
    for sentence in (title, happened, remedy):
        assert str(sentence) in page
    assert "SECRET" not in page
    assert "Traceback" not in page
    assert 'lang="fr"' in page
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_what_a_client_must_know_stays() -> None:
    assert _answer("post", "/405")["Allow"] == "GET, HEAD"
    assert _answer("get", "/429")["Retry-After"] == "60"


@pytest.mark.parametrize(("status", "address"), [(404, "rien"), (500, "500")])
def test_the_api_is_told_in_its_own_form(status: int, address: str) -> None:
    response = _answer("get", f"/api/v1/{address}")
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status


def test_the_api_words_its_own_limits() -> None:
    response = _answer("get", "/api/v1/429")
    assert response.status_code == 429
    assert b"<html" not in response.content


def test_a_fault_of_the_page_itself_still_gives_a_page(settings: Any) -> None:
    broken = {**settings.TEMPLATES[0], "APP_DIRS": False, "DIRS": []}
    settings.TEMPLATES = [broken]
    response = _answer("get", "/500")
    assert response.status_code == 500
    assert response.content.decode() == errors.LAST_RESORT
