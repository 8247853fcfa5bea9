"""An agent and a person write to each other from their pages; who has not read yet is told so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from droitfil.attestations.actions import make_authority
from droitfil.cases.actions import letters
from droitfil.cases.models import Letter
from droitfil.lib import clock
from droitfil.notices.models import Message
from tests.cases.writing import DAY, at, draft, taken
from tests.people.test_pages import signed_in
from tests.personas import Personas


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> Personas:
    cache.clear()
    monkeypatch.setattr(timezone, "localdate", lambda *_: DAY)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    make_authority("system:tests", now=timezone.now())
    return Personas()


def test_written_answered_and_read_on_both_sides(people: Personas) -> None:
    case = taken(people)
    mine, theirs = f"/moi/demandes/{case.pk}", f"/agent/dossiers/{case.pk}"
    mariam, nadia = signed_in(people.mariam_account), signed_in(people.nadia)
    assert "Écrire à l’agent" in mariam.get(mine).content.decode()
    nadia.post(f"{theirs}/ecrire", {"text": "Venez le 3 juillet.\n<b>Nadia</b>"})
    assert "Un agent vous a écrit" in mariam.get("/moi").content.decode()
    page = mariam.get(mine).content.decode()
    assert "Venez le 3 juillet.<br>&lt;b&gt;Nadia" in page
    assert "nouveau" in page
    assert page.index('id="messages"') < page.index("Ce que vous avez donné"), "unread comes first"
    assert mariam.post(f"{mine}/messages-lus")["Location"] == f"{mine}#messages"
    assert "Un agent vous a écrit" not in mariam.get("/moi").content.decode()
    assert mariam.post(f"{mine}/ecrire", {"text": "Je viens."})["Location"] == f"{mine}#messages"
    page = mariam.get(mine).content.decode()
    assert "Je viens." in page
    assert "pas encore lu" in page
    assert "réponse reçue" in nadia.get("/agent").content.decode()
    listed = nadia.get("/agent/messages").content.decode()
    assert case.reference in listed
    assert "Je viens." not in listed
    assert Message.objects.get(template="staff_letter").account == people.nadia
    assert "réponse reçue" in nadia.get("/moi/messages").content.decode()
    assert 'href="/moi/messages"' in nadia.get("/moi").content.decode()
    told = nadia.get(f"/moi/messages/{Message.objects.get(template='staff_letter').pk}")
    assert f'href="{theirs}"' in told.content.decode()
    page = nadia.get(theirs).content.decode()
    assert "Je viens." in page
    assert f'action="{theirs}/messages-lus"' in page
    assert "Je viens." in nadia.get(f"{theirs}/ecrire").content.decode()
    assert nadia.post(f"{theirs}/messages-lus")["Location"] == theirs
    assert "réponse reçue" not in nadia.get("/agent").content.decode()
    assert "Tout est lu." in nadia.get("/agent/messages").content.decode()
    assert "pas encore lu" not in mariam.get(mine).content.decode()


def test_several_letters_about_a_case_are_one_thing_to_do(people: Personas) -> None:
    case = taken(people)
    for minutes in (0, 5):
        now = at(DAY)["now"] + timedelta(minutes=minutes)
        letters.write(people.nadia, case, text="Bonjour.", now=now, today=DAY)
    page = signed_in(people.mariam_account).get("/moi").content.decode()
    assert page.count("Un agent vous a écrit") == 1


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_nothing_typed_is_lost(people: Personas, text: str) -> None:
    case = taken(people)
    answer = signed_in(people.mariam_account).post(
        f"/moi/demandes/{case.pk}/ecrire", {"text": text}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="text-faute"' in page
    assert text in page
    assert not Letter.objects.exists()


def test_whose_they_are(people: Personas) -> None:
    case = taken(people)
    letters.write(people.nadia, case, text="Secret.", **at(DAY))
    for who in (people.stranger, people.amina_linked, people.nadia, people.paul):
        client = signed_in(who)
        assert client.post(f"/moi/demandes/{case.pk}/ecrire", {"text": "x"}).status_code == 404
        assert client.post(f"/moi/demandes/{case.pk}/messages-lus").status_code == 404
    for who in (people.stranger, people.mariam_account, people.paul, people.claire, people.denis):
        client = signed_in(who)
        assert client.post(f"/agent/dossiers/{case.pk}/messages-lus").status_code == 404
    assert signed_in(people.stranger).get("/agent/messages").status_code == 404
    page = signed_in(people.claire).get(f"/agent/dossiers/{case.pk}").content.decode()
    assert "Secret." in page
    assert "<form" not in page.split("<main")[1], "the contact centre only reads"
    assert Letter.objects.get().read_at is None


def test_a_draft_has_none(people: Personas) -> None:
    case = draft(people)
    client = signed_in(people.mariam_account)
    assert (
        "Messages avec la préfecture" not in client.get(f"/moi/demandes/{case.pk}").content.decode()
    )
    assert client.post(f"/moi/demandes/{case.pk}/ecrire", {"text": "x"}).status_code == 422
