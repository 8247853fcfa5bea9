"""A new address told from the pages: found without JavaScript, read again, confirmed once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from droitfil.attestations.actions import make_authority
from droitfil.cases.models import Move
from droitfil.journal.models import Entry
from droitfil.lib import clock
from droitfil.people.models import Person
from tests.cases.writing import DAY, counter_draft, draft, filed, taken
from tests.people.test_pages import signed_in
from tests.personas import Personas

MOVED = DAY - timedelta(days=10)
#: Mariam goes to Rhône: Villeurbanne shares no postal code, 69100.
NEW = {"address_line": "12 cours Émile-Zola", "postal_code": "69100", "commune": "villeurbanne",
       "j": "10", "m": "juin", "a": "2025"}  # fmt: skip


@pytest.fixture
def people(db: None, places: None, monkeypatch: pytest.MonkeyPatch) -> Personas:
    cache.clear()
    monkeypatch.setattr(timezone, "localdate", lambda *_: DAY)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    make_authority("system:tests", now=timezone.now())
    return Personas()


def send(client: Client, address: str, step: str, person: Person, **typed: Any) -> Any:
    person.refresh_from_db()
    sent = {"avant": person.address_mark, **NEW, "etape": step, **typed}
    return client.post(address, {name: value for name, value in sent.items() if value is not None})


def test_told_read_again_and_confirmed(people: Personas) -> None:
    case = taken(people)
    client = signed_in(people.mariam_account)
    assert 'href="/moi/adresse"' in client.get("/moi").content.decode()
    page = client.get("/moi/adresse").content.decode()
    assert "8 cours Blaise-Pascal, 91000" in page
    page = send(client, "/moi/adresse", "verifier", people.mariam).content.decode()
    for said in (
        "12 cours Émile-Zola, 69100 Villeurbanne (Rhône)", "Le bureau compétent change",
        "Préfecture du Rhône", case.reference, "déposée le 20 juin 2025, cette date ne change pas",
        "Les droits, les papiers délivrés et à venir, les dates et les délais.",
        "déclarez votre nouvelle adresse", "10 septembre 2025", "R431-23",
    ):  # fmt: skip
        assert said in page, said
    people.mariam.refresh_from_db()
    assert people.mariam.moved_on is None, "nothing is written before it is confirmed"
    answer = send(client, "/moi/adresse", "confirmer", people.mariam)
    assert answer["Location"] == "/moi/adresse?fait"
    page = client.get("/moi/adresse?fait").content.decode()
    for said in ("L’adresse est enregistrée", "69100 Villeurbanne", "Préfecture du Rhône",
                 case.reference, "Dates, délais et papiers n’ont pas changé."):  # fmt: skip
        assert said in page, said
    page = client.get("/moi").content.decode()
    assert "Déclarez votre nouvelle adresse" not in page, "it was"
    assert (
        "Votre dossier a suivi votre déménagement."
        in client.get(f"/moi/demandes/{case.pk}").content.decode()
    )
    paul = signed_in(people.paul)
    assert "venu d’un autre bureau le" in paul.get("/agent").content.decode()
    page = paul.get(f"/agent/dossiers/{case.pk}").content.decode()
    assert "Dossier venu d’un autre bureau : " in page
    nadia = signed_in(people.nadia)
    assert nadia.get(f"/agent/dossiers/{case.pk}").status_code == 404
    assert nadia.get(f"/agent/personnes/{people.mariam.pk}").status_code == 404
    page = nadia.get("/agent/deplaces").content.decode()
    assert case.reference in page
    assert "Préfecture du Rhône" in page
    assert "Diallo" not in page
    answer = nadia.post(f"/agent/dossiers/{case.pk}/decider", {"outcome": "granted"})
    assert answer.status_code == 409
    assert "La personne a déménagé" in answer.content.decode()


def test_a_move_told_past_midnight_is_of_that_day(people: Personas) -> None:
    taken(people)
    send(signed_in(people.mariam_account), "/moi/adresse", "confirmer", people.mariam)
    Move.objects.update(at=datetime(2025, 6, 20, 22, 30, tzinfo=UTC))  # half past midnight in Paris
    for agent, address in ((people.nadia, "/agent/deplaces"), (people.paul, "/agent")):
        assert "le 21 juin 2025" in signed_in(agent).get(address).content.decode(), address


def test_correcting_keeps_what_was_typed(people: Personas) -> None:
    client = signed_in(people.mariam_account)
    page = send(client, "/moi/adresse", "corriger", people.mariam).content.decode()
    assert 'value="12 cours Émile-Zola"' in page
    assert 'value="juin"' in page
    assert people.mariam.moved_on is None


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ({"commune": "", "postal_code": "69100"}, []),  # a code that is one commune's
        ({"commune": "Villeurbanne", "postal_code": ""}, []),
        ({"commune": "", "postal_code": "91300"}, []),
        ({"commune": "saint denis", "postal_code": ""}, ["Seine-Saint-Denis", "La Réunion"]),
        ({"commune": "", "postal_code": "21150"}, ["Côte-d’Or", "Alise-Sainte-Reine"]),
    ],
)
def test_the_commune_is_found_by_code_or_name(
    people: Personas, typed: dict[str, str], names: list[str]
) -> None:
    client = signed_in(people.mariam_account)
    answer = send(client, "/moi/adresse", "verifier", people.mariam, **typed)
    page = answer.content.decode()
    if not names:
        assert answer.status_code == 200, page
        assert "Ce que la nouvelle adresse change" in page
        return
    assert answer.status_code == 422
    for name in names:
        assert name.replace("’", "&#x27;") in page or name in page
    assert 'name="code"' in page
    assert 'value="12 cours Émile-Zola"' in page, "nothing typed is lost"


def test_one_of_several_communes_is_chosen(people: Personas) -> None:
    client = signed_in(people.mariam_account)
    typed = {"commune": "saint denis", "postal_code": "97400", "code": "97411"}
    page = send(client, "/moi/adresse", "verifier", people.mariam, **typed).content.decode()
    assert "97400 Saint-Denis (La Réunion)" in page
    assert 'class="notice notice--warn"' in page, "what is unsure overseas is told"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"address_line": " "}, "address_line"),
        ({"commune": "nulle part", "postal_code": ""}, "commune"),
        ({"commune": "", "postal_code": ""}, "commune"),
        ({"commune": "lyon", "postal_code": ""}, "postal_code"),
        ({"j": "", "m": "", "a": ""}, "moved_on"),
        ({"j": "31", "m": "2"}, "moved_on"),
        ({"j": "1", "m": "1", "a": "2031"}, "moved_on"),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    people: Personas, typed: dict[str, str], field: str
) -> None:
    client = signed_in(people.mariam_account)
    for step in ("verifier", "confirmer"):
        answer = send(client, "/moi/adresse", step, people.mariam, **typed)
        page = answer.content.decode()
        assert answer.status_code == 422, page
        assert f'id="{field}-faute">' in page
    assert not Entry.objects.filter(action="person.moved").exists()


def test_pressed_twice_it_is_one_move_and_another_one_is_told(people: Personas) -> None:
    filed(people)
    client, mark = signed_in(people.mariam_account), people.mariam.address_mark
    for _press in range(2):
        answer = send(client, "/moi/adresse", "confirmer", people.mariam, avant=mark)
        assert answer.status_code == 302
    assert Entry.objects.filter(action="person.moved").count() == 1
    other = {"address_line": "5 rue Ailleurs", "avant": mark}
    answer = send(client, "/moi/adresse", "confirmer", people.mariam, **other)
    assert answer.status_code == 409
    assert "Une autre adresse vient d’être enregistrée." in answer.content.decode()


def test_children_move_too_unless_they_do_not(people: Personas) -> None:
    child = people.ilyes
    client = signed_in(people.amina_linked)
    assert f'value="{child.pk}" checked' in client.get("/moi/adresse").content.decode()
    send(client, "/moi/adresse", "confirmer", people.amina)
    child.refresh_from_db()
    assert child.commune is not None
    assert child.commune.department_id == "91"
    send(client, "/moi/adresse", "confirmer", people.amina, enfant=str(child.pk), a="2025", j="11")
    child.refresh_from_db()
    assert (child.commune.department_id, child.postal_code) == ("69", "69100")
    answer = send(client, f"/moi/enfants/{child.pk}/adresse", "confirmer", child, j="12",
                  commune="evry courcouronnes", postal_code="91000")  # fmt: skip
    assert answer["Location"] == f"/moi/enfants/{child.pk}/adresse?fait"
    child.refresh_from_db()
    people.amina.refresh_from_db()
    assert (child.commune_id, people.amina.postal_code) == ("91228", "69100")


def test_an_agent_writes_it_with_a_proof(people: Personas) -> None:
    case = counter_draft(people)
    client = signed_in(people.nadia)
    address = f"/agent/personnes/{people.amina.pk}/adresse"
    assert f'href="{address}"' in client.get(f"/agent/personnes/{people.amina.pk}").content.decode()
    assert f'href="{address}"' in client.get(f"/agent/dossiers/{case.pk}").content.decode()
    for step in ("verifier", "confirmer"):
        answer = send(client, address, step, people.amina)
        assert answer.status_code == 422
        assert 'id="proof-faute">Dites ce qui prouve' in answer.content.decode()
    page = send(client, address, "verifier", people.amina, preuve="address_bill").content.decode()
    assert "Préfecture du Rhône" in page
    assert "ne vous sera plus ouvert" in page
    answer = send(client, address, "confirmer", people.amina, preuve="address_bill")
    assert answer["Location"] == "/agent/deplaces?parti"
    assert "L’adresse est enregistrée." in client.get("/agent/deplaces?parti").content.decode()
    entry = Entry.objects.get(action="person.moved")
    assert (entry.actor, entry.facts["proof"]) == (f"staff:{people.nadia.pk}", "address_bill")
    assert Move.objects.get().case == case
    assert client.get(address).status_code == 404


def test_a_child_who_lives_elsewhere_is_not_an_agent_s_to_move(people: Personas) -> None:
    child, client = people.ilyes, signed_in(people.nadia)
    address = f"/agent/personnes/{people.amina.pk}/adresse"
    assert f'value="{child.pk}" checked' in client.get(address).content.decode()
    Person.objects.filter(pk=child.pk).update(commune=people.lyon)
    page = client.get(address).content.decode()
    assert str(child.pk) not in page
    assert child.given_names not in page
    answer = send(
        client, address, "confirmer", people.amina, preuve="address_bill", enfant=str(child.pk)
    )
    assert answer["Location"] == "/agent/deplaces?parti"
    child.refresh_from_db()
    assert child.commune == people.lyon
    assert child.moved_on is None


def test_in_the_territory_the_file_stays_open(people: Personas) -> None:
    client = signed_in(people.nadia)
    answer = send(
        client, f"/agent/personnes/{people.amina.pk}/adresse", "confirmer", people.amina,
        preuve="address_bill", commune="palaiseau", postal_code="91120",
    )  # fmt: skip
    assert answer["Location"] == f"/agent/personnes/{people.amina.pk}"
    page = client.get(answer["Location"]).content.decode()
    assert "91120 Palaiseau" in page


def test_an_agent_is_not_told_of_a_draft_at_home(people: Personas) -> None:
    case = draft(people)
    page = send(
        signed_in(people.nadia), f"/agent/personnes/{people.mariam.pk}/adresse", "verifier",
        people.mariam, preuve="address_bill",
    ).content.decode()  # fmt: skip
    assert "Le bureau compétent change" in page
    assert case.reference not in page


def test_to_whom_it_is_open(people: Personas) -> None:
    person, child = people.amina, people.ilyes
    agent = f"/agent/personnes/{person.pk}/adresse"
    for who in (people.paul, people.claire, people.denis, people.admin, people.stranger):
        for call in (signed_in(who).get, signed_in(who).post):
            assert call(agent).status_code == 404
            assert call(f"/moi/enfants/{child.pk}/adresse").status_code == 404
    assert signed_in(people.stranger).get("/moi/adresse").status_code == 404
    assert (
        signed_in(people.mariam_account).get(f"/moi/enfants/{child.pk}/adresse").status_code == 404
    )
    assert signed_in(people.stranger).get("/agent/deplaces").status_code == 404
    assert signed_in(people.claire).get("/agent/deplaces").status_code == 200
    for path in ("/moi/adresse", agent, "/agent/deplaces"):
        assert Client().get(path)["Location"].startswith("/connexion")
