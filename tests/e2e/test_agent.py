"""Agents at work, without JavaScript: a case taken, asked about, decided; every page read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Browser, Page

from droitfil.attestations.actions import make_authority
from droitfil.cases.actions import declaring, letters
from droitfil.cases.models import Case, Complement, Coverage, Paper
from droitfil.people.actions import files
from droitfil.people.models import Account
from droitfil.rules.lifecycle import State
from tests.cases.writing import DAY, at, counter_draft, filed, raw_case, taken
from tests.e2e.browser import DESK, HEAVIEST, PHONE, follow, tab, weigh
from tests.e2e.pages import WORK
from tests.personas import BY, NOW, Personas

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def people(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Personas:
    monkeypatch.setattr(timezone, "localdate", lambda *_: DAY)
    make_authority(BY, now=timezone.now())
    return Personas()


@contextmanager
def desk(browser: Browser, site: str, who: Account, **options: Any) -> Iterator[Page]:
    """A tab where ``who`` is signed in."""
    client = Client()
    client.force_login(who, backend=BACKEND)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    with tab(browser, options.pop("viewport", DESK), **options) as page:
        page.context.add_cookies([{"name": "session", "value": session, "url": site}])
        yield page


def test_a_case_taken_asked_and_decided(people: Personas, site: str, browser: Browser) -> None:
    case = filed(people)
    with desk(browser, site, people.nadia, java_script_enabled=False) as page:
        page.goto(f"{site}/agent")
        follow(page.get_by_role("link", name="Diallo Mariam"))
        follow(page.get_by_role("button", name="Prendre ce dossier"))
        follow(page.get_by_role("link", name="Demander des pièces"))
        page.get_by_label("Justificatif de domicile", exact=False).first.check()
        follow(page.get_by_role("button", name="Demander à la personne"))
        fault = page.locator("#motif-address_proof-faute")
        assert fault.inner_text() == "Dites ce qui manque ou ne va pas."
        page.locator("#motif-address_proof").fill("La facture a plus de six mois.")
        follow(page.get_by_role("button", name="Demander à la personne"))
        assert "La facture a plus de six mois." in page.locator("main").inner_text()
        follow(page.get_by_role("link", name="La réponse est arrivée"))
        page.get_by_label("Oui, rien ne manque").check()
        follow(page.get_by_role("button", name="Noter la réponse"))
        follow(page.get_by_role("link", name="Décider"))
        page.get_by_label("Accepter").check()
        page.locator("#number").fill("4")
        follow(page.get_by_role("button", name="Décider en mon nom"))
        told = page.locator("main").inner_text()
        assert "Attestation de décision favorable" in told
        assert "par Nadia Roussel" in told
    case.refresh_from_db()
    assert (case.state, case.decided_length) == ("granted", "4y")
    assert Paper.objects.get(case=case).kind == "ADF"


def test_two_agents_press_and_the_second_reads_why(
    people: Personas, site: str, browser: Browser
) -> None:
    case = filed(people)
    with desk(browser, site, people.sonia) as sonia, desk(browser, site, people.nadia) as nadia:
        for page in (sonia, nadia):
            page.goto(f"{site}/agent/dossiers/{case.pk}")
        follow(nadia.get_by_role("button", name="Prendre ce dossier"))
        follow(sonia.get_by_role("button", name="Prendre ce dossier"))
        alert = sonia.get_by_role("alert").inner_text()
        assert "Nadia Roussel a pris ce dossier" in alert
        assert "Nadia Roussel examine ce dossier." in sonia.locator("main").inner_text()


def another(people: Personas, number: int, state: State, **changed: Any) -> Case:
    """The case of someone else, in ``state``."""
    person = files.register_person(
        BY, now=NOW, family_name=f"Traoré {number}", given_names="Oumar",
        born_on=DAY - timedelta(days=11000 + number), nationality="MLI", commune=people.evry,
    )  # fmt: skip
    card = files.add_document(
        BY, person, now=NOW, source="import", kind="CST", article="L421-1",
        valid_from=DAY - timedelta(days=340), valid_to=DAY + timedelta(days=25),
    )  # fmt: skip
    case = raw_case(state, people, person=person, held=card, **changed)
    Coverage.objects.create(
        case=case, person=person, office=case.office, title=case.article,
        covered_until=card.valid_to, chain_stop="incomplete",
    )  # fmt: skip
    return case


def walk(people: Personas) -> list[tuple[Account, str]]:
    """Each page, and who opens it."""
    review, draft = taken(people), counter_draft(people)
    letters.write(people.nadia, review, text="Bonjour.", **at(DAY))
    waits = another(people, 1, State.INCOMPLETE)
    Complement.objects.create(
        case=waits, asked_at=NOW, asked_on=DAY, due_on=DAY + timedelta(days=40),
        asked_by=people.nadia.staff,
    )  # fmt: skip
    ready = another(people, 2, State.CARD_READY, card_ready_on=DAY, decided_on=DAY)
    refused = another(people, 3, State.REFUSED, decided_on=DAY)
    paper = another(people, 4, State.IN_REVIEW, agent=people.nadia.staff)
    claim = declaring.declare_child(
        people.mariam_account, **at(DAY),
        facts={"family_name": "Diallo", "given_names": "Moussa", "born_on": date(2024, 2, 3),
               "nationality": "SEN"},
    )  # fmt: skip
    return [
        (people.nadia, "/agent"),
        (people.nadia, "/agent/alertes"),
        (people.hugo, "/agent/nuit"),
        (people.nadia, "/agent/guichet"),
        (people.nadia, "/agent/deplaces"),
        (people.nadia, "/agent/messages"),
        (people.hugo, "/agent/lettres"),
        (people.nadia, "/agent/retours"),
        (people.nadia, "/agent/injoignables"),
        (people.nadia, f"/agent/personnes/{people.mariam.pk}/adresse"),
        (people.nadia, "/agent/guichet/nouvelle-personne"),
        (people.nadia, f"/agent/dossiers/{review.pk}"),
        (people.nadia, f"/agent/dossiers/{waits.pk}"),
        (people.nadia, f"/agent/dossiers/{refused.pk}"),
        (people.nadia, f"/agent/dossiers/{draft.pk}"),
        (people.nadia, f"/agent/dossiers/{draft.pk}/formulaire"),
        (people.nadia, f"/agent/dossiers/{draft.pk}/pieces"),
        (people.nadia, f"/agent/dossiers/{draft.pk}/pieces/passport/pages"),
        (people.nadia, f"/agent/dossiers/{draft.pk}/enregistrer"),
        (people.nadia, f"/agent/dossiers/{review.pk}/demander"),
        (people.nadia, f"/agent/dossiers/{waits.pk}/prolonger"),
        (people.nadia, f"/agent/dossiers/{waits.pk}/reponse"),
        (people.nadia, f"/agent/dossiers/{review.pk}/decider"),
        (people.nadia, f"/agent/dossiers/{refused.pk}/notification"),
        (people.nadia, f"/agent/dossiers/{ready.pk}/remettre"),
        (people.nadia, f"/agent/dossiers/{review.pk}/ecrire"),
        (people.nadia, f"/agent/dossiers/{paper.pk}/corriger"),
        (people.nadia, "/agent/enfants"),
        (people.nadia, f"/agent/enfants/{claim.pk}"),
        (people.nadia, f"/agent/personnes/{people.mariam.pk}/enfant"),
    ]


def test_every_page_of_work_is_walked(people: Personas) -> None:
    assert {resolve(path).url_name for _who, path in walk(people)} == WORK


def test_the_pages_of_work(people: Personas, site: str, browser: Browser) -> None:
    for who, path in walk(people):
        with desk(browser, site, who, viewport=PHONE) as page:
            sizes = weigh(page, f"{site}{path}")
            assert sum(sizes.values()) <= HEAVIEST, (path, sizes)
            for language in ("fr", "en"):
                answered = page.goto(f"{site}{path}?langue={language}")
                assert answered is not None
                assert answered.status == 200, path
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
                report = Axe().run(page)
                assert report.violations_count == 0, (path, report.generate_report())
