"""An employer verifies a photo of a paper in a browser, without JavaScript; the holder shares."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser

from droitfil.attestations.actions import make_authority, make_share_code
from droitfil.attestations.models import Attestation
from tests.attestations.papers import BORN, order
from tests.attestations.showing import as_bytes, code_of, issued, pdf_of, picture_of
from tests.e2e.browser import DESK, HEAVIEST, PHONE, follow, tab
from tests.personas import Personas


@pytest.fixture
def paper(site: str) -> Attestation:
    """A paper that is valid today."""
    now, today = timezone.now(), timezone.localdate()
    make_authority("system:tests", now=now)
    dates = {"valid_from": today, "valid_to": today + timedelta(days=90)}
    return issued(order(holder=uuid4(), language="en", **dates), now=now)


def _drawn(paper: Attestation) -> bytes:
    try:
        return pdf_of(paper)
    finally:
        connection.close()


def test_a_photo_of_the_paper(
    site: str, browser: Browser, paper: Attestation, tmp_path: Path
) -> None:
    photo, altered = tmp_path / "photo.jpg", tmp_path / "altered.pdf"
    photo.write_bytes(as_bytes(picture_of(code_of(paper)).rotate(9, expand=True, fillcolor=220)))
    with ThreadPoolExecutor(1) as apart:  # Playwright's event loop runs in this thread
        pdf = apart.submit(_drawn, paper).result()
    altered.write_bytes(pdf[:-4] + b"!" + pdf[-3:])
    for viewport, language in ((PHONE, "fr"), (DESK, "en")):
        with tab(browser, viewport, java_script_enabled=False) as opened:
            opened.goto(f"{site}/verifier?langue={language}")
            opened.set_input_files("#papier", photo)
            follow(opened.locator("form[enctype] button"))
            title = opened.locator("h1").inner_text()
            assert (
                title
                == {
                    "fr": "Ce papier est authentique et valable aujourd’hui",
                    "en": "This paper is genuine and valid today",
                }[language]
            )
            with opened.expect_download() as downloaded:
                opened.click("a[download]")
            assert Path(downloaded.value.path()).read_bytes().startswith(b"%PDF-")
            assert len(opened.content()) < HEAVIEST
            opened.goto(f"{site}/verifier?langue={language}")
            opened.set_input_files("#papier", altered)
            follow(opened.locator("form[enctype] button"))
            assert opened.locator(".notice--bad").count() == 1


def test_every_answer_is_readable_by_all(
    site: str, browser: Browser, paper: Attestation, tmp_path: Path
) -> None:
    photo, nothing = tmp_path / "photo.png", tmp_path / "nothing.pdf"
    photo.write_bytes(as_bytes(picture_of(code_of(paper)), "PNG"))
    nothing.write_bytes(b"%PDF-1.7")
    for viewport in (PHONE, DESK):
        for file in (photo, nothing, None):
            with tab(browser, viewport) as opened:
                opened.goto(f"{site}/verifier?langue=fr")
                if file is not None:
                    opened.set_input_files("#papier", file)
                follow(opened.locator("form[enctype] button"))
                assert opened.locator("h1").count() == 1
                width = opened.evaluate("document.documentElement.scrollWidth")
                assert width <= viewport["width"]
                report = Axe().run(opened)
                assert report.violations_count == 0, report.generate_report()


def test_a_share_code(site: str, browser: Browser, paper: Attestation) -> None:
    holder = Personas().amina
    holder.documents.update(valid_to=timezone.localdate() + timedelta(days=30))
    _made, code = make_share_code(
        f"person:{paper.holder}", holder=holder.pk, born_on=BORN, now=timezone.now(), days=30
    )
    with tab(browser, PHONE, java_script_enabled=False) as opened:
        opened.goto(f"{site}/verifier?langue=fr")
        opened.fill("#code", code.lower())
        opened.fill("#j", "2")
        opened.fill("#m", "mars")
        opened.fill("#a", "1990")
        opened.fill("#par", "Boulangerie Martin")
        follow(opened.locator("form:not([enctype]) button"))
        said = opened.locator("main").inner_text()
        assert "Voici ce que cette personne peut faire aujourd’hui" in said
        assert re.search(r"Jusqu’au .+ compris", said)
        assert "Fassi" not in said
