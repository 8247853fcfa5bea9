"""From the document held to the last question: nothing typed is lost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from droitfil.cases.actions import filing
from droitfil.cases.models import Case
from droitfil.cases.queries import situation_of
from droitfil.lib import clock
from droitfil.people.models import ResidenceDocument
from droitfil.rules.problems import Refused
from droitfil.rules.question import MOST_ITEMS
from tests.cases.writing import DAY, MARIAM, PARENT, at, draft, filed
from tests.personas import Personas
from tests.web.applicant.conftest import on, signed_in, text

#: The three boxes of a date.
CHILD = {k: v for k, v in MARIAM.items() if k.startswith(("child_", "parents"))}


def begun(people: Personas, client: Client) -> Case:
    card = people.mariam.documents.get()
    client.post("/moi/demandes", {"document": card.pk, "demarche": PARENT})
    return Case.objects.get()


def boxes(name: str, day: str) -> dict[str, str]:
    year, month, first = day.split("-")
    return {f"{name}_j": first, f"{name}_m": month, f"{name}_a": year}


def test_the_document_held_leads_to_its_renewal(people: Personas, mariam: Client) -> None:
    page = text(mariam.get("/moi/demandes/nouvelle"))
    assert "Renouveler une carte de parent d&#x27;enfant français" in page
    assert "Déposez au plus tard le 1er août 2025 (dans 42 jours)." in page
    card = people.mariam.documents.get()
    answer = mariam.post("/moi/demandes", {"document": card.pk, "demarche": PARENT})
    case = Case.objects.get()
    assert answer["Location"] == f"/moi/demandes/{case.pk}/reprendre"
    assert mariam.get(answer["Location"])["Location"].endswith("/questions/identity")
    again = mariam.post("/moi/demandes", {"document": card.pk, "demarche": PARENT})
    assert again["Location"] == answer["Location"]
    assert "Une demande est déjà ouverte" in text(mariam.get("/moi/demandes/nouvelle"))


def test_before_the_window_one_prepares(
    people: Personas, mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", on(date(2025, 1, 10)))
    page = text(mariam.get("/moi/demandes/nouvelle"))
    assert "Vous pourrez déposer du" in page
    assert "Préparer cette demande" in page
    assert "Rien à faire avant le" in text(mariam.get("/moi"))


def test_a_page_keeps_what_is_typed_and_goes_on(people: Personas, mariam: Client) -> None:
    case = begun(people, mariam)
    address = f"/moi/demandes/{case.pk}/questions/child"
    sent = {k: v for k, v in CHILD.items() if k not in ("child_born_on", "child_lives_with_you")}
    sent |= boxes("child_born_on", "2021-05-04")
    answer = mariam.post(address, sent)
    # One more question, now that the child lives in France.
    assert answer["Location"] == f"{address}?precision#q-child_lives_with_you"
    assert "Elles appellent une précision" in text(mariam.get(f"{address}?precision"))
    answer = mariam.post(address, sent | {"child_lives_with_you": "true"})
    assert answer["Location"].endswith("/questions/habitual_residence")
    case.refresh_from_db()
    assert {k: case.answers[k] for k in CHILD} == CHILD


def test_what_cannot_be_read_is_kept_and_told_beside(people: Personas, mariam: Client) -> None:
    case = begun(people, mariam)
    address = f"/moi/demandes/{case.pk}/questions/child"
    page = text(
        mariam.post(address, {"child_name": "Lina", **boxes("child_born_on", "2021-02-31")}), 422
    )
    assert "Ce jour n’existe pas dans le calendrier" in page
    assert 'value="31"' in page
    assert 'value="Lina"' in page
    assert 'href="#q-child_born_on-j"' in page
    page = text(mariam.get(address))  # the next day
    assert 'value="31"' in page
    assert "Ce jour n’existe pas" not in page  # nobody is blamed before having answered


def test_stopping_keeps_everything(people: Personas, mariam: Client) -> None:
    case = begun(people, mariam)
    address = f"/moi/demandes/{case.pk}/questions/child"
    answer = mariam.post(address, {"child_name": "Lina", "suite": "arreter"})
    assert answer["Location"] == f"/moi/demandes/{case.pk}"
    page = text(mariam.get(answer["Location"]))
    assert "Brouillon" in page
    assert "Reprendre" in page
    case.refresh_from_db()
    assert case.answers == {"child_name": "Lina"}


def test_a_field_alone_is_kept_by_the_script(people: Personas, mariam: Client) -> None:
    case = begun(people, mariam)
    address = f"/moi/demandes/{case.pk}/questions/address"
    assert mariam.post(address, {"housing": "tenant", "suite": "garder"}).status_code == 204
    case.refresh_from_db()
    assert case.answers == {"housing": "tenant"}
    page = mariam.get(address)
    assert "connect-src 'self'" in page["Content-Security-Policy"]


def test_nobody_else_reads_a_draft(people: Personas, mariam: Client) -> None:
    case = draft(people)
    other = signed_in(people.stranger)
    addresses = ("", "/reprendre", "/questions/child", "/pieces", "/relire", "/attestation")
    for address in addresses:
        assert other.get(f"/moi/demandes/{case.pk}{address}").status_code == 404
        assert signed_in(people.nadia).get(f"/moi/demandes/{case.pk}{address}").status_code == 404
        login = Client().get(f"/moi/demandes/{case.pk}{address}")
        assert login["Location"].startswith("/connexion")
    assert other.post(f"/moi/demandes/{case.pk}/questions/child", {}).status_code == 404
    card = people.mariam.documents.get()
    assert other.post("/moi/demandes", {"document": card.pk, "demarche": PARENT}).status_code == 404
    assert mariam.get(f"/moi/demandes/{uuid4()}").status_code == 404


def test_answers_are_put_right_after_the_filing(people: Personas, mariam: Client) -> None:
    case = filed(people)
    address = f"/moi/demandes/{case.pk}/questions/address"
    assert "la date de dépôt ne change pas" in text(mariam.get(address))
    answer = mariam.post(address, {"housing": "hotel"})
    assert answer["Location"] == f"/moi/demandes/{case.pk}"
    case.refresh_from_db()
    assert (case.answers["housing"], case.filed_on) == ("hotel", DAY)
    assert case.amendments.get().before == "tenant"
    wrong = mariam.post(address, {"housing": "hosted", "host_name": ""})
    assert "2 réponses sont à revoir" in text(wrong, 422)


def test_a_discarded_draft_is_gone(people: Personas, mariam: Client) -> None:
    case = draft(people)
    assert mariam.post(f"/moi/demandes/{case.pk}/supprimer")["Location"] == "/moi"
    assert mariam.get(f"/moi/demandes/{case.pk}").status_code == 404


def test_a_mother_files_for_her_son(people: Personas) -> None:
    son, mother = people.ilyes, signed_in(people.amina_linked)
    page = text(mother.get(f"/moi/enfants/{son.pk}/demandes/nouvelle"))
    assert "Demander ou renouveler le document de circulation de mon enfant" in page
    assert (
        signed_in(people.mariam_account).get(f"/moi/enfants/{son.pk}/demandes/nouvelle").status_code
        == 404
    )


def written(**changed: Any) -> dict[str, Any]:
    return {**MARIAM, **changed}


def test_every_choice_of_the_form_has_a_box(people: Personas, mariam: Client) -> None:
    case = draft(people)
    filing.save_answers(people.mariam_account, case, answers=written(housing="hosted"), **at(DAY))
    page = text(mariam.get(f"/moi/demandes/{case.pk}/questions/address"))
    assert 'name="host_name"' in page
    assert page.count('type="radio" id="q-housing-') == 6


def test_facts_that_the_kernel_refuses_are_told(people: Personas, mariam: Client) -> None:
    card = people.mariam.documents.get()
    # More documents than any question holds: an import might bring them.
    ResidenceDocument.objects.bulk_create(
        ResidenceDocument(
            person=people.mariam, kind=card.kind, article=card.article, source="import",
            valid_from=card.valid_from - timedelta(days=rank),
            valid_to=card.valid_to,
        )
        for rank in range(1, MOST_ITEMS + 2)
    )  # fmt: skip
    with pytest.raises(Refused):
        situation_of(people.mariam, DAY).answer()
    assert "Mes demandes" in text(mariam.get("/moi"))
    assert "se contredisent" in text(mariam.get("/moi/demandes/nouvelle"))


def test_the_language_changes_in_a_half_typed_page_and_nothing_is_lost(
    people: Personas, mariam: Client
) -> None:
    case = draft(people)
    page = mariam.get(f"/moi/demandes/{case.pk}/questions/child").content.decode()
    assert 'formaction="?langue=en"' in page
    first = page.index('form="brouillon"')
    assert 'value="continuer"' in page[first : first + 80], "what a key press does stays the same"
    address = f"/moi/demandes/{case.pk}/questions/child"
    sent = {"child_name": "Lina à moitié", "suite": "langue"}
    answer = mariam.post(f"{address}?langue=en", sent)
    assert answer["Location"] == f"{address}?langue=en"
    page = mariam.get(answer["Location"]).content.decode()
    assert 'value="Lina à moitié"' in page
    assert '<html lang="en"' in page


def test_a_new_address_half_typed_changes_language_too(people: Personas, mariam: Client) -> None:
    sent = {"address_line": "2 rue Neuve", "etape": "langue"}
    answer = mariam.post("/moi/adresse?langue=en", sent)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'value="2 rue Neuve"' in page
    assert "Street" in page or "street" in page


def test_a_declared_child_half_typed_changes_language_too(people: Personas, mariam: Client) -> None:
    sent = {"given_names": "Moussa", "suite": "langue"}
    answer = mariam.post("/moi/enfants/declarer?langue=en", sent)
    assert answer.status_code == 200
    assert 'value="Moussa"' in answer.content.decode()
    assert "Declare a child" in answer.content.decode()
