"""What an agent does from the pages: taken, asked, decided, handed over; who was faster is told."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from droitfil.cases.actions import decision
from droitfil.cases.models import Case, Complement, Paper
from droitfil.journal.models import Entry
from tests.cases.writing import DAY, at, filed, taken
from tests.people.test_pages import signed_in
from tests.personas import Personas


def address(case: Case, act: str = "") -> str:
    return f"/agent/dossiers/{case.pk}{'/' + act if act else ''}"


def press(client: Client, case: Case, act: str, **sent: object) -> str:
    """Presses, and gives the page that follows."""
    answer = client.post(address(case, act), sent)
    if answer.status_code == 302:
        assert answer["Location"] == address(case)
        return client.get(address(case)).content.decode()
    return answer.content.decode()


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_from_the_list_to_the_card(people: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taken, asked, answered at the counter, granted, arrived, handed over."""
    case = filed(people)
    client = signed_in(people.nadia)
    assert "Prendre ce dossier" in client.get(address(case)).content.decode()
    assert "Nadia Roussel" in press(client, case, "prendre")
    page = press(
        client, case, "demander", demande="child_birth_certificate",
        **{"motif-child_birth_certificate": "L’acte a plus de trois mois."},
    )  # fmt: skip
    assert "L’acte a plus de trois mois." in page
    assert "Pièces attendues" in page
    asked = Complement.objects.get()
    later = asked.due_on + timedelta(days=10)
    assert "Laisser plus de temps" in page
    press(client, case, "prolonger", due_on=later.isoformat())
    assert Complement.objects.get().due_on == later
    assert press(client, case, "reponse", tout="oui").count("Examiné") == 1
    page = press(client, case, "decider", outcome="granted", number="4", unit="y")
    assert "Accepté, carte attendue" in page
    assert "Attestation de décision favorable" in page
    assert Paper.objects.get(kind="ADF").case == case
    case.refresh_from_db()
    assert (case.decided_by_id, case.decided_length) == (people.nadia.pk, "4y")
    assert "Carte à remettre" in press(client, case, "carte-arrivee")
    page = press(
        client, case, "remettre", kind="CSP", card_number="fra 999 8888",
        valid_from=DAY.isoformat(), valid_to="2029-06-19",
    )  # fmt: skip
    assert "Carte remise" in page
    case.refresh_from_db()
    assert case.card is not None
    assert (case.card.card_number, case.card.valid_to) == ("FRA9998888", date(2029, 6, 19))


@pytest.mark.parametrize(("outcome", "says"), [("refused", "Refusé"), ("closed", "Clos")])
def test_a_refusal_has_reasons_and_a_name(people: Personas, outcome: str, says: str) -> None:
    case = taken(people)
    client = signed_in(people.nadia)
    answer = client.post(address(case, "decider"), {"outcome": outcome, "reasons": "  "})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="reasons-faute">Écrivez les motifs' in page
    assert f'value="{outcome}" checked' in page
    assert state(case) == "in_review"
    page = press(client, case, "decider", outcome=outcome, reasons="Le motif.\nEt l’autre.")
    assert "Le motif.<br>Et l’autre." in page
    assert says in page
    assert "par Nadia Roussel" in page
    page = press(client, case, "notification", notified_on=DAY.isoformat())
    assert "Notifiée" in page
    assert Case.objects.get(pk=case.pk).notified_on == DAY


def test_a_decision_is_chosen(people: Personas) -> None:
    case = taken(people)
    client = signed_in(people.nadia)
    for sent in ({}, {"outcome": "peut-être"}):
        answer = client.post(address(case, "decider"), sent)
        assert answer.status_code == 422
        assert 'id="outcome-faute">Choisissez' in answer.content.decode()
    answer = client.post(address(case, "decider"), {"outcome": "granted", "number": "quatre"})
    assert 'id="length-faute"' in answer.content.decode()
    answer = client.post(
        address(case, "decider"),
        {"outcome": "refused", "reasons": "x", "notified_on": "2025-07-30"},
    )
    assert 'id="notified_on-faute">Ce jour n’est pas encore venu.' in answer.content.decode()
    assert state(case) == "in_review"


def test_nothing_typed_is_lost(people: Personas) -> None:
    case = taken(people)
    client = signed_in(people.nadia)
    answer = client.post(
        address(case, "demander"),
        {
            "demande": ["child_birth_certificate", "address_proof"],
            "motif-child_birth_certificate": "Illisible <b>",
            "motif-address_proof": "",
            "due_on": "2025-06-21",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Illisible &lt;b&gt;"' in page
    assert page.count(" checked") == 2
    assert 'id="motif-address_proof-faute">Dites ce qui manque' in page
    assert 'value="2025-06-21"' in page
    assert not Complement.objects.exists()


@pytest.mark.parametrize("due_on", ["2025-06-21", "2025-13-45", "hier"])
def test_a_last_day_is_a_day_that_leaves_time(people: Personas, due_on: str) -> None:
    case = taken(people)
    answer = signed_in(people.nadia).post(
        address(case, "demander"),
        {"demande": "photo_code", "motif-photo_code": "x", "due_on": due_on},
    )
    assert answer.status_code == 422
    assert not Complement.objects.exists()


def test_who_was_faster_is_told_in_a_sentence(people: Personas) -> None:
    case = filed(people)
    sonia = signed_in(people.sonia)
    seen = re.search(r'name="etat" value="(\w+)"', sonia.get(address(case)).content.decode())
    assert seen
    assert seen[1] == "submitted"
    decision.take(people.nadia, case, **at(DAY))
    answer = sonia.post(address(case, "prendre"), {"etat": "submitted"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Nadia Roussel a pris ce dossier" in page
    assert "Rien d’autre n’a été fait." in page
    assert "Mariam Diallo" in page, "the case as it now is"
    assert Case.objects.get(pk=case.pk).agent_id == people.nadia.pk


def test_a_decision_that_comes_second_is_not_taken(people: Personas) -> None:
    case = taken(people)
    client = signed_in(people.nadia)
    decision.refuse(people.nadia, case, reasons="Premier.", **at(DAY))
    answer = client.post(address(case, "decider"), {"outcome": "granted", "etat": "in_review"})
    assert answer.status_code == 409
    assert "Nadia Roussel a refusé cette demande" in answer.content.decode()
    assert state(case) == "refused"
    assert not Paper.objects.filter(kind="ADF").exists()


def test_what_another_agent_holds_is_theirs(people: Personas) -> None:
    case = taken(people)
    sonia = signed_in(people.sonia)
    page = sonia.get(address(case)).content.decode()
    assert "Nadia Roussel examine ce dossier." in page
    assert 'href="/agent/dossiers/' in page
    assert f'href="{address(case, "decider")}"' not in page
    answer = sonia.post(address(case, "decider"), {"outcome": "granted"})
    assert answer.status_code == 409
    assert sonia.post(address(case, "rendre")).status_code == 409
    head = signed_in(people.hugo)
    assert "Rendre ce dossier" in head.get(address(case)).content.decode()
    assert "À prendre" in press(head, case, "rendre")
    assert state(case) == "submitted"


def test_a_form_does_not_open_when_the_case_is_past_it(people: Personas) -> None:
    case = filed(people)
    client = signed_in(people.nadia)
    for act in ("decider", "demander", "prolonger", "reponse", "remettre"):
        answer = client.get(address(case, act))
        assert answer.status_code == 422, act
        assert "n’en est plus là" in answer.content.decode()


def test_the_commission_is_asked(people: Personas) -> None:
    case = taken(people)
    assert "Commission saisie" in press(signed_in(people.nadia), case, "commission")
    assert Case.objects.get(pk=case.pk).commission_on == DAY


def test_writing_to_the_person(people: Personas) -> None:
    case = filed(people)
    client = signed_in(people.nadia)
    answer = client.post(address(case, "ecrire"), {"text": " "})
    assert answer.status_code == 422
    assert 'id="text-faute">Écrivez votre message' in answer.content.decode()
    page = press(client, case, "ecrire", text="Venez le 3 juillet.")
    assert "Venez le 3 juillet." in page
    assert "Message écrit" in page


def test_pressing_twice_does_it_once(people: Personas) -> None:
    case = filed(people)
    client = signed_in(people.nadia)
    press(client, case, "prendre")
    press(client, case, "prendre")
    assert Entry.objects.filter(action="case.taken").count() == 1


def test_an_address_that_only_receives_forms_opens_no_page(people: Personas) -> None:
    case = filed(people)
    client = signed_in(people.nadia)
    for act in ("prendre", "rendre", "commission", "carte-arrivee"):
        assert client.get(address(case, act)).status_code == 405


def test_a_form_without_its_token_does_nothing(people: Personas) -> None:
    case = filed(people)
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.nadia, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(address(case, "prendre")).status_code == 403
    assert state(case) == "submitted"
