"""Pieces: why each is asked, given with a receipt, in quarantine without delaying anyone."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from droitfil.cases.actions import filing
from droitfil.cases.form import form_of
from droitfil.cases.models import Case, Piece
from droitfil.files.models import State, Upload
from droitfil.lib.clamd import PrivateClamd
from tests.cases.writing import DAY, MARIAM, at, counter_draft, draft, filed
from tests.files.conftest import running_clamd  # noqa: F401 - a fixture
from tests.files.samples import EICAR, jpeg, pdf
from tests.personas import Personas
from tests.web.applicant.conftest import signed_in, text


def give(client: Client, case: Case, code: str, content: bytes = b"", **typed: Any) -> Any:
    sent = {"file": SimpleUploadedFile("mon passeport.pdf", content or pdf())}
    return client.post(f"/moi/demandes/{case.pk}/pieces/{code}/ajouter", {**sent, **typed})


def test_each_piece_says_why_it_is_asked(people: Personas, mariam: Client) -> None:
    case = draft(people)
    page = text(mariam.get(f"/moi/demandes/{case.pk}/pieces"))
    lacking = len(form_of(case, DAY).lacks.pieces)
    assert f"Il manque {lacking} pièces" in page
    for said in (
        "Établir votre identité et votre nationalité.",
        "R431-10, 2°",
        "À « Où vivez-vous ? », vous avez répondu : Dans un logement que je loue.",
        "Code e-photo",
        "Plus tard, à la remise",
    ):
        assert said.replace("'", "&#x27;") in page, said
    assert 'enctype="multipart/form-data"' in page


def test_a_piece_is_given_with_its_receipt(people: Personas, mariam: Client) -> None:
    case, content = draft(people), pdf()
    answer = give(mariam, case, "nationality_proof", content, document="consular_card")
    assert answer["Location"] == f"/moi/demandes/{case.pk}/pieces#piece-nationality_proof"
    piece = Piece.objects.get()
    assert (piece.code, piece.case) == ("consular_card", case)
    page = text(mariam.get(f"/moi/demandes/{case.pk}/pieces"))
    assert "mon passeport.pdf" in page
    assert "Carte consulaire" in page
    assert hashlib.sha256(content).hexdigest() in page
    # Nobody answers for the antivirus: kept, shown to nobody, and it counts.
    assert "L’antivirus ne l’a pas encore contrôlé" in page
    assert mariam.get(f"/moi/demandes/{case.pk}/pieces/{piece.pk}").status_code == 422
    assert "nationality_proof" not in {r.piece.code for r in form_of(case, DAY).lacks.pieces}


def test_a_piece_is_shown_cleaned_once_it_is_clean(
    people: Personas,
    mariam: Client,
    running_clamd: PrivateClamd,  # noqa: F811
    settings: Any,
) -> None:
    settings.CLAMD = running_clamd.address
    case = draft(people)
    assert give(mariam, case, "nationality_proof", jpeg(), document="passport").status_code == 302
    piece = Piece.objects.get()
    shown = mariam.get(f"/moi/demandes/{case.pk}/pieces/{piece.pk}")
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert signed_in(people.stranger).get(shown.wsgi_request.path).status_code == 404
    refused = give(
        mariam,
        case,
        "nationality_proof",
        pdf(change=lambda made: made.attachments.__setitem__("a.com", EICAR)),
    )
    assert "L’antivirus a trouvé un programme dangereux" in text(refused, 422)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"file": b"bonjour"}, "ni un PDF ni une image"),
        ({}, "Choisissez d’abord un fichier"),
        ({"date_j": "45", "date_m": "1", "date_a": "2025"}, "Le jour est un nombre"),
        ({"date_j": "1", "date_m": "1", "date_a": "2031"}, "pas encore arrivée"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_the_piece(
    people: Personas, mariam: Client, sent: Any, says: str
) -> None:
    case = draft(people)
    if "file" in sent:
        sent = {"file": SimpleUploadedFile("a.pdf", sent["file"])}
    answer = mariam.post(f"/moi/demandes/{case.pk}/pieces/address_proof/ajouter", sent)
    page = text(answer, 422)
    assert says in page
    assert 'href="#piece-address_proof"' in page
    assert 'id="faute-address_proof"' in page
    if "date_a" in sent:
        assert f'value="{sent["date_a"]}"' in page
    assert not Upload.objects.exists()


def test_a_paper_too_old_is_told(people: Personas, mariam: Client) -> None:
    case = draft(people)
    give(
        mariam,
        case,
        "address_proof",
        date_j="1",
        date_m="12",
        date_a="2024",
        document="address_bill",
    )
    page = text(mariam.get(f"/moi/demandes/{case.pk}/pieces"))
    assert "trop ancien au jour du dépôt" in page
    assert "daté du 1er décembre 2024" in page


def test_a_code_is_given_without_file(people: Personas, mariam: Client) -> None:
    case = draft(people)
    address = f"/moi/demandes/{case.pk}/pieces/ephoto_code/ajouter"
    assert "Écrivez ce code" in text(mariam.post(address, {"code": " "}), 422)
    assert mariam.post(address, {"code": "AB12 CD34"})["Location"].endswith("#piece-ephoto_code")
    assert "AB12 CD34" in text(mariam.get(f"/moi/demandes/{case.pk}/pieces"))


def test_a_piece_is_taken_back(people: Personas, mariam: Client) -> None:
    case = draft(people)
    give(mariam, case, "nationality_proof", document="passport")
    piece = Piece.objects.get()
    address = f"/moi/demandes/{case.pk}/pieces/{piece.pk}/retirer"
    assert signed_in(people.stranger).post(address).status_code == 404
    assert mariam.post(address)["Location"] == f"/moi/demandes/{case.pk}/pieces"
    piece.refresh_from_db()
    assert piece.withdrawn_at is not None
    assert "mon passeport" not in text(mariam.get(f"/moi/demandes/{case.pk}/pieces"))


def test_a_piece_no_longer_asked_stays_to_be_seen(people: Personas, mariam: Client) -> None:
    case = draft(people)
    give(mariam, case, "address_proof", document="address_lease")
    filing.save_answers(
        people.mariam_account, case, answers={**MARIAM, "housing": "hotel"}, **at(DAY)
    )
    page = text(mariam.get(f"/moi/demandes/{case.pk}/pieces"))
    assert "Autres pièces jointes" in page


def test_pieces_are_added_after_the_filing_and_not_after_the_decision(
    people: Personas, mariam: Client
) -> None:
    case = filed(people)
    give(mariam, case, "nationality_proof", document="passport")
    assert (
        case.pieces.filter(code="passport", upload__isnull=False).get().upload.state
        == State.QUARANTINED
    )
    filing.withdraw(people.mariam_account, case, **at(DAY))
    assert "aucune pièce ne peut plus" in text(mariam.get(f"/moi/demandes/{case.pk}/pieces"))
    assert give(mariam, case, "nationality_proof").status_code == 422


def test_what_is_brought_to_the_counter_is_said(people: Personas) -> None:
    case = counter_draft(people)
    page = text(signed_in(people.amina_linked).get(f"/moi/demandes/{case.pk}/pieces"))
    assert "À apporter au guichet" in page
    assert "Photographies d&#x27;identité récentes" in page


def test_an_unknown_piece_is_refused(people: Personas, mariam: Client) -> None:
    case = draft(people)
    assert give(mariam, case, "rien").status_code == 422
    assert mariam.get(f"/moi/demandes/{case.pk}/pieces/{uuid4()}").status_code == 404
