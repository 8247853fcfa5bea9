"""A parent declares a child on a phone, an agent confirms, the request that waited is filed.

In a browser, without JavaScript; nothing of the file that the child has already shows before.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from droitfil.cases.models import Case, ChildClaim
from droitfil.lib import clock
from droitfil.people.actions import files
from droitfil.people.models import Person
from droitfil.rules.lifecycle import State
from tests.e2e.browser import DESK, PHONE, follow, tab
from tests.e2e.test_applicant import enter, give_everything, heading
from tests.e2e.test_procedures import CHILD, PARENT, _place, answer, paper, people
from tests.personas import BY, NOW, Personas
from tests.web.applicant.conftest import on

__all__ = ["_place", "paper", "people"]
DAY = date(2025, 6, 20)


def fill(page: Page, **typed: str) -> None:
    for name, text in {
        "family_name": "El Fassi", "given_names": "Sara", "ne_j": "8", "ne_m": "janvier",
        "ne_a": "2019", "birth_place": "Évry", "other_parent": "Karim El Fassi", **typed,
    }.items():  # fmt: skip
        page.locator(f"#{name}").fill(text)
    page.locator("#nationality").select_option("MAR")


def fits(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_a_parent_declares_a_child_and_files_once_an_agent_has_confirmed(
    people: Personas, site: str, browser: Browser, client: Any, paper: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(clock, "today", on(DAY))
    amina = people.amina_linked
    sara = files.register_person(
        BY, now=NOW, family_name="El-Fassi", given_names="Sarah", birth_place="Meknès",
        born_on=date(2019, 1, 8), nationality="MAR", commune=people.evry,
    )  # fmt: skip
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, amina, client)
        page.goto(f"{site}/moi")
        follow(page.get_by_role("link", name="Déclarer un enfant"))
        heading(page, "Déclarer un enfant")
        fits(page, 360)
        follow(page.get_by_role("button", name="Continuer"))
        expect(page.get_by_role("alert")).to_contain_text("Écrivez sa date de naissance.")
        fill(page)
        follow(page.get_by_role("button", name="Continuer"))
        heading(page, "Sara El Fassi")
        fits(page, 360)
        page.locator("#file").set_input_files(paper)
        follow(page.get_by_role("button", name="Joindre ce fichier"))
        expect(page.get_by_text("Un agent de la préfecture va confirmer")).to_be_visible()
        follow(page.get_by_role("link", name="Préparer sa demande"))
        page.get_by_label("Sara El Fassi").check()
        follow(page.get_by_role("button", name="Commencer"))
        answer(page, {**CHILD, **PARENT})
        # The birth certificate given to declare the child is not asked for again.
        assert page.locator("#piece-minor_birth_certificate.item--ok").count() == 1
        give_everything(page, paper)
        follow(page.get_by_role("link", name="Relire ma demande"))
        fits(page, 360)
        expect(page.get_by_text("dès qu’un agent aura confirmé")).to_be_visible()
        assert not page.get_by_role("button", name="Déposer ma demande").count()
        assert "Meknès" not in page.content()
        page.goto(f"{site}/moi/enfants/{sara.pk}")
        expect(page.get_by_text("Meknès")).to_have_count(0)
    case = Case.objects.get()
    assert case.state == State.DRAFT
    with tab(browser, DESK, java_script_enabled=False) as page:
        enter(page, site, people.nadia, client)
        page.goto(f"{site}/moi")
        follow(page.get_by_role("link", name="Enfants à confirmer"))
        fits(page, 1280)
        follow(page.get_by_role("link", name="Sara El Fassi"))
        fits(page, 1280)
        page.get_by_label("Acte de naissance de l'enfant ou livret de famille").check()
        follow(page.get_by_role("button", name="Confirmer : c’est son enfant"))
        expect(page.get_by_role("alert")).to_contain_text("peut-être déjà un dossier ici")
        page.get_by_label("C’est Sarah El-Fassi").check()
        follow(page.get_by_role("button", name="Confirmer : c’est son enfant"))
        expect(page.get_by_text("Aucun enfant n’attend.")).to_be_visible()
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, amina, client)
        page.goto(f"{site}/moi/enfants/{sara.pk}")
        expect(page.get_by_text("Meknès")).to_be_visible()
        page.goto(f"{site}/moi/demandes/{case.pk}/relire")
        follow(page.get_by_role("button", name="Déposer ma demande"))
        heading(page, "Attestation de dépôt")
    case.refresh_from_db()
    assert (case.state, case.person) == (State.SUBMITTED, sara)


def test_an_agent_records_a_child_at_the_counter_and_refuses_another(
    people: Personas, site: str, browser: Browser, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", on(DAY))
    amina = people.amina_linked
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, amina, client)
        page.goto(f"{site}/moi/enfants/declarer")
        fill(page, given_names="Inès")
        follow(page.get_by_role("button", name="Continuer"))
    with tab(browser, DESK, java_script_enabled=False) as page:
        enter(page, site, people.nadia, client)
        page.goto(f"{site}/agent/personnes/{people.amina.pk}")
        follow(page.get_by_role("link", name="Enregistrer un enfant"))
        fill(page)
        fits(page, 1280)
        follow(page.get_by_role("button", name="Enregistrer cet enfant"))
        expect(page.get_by_role("alert")).to_contain_text("dites quel original vous avez vu")
        page.get_by_label("Acte de naissance de l'enfant ou livret de famille").check()
        follow(page.get_by_role("button", name="Enregistrer cet enfant"))
        expect(page.get_by_role("link", name="Sara El Fassi")).to_be_visible()
        page.goto(f"{site}/agent/enfants")
        follow(page.get_by_role("link", name="Inès El Fassi"))
        follow(page.get_by_role("button", name="Ne pas confirmer"))
        expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi")
        page.locator("#reasons").fill("Aucun acte n’est joint.")
        follow(page.get_by_role("button", name="Ne pas confirmer"))
    assert {claim.state for claim in ChildClaim.objects.all()} == {"confirmed", "refused"}
    assert Person.objects.get(given_names="Sara").commune == people.evry
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, amina, client)
        page.goto(f"{site}/moi")
        expect(page.get_by_role("link", name="Sara El Fassi")).to_be_visible()
        fits(page, 360)
        follow(page.get_by_role("link", name="Inès El Fassi"))
        expect(page.get_by_text("Aucun acte n’est joint.")).to_be_visible()
        fits(page, 360)
