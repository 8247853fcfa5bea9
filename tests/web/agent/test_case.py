"""A case on one screen: what it shows, to whom, and the line that each reading leaves."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from droitfil.cases.actions import filing, pieces
from droitfil.cases.models import Case
from droitfil.journal.models import Entry
from droitfil.people.queries import readings
from droitfil.web.agent.words import DONE
from tests.cases.writing import DAY, at, draft, filed, give_pieces, taken
from tests.files.samples import pdf
from tests.people.test_pages import signed_in
from tests.personas import Personas

ROOT = Path(__file__).resolve().parents[3]


#: What lines of the history are about, as the code writes them.
SPOKEN = re.compile(
    r"[\"']((?:case|complement|piece|paper|card|decision|commission|letter|alert)\.[a-z_]+)[\"']"
)


def page_of(client: Client, case: Case) -> str:
    return client.get(f"/agent/dossiers/{case.pk}").content.decode()


def test_everything_stands_on_one_screen(people: Personas) -> None:
    case = taken(people)
    page = page_of(signed_in(people.nadia), case)
    for told in (
        "Mariam Diallo", case.reference, "Lina Diallo", '<svg class="line"', "Examiné",
        "Dossier pris", "Nadia Roussel", "Demande déposée en ligne", "Le silence vaut refus le",
        "Ses droits sont prouvés encore 102 jours", "Acte de naissance de l&#x27;enfant",
        "à confirmer par la préfecture", "20 novembre 1988", "Sénégal", "9923456789",
    ):  # fmt: skip
        assert told in page, told


def test_a_reading_is_kept_and_its_person_reads_it(people: Personas) -> None:
    case = filed(people)
    client = signed_in(people.nadia)
    page_of(client, case)
    entry = Entry.objects.get(action="person.read")
    assert (entry.actor, entry.subject, entry.case) == (
        f"staff:{people.nadia.pk}", people.mariam.pk, case.pk,
    )  # fmt: skip
    (reading,) = readings(people.mariam)
    assert reading.role == "agent"
    assert "Dossier lu" in page_of(client, case)
    for form in ("ecrire", "demander"):
        before = Entry.objects.filter(action="person.read").count()
        client.get(f"/agent/dossiers/{case.pk}/{form}")
        assert Entry.objects.filter(action="person.read").count() > before


def test_the_contact_centre_reads_and_does_nothing(people: Personas) -> None:
    case = taken(people)
    client = signed_in(people.claire)
    page = page_of(client, case)
    assert "Mariam Diallo" in page
    assert "<form" not in page.split("<main")[1]
    assert client.post(f"/agent/dossiers/{case.pk}/rendre").status_code == 404
    assert Entry.objects.filter(action="person.read").count() == 1


def test_a_draft_at_home_is_its_writers_alone(people: Personas) -> None:
    case = draft(people)
    assert signed_in(people.nadia).get(f"/agent/dossiers/{case.pk}").status_code == 404


@pytest.mark.usefixtures("clamd")
def test_a_piece_is_shown_clean_and_its_reading_kept(people: Personas) -> None:
    case = draft(people)
    given = pieces.add_piece(
        people.mariam_account, case, code="child_birth_certificate", content=pdf(),
        declared_name="acte.pdf", **at(DAY),
    )  # fmt: skip
    give_pieces(people, case)
    filing.submit_case(people.mariam_account, case, key=uuid4(), **at(DAY))
    client = signed_in(people.nadia)
    address = f"/agent/dossiers/{case.pk}/pieces/{given.pk}"
    assert f'href="{address}">acte.pdf' in page_of(client, case)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    entry = Entry.objects.filter(action="person.read").last()
    assert entry is not None
    assert entry.facts == {"piece": str(given.pk), "code": given.code}
    assert signed_in(people.paul).get(address).status_code == 404
    for other in (people.mariam.pk, case.pieces.filter(upload=None)[0].pk):
        assert client.get(f"/agent/dossiers/{case.pk}/pieces/{other}").status_code == 404


def test_a_piece_in_quarantine_is_shown_to_nobody(people: Personas) -> None:
    case = filed(people)
    given = pieces.add_piece(
        people.mariam_account, case, code="child_birth_certificate", content=pdf(),
        declared_name="acte.pdf", **at(DAY),
    )  # fmt: skip
    client = signed_in(people.nadia)
    page = page_of(client, case)
    assert "montré dès que l’antivirus" in page
    assert "acte.pdf" not in page
    assert client.get(f"/agent/dossiers/{case.pk}/pieces/{given.pk}").status_code == 422


def test_an_answer_put_right_shows_what_it_was(people: Personas) -> None:
    from droitfil.cases.actions.moving import amend

    case = taken(people)
    amend(people.mariam_account, case, answers={"child_name": "Lina Maria Diallo"}, **at(DAY))
    page = page_of(signed_in(people.nadia), case)
    assert "Lina Maria Diallo" in page
    assert "avant : Lina Diallo" in page


def test_the_statements_of_the_page_do_not_follow_the_pieces(people: Personas) -> None:
    case = taken(people)
    client = signed_in(people.nadia)
    page_of(client, case)
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            page_of(client, case)
        costs.append(len(captured))
        code = case.pieces.order_by("code").values_list("code", flat=True)[0]
        for _ in range(3):
            pieces.add_code(people.nadia, case, code=code, data="vu", **at(DAY))
    assert costs[0] == costs[1]


def test_whatever_is_done_to_a_case_has_its_words() -> None:
    actions: set[str] = set()
    for file in (ROOT / "droitfil" / "cases").rglob("*.py"):
        actions |= set(SPOKEN.findall(file.read_text()))
    assert {"case.taken", "paper.issued", "case.started", "alert.opened"} <= actions
    assert actions - set(DONE) == set()
