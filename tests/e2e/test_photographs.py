"""Several photographs made one document, on a phone and at the counter, without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from droitfil.cases.models import Piece
from droitfil.lib.clamd import PrivateClamd
from tests.cases.test_pages import CODE, photograph
from tests.cases.writing import counter_draft, draft
from tests.e2e.browser import DESK, PHONE, follow
from tests.e2e.test_agent import desk
from tests.e2e.test_agent import people as people
from tests.files.conftest import clamd as clamd
from tests.files.conftest import running_clamd as running_clamd
from tests.files.samples import heic, pdf
from tests.personas import Personas


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Settings, running_clamd: PrivateClamd) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.CLAMD = running_clamd.address


@pytest.fixture
def sheets(tmp_path: Path) -> dict[str, Path]:
    """What a person has on their phone, and one file that is none."""
    made = {
        "un.jpg": photograph(1), "deux.jpg": photograph(2), "trois.heic": heic((480, 640)),
        "bail.pdf": pdf(2), "notes.docx": b"PK\x03\x04word/document.xml",
    }  # fmt: skip
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in made}


def names(page: Page) -> list[str]:
    return page.locator(".sheet-name").all_inner_texts()


def readable(page: Page) -> None:
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()


def test_photographs_from_a_phone_become_one_document(
    people: Personas, site: str, browser: Browser, sheets: dict[str, Path]
) -> None:
    case = draft(people)
    with desk(
        browser, site, people.mariam_account, viewport=PHONE, java_script_enabled=False
    ) as page:
        page.goto(f"{site}/moi/demandes/{case.pk}/pieces")
        piece = page.locator(f"#piece-{CODE}")
        follow(piece.get_by_role("link", name="Plusieurs pages ou photographies"))
        chosen = page.get_by_label("Vos pages, dans l’ordre")
        chosen.set_input_files([sheets[one] for one in ("un.jpg", "notes.docx", "deux.jpg")])
        follow(page.get_by_role("button", name="Envoyer ces pages"))
        # One was refused, and why; the others are there.
        expect(page.get_by_text("« notes.docx » n’a pas été prise.")).to_be_visible()
        expect(page.get_by_text("C’est un fichier de traitement de texte.")).to_be_visible()
        assert names(page) == ["un.jpg", "deux.jpg"]
        page.get_by_label("Ajouter des pages").set_input_files(
            [sheets["trois.heic"], sheets["bail.pdf"]]
        )
        follow(page.get_by_role("button", name="Ajouter ces pages"))
        assert names(page) == ["un.jpg", "deux.jpg", "trois.heic", "bail.pdf"]
        for image in page.locator(".sheet img").all():
            image.scroll_into_view_if_needed()
            assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
        # Left here: they wait.
        page.goto(f"{site}/moi/demandes/{case.pk}/pieces")
        follow(piece.get_by_role("link", name="5 pages attendent : finir le document"))
        first = page.locator(".sheet").first
        follow(first.get_by_role("button", name="Descendre"))
        follow(first.get_by_role("button", name="Tourner"))
        follow(page.locator(".sheet").nth(2).get_by_role("button", name="Enlever"))
        assert names(page) == ["deux.jpg", "un.jpg", "bail.pdf"]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        follow(page.get_by_role("button", name="En faire un seul document"))
        expect(piece.get_by_text("reçue")).to_be_visible()
        made = Piece.objects.get(case=case, code=CODE)
        assert made.upload is not None
        assert (made.upload.pages, made.upload.state) == (4, "clean")
        assert made.pages.count() == 3
        with page.expect_response("**/pieces/**") as shown:
            page.goto(f"{site}/moi/demandes/{case.pk}/pieces/{made.pk}", wait_until="commit")
        assert shown.value.headers["content-type"] == "application/pdf"


def test_scans_at_the_counter_become_one_document(
    people: Personas, site: str, browser: Browser, sheets: dict[str, Path]
) -> None:
    case = counter_draft(people)
    with desk(browser, site, people.nadia, java_script_enabled=False) as page:
        page.goto(f"{site}/agent/dossiers/{case.pk}/pieces/passport/pages")
        page.get_by_label("Vos pages, dans l’ordre").set_input_files(
            [sheets["un.jpg"], sheets["deux.jpg"]]
        )
        follow(page.get_by_role("button", name="Envoyer ces pages"))
        follow(page.locator(".sheet").nth(1).get_by_role("button", name="Monter"))
        assert names(page) == ["deux.jpg", "un.jpg"]
        follow(page.get_by_role("button", name="En faire un seul document"))
        expect(page.locator("#piece-passport").get_by_text("manque")).to_have_count(0)
        assert Piece.objects.get(case=case).pages.count() == 2


def test_a_pile_is_readable_by_all_and_narrow(
    people: Personas, site: str, browser: Browser, sheets: dict[str, Path]
) -> None:
    case = draft(people)
    for viewport, language in ((PHONE, "fr"), (PHONE, "en"), (DESK, "fr"), (DESK, "en")):
        with desk(browser, site, people.mariam_account, viewport=viewport) as page:
            page.goto(f"{site}/moi/demandes/{case.pk}/pieces/{CODE}/pages?langue={language}")
            page.locator("input[type=file]").set_input_files(
                [sheets["un.jpg"], sheets["trois.heic"], sheets["bail.pdf"]]
            )
            follow(page.locator(".pile-add button"))
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            assert page.locator(".sheet").count() == 3
            readable(page)
