"""The pages of agents and administrators about people: found, opened, settled, named."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from droitfil.journal.models import Entry
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.people.access import decidable_persons, may_decide, staff_of
from droitfil.people.actions import linking, offices, staff
from droitfil.people.models import Account, LinkNotice, Staff
from droitfil.people.queries import find_persons, readings
from droitfil.territory.models import Office
from droitfil.territory.queries import areas_of, competent_office
from tests.people.test_linking import RIGHT, WRONG
from tests.people.test_pages import signed_in
from tests.personas import BY, CARD, NOW, NUMBER, TODAY, Personas


@pytest.fixture(autouse=True)
def _day_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "El Fassi", "el fassi amina", "AMINA EL FASSI", "él fàs", "fassi el", NUMBER,
        "99 12 34 56 78", CARD.lower(),
    ],
)  # fmt: skip
def test_a_person_is_found_by_name_or_number(people: Personas, text: str) -> None:
    found = find_persons(people.nadia, text, on=TODAY) if people.amina else []
    expected = [] if text == "fassi el" else [people.amina]
    assert found == expected
    assert find_persons(people.paul, text, on=TODAY) == []


def test_a_search_keeps_the_name_out_of_the_address(people: Personas) -> None:
    assert people.amina
    client = signed_in(people.nadia)
    assert client.get("/agent/personnes?texte=fassi").content.decode().count("Amina") == 0
    page = client.post("/agent/personnes", {"texte": "fass, el"}).content.decode()
    assert "Personne de votre territoire" in page
    page = client.post("/agent/personnes", {"texte": "el fassi"}).content.decode()
    assert f'href="/agent/personnes/{people.amina.pk}"' in page
    assert "1 personne<" in page
    assert Client().post("/agent/personnes", {"texte": "x"})["Location"].startswith("/connexion")


def test_an_opened_file_is_read_by_its_person(people: Personas) -> None:
    person = people.amina
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    mine = signed_in(people.amina_account)
    assert "Personne, à part vous." in mine.get("/moi").content.decode()
    page = signed_in(people.nadia).get(f"/agent/personnes/{person.pk}")
    assert page.status_code == 200
    text = page.content.decode()
    for told in ("Amina El Fassi", '<svg class="line"', "FRA1234567", "Maroc"):
        assert told in text
    assert Entry.objects.filter(action="person.read", subject=person.pk).count() == 1
    (reading,) = readings(person)
    office = people.nadia.staff.office.name
    assert (reading.role, reading.office) == ("agent", office)
    page = mine.get("/moi").content.decode()
    assert f"agent, {escape(office)}" in page
    assert "Nadia" not in page


@pytest.mark.parametrize(("decision", "of"), [("donner", "amina_account"), ("refuser", "stranger")])
def test_an_agent_says_whose_file_it_is(people: Personas, decision: str, of: str) -> None:
    person = people.amina
    linking.link_file(people.stranger, facts=RIGHT, now=NOW)
    linking.link_file(people.amina_account, facts=RIGHT, now=NOW)
    client = signed_in(people.nadia)
    assert "Rattachements à trancher</a> (1)" in client.get("/moi").content.decode()
    page = client.get("/agent/rattachements").content.decode()
    address = re.search(r'href="(/agent/rattachements/[^"]+)"', page)
    assert address
    page = client.get(address[1]).content.decode()
    for told in ("inconnu@exemple.example", "amina@nouvelle.example", "+33612345678"):
        assert told in page
    assert client.post(address[1], {"decision": "peut-être"}).status_code == 422
    assert signed_in(people.paul).post(address[1], {"decision": decision}).status_code == 404
    assert client.post(address[1], {"decision": decision})["Location"] == "/agent/rattachements"
    person.refresh_from_db()
    assert person.account == getattr(people, of)
    assert client.post(address[1], {"decision": decision}).status_code == 409
    assert "Aucune demande" in client.get("/agent/rattachements").content.decode()
    told = LinkNotice.objects.filter(link__account=people.amina_account).count()
    assert told == (3 if decision == "donner" else 0), "the account that loses it is told too"


def test_an_agent_unlocks_after_seeing_the_card(people: Personas) -> None:
    person = people.amina
    for _number in range(5):
        with pytest.raises(Refusal):
            linking.link_file(people.stranger, facts=WRONG[1], now=NOW)
    address = f"/agent/personnes/{person.pk}"
    client = signed_in(people.nadia)
    assert "Débloquer le rattachement" in client.get(address).content.decode()
    assert signed_in(people.paul).post(f"{address}/debloquer").status_code == 404
    assert client.post(f"{address}/debloquer")["Location"] == address
    assert "Débloquer" not in client.get(address).content.decode()


def test_who_decides_is_told_alike_by_both(people: Personas) -> None:
    persons = (people.amina, people.ilyes)
    for reader in ("nadia", "paul", "denis", "admin", "stranger", "head", "claire"):
        who = getattr(people, reader)
        listed = set(decidable_persons(who, TODAY))
        assert listed == {one for one in persons if may_decide(who, one, TODAY)}
        assert bool(listed) == (reader in {"nadia", "head"})


# -- administration -----------------------------------------------------------------------------


def test_an_administrator_names_an_agent_and_ends_the_function(people: Personas) -> None:
    assert people.nadia
    client = signed_in(people.admin)
    sent = {"email": "zoe@91.example", "name": " Zoé  Petit ", "role": "agent",
            "office": "91-evry", "territory": "", "from_on": "2025-01-06"}  # fmt: skip
    page = client.post("/administration", sent)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "otpauth://totp/Droitfil:zoe%4091.example" in page.content.decode()
    named = Staff.objects.get(account__email="zoe@91.example")
    assert (named.name, named.territory, named.active_from) == (
        "Zoé Petit", ["91"], date(2025, 1, 6),
    )  # fmt: skip
    assert "Zoé Petit" in client.get("/administration").content.decode()

    address = f"/administration/agents/{named.pk}"
    assert "otpauth://" in client.post(address, {"do": "key"}).content.decode()
    refused = client.post(address, {"do": "end", "last_day": "2020-01-01"})
    assert refused.status_code == 422
    assert "finit au plus tôt" in refused.content.decode()
    assert client.post(address, {"do": "end", "last_day": "demain"}).status_code == 422
    assert client.post(address, {"do": "end", "last_day": "2025-06-01"}).status_code == 302
    assert staff_of(named.account, TODAY) is None
    written = Entry.objects.filter(subject=named.pk).order_by("pk")
    assert set(written.values_list("actor", flat=True)) == {f"staff:{people.admin.pk}"}
    assert [entry.action for entry in written] == [
        "staff.named", "staff.key_renewed", "staff.ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"email": "zoe"}, "n’est pas une adresse"),
        ({"role": "chef"}, "Choisissez un rôle"),
        ({"office": "91-nulle"}, "Il n’y a pas de bureau 91-nulle."),
        ({"office": ""}, "Un agent est d’un bureau"),
        ({"name": " "}, "Écrivez le prénom et le nom."),
        ({"territory": "99"}, "Ce département n’existe pas"),
        ({"from_on": "2025-02-30"}, "n’est pas un jour"),
    ],
)
def test_a_function_refused_keeps_what_was_typed(
    people: Personas, change: dict[str, str], says: str
) -> None:
    assert people.nadia
    sent = {"email": "zoe@91.example", "name": "Zoé", "role": "agent", "office": "91-evry"} | change
    page = signed_in(people.admin).post("/administration", sent)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert f'value="{sent["email"]}"' in page.content.decode()
    assert not Staff.objects.filter(name="Zoé").exists()


@pytest.mark.parametrize("reader", ["nadia", "denis", "stranger"])
def test_only_an_administrator_administers(people: Personas, reader: str) -> None:
    who: Account = getattr(people, reader)
    named = people.nadia.staff
    with pytest.raises(Forbidden):
        staff.add_staff(
            who, email="x@x.example", name="X", role=Staff.Role.ADMIN, office=None,
            active_from=TODAY, now=NOW,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        staff.end_staff(who, named, last_day=TODAY, now=NOW)
    with pytest.raises(Forbidden):
        staff.renew_key(who, named, now=NOW)
    with pytest.raises(Forbidden):
        offices.open_office(
            who, id="91-x", name="X", kind=Office.Kind.PREFECTURE, seat="91228",
            active_from=TODAY, now=NOW,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        offices.move_competence(who, arrondissement="911", office="91-evry", from_on=TODAY, now=NOW)


def test_an_administrator_opens_an_office_and_gives_it_people(
    people: Personas, places: None
) -> None:
    client = signed_in(people.admin)
    address = "/administration/bureaux?departement=91"
    page = client.get(address).content.decode()
    assert "Arrondissement de Palaiseau : Sous-préfecture de Palaiseau" in page
    sent = {"do": "open", "id": "91-massy", "name": "Sous-préfecture de Massy",
            "kind": "sub_prefecture", "seat": "91377", "opens_on": ""}  # fmt: skip
    assert client.post(address, sent).status_code == 302
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "existe déjà" in refused.content.decode()
    for change in ({"seat": "99999"}, {"id": "91 é"}, {"id": ""}, {"kind": ""}, {"name": ""}):
        assert client.post(address, sent | {"id": "91-autre"} | change).status_code == 422
    moved = {"do": "move", "arrondissement": "913", "office": "91-massy", "from_on": "2025-07-01"}
    assert client.post(address, moved).status_code == 302
    assert competent_office("91377", date(2025, 6, 30)).id == "91-palaiseau"
    assert competent_office("91377", date(2025, 7, 1)).id == "91-massy"
    assert [area.office for area in areas_of("91", date(2025, 7, 1)) if area.code == "913"] == [
        "Sous-préfecture de Massy"
    ]
    assert list(
        Entry.objects.filter(subject_kind="office").order_by("pk").values_list("action", "facts")
    ) == [
        ("office.opened", {"office": "91-massy", "from_on": "2025-06-02"}),
        ("competence.moved",
         {"arrondissement": "913", "office": "91-massy", "from_on": "2025-07-01"}),
    ]  # fmt: skip
    assert BY not in Entry.objects.filter(subject_kind="office").values_list("actor", flat=True)
