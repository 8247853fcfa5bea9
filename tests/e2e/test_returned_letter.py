"""A letter from its batch to its return, by a head of office and an agent; then on the case."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from droitfil.notices.actions import choose
from droitfil.notices.letters.references import written
from droitfil.notices.models import Batch, Channel, Preference
from droitfil.people.models import Person
from tests.cases.writing import AT, taken
from tests.e2e.browser import DESK, PHONE, follow
from tests.e2e.test_agent import desk
from tests.e2e.test_agent import people as people
from tests.personas import BY, Personas
from tests.web.applicant.test_messages import told


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Settings) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.CLAMD = tmp_path / "nobody.sock"


def readable(page: Page) -> None:
    """At both widths, in both languages."""
    address = page.url.split("?")[0]
    for viewport in (PHONE, DESK):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for language in ("fr", "en"):
            page.goto(f"{address}?langue={language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            report = Axe().run(page)
            assert report.violations_count == 0, report.generate_report()
    page.goto(f"{address}?langue=fr")


def test_a_letter_is_printed_posted_and_comes_back(
    people: Personas, site: str, browser: Browser
) -> None:
    case = taken(people)
    Person.objects.filter(pk=people.mariam.pk).update(
        address_line="3 rue des Lilas", postal_code="91000", email="", commune=people.evry
    )
    mariam = Person.objects.get(pk=people.mariam.pk)
    choose(BY, person=mariam, channel=Channel.EMAIL, wants=Preference.Wants.NONE, now=AT)
    choose(BY, person=mariam, channel=Channel.LETTER, wants=Preference.Wants.ALL, now=AT)
    told(people, case)
    with desk(browser, site, people.hugo) as page:
        page.goto(f"{site}/agent/lettres")
        follow(page.get_by_role("button", name="En faire un lot à imprimer"))
        with page.expect_download() as got:
            page.get_by_role("button", name="Télécharger le PDF à imprimer").click()
        assert Path(got.value.path()).read_bytes().startswith(b"%PDF")
        page.goto(f"{site}/agent/lettres")
        follow(page.get_by_role("button", name="Noter en mon nom"))
        expect(page.get_by_text("Remis à la poste le")).to_be_visible()
        expect(page.get_by_text("Hugo")).to_be_visible()
        readable(page)
    letter = Batch.objects.get().envelopes.first()
    assert letter is not None
    with desk(browser, site, people.nadia, java_script_enabled=False) as page:
        page.goto(f"{site}/agent/retours")
        page.get_by_label("N’habite pas à l’adresse").check()
        page.get_by_label("Référence").fill("ABC-DEF-GHJ")
        follow(page.get_by_role("button", name="Noter le retour"))
        expect(page.locator("#reference-faute")).to_be_visible()
        page.get_by_label("Référence").fill(written(letter.reference).lower())
        follow(page.get_by_role("button", name="Noter le retour"))
        expect(page.get_by_role("status")).to_contain_text("n’habite pas à l’adresse")
        follow(page.get_by_role("link", name="Les personnes à joindre autrement"))
        expect(page.get_by_role("link", name="Diallo Mariam")).to_be_visible()
        page.goto(f"{site}/agent/dossiers/{case.pk}")
        expect(page.locator("#joint")).to_contain_text("n’habite pas à l’adresse")
    with desk(browser, site, people.nadia) as page:
        for path in ("/agent/retours", "/agent/injoignables", f"/agent/dossiers/{case.pk}"):
            page.goto(f"{site}{path}")
            readable(page)
    with desk(browser, site, people.mariam_account, java_script_enabled=False) as page:
        page.goto(f"{site}/moi/messages")
        lost = page.locator(".ways-lost").first
        expect(lost).to_contain_text("n’habite pas à l’adresse")
    with desk(browser, site, people.mariam_account) as page:
        for path in ("/moi/messages", "/moi/messages/reglages"):
            page.goto(f"{site}{path}")
            readable(page)
