"""Refusals: one family, told once in pages and once in problems."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from droitfil.lib.refusals import Conflict, Forbidden, Refusal, Trouble
from droitfil.rules.problems import Refused as Unanswerable
from droitfil.web import errors

REFUSALS: dict[str, Exception] = {
    "nul": DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"),
    "nul-json": DataError("DETAIL:  \\u0000 cannot be converted to text."),
    "unanswerable": Unanswerable([]),
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
        ("nul", 422, ["Ce texte contient un caractère qui ne s’écrit pas."]),
        ("nul-json", 422, ["Ce texte contient un caractère qui ne s’écrit pas."]),
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


def test_facts_that_contradict_one_another_are_told_and_not_a_breakdown() -> None:
    response = answer("/refusals/unanswerable")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Ce que dit ce dossier se contredit" in page
    assert "Vos droits ne changent pas." in page


def test_a_form_that_lost_its_token_is_not_called_a_lack_of_right() -> None:
    response = Client(enforce_csrf_checks=True).post("/connexion", {"email": "a@example.org"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Ce formulaire n’est plus valable" in page
    assert "rechargez la page" in page
    assert "un droit que cette visite" not in page
