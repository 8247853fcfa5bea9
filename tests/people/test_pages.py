"""« Mon dossier », page by page: what it shows, to whom, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from droitfil.lib.refusals import Refusal
from droitfil.people.actions import files, linking
from droitfil.people.actions.accounts import close_account
from droitfil.people.models import Account, LinkNotice, Person
from tests.mail import PostOffice
from tests.people.test_linking import RIGHT
from tests.personas import BY, CARD, NOW, NUMBER, TODAY, Personas
from tests.personas import account as make_account

TYPED = {"number": NUMBER, "ne_j": "2", "ne_m": "mars", "ne_a": "1990", "card_number": CARD}


@pytest.fixture(autouse=True)
def _day_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def signed_in(who: Account) -> Client:
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_from_an_account_to_ones_rights(
    people: Personas, post: PostOffice, django_capture_on_commit_callbacks: Any
) -> None:
    assert people.ilyes
    client = signed_in(people.amina_account)
    assert 'href="/moi/rattacher"' in client.get("/moi").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/moi/rattacher", TYPED)
    assert answer["Location"] == "/moi"
    assert [message["To"] for message in post.received] == ["amina@ancienne.example"]
    page = client.get("/moi").content.decode()
    for told in (
        "Amina El Fassi",
        "Aujourd’hui, vous pouvez rester et travailler en France.",
        "Jusqu’au 30 juin 2025",
        "Du 1er juillet 2021 au 30 juin 2025",
        "Numéro FRA1234567",
        "2 mars 1990, Fès (Maroc)",
        "3 rue des Mazières, 91000 Évry-Courcouronnes",
        "Ilyès El Fassi",
        '<svg class="line"',
    ):
        assert told in page, told


def test_wrong_facts_are_told_and_nothing_typed_is_lost(people: Personas) -> None:
    assert people.amina
    client = signed_in(people.stranger)
    page = client.post("/moi/rattacher", TYPED | {"ne_j": "3"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "ne vont pas ensemble" in text
    assert f'value="{NUMBER}"' in text
    for change, says in (
        ({"ne_m": "brumaire"}, "Écrivez le mois"),
        ({"ne_j": "", "ne_m": "", "ne_a": ""}, "Écrivez votre date de naissance."),
        ({"number": "12"}, "dix chiffres"),
    ):
        page = client.post("/moi/rattacher", TYPED | change)
        assert page.status_code == 422
        assert says in page.content.decode()
    assert Person.objects.get(foreigner_number=NUMBER).account is None


def test_who_comes_second_reads_that_a_human_looks(people: Personas) -> None:
    assert people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    client = signed_in(people.stranger)
    assert client.post("/moi/rattacher", TYPED)["Location"] == "/moi"
    page = client.get("/moi").content.decode()
    assert "Une personne de la préfecture regarde" in page
    assert "Amina" not in page


def test_a_mother_opens_the_file_of_her_son_and_nobody_else(people: Personas) -> None:
    son = people.ilyes
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    address = f"/moi/enfants/{son.pk}"
    page = signed_in(people.amina_account).get(address).content.decode()
    assert "Ilyès El Fassi" in page
    assert "aucun document de séjour" in page
    for nobody in (people.stranger, people.paul, people.denis):
        assert signed_in(nobody).get(address).status_code == 404
    assert Client().get(address)["Location"].startswith("/connexion")


def test_a_file_without_document_is_shown(people: Personas) -> None:
    person = people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    card = person.documents.get()
    files.withdraw_document(BY, card, withdrawn_on=date(2025, 6, 1), now=NOW)
    page = signed_in(people.amina_account).get("/moi")
    assert page.status_code == 200
    assert "aucun document de séjour" in page.content.decode()


def test_the_contest_page_tells_nothing_about_the_person(people: Personas) -> None:
    from droitfil.people.passes import contest_code

    assert people.amina
    linking.link_file(people.stranger, facts=RIGHT, now=NOW)
    path = f"/contester/{contest_code(LinkNotice.objects.get(channel='email').pk)}"
    known, unknown = Client().get(path), Client().get("/contester/nimporte")
    assert known.status_code == unknown.status_code == 200
    assert "Amina" not in known.content.decode()


@pytest.mark.parametrize("path", ["/moi", "/moi/rattacher", "/moi/cles", "/moi/cles/ajouter"])
def test_nothing_of_mine_without_signing_in(db: None, path: str) -> None:
    assert Client().get(path)["Location"] == f"/connexion?next={path}"


def test_in_english_too(people: Personas) -> None:
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW) if people.amina else None
    page = signed_in(people.amina_account).get("/moi?langue=en").content.decode()
    assert "My file" in page
    assert "1 July 2021" in page


def test_a_closed_account_is_erased_and_the_file_stays(people: Personas) -> None:
    person, account = people.amina, people.amina_account
    linking.link_file(account, facts=RIGHT, now=NOW)
    client = signed_in(account)
    assert client.post("/moi/fermer")["Location"] == "/connexion/encore", "a sign-in of long ago"
    close_account(account, now=NOW, today=TODAY)
    assert client.get("/moi").status_code == 302
    account.refresh_from_db()
    assert "amina" not in account.email
    assert not account.is_active
    assert not EmailAddress.objects.filter(user=account).exists()
    person.refresh_from_db()
    assert person.account is None
    kept = LinkNotice.objects.values_list("contact", flat=True)
    assert set(kept) == {"amina@ancienne.example", "+33612345678"}
    anew = make_account("amina@nouvelle.example")
    assert linking.link_file(anew, facts=RIGHT, now=NOW) is linking.Linked.NOW


def test_the_page_closes_after_a_recent_sign_in(
    people: Personas, client: Client, post: PostOffice
) -> None:
    who = people.stranger
    client.post("/connexion", {"email": who.email})
    client.post("/connexion/code", {"code": post.code()})
    assert "ne se défait pas" in client.get("/moi/fermer").content.decode()
    assert client.post("/moi/fermer")["Location"] == "/"
    assert client.get("/moi").status_code == 302
    who.refresh_from_db()
    assert not who.is_active


def test_staff_are_ended_before_they_close(people: Personas) -> None:
    with pytest.raises(Refusal):
        close_account(people.nadia, now=NOW, today=TODAY)
    people.nadia.refresh_from_db()
    assert people.nadia.is_active


@pytest.mark.parametrize(
    ("address", "came", "back"),
    [
        ("/moi/partager", "http://testserver/moi/partager?langue=en", "/moi/partager?langue=en"),
        ("/moi/demandes", "http://testserver/moi/demandes/nouvelle", "/moi/demandes/nouvelle"),
        ("/moi/demandes", "https://elsewhere.example/moi", "/moi"),
        ("/moi/demandes", "", "/moi"),
    ],
)
def test_a_form_sent_once_the_session_was_over_leads_back_to_its_page(
    db: None, address: str, came: str, back: str
) -> None:
    """And not to an address that only receives forms; that nothing was received is said."""
    client = Client()
    answer = client.post(address, {"jours": "7"}, headers={"referer": came} if came else {})
    assert answer.status_code == 302
    place = urlsplit(answer["Location"])
    assert place.path == "/connexion"
    assert dict(parse_qsl(place.query)) == {"next": back, "fin": "1"}
    page = client.get(answer["Location"]).content.decode()
    assert "n’a pas été reçu" in page
    assert f'name="next" value="{back}"' in page
    assert "n’a pas été reçu" not in client.get("/connexion").content.decode()


def test_a_file_read_in_english_is_in_english(people: Personas) -> None:
    page = signed_in(people.amina_linked).get("/moi?langue=en").content.decode()
    assert "“Salarié” card (employee)" in page
    assert "Carte « salarié »" not in page
    assert "Morocco" in page
    assert "Maroc" not in page
