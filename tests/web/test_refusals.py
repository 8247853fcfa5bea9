"""Refusals: one family, told once in pages and once in problems."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from droitfil.lib.refusals import Conflict, Forbidden, Refusal, Trouble
from droitfil.web import errors

REFUSALS = {
    "refusal": Refusal("La date de fin précède la date de début.", field="to"),
    "many": Refusal(
        "Deux réponses sont à corriger.",
        troubles=[
            Trouble("name", "Le nom manque.", remedy="Écrivez-le comme sur la carte."),
            Trouble("photo", "La photo manque.", article="R431-10"),
        ],
    ),
    "forbidden": Forbidden("Ce dossier SECRET ne vous est pas ouvert."),
    "conflict": Conflict("Paul a pris ce dossier il y a une minute."),
}


def view(request: HttpRequest, name: str) -> HttpResponse:
    raise REFUSALS[name]


urlpatterns = [
    path("refusals/<name>", view),
    path("api/v1/refusals/<name>", view),
    path("", include("droitfil.web.urls")),
]
handler404 = errors.not_found


def answer(address: str) -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        return Client().post(address)


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("refusal", 422, ["La date de fin précède la date de début."]),
        ("many", 422, ["Deux réponses", "Le nom manque. Écrivez-le", "La photo", "R431-10"]),
        ("conflict", 409, ["Paul a pris ce dossier il y a une minute."]),
    ],
)
def test_a_page_says_what_was_refused(name: str, status: int, said: list[str]) -> None:
    response = answer(f"/refusals/{name}")
    assert response.status_code == status
    page = response.content.decode()
    title, _, remedy = errors.SENTENCES[status]
    for sentence in (*said, str(title), str(remedy)):
        assert page.count(sentence) - (sentence == str(title)) == 1


def test_what_is_forbidden_reads_as_what_does_not_exist() -> None:
    forbidden, nowhere = answer("/refusals/forbidden"), answer("/refusals-of-nobody")
    assert forbidden.status_code == nowhere.status_code == 404
    assert forbidden.content == nowhere.content
    told = answer("/api/v1/refusals/forbidden")
    assert told.status_code == 404
    assert told.content == answer("/api/v1/nowhere").content


@pytest.mark.parametrize(
    ("name", "status", "problems"),
    [
        ("refusal", 422, [{"path": "to", "says": "La date de fin précède la date de début."}]),
        (
            "many",
            422,
            [
                {"path": "name", "says": "Le nom manque. Écrivez-le comme sur la carte."},
                {"path": "photo", "says": "La photo manque.", "article": "R431-10"},
            ],
        ),
        ("conflict", 409, None),
    ],
)
def test_the_api_gives_a_problem(name: str, status: int, problems: Any) -> None:
    response = answer(f"/api/v1/refusals/{name}")
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert (told["status"], told["detail"]) == (status, REFUSALS[name].says)
    assert told.get("problems") == problems
    assert told["title"]
