"""A passkey through Chromium's virtual authenticator: registered, used, refused when removed."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page

from droitfil.people.actions import staff
from tests.e2e.browser import DESK, HEAVIEST, PHONE, follow, tab, weigh
from tests.mail import PostOffice
from tests.people.test_signing_in import six_digits
from tests.personas import BY, NOW, Personas

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def people(transactional_db: None) -> Personas:
    return Personas()


def _enter(page: Page, site: str, post: PostOffice, email: str) -> None:
    _ask(page, site, post, email)
    page.wait_for_url(f"{site}/moi")


def _ask(page: Page, site: str, post: PostOffice, email: str) -> None:
    page.goto(f"{site}/connexion")
    page.get_by_label("Votre adresse électronique").fill(email)
    follow(page.get_by_role("button", name="Recevoir un code"))
    page.get_by_label("Recopiez le code").fill(post.code())
    follow(page.get_by_role("button", name="Continuer"))


def _leave(page: Page, site: str) -> None:
    page.goto(f"{site}/deconnexion")
    follow(page.get_by_role("button", name="Me déconnecter"))
    page.wait_for_url(f"{site}/")


def test_a_passkey_from_registration_to_removal(
    people: Personas,
    site: str,
    browser: Browser,
    post: PostOffice,
) -> None:
    site = site.replace("127.0.0.1", "localhost")
    with tab(browser, PHONE) as page:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        held = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        _enter(page, site, post, people.stranger.email)
        follow(page.get_by_role("link", name="Mes clés d’accès"))
        follow(page.get_by_role("button", name="Ajouter une clé d’accès"))
        follow(page.get_by_role("button", name="Continuer"))
        page.wait_for_url(f"{site}/moi/cles")
        assert "Clé n° 1" in page.inner_text("main")
        assert "Une clé d’accès a été ajoutée" in post.received[-1]["Subject"]
        _leave(page, site)

        page.goto(f"{site}/connexion")
        follow(page.get_by_role("button", name="Utiliser ma clé d’accès"))
        follow(page.get_by_role("button", name="Continuer"))
        page.wait_for_url(f"{site}/moi")

        page.goto(f"{site}/moi/cles")
        follow(page.get_by_role("button", name="Retirer"))
        assert "Vous n’en avez pas." in page.inner_text("main")
        _leave(page, site)
        # The device still holds it: it opens nothing any more.
        key = {"authenticatorId": held["authenticatorId"]}
        assert len(session.send("WebAuthn.getCredentials", key)["credentials"]) == 1
        page.goto(f"{site}/connexion")
        follow(page.get_by_role("button", name="Utiliser ma clé d’accès"))
        follow(page.get_by_role("button", name="Continuer"))
        page.get_by_text("Cette clé n’a pas été reconnue.").wait_for()
        page.goto(f"{site}/moi")
        assert page.url.startswith(f"{site}/connexion")


def test_an_agent_brings_a_passkey_after_the_code_or_in_its_place(
    people: Personas,
    site: str,
    browser: Browser,
    post: PostOffice,
) -> None:
    site = site.replace("127.0.0.1", "localhost")
    key = staff.renew_key(BY, people.nadia.staff, now=NOW)
    with tab(browser, DESK) as page:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        _ask(page, site, post, people.nadia.email)
        page.get_by_label("Les six chiffres").fill(six_digits(key))
        follow(page.get_by_role("button", name="Continuer"))
        page.wait_for_url(f"{site}/moi")
        page.goto(f"{site}/moi/cles")
        follow(page.get_by_role("button", name="Ajouter une clé d’accès"))
        follow(page.get_by_role("button", name="Continuer"))
        page.wait_for_url(f"{site}/moi/cles")
        _leave(page, site)

        _ask(page, site, post, people.nadia.email)
        follow(page.get_by_role("button", name="Utiliser ma clé d’accès"))
        follow(page.get_by_role("button", name="Continuer"))
        page.wait_for_url(f"{site}/moi")
        _leave(page, site)

        page.goto(f"{site}/connexion")
        follow(page.get_by_role("button", name="Utiliser ma clé d’accès"))
        follow(page.get_by_role("button", name="Continuer"))
        page.wait_for_url(f"{site}/moi")
        assert "compte d’agent" in page.inner_text("main")


def test_a_device_that_declines_is_told(people: Personas, site: str, browser: Browser) -> None:
    site = site.replace("127.0.0.1", "localhost")
    with tab(browser, PHONE) as page:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        refusing: dict[str, Any] = AUTHENTICATOR | {"isUserVerified": False}
        session.send("WebAuthn.addVirtualAuthenticator", {"options": refusing})
        page.goto(f"{site}/connexion")
        follow(page.get_by_role("button", name="Utiliser ma clé d’accès"))
        page.get_by_role("button", name="Continuer").click()
        page.get_by_text("Votre appareil n’a pas pu le faire").wait_for()
        assert page.get_by_role("button", name="Continuer").is_enabled()


def test_my_file_without_script_on_a_phone(
    people: Personas,
    site: str,
    browser: Browser,
    post: PostOffice,
) -> None:
    assert people.amina
    with tab(browser, PHONE, java_script_enabled=False) as page:
        _enter(page, site, post, people.amina_account.email)
        follow(page.get_by_role("link", name="Rattacher mon dossier"))
        page.get_by_label("Votre numéro étranger").fill("9912345678")
        page.get_by_label("Jour").fill("2")
        page.get_by_label("Mois").fill("mars")
        page.get_by_label("Année").fill("1990")
        page.get_by_label("Le numéro de votre carte").fill("FRA1234567")
        follow(page.get_by_role("button", name="Rattacher"))
        page.wait_for_url(f"{site}/moi")
        assert page.locator("h1").inner_text() == "Amina El Fassi"
        assert page.locator("svg.line").count() == 1
        sizes = weigh(page, f"{site}/moi")
        assert sum(sizes.values()) <= HEAVIEST, sizes
