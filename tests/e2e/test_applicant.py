"""A renewal from the document held to the attestation: on a phone, without JavaScript."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.core.cache import cache
from django.urls import resolve
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from droitfil.cases.actions import declaring
from droitfil.cases.models import Case
from droitfil.lib import clock
from droitfil.people.models import Account
from droitfil.rules.lifecycle import State
from tests.cases.writing import DAY, at, counter_draft
from tests.e2e.browser import HEAVIEST, PHONE, follow, tab, weigh
from tests.e2e.pages import OF_CASES
from tests.files.samples import pdf
from tests.personas import Personas
from tests.web.applicant.conftest import on
from tests.web.applicant.test_following import asked as asked_for
from tests.web.applicant.test_messages import told

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
YES, NO = "Oui", "Non"
#: The pages of questions in order: what is pressed, or written, on each.
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("Votre identité", {
        "Votre passeport est-il en cours de validité ?": YES,
        "Votre nom ou votre date de naissance changent-ils": NO,
    }),
    ("Votre domicile", {"Où vivez-vous ?": "Dans un logement que je loue"}),
    ("Votre situation familiale", {
        "Quelle est votre situation familiale ?": "Mariage",
        "Cette situation a-t-elle changé": NO,
    }),
    # Married: one question more, on the same page.
    ("Votre situation familiale", {"La loi d'un pays dont vous avez la nationalité": NO}),
    ("Votre enfant français", {
        "Quels sont le nom et le prénom de l'enfant ?": "Lina Diallo",
        "Quand est-il né ?": "4 mai 2021",
        "Vit-il en France ?": YES,
        "Vivez-vous avec l'autre parent ?": YES,
        "Comment l'autre parent": "Par la naissance, le mariage ou un jugement",
    }),
    ("Votre enfant français", {"Vit-il avec vous ?": YES}),
    ("Votre résidence en France", {"Avez-vous vécu en France": YES}),
    ("Vos engagements", {"Certifiez-vous que ces réponses sont exactes ?": YES}),
)  # fmt: skip


@pytest.fixture
def people(transactional_db: None) -> Personas:
    made = Personas()
    assert made.at_evry
    return made


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.CLAMD = tmp_path / "nobody.sock"
    monkeypatch.setattr(clock, "today", on(DAY))


def enter(page: Page, site: str, who: Account, client: Any) -> None:
    client.force_login(who, backend=BACKEND)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": "session", "value": session, "url": site}])


def heading(page: Page, name: str) -> None:
    """The page is the one of that name, and no wider than the phone."""
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def say(page: Page, question: str, answer: str) -> None:
    """Presses, or writes, the answer to a question; a date is written whole in its first box."""
    group = page.get_by_role("group", name=question)
    if not group.count():
        page.get_by_label(question).fill(answer)
    elif group.get_by_label("Jour", exact=True).count():
        for label, part in zip(("Jour", "Mois", "Année"), answer.split(), strict=True):
            group.get_by_label(label, exact=True).fill(part)
    else:
        group.get_by_label(answer, exact=True).check()


def answer_everything(page: Page) -> None:
    for name, said in PAGES:
        heading(page, name)
        for question, answer in said.items():
            say(page, question, answer)
        follow(page.get_by_role("button", name="Continuer"))


def give_everything(page: Page, paper: Path) -> None:
    """Every piece that lacks, one after the other, until none does."""
    heading(page, "Vos pièces")
    while (lacking := page.locator("li.item--warn")).count():
        first = lacking.first
        if first.locator("input[type=file]").count():
            first.locator("input[type=file]").set_input_files(paper)
            follow(first.get_by_role("button", name="Joindre ce fichier"))
        else:
            first.locator("input[name=code]").fill("AB12 CD34 EF56")
            follow(first.get_by_role("button", name="Donner ce code"))
        heading(page, "Vos pièces")
    expect(page.get_by_text("Il ne manque aucune pièce.")).to_be_visible()


def test_a_renewal_is_filed_on_a_phone_without_javascript(
    people: Personas, site: str, browser: Browser, client: Any, tmp_path: Path
) -> None:
    paper = tmp_path / "document.pdf"
    paper.write_bytes(pdf())
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, people.mariam_account, client)
        page.goto(f"{site}/moi")
        follow(page.get_by_role("link", name="Déposer ma demande"))
        follow(page.get_by_role("button", name="Commencer cette demande"))
        answer_everything(page)
        give_everything(page, paper)
        follow(page.get_by_role("link", name="Relire ma demande"))
        expect(page.get_by_text("Votre demande est complète.")).to_be_visible()
        expect(page.get_by_text("n’a pas encore contrôlé toutes vos pièces")).to_be_visible()
        follow(page.get_by_role("button", name="Déposer ma demande"))
        heading(page, "Attestation de dépôt")
        case = Case.objects.get()
        assert (case.state, case.filed_on, case.complete_on) == (State.SUBMITTED, DAY, DAY)
        expect(page.get_by_text(case.reference)).to_be_visible()
        expect(page.get_by_text("ne prouve pas un droit au séjour")).to_be_visible()
        follow(page.get_by_role("link", name="Suivre ma demande"))
        heading(page, "Renouveler une carte de parent d'enfant français")
        expect(page.get_by_text("Elle attend un agent.")).to_be_visible()


def test_with_javascript_each_field_is_kept(
    people: Personas, site: str, browser: Browser, client: Any
) -> None:
    with tab(browser, PHONE) as page:
        enter(page, site, people.mariam_account, client)
        page.goto(f"{site}/moi/demandes/nouvelle")
        follow(page.get_by_role("button", name="Commencer cette demande"))
        say(page, "Votre passeport est-il en cours de validité ?", YES)
        expect(page.get_by_text("Gardé à")).to_be_visible()
        assert Case.objects.get().answers == {"passport_status": "valid"}
        page.reload()
        group = page.get_by_role("group", name="Votre passeport est-il en cours de validité ?")
        expect(group.get_by_label(YES, exact=True)).to_be_checked()


def walk(people: Personas) -> list[tuple[Account, str]]:
    """Each page of a case, and who opens it."""
    case, amina = asked_for(people), people.amina_linked
    mine = f"/moi/demandes/{case.pk}"
    draft = f"/moi/demandes/{counter_draft(people).pk}"
    who = people.mariam_account
    claim = declaring.declare_child(
        who, **at(DAY),
        facts={"family_name": "Diallo", "given_names": "Moussa", "born_on": date(2024, 2, 3),
               "nationality": "SEN"},
    )  # fmt: skip
    return [
        (who, "/moi"),
        *((who, f"{mine}{page}") for page in (
            "", "/questions/child", "/pieces", "/pieces/child_birth_certificate/pages",
            "/repondre", "/retirer", "/attestation",
        )),
        (who, "/moi/adresse"),
        (who, "/moi/enfants/declarer"),
        (who, f"/moi/enfants/declares/{claim.pk}"),
        (amina, f"/moi/enfants/{people.ilyes.pk}/adresse"),
        (who, "/moi/partager"),
        (amina, f"/moi/enfants/{people.ilyes.pk}/partager"),
        (who, "/moi/messages"),
        (who, f"/moi/messages/{told(people, case).pk}"),
        (who, "/moi/messages/reglages"),
        *((amina, f"{draft}{page}") for page in ("", "/questions/work", "/pieces", "/relire")),
        (amina, "/moi"),
        (amina, "/moi/demandes/nouvelle"),
        (amina, "/moi/enfants/demandes"),
        (amina, f"/moi/enfants/{people.ilyes.pk}/demandes/nouvelle"),
    ]  # fmt: skip


#: What shows no page of its own: it receives a form, hands a file over, or sends elsewhere.
PAGELESS = {
    "case-carry", "case-discard", "case-letters-read", "case-page", "case-page-small",
    "case-paper", "case-piece", "case-piece-add", "case-piece-withdraw", "case-resume",
    "case-start", "case-submit", "case-write", "declared-child-add", "declared-child-proof",
    "declared-child-proof-withdraw", "declared-child-withdraw", "my-dates", "share-child-stop",
    "share-stop",
}  # fmt: skip


def test_every_page_of_a_case_is_walked(people: Personas) -> None:
    walked = {resolve(path).url_name for _who, path in walk(people)}
    assert walked | PAGELESS == OF_CASES | {"me"}
    assert not walked & PAGELESS


def test_every_page_of_a_case_is_light_readable_and_narrow(
    people: Personas, site: str, browser: Browser, client: Any
) -> None:
    for who, path in walk(people):
        with tab(browser, PHONE) as page:
            enter(page, site, who, client)
            sizes = weigh(page, f"{site}{path}")
            assert sum(sizes.values()) <= HEAVIEST, (path, sizes)
            for language in ("fr", "en"):
                answered = page.goto(f"{site}{path}?langue={language}")
                assert answered is not None
                assert answered.status == 200, path
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
                report = Axe().run(page)
                assert report.violations_count == 0, (path, report.generate_report())
