"""At the counter: from a draft or from paper, without any account; the récépissé is there."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from droitfil.cases.actions import filing
from droitfil.cases.models import Case, Paper, Piece
from droitfil.cases.queries import rights_on, span_on
from droitfil.journal.models import Entry
from droitfil.people.models import Person
from droitfil.rules.facts import Work
from tests.cases.writing import AMINA, DAY, EMPLOYEE, at, counter_draft
from tests.people.test_pages import signed_in
from tests.personas import Personas

NEWCOMER = {
    "family_name": "Nguyễn", "given_names": "Thị Mai", "born_on": "1992-02-29", "sex": "F",
    "nationality": "VNM", "birth_country": "VNM", "birth_place": "Huế",
    "foreigner_number": "99 11 22 33 44", "address_line": "2 allée des Acacias",
    "postal_code": "91000", "commune": "evry courcouronnes", "kind": "CST", "article": "L421-1",
    "card_number": "fra 123 9999", "valid_from": "2024-07-01", "valid_to": "2025-06-30",
}  # fmt: skip


def open_request(client: Client, person: Person) -> str:
    """Opens the request from the page of the person; the address of its case."""
    page = client.get(f"/agent/personnes/{person.pk}").content.decode()
    value = f"{EMPLOYEE} {person.documents.get().pk}"
    assert f'value="{value}"' in page
    answer = client.post(f"/agent/personnes/{person.pk}/demande", {"demande": value})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_from_paper_without_any_account(people: Personas, places: None) -> None:
    client = signed_in(people.nadia)
    answer = client.post("/agent/guichet/nouvelle-personne", NEWCOMER)
    person = Person.objects.get(foreigner_number="9911223344")
    assert answer["Location"] == f"/agent/personnes/{person.pk}"
    assert (person.account, person.commune_id, person.born_on) == (None, "91228", date(1992, 2, 29))
    assert person.documents.get().card_number == "FRA1239999"
    address = open_request(client, person)
    page = client.get(f"{address}/enregistrer").content.decode()
    assert "Passeport, ou autre preuve" in page
    seen = ["passport", "residence_card"]
    answer = client.post(f"{address}/enregistrer", {"vu": seen, "complet": "oui"})
    assert answer["Location"] == f"{address}?enregistree"
    page = client.get(address).content.decode()
    assert "Récépissé" in page
    printed = re.search(rf'href="({address}/papiers/[^"]+)">Imprimer', page)
    assert printed
    paper = client.get(printed[1])
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF")
    assert signed_in(people.paul).get(printed[1]).status_code == 404
    assert "Original vu au guichet le 20 juin 2025" in page
    case = Case.objects.get(person=person)
    assert (case.filed_on, case.complete_on, case.channel) == (DAY, DAY, "counter")
    issued = Paper.objects.get(case=case)
    span = span_on(rights_on(person, DAY), issued.valid_from)
    assert span is not None
    assert (issued.kind, span.stay, span.work) == ("RECEPISSE", True, Work.FULL)
    assert set(Piece.objects.values_list("code", flat=True)) == set(seen)
    journal = Entry.objects.filter(case=case.pk).exclude(action="person.read")
    assert {entry.actor for entry in journal} == {f"staff:{people.nadia.pk}"}


def test_from_what_was_prepared_at_home(people: Personas) -> None:
    """The same person, from the same page: the agent goes on with her own draft."""
    assert people.at_evry
    draft = filing.start_draft(
        people.amina_linked, people.amina, procedure=EMPLOYEE,
        held=people.amina.documents.get(), **at(DAY),
    )  # fmt: skip
    filing.save_answers(people.amina_linked, draft, answers=AMINA, **at(DAY))
    client = signed_in(people.nadia)
    waiting = client.get("/agent/guichet").content.decode()
    assert draft.reference in waiting
    assert open_request(client, people.amina) == f"/agent/dossiers/{draft.pk}"
    page = client.get(f"/agent/dossiers/{draft.pk}").content.decode()
    assert "Boulangerie du Parc" in page
    answer = client.post(f"/agent/dossiers/{draft.pk}/enregistrer", {"complet": "oui"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.answers["employer_name"] == "Boulangerie du Parc"
    assert Paper.objects.get(case=draft).kind == "RECEPISSE"
    assert draft.reference not in client.get("/agent/guichet").content.decode()


def test_an_incomplete_file_keeps_its_day(people: Personas) -> None:
    case = counter_draft(people)
    client = signed_in(people.nadia)
    client.post(f"/agent/dossiers/{case.pk}/enregistrer", {"complet": "non"})
    case.refresh_from_db()
    assert (case.filed_on, case.complete_on) == (DAY, None)
    assert not Paper.objects.exists()
    page = client.get(f"/agent/dossiers/{case.pk}").content.decode()
    assert "Aucun papier ne suit : il manque encore des pièces." in page


def test_an_unknown_piece_registers_nothing(people: Personas) -> None:
    case = counter_draft(people)
    client = signed_in(people.nadia)
    sent = {"vu": ["passport", "moon"], "complet": "oui"}
    assert client.post(f"/agent/dossiers/{case.pk}/enregistrer", sent).status_code == 422
    answer = client.post(f"/agent/dossiers/{case.pk}/enregistrer", {"vu": ["passport"]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="complet-faute">Choisissez' in page
    assert 'value="passport" checked' in page
    case.refresh_from_db()
    assert (case.state, Piece.objects.count()) == ("draft", 0)


def test_registered_twice_it_is_told(people: Personas) -> None:
    case = counter_draft(people)
    client = signed_in(people.nadia)
    sent = {"complet": "oui", "etat": "draft"}
    assert client.post(f"/agent/dossiers/{case.pk}/enregistrer", sent).status_code == 302
    answer = signed_in(people.sonia).post(f"/agent/dossiers/{case.pk}/enregistrer", sent)
    assert answer.status_code == 409
    assert "Ce dossier a été déposé" in answer.content.decode()
    assert Paper.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"family_name": ""}, "family_name"),
        ({"born_on": ""}, "born_on"),
        ({"born_on": "1990-02-30"}, "born_on"),
        ({"commune": "Lyon", "postal_code": "69001"}, "commune"),
        ({"commune": "", "postal_code": "91000"}, "commune"),
        ({"commune": "nulle part"}, "commune"),
        ({"foreigner_number": "12"}, ""),
        ({"sex": "Z"}, "sex"),
        ({"kind": "PAPIER"}, "kind"),
        ({"valid_to": ""}, "valid_to"),
        ({"valid_to": "2020-01-01"}, ""),
    ],
)
def test_a_newcomer_is_written_right(
    people: Personas, places: None, changed: dict[str, str], field: str
) -> None:
    answer = signed_in(people.nadia).post("/agent/guichet/nouvelle-personne", NEWCOMER | changed)
    page = answer.content.decode()
    assert answer.status_code == 422, page
    if field:
        assert f'id="{field}-faute">' in page
    assert 'value="Thị Mai"' in page
    assert not Person.objects.filter(given_names="Thị Mai").exists()


def test_the_same_name_and_day_is_asked_about(people: Personas, places: None) -> None:
    assert people.amina
    twin = NEWCOMER | {"family_name": "EL FASSI", "born_on": "1990-03-02"}
    client = signed_in(people.nadia)
    answer = client.post("/agent/guichet/nouvelle-personne", twin)
    assert answer.status_code == 422
    assert "a déjà un dossier" in answer.content.decode()
    assert 'name="other"' in answer.content.decode()
    assert (
        client.post("/agent/guichet/nouvelle-personne", twin | {"other": "oui"}).status_code == 302
    )
    assert Person.objects.filter(family_key="el fassi").count() == 2


def test_only_an_agent_of_the_place_opens_a_request(people: Personas) -> None:
    assert people.at_evry
    held = people.amina.documents.get()
    sent = {"demande": f"{EMPLOYEE} {held.pk}"}
    address = f"/agent/personnes/{people.amina.pk}/demande"
    for who in (people.paul, people.claire, people.denis, people.stranger):
        assert signed_in(who).post(address, sent).status_code == 404
        assert signed_in(who).get("/agent/guichet/nouvelle-personne").status_code in (404, 200)
    assert not Case.objects.exists()
    client = signed_in(people.nadia)
    for wrong in ("", "inconnue x", EMPLOYEE, f"{EMPLOYEE} {people.mariam.documents.get().pk}"):
        assert client.post(address, {"demande": wrong}).status_code == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"valid_to": "9999-12-31"}, "valid_to"),
        ({"valid_from": "0201-07-01"}, "valid_from"),
        ({"born_on": "2050-02-28"}, "born_on"),
        ({"born_on": "0992-02-28"}, "born_on"),
        ({"nationality": "VIE"}, "nationality"),
        ({"article": "L999-9"}, "article"),
        ({"family_name": "阮"}, "family_name"),
    ],
)
def test_what_the_law_could_not_read_is_refused_at_once(
    people: Personas, places: None, typed: dict[str, str], field: str
) -> None:
    """Kept, it would close the file of its person to everyone: no page could say their rights."""
    before = Person.objects.count()
    answer = signed_in(people.nadia).post("/agent/guichet/nouvelle-personne", NEWCOMER | typed)
    assert answer.status_code == 422
    assert list(answer.context["faults"]) == [field]
    assert Person.objects.count() == before


def test_a_number_that_a_file_bears_is_told_with_what_to_do(people: Personas, places: None) -> None:
    assert people.amina
    twice = NEWCOMER | {"foreigner_number": people.amina.foreigner_number or ""}
    answer = signed_in(people.nadia).post("/agent/guichet/nouvelle-personne", twice)
    assert answer.status_code == 422
    assert "Un dossier d’ici porte déjà ce numéro" in answer.content.decode()
    there = twice | {"commune": "lyon", "postal_code": "69002"}
    answer = signed_in(people.paul).post("/agent/guichet/nouvelle-personne", there)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="foreigner_number-faute">Un dossier porte déjà ce numéro, dans un autre' in page
    assert "Essonne" not in page
    assert "El Fassi" not in page
