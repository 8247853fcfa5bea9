"""« Où en suis-je ? » on a phone without JavaScript, as a worried person does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import PHONE, follow, tab


@pytest.fixture
def phone(site: str, browser: Browser) -> Iterator[Page]:
    with tab(browser, PHONE, java_script_enabled=False, accept_downloads=True) as page:
        page.goto(f"{site}/ou-en-suis-je")
        yield page


def choose(page: Page, words: str) -> None:
    """One answer of a list, by its words, then the next page."""
    page.get_by_role("radio", name=words).first.check()
    go_on(page)


def go_on(page: Page) -> None:
    follow(page.get_by_role("button", name="Continuer"))


def write(page: Page, group: str, day: str) -> None:
    """A date, whole in the first box: « 1 juillet 2021 »."""
    page.get_by_role("group", name=group).get_by_label("Jour").fill(day)


def card(page: Page, kind: str, first: str, last: str) -> None:
    write(page, "Premier jour", first)
    write(page, "Dernier jour", last)
    go_on(page)


def filed(page: Page, day: str) -> None:
    choose(page, "Le renouvellement de ma carte")
    write(page, "Date du dépôt", day)
    page.get_by_role("radio", name="En ligne").check()
    go_on(page)


def on(page: Page, day: str) -> None:
    """The answer as it stands on another day than the one of the test."""
    write(page, "Voir la réponse pour un autre jour", day)
    for part in ("Mois", "Année"):
        page.get_by_role("group", name="Voir la réponse").get_by_label(part).fill("")
    follow(page.get_by_role("button", name="Voir ce jour-là"))


def salaried(page: Page, day: str) -> None:
    """TC-01 and TC-03: a salaried person's card of four years, renewed on ``day``."""
    choose(page, "CARTE DE SÉJOUR PLURIANNUELLE")
    choose(page, "SALARIÉ")
    choose(page, "J’ai un contrat de travail")
    card(page, "CSP", "1 juillet 2021", "30/06/2025")
    filed(page, day)


def section(page: Page, title: str) -> str:
    return page.locator("section", has=page.get_by_role("heading", name=title)).inner_text()


def test_tc_01_waiting_then_granted(phone: Page) -> None:
    salaried(phone, "15 avril 2025")
    phone.get_by_role("checkbox", name="La préfecture a répondu").check()
    go_on(phone)
    phone.get_by_role("radio", name="Oui : la carte est accordée").check()
    write(phone, "Date de la réponse", "10 novembre 2025")
    phone.get_by_role("group", name="Jour où vous l’avez reçue").get_by_role("checkbox").check()
    phone.get_by_role("radio", name="Non", exact=True).check()
    go_on(phone)
    on(phone, "20/11/2025")
    heading = phone.get_by_role("heading", level=1)
    expect(heading).to_have_text("Le 20 novembre 2025, vous pouvez rester et travailler en France.")
    assert "10 novembre 2025" in section(phone, "Ce que la préfecture vous doit")
    past = section(phone, "Ce que la préfecture vous devait")
    for day in ("1er juillet 2025", "1er octobre 2025"):
        assert day in past
    refusal = ("compte comme un refus", "contester", "suspendre le refus", "silence = refus")
    for words in refusal:
        expect(phone.get_by_role("main")).not_to_contain_text(words)
    follow(phone.get_by_role("button", name="Non, je ne l’ai pas"))
    expect(heading).to_have_text("Il vous manque un papier, et la préfecture vous le doit.")
    nothing = section(phone, "Si la préfecture ne fait rien")
    assert "Du 1er octobre 2025 au 9 novembre 2025" in nothing
    assert "L521-3" in nothing
    for words in refusal:
        assert words not in nothing


def test_tc_03_late_but_before_the_end(phone: Page) -> None:
    salaried(phone, "20 mai 2025")
    go_on(phone)
    on(phone, "10 juin 2025")
    expect(phone.get_by_role("main")).to_contain_text(
        "À partir du 1er octobre 2025 (dans 4 mois), aucun papier"
    )
    assert "180 €" in section(phone, "Ce que cela coûte")
    assert "1er octobre 2025" in section(phone, "À faire")
    assert "en retard" in section(phone, "Votre demande")
    nothing = section(phone, "Si la préfecture ne fait rien")
    assert "20 septembre 2025" in nothing
    assert "21 novembre 2025" in nothing


def test_tc_20_a_resident_files_in_the_last_days(phone: Page) -> None:
    choose(phone, "CARTE DE RÉSIDENT")
    choose(phone, "RÉSIDENT")
    choose(phone, "Je suis marié(e) à une personne française")
    card(phone, "CR", "1/6/2016", "31/5/2026")
    filed(phone, "20/5/2026")
    go_on(phone)
    on(phone, "5/6/2026")
    heading = phone.get_by_role("heading", level=1)
    expect(heading).to_contain_text("vous pouvez rester et travailler")
    expect(phone.get_by_role("main")).to_contain_text("À partir du 1er septembre 2026")
    line = section(phone, "La ligne de vos droits")
    assert "Du 1er juin 2026 au 31 août 2026" in line
    assert "180 €" in section(phone, "Ce que cela coûte")


def test_back_reload_and_language_in_the_middle(phone: Page) -> None:
    salaried(phone, "15 avril 2025")
    phone.go_back()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Quand avez-vous déposé cette demande ?"
    )
    phone.reload()
    follow(phone.get_by_role("link", name="Retour"))
    expect(phone.get_by_role("radio", name="Le renouvellement de ma carte")).to_be_checked()
    follow(phone.get_by_role("link", name="English"))
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "What are you asking the prefecture for?"
    )
    expect(phone.get_by_role("radio", name="The renewal of my card")).to_be_checked()


def test_a_birth_date_goes_by_the_body_and_everything_still_works(
    phone: Page, site: str, tmp_path: Path
) -> None:
    choose(phone, "Je n’ai aucun papier français")
    choose(phone, "Un document de circulation pour un enfant")
    phone.get_by_role("group", name="Date du dépôt").get_by_label("Pas encore déposée").check()
    go_on(phone)
    go_on(phone)
    write(phone, "Quelle est la date de naissance", "3/3/2015")
    go_on(phone)
    choose(phone, "Français")
    choose(phone, "Non")
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Un enfant mineur peut rester en France sans titre de séjour."
    )
    assert "2015" not in phone.url
    phone.reload()
    follow(phone.get_by_role("button", name="English"))
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "A child under age may stay in France without a residence permit."
    )
    assert "2015" not in phone.url
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Download the file").click()
    saved = tmp_path / "droitfil.yaml"
    download.value.save_as(saved)
    assert "2015-03-03" in saved.read_text("utf-8")
    phone.goto(f"{site}/ou-en-suis-je/fichier")
    phone.get_by_label("The file").set_input_files(saved)
    follow(phone.get_by_role("button", name="See the answer"))
    expect(phone.get_by_role("main")).to_contain_text("A child under age may stay in France")


def test_a_fault_takes_the_focus_and_keeps_what_was_typed(phone: Page) -> None:
    choose(phone, "CARTE DE SÉJOUR TEMPORAIRE")
    choose(phone, "JEUNE AU PAIR")
    write(phone, "Premier jour", "31 juin 2025")
    write(phone, "Dernier jour", "30/6/2026")
    go_on(phone)
    expect(phone.get_by_role("alert")).to_contain_text("Ce jour n’existe pas")
    first = phone.get_by_role("group", name="Premier jour").get_by_label("Jour")
    expect(first).to_be_focused()
    expect(first).to_have_value("31 juin 2025")
    expect(phone.get_by_role("group", name="Dernier jour").get_by_label("Jour")).to_have_value(
        "30/6/2026"
    )


def test_it_is_done_by_keyboard_alone(phone: Page) -> None:
    keys = phone.keyboard
    phone.get_by_role("radio", name="CARTE DE SÉJOUR TEMPORAIRE").focus()
    keys.press("Space")
    keys.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Que dit la mention imprimée ?")


def test_printed_the_answer_hides_what_paper_cannot_do(phone: Page) -> None:
    salaried(phone, "15 avril 2025")
    go_on(phone)
    phone.emulate_media(media="print")
    expect(phone.get_by_role("heading", name="À faire")).to_be_visible()
    expect(phone.get_by_role("heading", name="Garder cette réponse")).to_be_hidden()
    expect(phone.locator("svg.line")).to_be_visible()
