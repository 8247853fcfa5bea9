"""``/preuve``: figures for anyone, no reference; an honest page when there is none."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from droitfil.attestations import documents
from droitfil.attestations.actions import make_authority
from droitfil.cases.continuity.proof import make_proof
from droitfil.cases.models import Proof
from tests.attestations.showing import trust_now
from tests.personas import NOW, Personas

DAY = date(2025, 6, 2)


@pytest.mark.django_db
def test_says_that_none_was_made(client: Client) -> None:
    response = client.get("/preuve")
    assert response.status_code == 200
    assert "Aucune preuve n’a encore été faite" in response.content.decode()
    for address in ("/preuve/2025-06-02", "/preuve/hier", "/preuve/2025-06-02.json"):
        assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_shows_the_figures(client: Client) -> None:
    assert Personas().amina.documents.count() == 1
    make_authority("system:tests", now=NOW)
    made = make_proof(DAY, now=datetime(2025, 6, 2, 1, tzinfo=UTC))
    assert client.get("/preuve")["Location"] == "/preuve/2025-06-02"
    page = client.get("/preuve/2025-06-02").content.decode()
    assert bytes(made.hash).hex() in page
    assert "2 juin 2025" in page
    assert f"certificat {made.certificate}" in page
    shown = client.get("/preuve/2025-06-02.json")
    found = documents.verify(shown.content, trust_now())
    assert shown.json()["signature"]["by"] == str(made.certificate)
    assert found["hash"] == bytes(made.hash).hex()
    assert found["totals"] == {
        "people": 1, "entitled": 1, "covered": 1, "not_covered": 0, "not_entitled": 0,
        "undecided": 0,
    }  # fmt: skip
    assert client.post("/preuve/2025-06-02").status_code == 405


@pytest.mark.django_db
def test_a_proof_of_before_signatures_says_so(client: Client) -> None:
    make_authority("system:tests", now=NOW)
    made = make_proof(DAY, now=datetime(2025, 6, 2, 1, tzinfo=UTC))
    Proof.objects.create(
        date="2025-06-01", document=made.document, hash=made.hash, made_at=made.made_at
    )
    page = client.get("/preuve/2025-06-01").content.decode()
    assert "elle n’est pas signée" in page
    assert "Ce texte n’est plus celui qui a été gardé" not in page
    with pytest.raises(documents.NotGenuine) as refused:
        documents.verify(client.get("/preuve/2025-06-01.json").content, trust_now())
    assert refused.value.flaw is documents.Flaw.UNSIGNED
