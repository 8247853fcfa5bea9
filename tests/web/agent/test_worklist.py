"""The pages that lead to a case: the list of the office, the search, alerts, the last night."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from droitfil.cases.continuity.night import run_night
from droitfil.cases.models import Coverage
from droitfil.journal.models import Entry
from tests.cases.test_worklist import many
from tests.cases.writing import DAY, filed, taken
from tests.people.test_pages import signed_in
from tests.personas import Personas


def test_the_list_shows_days_and_reasons(people: Personas) -> None:
    case = taken(people)
    many(people, 1, covered_until=DAY - timedelta(days=2))
    page = signed_in(people.nadia).get("/agent").content.decode()
    assert page.index("Nom 0") < page.index("Diallo")
    for told in (
        "2<small>jours sans droits prouvés",
        "Aucun droit n&#x27;est prouvé depuis le 19 juin 2025.",
        "102<small>jours de droits", "La suite est prévue : Attestation de prolongation",
        case.reference, "Nadia Roussel",
    ):  # fmt: skip
        assert told in page, told


def test_the_list_is_walked_page_after_page(people: Personas) -> None:
    many(people, 103)
    client, found, query = signed_in(people.nadia), [], ""
    for _ in range(3):
        page = client.get(f"/agent{query}").content.decode()
        found += re.findall(r'href="/agent/dossiers/([^"]+)"', page)
        following = re.search(r'href="/agent(\?[^"]*apres=[^"]+)"', page)
        query = following[1].replace("&amp;", "&") if following else ""
    assert not query
    assert len(found) == len(set(found)) == 103


def test_the_cost_of_the_page_is_a_constant(people: Personas) -> None:
    client, costs = signed_in(people.nadia), []
    for count in (2, 20, 60):
        many(people, count)
        client.get("/agent")
        with CaptureQueriesContext(connection) as captured:
            client.get("/agent")
        costs.append(len(captured))
    assert costs[0] == costs[1] == 9
    assert costs[2] == 8, "a full page does not look for those without end"


def test_filters_stand_in_the_address(people: Personas) -> None:
    taken(people)
    many(people, 2)
    client = signed_in(people.nadia)
    for query, seen in {
        "agent=moi": {"Diallo"}, "agent=personne": {"Nom 0", "Nom 1"}, "etat=in_review": {"Diallo"},
        "titre=L421-1": {"Nom 0", "Nom 1"}, "rien=oui": {"Nom 0", "Nom 1"}, "etat=granted": set(),
        "agent=x&etat=y&apres=z&bureau=w": {"Diallo", "Nom 0", "Nom 1"},
    }.items():  # fmt: skip
        page = client.get(f"/agent?{query}").content.decode()
        assert {name for name in ("Diallo", "Nom 0", "Nom 1") if name in page} == seen, query
    assert "Aucun dossier ne répond" in client.get("/agent?etat=granted").content.decode()


def test_the_list_of_another_territory_is_ones_own(people: Personas) -> None:
    many(people, 1)
    assert people.at_lyon
    page = signed_in(people.paul).get("/agent?bureau=91-evry").content.decode()
    assert "Nom 0" not in page
    assert "69-lyon" in page
    for who in (people.denis, people.admin, people.stranger):
        for path in ("/agent", "/agent/guichet", "/agent/alertes", "/agent/nuit"):
            assert signed_in(who).get(path).status_code == 404, path
    assert signed_in(people.nadia).get("/agent/nuit").status_code == 404


@pytest.mark.parametrize("write", [str, str.lower, lambda text: text.replace("-", " ")])
def test_a_reference_opens_its_case(people: Personas, write: object) -> None:
    case = filed(people)
    sent = {"texte": write(case.reference)}  # type: ignore[operator]
    answer = signed_in(people.nadia).post("/agent/personnes", sent)
    assert answer["Location"] == f"/agent/dossiers/{case.pk}"
    answer = signed_in(people.paul).post("/agent/personnes", sent)
    assert answer.status_code == 200
    assert str(case.pk) not in answer.content.decode()


def test_a_person_found_shows_their_cases(people: Personas) -> None:
    case = filed(people)
    client = signed_in(people.nadia)
    page = client.post("/agent/personnes", {"texte": "diallo màriam"}).content.decode()
    address = re.search(r'href="(/agent/personnes/[^"]+)"', page)
    assert address
    page = client.get(address[1]).content.decode()
    assert case.reference in page
    assert "À prendre" in page


def run_at(night: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr(timezone, "localdate", lambda *_: night.date())
        run_night(night.date(), now=lambda: night)


def test_what_no_paper_covers_is_an_alert(
    people: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = filed(people)
    case.complete_on = None
    case.save()
    night = datetime(2025, 9, 20, 1, tzinfo=UTC)
    Coverage.objects.update(due_on=None, next_kind="", next_rank=None, next_from=None,
                            next_to=None, chain_stop="incomplete")  # fmt: skip
    run_at(night, monkeypatch)
    client = signed_in(people.nadia)
    page = client.get("/agent/alertes").content.decode()
    for told in (case.reference, "01/10", "Il manque encore des pièces", "Demandez ce qui manque"):
        assert told in page, told
    assert (
        "Rien ne couvrira ses droits à partir du 1er octobre 2025"
        in client.get(f"/agent/dossiers/{case.pk}").content.decode()
    )
    assert people.at_lyon
    assert case.reference not in signed_in(people.paul).get("/agent/alertes").content.decode()


def test_the_head_reads_the_last_night(people: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    head = signed_in(people.hugo)
    assert "Aucune nuit n’a encore eu lieu." in head.get("/agent/nuit").content.decode()
    case = taken(people)
    night = datetime(2025, 10, 20, 1, tzinfo=UTC)
    # A paper that was owed and that nobody issued: the night itself is kept from it.
    Coverage.objects.update(due_on=None, next_kind="", next_rank=None, next_from=None,
                            next_to=None, chain_stop="not_owed")  # fmt: skip
    run_at(night, monkeypatch)
    page = head.get("/agent/nuit").content.decode()
    assert "La nuit du 20 octobre 2025 est finie." in page
    assert f'href="/agent/dossiers/{case.pk}">{case.reference}' in page
    assert "La personne peut saisir le juge en urgence (L521-1)." in page
    assert not Entry.objects.filter(action="person.read").exists()


def test_an_agent_sees_the_way_to_work(people: Personas) -> None:
    page = signed_in(people.nadia).get("/moi").content.decode()
    for path in ("/agent", "/agent/personnes", "/agent/guichet", "/agent/alertes"):
        assert f'href="{path}"' in page
    assert 'href="/agent/nuit"' in signed_in(people.hugo).get("/moi").content.decode()
