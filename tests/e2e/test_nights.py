"""Three nights and those that were missed, from the page of the demonstration, without JavaScript.

The first has nothing to publish, the second publishes the paper on the day the law's lead says, the
third publishes nothing twice; after nights that nobody ran, the next one catches up. After each the
head of the office reads its proof.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from playwright.sync_api import Browser, Page, expect

from droitfil.attestations.actions import make_authority
from droitfil.cases.continuity import coverage
from droitfil.cases.models import Case, Night, Paper
from droitfil.demo.cast import APPLICANT, HEAD
from droitfil.lib import clock
from droitfil.people.actions import staff
from droitfil.people.models import Person, Staff
from droitfil.rules.sentences import french_date
from tests.cases.population import TELESERVICE, Draw
from tests.cases.writing import PARENT
from tests.demo.conftest import demonstration
from tests.e2e.browser import DESK, follow, tab
from tests.personas import BY, NOW, Personas, account, link, office

__all__ = ["demonstration"]
LEAD = 15  # law/parameters.yaml, api_lead_days


@pytest.fixture
def draw(transactional_db: None, demonstration: None, tmp_path: Path) -> Draw:
    people = Personas()
    make_authority(BY, now=clock.now())
    staff.add_staff(
        BY, email=HEAD, name="Hugo Vidal", role=Staff.Role.HEAD,
        office=office("91-evry", people.evry), active_from=date(2024, 1, 1), now=NOW,
    )  # fmt: skip
    return Draw(1, clock.today(), people)


def _renewal(draw: Draw, end: date, person: Person | None = None) -> Case:
    """A renewal filed in time of a card that ends on ``end``."""
    person = person or draw.person()
    filed_on = end - timedelta(days=61)
    case = draw.case(
        person, draw.card(person, TELESERVICE, end), TELESERVICE, filed_on,
        complete_on=filed_on, procedure=PARENT,
    )  # fmt: skip
    with transaction.atomic():
        coverage.refresh_person(person, today=draw.day)
    return case


def test_three_nights_and_those_that_were_missed(draw: Draw, site: str, browser: Browser) -> None:
    today = draw.day
    mariam = draw.person()
    link(mariam, account(APPLICANT))
    mine = _renewal(draw, today + timedelta(days=LEAD + 1), mariam)
    other = _renewal(draw, today + timedelta(days=LEAD + 10))
    with tab(browser, DESK, java_script_enabled=False) as page:
        _night(page, site, today + timedelta(days=1), papers=0)
        _night(page, site, today + timedelta(days=2), papers=1)
        paper = mine.papers.get()
        assert paper.valid_from == today + timedelta(days=LEAD + 2)
        _enter(page, site, "Mariam Diallo")
        expect(page.locator("main")).to_contain_text("ttestation de prolongation")
        _night(page, site, today + timedelta(days=3), papers=0)
        assert [kept.pk for kept in Paper.objects.all()] == [paper.pk]
        # The day moves on, and nobody runs the nights between.
        page.goto(f"{site}/demo")
        follow(page.get_by_role("button", name="À la veille de l’expiration"))
        assert Night.objects.count() == 3
        assert not other.papers.exists()
        _night(page, site, today + timedelta(days=LEAD + 2), papers=1)
    assert Night.objects.latest("date").since == today + timedelta(days=4)
    assert other.papers.get().valid_from == today + timedelta(days=LEAD + 11)
    assert mine.papers.count() == 1


def _night(page: Page, site: str, day: date, *, papers: int) -> None:
    """Runs the next night; the page of the demonstration, the head's and the public one tell it."""
    page.goto(f"{site}/demo")
    follow(page.get_by_role("button", name="La nuit prochaine"))
    told = french_date(day)
    expect(page.get_by_role("heading", name=f"La dernière nuit, celle du {told}")).to_be_visible()
    expect(page.get_by_text(f"Papiers émis : {papers}", exact=True)).to_be_visible()
    _enter(page, site, "Hugo Vidal")
    page.goto(f"{site}/agent/nuit")
    main = page.locator("main")
    expect(main).to_contain_text(f"La nuit du {told} est finie.")
    expect(main).to_contain_text(f"Preuve de continuité du {told}")
    expect(main).to_contain_text("Signée cette nuit-là par le certificat XX99 S001.")
    figures = main.locator("dl.clocks dd").all_inner_texts()
    assert figures == ["2", "2", "0", "0", "0"]
    follow(page.get_by_role("link", name="Ses chiffres, que chacun peut lire et vérifier"))
    expect(page.locator("main")).to_contain_text("Le document a été signé cette nuit-là")


def _enter(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/demo")
    follow(page.get_by_role("button", name=f"Entrer : {name}"))
