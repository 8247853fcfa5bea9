"""Filed once, attested, followed, answered, withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from droitfil.attestations.verification import verify_many
from droitfil.cases.actions import complement, decision, filing
from droitfil.cases.continuity.night import run_night
from droitfil.cases.models import Case
from droitfil.lib import clock
from droitfil.rules.lifecycle import State
from tests.cases.writing import AT, DAY, at, counter_draft, draft, filed, give_pieces, taken
from tests.personas import Personas
from tests.web.applicant.conftest import on, signed_in, text
from tests.web.applicant.test_pieces import give


def test_read_again_then_filed_once(people: Personas, mariam: Client) -> None:
    case = draft(people)
    give_pieces(people, case)
    page = text(mariam.get(f"/moi/demandes/{case.pk}/relire"))
    for said in (
        "Lina Diallo", "4 mai 2021", "Dans un logement que je loue", escape(people.at_evry.name),
        "Votre demande est complète.", "Déposer ma demande",
    ):  # fmt: skip
        assert said in page, said
    key = uuid4()
    for _press in range(2):
        answer = mariam.post(f"/moi/demandes/{case.pk}/deposer", {"cle": key})
        assert answer["Location"] == f"/moi/demandes/{case.pk}/attestation"
    case.refresh_from_db()
    assert (case.state, case.filed_on, case.complete_on) == (State.SUBMITTED, DAY, DAY)
    assert mariam.get(f"/moi/demandes/{case.pk}/relire")["Location"] == f"/moi/demandes/{case.pk}"
    page = text(mariam.get(f"/moi/demandes/{case.pk}/attestation"))
    assert case.reference in page
    assert "Cette attestation ne prouve pas un droit au séjour ni au travail." in page
    assert "Complet le 20 juin 2025" in page


def test_filed_without_a_piece_to_keep_the_day(people: Personas, mariam: Client) -> None:
    case = draft(people)
    assert "Déposer sans ces pièces" in text(mariam.get(f"/moi/demandes/{case.pk}/relire"))
    refused = mariam.post(f"/moi/demandes/{case.pk}/deposer", {"cle": uuid4()})
    assert "Il manque : Passeport" in text(refused, 422) or "Il manque :" in text(refused, 422)
    mariam.post(f"/moi/demandes/{case.pk}/deposer", {"cle": uuid4(), "sans": "pieces"})
    case.refresh_from_db()
    assert (case.filed_on, case.complete_on) == (DAY, None)
    page = text(mariam.get(f"/moi/demandes/{case.pk}"))
    assert "Ajoutez les pièces qui manquent" in page
    assert "Pièces attendues" in text(mariam.get(f"/moi/demandes/{case.pk}/attestation"))


def test_answers_that_lack_are_named(people: Personas, mariam: Client) -> None:
    case = draft(people)
    filing.save_answers(people.mariam_account, case, answers={"child_name": ""}, **at(DAY))
    page = text(mariam.get(f"/moi/demandes/{case.pk}/relire"))
    assert "Il reste des réponses à donner ou à corriger :" in page
    assert "Déposer ma demande" not in page
    refused = mariam.post(f"/moi/demandes/{case.pk}/deposer", {"cle": "pas une clé"})
    assert "Quels sont le nom et le prénom de l&#x27;enfant" in text(refused, 422)


def test_too_early_one_waits(
    people: Personas, mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = DAY - timedelta(days=120)
    case = draft(people, early)
    give_pieces(people, case, early)
    monkeypatch.setattr(clock, "today", on(early))
    page = text(mariam.get(f"/moi/demandes/{case.pk}/relire"))
    assert "Vous pourrez déposer à partir du" in page
    refused = mariam.post(f"/moi/demandes/{case.pk}/deposer", {"cle": uuid4()})
    assert "Vous pourrez déposer" in text(refused, 422)


def test_at_the_counter_one_goes_there(people: Personas) -> None:
    case = counter_draft(people)
    client = signed_in(people.amina_linked)
    page = text(client.get(f"/moi/demandes/{case.pk}/relire"))
    assert "La suite se passe au guichet" in page
    assert case.reference in page
    assert "/deposer" not in page
    assert "l’agent de la préfecture le voit" in text(client.get(f"/moi/demandes/{case.pk}"))
    assert client.get(f"/moi/demandes/{case.pk}/attestation")["Location"].endswith(str(case.pk))


def test_a_case_is_followed(people: Personas, mariam: Client) -> None:
    case = taken(people)
    page = text(mariam.get(f"/moi/demandes/{case.pk}"))
    for said in ("Un agent examine votre demande.", "Demande déposée en ligne.",
                 "Un agent a pris votre dossier", "Le papier suivant est prévu",
                 "une attestation de prolongation d’instruction (API)",
                 "le silence comptera comme un refus", "Retirer ma demande"):  # fmt: skip
        assert said in page, said
    assert "Nadia" not in page


def asked(people: Personas) -> Case:
    case = taken(people)
    wanted = [
        complement.Wanted("passport", "La page de votre signature manque."),
        complement.Wanted("child_name", "Écrivez aussi le deuxième prénom."),
    ]
    later = at(DAY) | {"now": AT + timedelta(hours=1)}
    complement.request_complement(people.nadia, case, wanted=wanted, **later)
    case.refresh_from_db()
    return case


def test_what_is_asked_is_answered(people: Personas, mariam: Client) -> None:
    case = asked(people)
    assert "Répondez à la préfecture au plus tard le" in text(mariam.get("/moi"))
    page = text(mariam.get(f"/moi/demandes/{case.pk}/repondre"))
    assert "La page de votre signature manque." in page
    assert "Écrivez aussi le deuxième prénom." in page
    assert page.count("attendu</span>") == 2
    lacking = text(mariam.post(f"/moi/demandes/{case.pk}/repondre"), 422)
    assert "Il manque encore des choses demandées" in lacking
    assert "Répondre sans elles" in lacking
    answer = give(mariam, case, "passport", retour="repondre")
    assert answer["Location"] == f"/moi/demandes/{case.pk}/repondre#piece-passport"
    sent = {name: value for name, value in case.answers.items() if name.startswith("child_")}
    year, month, day = sent.pop("child_born_on").split("-")
    sent |= {"child_born_on_j": day, "child_born_on_m": month, "child_born_on_a": year}
    sent = {k: str(v).lower() if isinstance(v, bool) else v for k, v in sent.items()}
    mariam.post(f"/moi/demandes/{case.pk}/questions/child",
                sent | {"child_name": "Lina Awa Diallo", "parents_together": "true"})  # fmt: skip
    page = text(mariam.get(f"/moi/demandes/{case.pk}/repondre"))
    assert page.count("donné</span>") == 2
    assert mariam.post(f"/moi/demandes/{case.pk}/repondre")["Location"].endswith(str(case.pk))
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW
    assert mariam.get(f"/moi/demandes/{case.pk}/repondre")["Location"].endswith(str(case.pk))


def test_one_may_answer_without_everything(people: Personas, mariam: Client) -> None:
    case = asked(people)
    mariam.post(f"/moi/demandes/{case.pk}/repondre", {"tel-quel": "oui"})
    case.refresh_from_db()
    assert case.state == State.IN_REVIEW


def test_a_request_is_withdrawn_after_a_warning(people: Personas, mariam: Client) -> None:
    case = filed(people)
    assert "Cela ne se défait pas." in text(mariam.get(f"/moi/demandes/{case.pk}/retirer"))
    for _press in range(2):
        answer = mariam.post(f"/moi/demandes/{case.pk}/retirer")
        assert answer["Location"] == f"/moi/demandes/{case.pk}"
    page = text(mariam.get(f"/moi/demandes/{case.pk}"))
    assert "Vous avez retiré cette demande." in page
    assert "silence" not in page
    assert mariam.get(f"/moi/demandes/{case.pk}/retirer").status_code == 302


def decided(people: Personas, how: str, **more: Any) -> Case:
    case = taken(people)
    return getattr(decision, how)(people.nadia, case, **more, **at(DAY))  # type: ignore[no-any-return]


def test_a_grant_shows_its_paper(people: Personas, mariam: Client) -> None:
    case = decided(people, "grant", length="4y")
    page = text(mariam.get(f"/moi/demandes/{case.pk}"))
    for said in ("Votre demande est acceptée.", "Attestation de décision favorable",
                 "vaut aujourd’hui", "votre carte est en fabrication"):  # fmt: skip
        assert said in page, said
    assert "silence" not in page


def test_a_refusal_shows_its_reasons_and_how_to_contest(people: Personas, mariam: Client) -> None:
    case = decided(people, "refuse", reasons="L’enfant vit hors de France.", notified_on=DAY)
    page = text(mariam.get(f"/moi/demandes/{case.pk}"))
    assert "L’enfant vit hors de France." in page
    assert "Au tribunal administratif" in page
    assert "Corriger" not in page


def test_once_the_time_to_contest_is_over_none_is_promised(
    people: Personas, mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = decided(people, "refuse", reasons="L’enfant vit hors de France.", notified_on=DAY)
    assert "les délais sont ci-dessous" in text(mariam.get(f"/moi/demandes/{case.pk}"))
    monkeypatch.setattr(clock, "today", on(DAY + timedelta(days=120)))
    page = text(mariam.get(f"/moi/demandes/{case.pk}"))
    assert "Le délai pour contester au tribunal est passé" in page
    assert "les délais sont ci-dessous" not in page


def test_the_closing_of_a_file_that_lacked_a_piece_promises_no_court(
    people: Personas, mariam: Client
) -> None:
    case = taken(people)
    Case.objects.filter(pk=case.pk).update(complete_on=None)
    decision.close(people.nadia, case, reasons="Une pièce manque.", notified_on=DAY, **at(DAY))
    page = text(mariam.get(f"/moi/demandes/{case.pk}"))
    assert "Vous pouvez déposer de nouveau." in page
    assert "contester" not in page


def test_the_file_says_what_is_next_first(people: Personas, mariam: Client) -> None:
    assert people.mariam
    page = text(mariam.get("/moi"))
    assert "Déposez votre demande : Renouveler une carte de parent" in page
    assert page.index("Déposez votre demande") < page.index("La ligne de vos droits")
    case = draft(people)
    assert "Finissez votre demande et déposez-la" in text(mariam.get("/moi"))
    give_pieces(people, case)
    filing.submit_case(people.mariam_account, case, key=uuid4(), **at(DAY))
    page = text(mariam.get("/moi"))
    assert "Le papier suivant est prévu" in page
    assert case.reference in page
    assert "dépôt" in page  # on the line
    assert "Écrivez à la préfecture" not in page


def test_english_pages_speak_english(people: Personas, mariam: Client) -> None:
    case = asked(people)
    for address in ("", "/pieces", "/repondre", "/questions/child", "/attestation", "/retirer"):
        page = text(mariam.get(f"/moi/demandes/{case.pk}{address}?langue=en"))
        assert 'lang="en"' in page
        assert "Votre demande" not in page, address


def test_a_paper_is_downloaded_sealed_and_by_its_holder_alone(
    people: Personas, mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    then = at(card.valid_to)["now"]
    run_night(card.valid_to, now=lambda: then)
    monkeypatch.setattr(clock, "today", on(card.valid_to))
    paper = case.papers.get()
    address = f"/moi/demandes/{case.pk}/papiers/{paper.pk}"
    assert signed_in(people.stranger).get(address).status_code == 404
    assert address in text(mariam.get(f"/moi/demandes/{case.pk}"))
    response = mariam.get(address)
    assert response.headers["Content-Type"] == "application/pdf"
    assert verify_many([response.content], now=then)[0].genuine
