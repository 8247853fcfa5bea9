"""A child I declare: what the pages show before an agent has looked, and when somebody contests."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from droitfil.cases.actions import confirming
from droitfil.cases.families import BIRTH
from droitfil.cases.models import ChildClaim
from droitfil.lib import clock
from droitfil.people.actions import files
from droitfil.people.models import Account, LinkNotice
from droitfil.people.passes import contest_code
from tests.cases.writing import AT, DAY, at
from tests.files.samples import pdf
from tests.personas import BY, NOW, Personas
from tests.web.applicant.conftest import signed_in, text

TYPED: dict[str, Any] = {
    "family_name": "El Fassi", "given_names": "Sara", "ne_j": "8", "ne_m": "1", "ne_a": "2019",
    "nationality": "MAR", "birth_place": "Évry",
}  # fmt: skip


@pytest.fixture
def amina(people: Personas) -> Account:
    return people.amina_linked


def declared(client: Client, **more: str) -> ChildClaim:
    answer = client.post("/moi/enfants/declarer", {**TYPED, **more})
    claim = ChildClaim.objects.get()
    assert answer["Location"] == f"/moi/enfants/declares/{claim.pk}"
    return claim


def test_what_is_declared_opens_no_other_page_of_a_child(people: Personas, amina: Account) -> None:
    client = signed_in(amina)
    claim = declared(client)
    child = f"/moi/enfants/{claim.child_id}"
    assert "Sara El Fassi" in text(client.get("/moi"))
    for closed in (child, f"{child}/adresse", f"{child}/partager"):
        assert client.get(closed).status_code == 404, closed
    assert client.get(f"{child}/demandes/nouvelle").status_code == 200
    assert signed_in(people.mariam_account).get(
        f"/moi/enfants/declares/{claim.pk}"
    ).status_code == (404)


def test_a_file_is_given_taken_back_and_what_is_no_file_is_told(
    people: Personas, amina: Account
) -> None:
    client = signed_in(amina)
    page = f"/moi/enfants/declares/{declared(client).pk}"
    answer = client.post(f"{page}/pieces", {"document": BIRTH})
    assert "Choisissez d’abord un fichier" in text(answer, 422)
    sent = {"document": "passport", "file": SimpleUploadedFile("acte.pdf", pdf())}
    assert client.post(f"{page}/pieces", sent).status_code == 422
    sent = {"document": BIRTH, "file": SimpleUploadedFile("acte.pdf", pdf())}
    assert client.post(f"{page}/pieces", sent)["Location"] == page
    assert "acte.pdf" in text(client.get(page))
    proof = ChildClaim.objects.get().proofs.get()
    client.post(f"{page}/pieces/{proof.pk}/retirer")
    assert "acte.pdf" not in text(client.get(page))
    assert client.post(f"{page}/retirer")["Location"] == "/moi"
    assert client.get(page).status_code == 404


def test_a_contested_link_is_told_and_shows_nothing_of_the_file(
    people: Personas, amina: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    sara = files.register_person(
        BY, now=NOW, family_name="El Fassi", given_names="Sara", born_on=date(2019, 1, 8),
        nationality="MAR", birth_place="Meknès", commune=people.evry, email="sara@exemple.example",
    )  # fmt: skip
    client = signed_in(amina)
    claim = declared(client)
    page = f"/moi/enfants/declares/{claim.pk}"
    assert "Meknès" not in text(client.get(page))
    confirming.settle_child(
        people.nadia, claim.pk, confirm=True, known=sara.pk, seen=[BIRTH], **at(DAY)
    )
    assert client.get(page)["Location"] == f"/moi/enfants/{sara.pk}"
    notice = LinkNotice.objects.get()
    contested = Client().get(f"/contester/{contest_code(notice.pk)}")
    assert "Ce n’est pas son parent" in text(contested)
    Client().post(f"/contester/{contest_code(notice.pk)}")
    assert client.get(f"/moi/enfants/{sara.pk}").status_code == 404
    shown = text(client.get(page))
    assert "Un agent regarde de nouveau" in shown
    assert "Meknès" not in shown
    agent = text(signed_in(people.nadia).get(f"/agent/enfants/{claim.pk}"))
    assert "Ce lien est contesté" in agent
    assert 'name="vu"' in agent, "what is seen this time can be said"


def test_an_agent_is_shown_whose_number_it_is_however_it_is_typed(people: Personas) -> None:
    assert people.at_evry
    assert people.amina
    files.register_person(
        BY, now=NOW, family_name="Alaoui", given_names="Sara", born_on=date(2019, 1, 8),
        commune=people.evry, foreigner_number="9911111111",
    )  # fmt: skip
    answer = signed_in(people.nadia).post(
        f"/agent/personnes/{people.amina.pk}/enfant",
        {**TYPED, "foreigner_number": "99.11.11.11.11", "vu": BIRTH},
    )
    shown = text(answer, 422)
    assert "dites lequel" in shown
    assert "C’est Sara Alaoui" in shown
