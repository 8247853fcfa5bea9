"""A person and an agent, each on a phone without JavaScript: letters, a move, the counter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from droitfil.cases.models import Case, Paper
from droitfil.people.models import Account
from tests.cases.writing import counter_draft, taken
from tests.e2e.browser import PHONE, follow
from tests.e2e.test_agent import desk
from tests.e2e.test_agent import people as people
from tests.personas import Personas


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Settings) -> None:
    settings.FILES_DIR = tmp_path / "files"
    settings.CLAMD = tmp_path / "nobody.sock"


@pytest.fixture
def phones(browser: Browser, site: str) -> Iterator[Phones]:
    with ExitStack() as stack:
        yield Phones(stack, browser, site)


class Phones:
    """A phone each, closed at the end."""

    def __init__(self, stack: ExitStack, browser: Browser, site: str) -> None:
        self.stack, self.browser, self.site = stack, browser, site

    def of(self, who: Account) -> Page:
        return self.stack.enter_context(
            desk(self.browser, self.site, who, viewport=PHONE, java_script_enabled=False)
        )


def narrow(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def test_they_write_to_each_other(people: Personas, phones: Phones, site: str) -> None:
    case = taken(people)
    agent, person = phones.of(people.nadia), phones.of(people.mariam_account)
    agent.goto(f"{site}/agent/dossiers/{case.pk}")
    follow(agent.get_by_role("link", name="Écrire à la personne"))
    agent.get_by_label("Votre message").fill("Avez-vous une facture plus récente ?")
    follow(agent.get_by_role("button", name="Envoyer"))
    expect(agent.get_by_text("pas encore lu")).to_be_visible()
    person.goto(f"{site}/moi")
    follow(person.get_by_role("link", name="Lire et répondre"))
    expect(person.get_by_text("Avez-vous une facture plus récente ?")).to_be_visible()
    narrow(person, "Renouveler une carte de parent d'enfant français")
    follow(person.get_by_role("button", name="Envoyer"))
    expect(person.locator("#text-faute")).to_contain_text("Écrivez votre message")
    person.get_by_label("Votre message").fill("Oui, je l’ajoute.")
    follow(person.get_by_role("button", name="Envoyer"))
    expect(person.get_by_text("Oui, je l’ajoute.")).to_be_visible()
    agent.goto(f"{site}/agent")
    expect(agent.get_by_text("réponse reçue")).to_be_visible()
    follow(agent.get_by_role("link", name="Messages reçus"))
    narrow(agent, "Messages reçus")
    follow(agent.get_by_role("link", name="Diallo Mariam"))
    expect(agent.get_by_text("Oui, je l’ajoute.")).to_be_visible()
    follow(agent.get_by_role("button", name="J’ai lu"))
    expect(agent.get_by_role("button", name="J’ai lu")).to_have_count(0)
    agent.goto(f"{site}/agent/messages")
    expect(agent.get_by_text("Tout est lu.")).to_be_visible()


def test_she_moves_and_her_case_with_her(
    people: Personas, places: None, phones: Phones, site: str
) -> None:
    case = taken(people)
    person = phones.of(people.mariam_account)
    person.goto(f"{site}/moi")
    follow(person.get_by_role("link", name="Dire une nouvelle adresse"))
    narrow(person, "Nouvelle adresse")
    follow(person.get_by_role("button", name="Voir ce que cela change"))
    expect(person.get_by_role("alert").get_by_role("link")).to_have_count(3)
    person.get_by_label("Numéro et rue").fill("4 rue des Lilas")
    person.get_by_label("Commune", exact=True).fill("saint denis")
    for box, typed in (("Jour", "10"), ("Mois", "juin"), ("Année", "2025")):
        person.get_by_label(box, exact=True).fill(typed)
    follow(person.get_by_role("button", name="Voir ce que cela change"))
    person.get_by_label("Saint-Denis Seine-Saint-Denis").check()
    person.get_by_label("Code postal").fill("93200")
    follow(person.get_by_role("button", name="Voir ce que cela change"))
    narrow(person, "Ce que la nouvelle adresse change")
    expect(person.get_by_text("93200 Saint-Denis (Seine-Saint-Denis)")).to_be_visible()
    expect(person.get_by_text("cette date ne change pas")).to_be_visible()
    follow(person.get_by_role("button", name="Enregistrer cette adresse"))
    expect(person.get_by_text("L’adresse est enregistrée")).to_be_visible()
    follow(person.get_by_role("link", name=case.reference))
    expect(person.get_by_text("Votre dossier a suivi votre déménagement.")).to_be_visible()
    agent = phones.of(people.nadia)
    agent.goto(f"{site}/agent/deplaces")
    narrow(agent, "Venus et partis")
    expect(agent.get_by_text(case.reference)).to_be_visible()
    answer = agent.goto(f"{site}/agent/dossiers/{case.pk}")
    assert answer is not None
    assert answer.status == 404
    case.refresh_from_db()
    assert (case.office.department_id, case.agent) == ("93", None)


def test_filled_and_registered_at_the_counter(people: Personas, phones: Phones, site: str) -> None:
    case = counter_draft(people)
    agent = phones.of(people.nadia)
    agent.goto(f"{site}/agent/dossiers/{case.pk}")
    follow(agent.get_by_role("link", name="Remplir avec la personne").first)
    narrow(agent, "Remplir avec la personne")
    passport = agent.get_by_role("group", name="Votre passeport est-il en cours de validité ?")
    passport.get_by_label("Oui", exact=True).check()
    agent.get_by_role("group", name="Quelle est votre situation de travail").get_by_label(
        "J'ai le même emploi"
    ).check()
    follow(agent.get_by_role("button", name="Continuer vers les pièces"))
    expect(agent.get_by_text("Elles appellent une précision")).to_be_visible()
    agent.locator("#q-employer_name").fill("Boulangerie du Parc")
    follow(agent.get_by_role("button", name="Garder"))
    expect(agent.get_by_text("Les réponses sont gardées.")).to_be_visible()
    follow(agent.get_by_role("button", name="Continuer vers les pièces"))
    follow(agent.get_by_role("link", name="Passer aux pièces quand même"))
    narrow(agent, "Noter les pièces")
    follow(agent.get_by_role("button", name="J’ai vu l’original : Passeport"))
    expect(agent.get_by_text("Original vu au guichet")).to_be_visible()
    follow(agent.get_by_role("link", name="Enregistrer la demande"))
    agent.get_by_role("radio", name="Oui").check()
    follow(agent.get_by_role("button", name="Enregistrer aujourd’hui"))
    expect(agent.get_by_role("link", name="Imprimer le récépissé")).to_be_visible()
    found = Case.objects.get(pk=case.pk)
    assert found.answers["employer_name"] == "Boulangerie du Parc"
    assert found.person.account is None
    assert Paper.objects.get().kind == "RECEPISSE"
