"""A code made, verified with the one answer about rights, looked at, stopped."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from droitfil.attestations.actions import make_authority
from droitfil.attestations.models import ShareCode
from droitfil.cases.sharing import rights_shared
from droitfil.lib import clock
from droitfil.people.actions import files
from droitfil.rules.facts import Kind, Work
from tests.cases.writing import AT, DAY, filed
from tests.personas import Personas
from tests.web.applicant.conftest import on, signed_in, text

BY = "system:tests"
CARD_ENDS = date(2025, 9, 30)


def looked_up(code: str, day: str = "20", by: str = "Boulangerie du Parc") -> str:
    sent = {"code": code, "j": day, "m": "11", "a": "1988", "par": by}
    answer = Client().post("/verifier", sent)
    return str(answer.content.decode())


def made(client: Client, **typed: str) -> str:
    page = text(client.post("/moi/partager", {"jours": "7", "pour": "mon patron"} | typed))
    found = re.search(r"<code>([0-9A-Z-]{19})</code>", page)
    assert found
    return found[1]


def test_a_code_shows_the_card_held_and_its_holder_sees_the_look(
    people: Personas, mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people.mariam
    monkeypatch.setattr(timezone, "localdate", lambda *_: DAY)  # of every instant
    make_authority(BY, now=timezone.now())  # receipts are signed
    page = text(mariam.get("/moi/partager"))
    assert "Jusqu’au 30 septembre 2025." in page
    assert "Personne pour l’instant." in page
    code = made(mariam)
    shown = looked_up(code)
    assert "30 septembre 2025" in shown
    assert "Diallo" not in shown
    page = text(mariam.get("/moi/partager"))
    assert "Boulangerie du Parc" in page
    assert code not in page
    assert "Lu 1 fois." in page
    # A wrong date shows nothing.
    assert "30 septembre 2025" not in looked_up(code, day="21")


def test_a_code_is_stopped_by_its_holder_only(people: Personas, mariam: Client) -> None:
    assert people.mariam
    code = made(mariam)
    address = f"/moi/partager/{ShareCode.objects.get().pk}/arreter"
    assert signed_in(people.amina_linked).post(address).status_code == 404
    assert signed_in(people.stranger).post(address).status_code == 404
    assert mariam.post(address)["Location"] == "/moi/partager"
    assert "arrêté" in text(mariam.get("/moi/partager"))
    assert "30 septembre 2025" not in looked_up(code)


@pytest.mark.parametrize("days", ["0", "91", "", "sept"])
def test_a_length_out_of_bounds_is_told(people: Personas, mariam: Client, days: str) -> None:
    assert people.mariam
    page = text(mariam.post("/moi/partager", {"jours": days, "pour": "mon patron"}), 422)
    assert 'role="alert"' in page
    assert 'value="mon patron"' in page
    assert not ShareCode.objects.exists()


def test_what_is_shown_is_the_one_answer(people: Personas) -> None:
    holder = people.mariam.pk
    shown = rights_shared([holder], DAY)[holder]
    assert (shown.may_stay, shown.may_work, shown.until) == (True, Work.FULL, CARD_ENDS)
    after = CARD_ENDS + timedelta(days=1)
    assert not rights_shared([holder], after)[holder].may_stay
    case = filed(people)
    case.papers.create(
        person=people.mariam, kind=Kind.API.value, rank=1, valid_from=after,
        valid_to=date(2026, 1, 31), published_at=AT,
    )  # fmt: skip
    shown = rights_shared([holder], after)[holder]
    assert (shown.may_stay, shown.until) == (True, date(2026, 1, 31))
    assert shown.limits == ("with_expired_card",)
    assert rights_shared([holder], DAY)[holder].until == date(2026, 1, 31)
    assert not rights_shared([case.pk], DAY)[case.pk].may_stay  # nobody


def test_the_page_changes_with_the_day(
    people: Personas, mariam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people.mariam
    monkeypatch.setattr(clock, "today", on(CARD_ENDS + timedelta(days=40)))
    assert "Aucun droit ne peut être montré" in text(mariam.get("/moi/partager"))


def test_a_parent_shares_the_rights_of_a_child(
    people: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: DAY)
    make_authority(BY, now=timezone.now())
    child = people.ilyes
    files.add_document(
        BY, child, now=AT, source="import", kind=Kind.DCEM.value, article="L414-4",
        valid_from=date(2024, 1, 10), valid_to=date(2029, 1, 9),
    )  # fmt: skip
    client, address = signed_in(people.amina_linked), f"/moi/enfants/{child.pk}/partager"
    assert f'href="{address}"' in text(client.get(f"/moi/enfants/{child.pk}"))
    page = text(client.get(address))
    assert "Montrer les droits de mon enfant" in page
    assert "Ilyès El Fassi" in page
    page = text(client.post(address, {"jours": "7", "pour": "l’école"}))
    found = re.search(r"<code>([0-9A-Z-]{19})</code>", page)
    assert found
    assert ShareCode.objects.get().holder == child.pk
    sent = {"code": found[1], "j": "4", "m": "5", "a": "2016", "par": "École Jean-Moulin"}
    shown = str(Client().post("/verifier", sent).content.decode())
    assert "École Jean-Moulin" in text(client.get(address)), shown
    assert "l’école" not in text(client.get("/moi/partager")), "the parent's own page is theirs"
    stop = f"{address}/{ShareCode.objects.get().pk}/arreter"
    for who in (people.mariam_account, people.stranger, people.nadia):
        other = signed_in(who)
        assert other.get(address).status_code == 404
        assert other.post(address, {"jours": "7"}).status_code == 404
        assert other.post(stop).status_code == 404
    assert client.post(stop)["Location"] == address
    assert "arrêté" in text(client.get(address))


def test_only_while_a_minor_and_only_as_a_parent(
    people: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = people.ilyes
    client, address = signed_in(people.amina_linked), f"/moi/enfants/{child.pk}/partager"
    own = f"/moi/enfants/{people.amina.pk}/partager"
    assert client.get(own).status_code == 404, "one's own has its page"
    monkeypatch.setattr(clock, "today", on(date(2034, 5, 3)))
    assert client.get(address).status_code == 200
    monkeypatch.setattr(clock, "today", on(date(2034, 5, 4)))
    assert client.get(address).status_code == 404
    assert client.post(address, {"jours": "7"}).status_code == 404
