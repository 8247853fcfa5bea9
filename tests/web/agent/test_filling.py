"""The form and the pieces at the counter, with the person present: the same as at home."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from droitfil.cases.actions import decision, filing
from droitfil.cases.models import Case, Paper, Piece
from droitfil.journal.models import Entry
from tests.cases.writing import AMINA, DAY, EMPLOYEE, at, counter_draft, draft, filed
from tests.files.samples import pdf
from tests.people.test_pages import signed_in
from tests.personas import Personas

ANSWERS = {**AMINA, "six_months_each_year": "true"}


def address(case: Case, act: str = "") -> str:
    return f"/agent/dossiers/{case.pk}{'/' + act if act else ''}"


def asked(page: str) -> str:
    found = re.search(r'name="questions" value="([^"]*)"', page)
    assert found
    return found[1]


def send(client: Client, case: Case, suite: str = "continuer", **answers: Any) -> Any:
    """Fills the form as it stands."""
    page = client.get(address(case, "formulaire")).content.decode()
    sent = {"etat": "draft", "questions": asked(page), "suite": suite, **answers}
    return client.post(address(case, "formulaire"), sent)


def test_from_paper_to_the_recepisse(people: Personas) -> None:
    """Every question on one page, then the pieces, then the registration: no account anywhere."""
    case = counter_draft(people)
    client = signed_in(people.nadia)
    page = client.get(address(case)).content.decode()
    assert "Remplir avec la personne" in page
    page = client.get(address(case, "formulaire")).content.decode()
    assert "Votre passeport est-il en cours de validité" in page
    assert "employer_name" not in asked(page), "a question that nothing calls for yet"
    answer = send(client, case, **ANSWERS)
    assert answer["Location"].startswith(f"{address(case, 'formulaire')}?precision#q-")
    page = client.get(f"{address(case, 'formulaire')}?precision").content.decode()
    assert "Elles appellent une précision" in page
    assert 'value="Boulangerie du Parc"' not in page, "it was not asked then"
    answer = send(client, case, **ANSWERS)
    while answer.status_code == 302 and "precision" in answer["Location"]:
        answer = send(client, case, **ANSWERS)
    assert answer.status_code == 302, re.findall(r'href="#q-[^<]+', answer.content.decode())
    assert answer["Location"] == address(case, "pieces")
    case.refresh_from_db()
    assert case.answers["employer_name"] == "Boulangerie du Parc"
    assert {e.actor for e in Entry.objects.filter(action="case.saved")} == {
        f"staff:{people.nadia.pk}"
    }
    page = client.get(address(case, "pieces")).content.decode()
    for code in re.findall(r'item--warn" id="piece-([a-z_0-9]+)"', page):
        given = {"quoi": "code", "code": "ABCD1234"} if 'name="code"' in piece(page, code) else {}
        answer = client.post(address(case, f"pieces/{code}/ajouter"), {"quoi": "vu", **given})
        assert answer["Location"] == f"{address(case, 'pieces')}#piece-{code}"
    page = client.get(address(case, "pieces")).content.decode()
    assert "Il ne manque aucune pièce." in page
    assert "Original vu au guichet le 20 juin 2025" in page
    answer = client.post(address(case, "enregistrer"), {"complet": "oui", "etat": "draft"})
    assert answer["Location"] == f"{address(case)}?enregistree"
    page = client.get(answer["Location"]).content.decode()
    assert "son dépôt est du 20 juin 2025" in page
    printed = re.search(r'href="([^"]+)">Imprimer le récépissé', page)
    assert printed
    assert client.get(printed[1])["Content-Type"] == "application/pdf"
    case.refresh_from_db()
    assert (case.filed_on, case.complete_on, case.person.account) == (DAY, DAY, None)
    assert Paper.objects.get(case=case).kind == "RECEPISSE"


def piece(page: str, code: str) -> str:
    return page.split(f'id="piece-{code}"')[1].split('id="piece-')[0]


def test_what_was_prepared_at_home_is_there(people: Personas) -> None:
    assert people.at_evry
    case = filing.start_draft(
        people.amina_linked, people.amina, procedure=EMPLOYEE,
        held=people.amina.documents.get(), **at(DAY),
    )  # fmt: skip
    filing.save_answers(people.amina_linked, case, answers=ANSWERS, **at(DAY))
    client = signed_in(people.nadia)
    page = client.get(address(case, "formulaire")).content.decode()
    assert 'value="Boulangerie du Parc"' in page
    answer = client.post(
        address(case, "formulaire"),
        {"etat": "draft", "questions": "employer_name", "employer_name": "Boulangerie Neuve",
         "suite": "garder"},
    )  # fmt: skip
    assert answer["Location"] != address(case, "pieces")
    case.refresh_from_db()
    assert case.answers == {**ANSWERS, "employer_name": "Boulangerie Neuve"}, "the others stay"


def test_what_cannot_be_read_is_kept_and_told(people: Personas) -> None:
    case = counter_draft(people)
    client = signed_in(people.nadia)
    for _time in range(3):
        answer = send(client, case, **{**ANSWERS, "passport_status": "moon"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#q-passport_status-0"' in page
    assert "Passer aux pièces quand même" in page
    assert send(client, case, "garder", **ANSWERS)["Location"].endswith(("?garde", "precision"))
    assert client.get(f"{address(case, 'formulaire')}?garde").status_code == 200


@pytest.mark.usefixtures("clamd")
def test_a_copy_is_scanned_and_a_mistake_taken_back(people: Personas) -> None:
    case = counter_draft(people)
    client = signed_in(people.nadia)
    here = address(case, "pieces/passport/ajouter")
    answer = client.post(here, {"quoi": "copie"})
    assert answer.status_code == 422
    assert "Choisissez d’abord le fichier numérisé." in answer.content.decode()
    sent = {"quoi": "copie", "file": SimpleUploadedFile("scan.pdf", pdf()), "etat": "draft"}
    assert client.post(here, sent).status_code == 302
    given = Piece.objects.get()
    assert given.upload is not None
    assert given.added_by == people.nadia
    page = client.get(address(case, "pieces")).content.decode()
    assert "scan.pdf" in page
    taken_back = address(case, f"pieces/{given.pk}/retirer")
    assert taken_back in page
    assert client.post(taken_back)["Location"] == address(case, "pieces")
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    assert client.post(address(case, "pieces/moon/ajouter"), {"quoi": "vu"}).status_code == 422


def test_what_the_person_gave_is_not_the_agent_s_to_take_back(people: Personas) -> None:
    case = filed(people)
    given = case.pieces.all()[0]
    client = signed_in(people.nadia)
    page = client.get(address(case, "pieces")).content.decode()
    assert "retirer" not in page
    assert client.post(address(case, f"pieces/{given.pk}/retirer")).status_code == 404


def test_a_paper_brought_for_a_case_filed_online(people: Personas) -> None:
    case = filed(people)
    client = signed_in(people.nadia)
    assert "Ajouter une pièce vue ou numérisée" in client.get(address(case)).content.decode()
    answer = client.post(address(case, "pieces/passport/ajouter"), {"quoi": "vu"})
    assert answer.status_code == 302
    assert Piece.objects.filter(code="passport", seen_on=DAY).count() == 1
    assert client.get(address(case, "formulaire")).status_code == 422, (
        "its answers are its person's"
    )
    decided = decision.refuse(
        people.nadia, decision.take(people.nadia, case, **at(DAY)), reasons="Non.", **at(DAY)
    )
    assert client.get(address(decided, "pieces")).status_code == 200
    answer = client.post(address(decided, "pieces/passport/ajouter"), {"quoi": "vu"})
    assert answer.status_code == 422


def test_registered_meanwhile_it_is_told(people: Personas) -> None:
    case = counter_draft(people)
    nadia, sonia = signed_in(people.nadia), signed_in(people.sonia)
    nadia.post(address(case, "enregistrer"), {"complet": "non", "etat": "draft"})
    sent = {"etat": "draft", "questions": "passport_status", "passport_status": "valid"}
    answer = sonia.post(address(case, "formulaire"), sent)
    assert answer.status_code == 409
    assert "Ce dossier a été déposé" in answer.content.decode()


def test_to_whom_it_is_open(people: Personas) -> None:
    case, home = counter_draft(people), draft(people)
    one = Piece.objects.create(
        case=case, code="passport", rank=1, seen_on=DAY, added_by=people.nadia,
        added_at=at(DAY)["now"],
    )  # fmt: skip
    for who in (people.paul, people.claire, people.denis, people.admin, people.stranger,
                people.amina_linked):  # fmt: skip
        client = signed_in(who)
        for act in ("formulaire", "pieces"):
            assert client.get(address(case, act)).status_code == 404, (who, act)
        assert client.post(address(case, "formulaire"), {"questions": ""}).status_code == 404
        for act in ("pieces/passport/ajouter", f"pieces/{one.pk}/retirer"):
            assert client.post(address(case, act), {"quoi": "vu"}).status_code == 404
    client = signed_in(people.nadia)
    assert client.get(address(home, "formulaire")).status_code == 404, "a draft at home"
    case.refresh_from_db()
    assert (case.answers, Piece.objects.count()) == ({}, 1)


# -- once it is registered -------------------------------------------------------------------------


def registered(people: Personas) -> Case:
    """Amina's, from paper; no account opens her file."""
    case = counter_draft(people)
    filing.save_answers(people.nadia, case, answers=ANSWERS, **at(DAY))
    case.refresh_from_db()
    filing.register_at_counter(people.nadia, case, complete=False, **at(DAY))
    case.refresh_from_db()
    return case


def put_right(client: Client, case: Case, reason: str, **answers: Any) -> Any:
    page = client.get(address(case, "corriger")).content.decode()
    sent = {"etat": case.state, "questions": asked(page), "reason": reason}
    return client.post(address(case, "corriger"), {**sent, **ANSWERS, **answers})


def test_what_was_registered_from_paper_is_put_right_with_a_reason(people: Personas) -> None:
    case = registered(people)
    client = signed_in(people.sonia)
    assert "Corriger une réponse" in client.get(address(case)).content.decode()
    refused = put_right(client, case, " ", employer_name="Boulangerie du Pont")
    assert refused.status_code == 422
    assert "Dites pourquoi" in refused.content.decode()
    assert 'value="Boulangerie du Pont"' in refused.content.decode(), "nothing typed is lost"
    done = put_right(
        client, case, "Mal recopié du formulaire.", employer_name="Boulangerie du Pont"
    )
    assert done.status_code == 302, done.content.decode()
    case.refresh_from_db()
    assert case.answers["employer_name"] == "Boulangerie du Pont"
    assert case.filed_on == DAY
    changed = case.amendments.get()
    assert (changed.field, changed.before) == ("employer_name", "Boulangerie du Parc")
    page = client.get(address(case)).content.decode()
    assert "votre carte de séjour" not in page, "it is not the agent's"
    assert "carte de séjour pluriannuelle (jusqu’au" in page
    assert "Boulangerie du Parc ; corrigé par Sonia Lenoir : Mal recopié du formulaire." in page
    assert Entry.objects.filter(action="case.amended", actor=f"staff:{people.sonia.pk}").exists()
    holder = people.amina_linked
    page = signed_in(holder).get(f"/moi/demandes/{case.pk}").content.decode()
    assert "Un agent a corrigé au guichet" in page
    assert "Mal recopié du formulaire." in page


def test_an_answer_that_cannot_be_is_told_beside_it(people: Personas) -> None:
    case = registered(people)
    answer = put_right(signed_in(people.nadia), case, "Relu.", employer_siret="12")
    assert answer.status_code == 422
    assert "employer_siret" in answer.content.decode()
    assert not case.amendments.exists()


def test_where_somebody_has_an_account_they_correct_it_themselves(people: Personas) -> None:
    case = registered(people)
    assert people.amina_linked
    client = signed_in(people.nadia)
    assert "Corriger une réponse" not in client.get(address(case)).content.decode()
    answer = client.post(address(case, "corriger"), {"questions": "", "reason": "Relu."})
    assert answer.status_code == 422
    assert "elle corrige elle-même" in answer.content.decode()
