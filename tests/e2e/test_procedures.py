"""Each procedure from its first page to its papers, in a browser, without JavaScript.

A person files on a phone, an agent decides at a desk, and the person finds the papers that the
law owes for that way: each journey says which, and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from droitfil.attestations.actions import make_authority
from droitfil.cases.continuity.night import run_night
from droitfil.cases.models import Case, Paper
from droitfil.lib import clock
from droitfil.people.actions import files
from droitfil.people.models import Account, FamilyLink, Person, ResidenceDocument
from droitfil.rules.facts import Kind
from droitfil.rules.lifecycle import State
from tests.e2e.browser import DESK, PHONE, follow, tab
from tests.e2e.test_applicant import NO, YES, enter, give_everything, heading, say
from tests.files.samples import pdf
from tests.personas import BY, NOW, Personas, account, link
from tests.web.applicant.conftest import on

Said = Mapping[str, str]
#: What everyone is asked, and answers alike.
HOME: Said = {"Où vivez-vous ?": "Dans un logement que je loue"}
IDENTITY: Said = {
    "Votre passeport est-il en cours de validité ?": YES,
    "Votre nom ou votre date de naissance changent-ils": NO,
}
ALONE: Said = {"Quelle est votre situation familiale ?": "Célibat"}
UNCHANGED: Said = {"Cette situation a-t-elle changé": NO}
SINCERE: Said = {"Certifiez-vous que ces réponses sont exactes ?": YES}
STUDIES: Said = {
    "Quel est le nom de votre établissement ?": "Université d'Évry",
    "Que préparez-vous l'année prochaine ?": "Un master ou un diplôme du même niveau",
    "Où en est votre inscription ?": "Je suis préinscrit ou préinscrite",
    "Avez-vous redoublé, changé de formation": NO,
    "Avez-vous obtenu un diplôme en France ?": YES,
    "Étudiez-vous en alternance ?": NO,
    "De quoi vivez-vous pendant vos études ?": "D'une bourse",
    "Quelle carte demandez-vous ?": "Une carte de plusieurs années",
}
MARRIED: Said = {
    "Quelle est votre situation familiale ?": "Mariage",
    "La loi d'un pays dont vous avez la nationalité": NO,
}


@dataclass(frozen=True)
class Journey:
    """Who asks what, from which document, what they answer, and the papers it yields."""

    procedure: str
    day: date
    said: Said
    born_on: date
    held: Mapping[str, Any] | None = None
    nationality: str = "MLI"
    #: Papers once filed and the night of that day has run; then the night of ``later``.
    waiting: tuple[str, ...] = ()
    later: date | None = None
    after: tuple[str, ...] = ()
    card: Kind = Kind.CST
    asked: tuple[str, ...] = ()  # pieces told on the page
    never: tuple[str, ...] = ()


ADULT = date(1999, 2, 14)
JOURNEYS = (
    Journey(
        "renouvellement-etudiant", date(2025, 6, 20),
        {**IDENTITY, **HOME, **ALONE, **UNCHANGED, **STUDIES, **SINCERE}, ADULT,
        {"kind": Kind.CST, "article": "L422-1", "from": date(2024, 10, 1), "to": date(2025, 9, 30)},
        later=date(2025, 9, 30), after=("API",), card=Kind.CSP,
        asked=("Relevés de notes depuis votre dernier titre", "Attestation de bourse"),
        never=("examen civique", "OFII"),
    ),
    Journey(
        "premiere-carte-etudiant", date(2025, 6, 20),
        {**IDENTITY, **HOME, **ALONE, **STUDIES, **SINCERE}, ADULT,
        {"kind": Kind.VLS_TS, "article": "L422-1", "from": date(2024, 10, 1),
         "to": date(2025, 9, 30), "validated_on": date(2024, 10, 20)},
        later=date(2025, 9, 30), after=("API",),
        asked=("Visa et confirmation de sa validation", "Copie intégrale d'acte de naissance"),
        never=("OFII",),
    ),
    Journey(
        "carte-resident-conjoint-francais", date(2026, 6, 20),
        {
            **IDENTITY, **HOME, **MARRIED, **UNCHANGED, **SINCERE,
            "Quels sont le nom et le prénom de votre conjoint ?": "Paul Martin",
            "Quand vous êtes-vous mariés ?": "12 5 2021",
            "Vous êtes-vous mariés hors de France ?": YES,
            "Vivez-vous ensemble ?": YES,
            "Un handicap ou votre santé": NO,
        }, ADULT,
        {"kind": Kind.CSP, "article": "L423-1", "from": date(2024, 10, 1), "to": date(2026, 9, 30)},
        later=date(2026, 9, 30), after=("API",), card=Kind.CR,
        asked=("Transcription française de l'acte de mariage", "Preuve du niveau de français B1"),
        never=("Contrat d'intégration",),
    ),
    Journey(
        "renouvellement-resident-conjoint-francais", date(2025, 6, 20),
        {**IDENTITY, **HOME, **MARRIED, **UNCHANGED, **SINCERE,
         "Avez-vous vécu hors de France": NO}, date(1980, 2, 14),
        {"kind": Kind.CR, "article": "L423-6", "from": date(2015, 10, 1), "to": date(2025, 9, 30)},
        later=date(2025, 9, 30), after=("API",), card=Kind.CR,
        asked=("Attestation sur vos absences de France",),
        never=("mariage", "examen civique", "B1"),
    ),
    Journey(
        "carte-resident-refugie", date(2025, 6, 20),
        {
            **HOME, **ALONE, **SINCERE,
            "Qui vous a reconnu la qualité de réfugié ?": "L'Ofpra",
            "De quand date cette décision ?": "2 6 2025",
            "Avez-vous reçu vos actes d'état civil de l'Ofpra ?": NO,
        }, ADULT,
        waiting=("API",), card=Kind.CR,
        asked=("Décision qui vous reconnaît réfugié",),
        never=("asseport", "consul", "OFII", "visa"),
    ),
    Journey(
        "renouvellement-resident-refugie", date(2025, 6, 20),
        {**HOME, **ALONE, **UNCHANGED, **SINCERE, "L'Ofpra vous protège-t-il toujours ?": YES,
         "Avez-vous vécu hors de France": NO}, date(1980, 2, 14),
        {"kind": Kind.CR, "article": "L424-1", "from": date(2015, 10, 1), "to": date(2025, 9, 30)},
        later=date(2025, 9, 30), after=("API",), card=Kind.CR,
        asked=("Attestation sur vos absences de France",),
        never=("asseport", "consul"),
    ),
    Journey(
        "premiere-carte-jeune-confie", date(2025, 6, 20),
        {
            **IDENTITY, **HOME, **ALONE, **SINCERE,
            "Depuis quand vous a-t-on confié": "3 9 2021",
            "Qui l'a décidé ?": "Un juge des enfants",
            "Comment s'appelle la structure": "Foyer des Tilleuls",
            "Avez-vous son avis écrit": NO,
            "Quelle formation suivez-vous ?": "CAP cuisine",
        }, date(2007, 3, 4),
        waiting=("API",),
        asked=("Décision qui vous a confié ou confiée", "Copie intégrale d'acte de naissance"),
        never=("OFII", "Avis de la structure"),
    ),
)  # fmt: skip
YOUNG = Journey(
    "premiere-carte-jeune-arrive", date(2025, 6, 20),
    {
        **IDENTITY, **HOME, **ALONE, **SINCERE,
        "Quand êtes-vous arrivé": "1 9 2017",
        "Avec qui avez-vous vécu": "Avec ma mère",
        "Y a-t-il une année où": NO,
    }, date(2007, 3, 4),
    asked=("Certificats de scolarité, un pour chaque année", "Preuve que vous viviez avec"),
    never=("OFII", "Décision d'adoption"),
)  # fmt: skip


@pytest.fixture
def people(transactional_db: None) -> Personas:
    make_authority(BY, now=timezone.now())
    made = Personas()
    assert made.at_evry
    return made


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, settings: Settings) -> None:
    cache.clear()
    settings.FILES_DIR = tmp_path / "files"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.CLAMD = tmp_path / "nobody.sock"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    made = tmp_path / "document.pdf"
    made.write_bytes(pdf())
    return made


def who(people: Personas, journey: Journey) -> Account:
    """Someone who lives in Évry, holds what the journey says, and has an account."""
    person = files.register_person(
        BY, now=NOW, foreigner_number="9934567890", family_name="Keïta", given_names="Awa",
        sex=Person.Sex.FEMALE, born_on=journey.born_on, nationality=journey.nationality,
        birth_place="Kayes", birth_country="MLI", commune=people.evry,
        address_line="2 rue des Ateliers", postal_code="91000",
    )  # fmt: skip
    if journey.held is not None:
        facts = dict(journey.held)
        files.add_document(
            BY, person, now=NOW, source="import", card_number="FRK1234567",
            valid_from=facts.pop("from"), valid_to=facts.pop("to"), **facts,
        )  # fmt: skip
    return link(person, account("awa@exemple.example"))


def answer(page: Page, said: Said) -> None:
    """Every page of questions, whatever their order, until the pieces."""
    for _ in range(30):
        title = page.get_by_role("heading", level=1).inner_text()
        if title == "Vos pièces":
            return
        heading(page, title)
        for question, answer in said.items():
            if page.get_by_role("group", name=question).count() or (
                page.get_by_label(question).count()
            ):
                say(page, question, answer)
        follow(page.get_by_role("button", name="Continuer"))
        assert not page.locator(".faults").count(), page.locator(".faults").inner_text()
    raise AssertionError(page.url)


def papers(case: Case) -> list[str]:
    return [
        paper.kind
        for paper in Paper.objects.filter(case=case).order_by("valid_from", "published_at")
    ]


def begin(page: Page, site: str, journey: Journey) -> None:
    page.goto(f"{site}/moi/demandes/nouvelle")
    form = page.locator("form").filter(
        has=page.locator(f"input[name=demarche][value={journey.procedure}]")
    )
    if not form.is_visible():
        page.get_by_text("Les autres demandes qui se font ici").click()
    follow(form.get_by_role("button"))


def read_pieces(page: Page, journey: Journey) -> None:
    heading(page, "Vos pièces")
    text = page.locator("main").inner_text()
    for piece in journey.asked:
        assert piece in text, piece
    for piece in journey.never:
        assert piece not in text, piece


def decide(page: Page, site: str, case: Case, length: str = "1") -> None:
    """Nadia takes it and accepts it."""
    page.goto(f"{site}/agent/dossiers/{case.pk}")
    follow(page.get_by_role("button", name="Prendre ce dossier"))
    follow(page.get_by_role("link", name="Décider"))
    page.get_by_label("Accepter").check()
    page.locator("#number").fill(length)
    follow(page.get_by_role("button", name="Décider en mon nom"))
    expect(page.get_by_text("par Nadia Roussel")).to_be_visible()


def hand(page: Page, site: str, case: Case, kind: Kind, begins: date, ends: date) -> None:
    """The card arrives and is handed over."""
    page.goto(f"{site}/agent/dossiers/{case.pk}")
    follow(page.get_by_role("button", name="La carte est arrivée"))
    follow(page.get_by_role("link", name="Remettre la carte"))
    page.locator("#kind").select_option(kind.value)
    page.locator("#card_number").fill("FRN7654321")
    page.locator("#valid_from").fill(begins.isoformat())
    page.locator("#valid_to").fill(ends.isoformat())
    follow(page.get_by_role("button", name="La carte est remise"))


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.procedure)
def test_filed_online_decided_and_its_papers_in_hand(
    journey: Journey, people: Personas, site: str, browser: Browser, client: Any, paper: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(clock, "today", on(journey.day))
    awa = who(people, journey)
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, awa, client)
        begin(page, site, journey)
        answer(page, journey.said)
        read_pieces(page, journey)
        give_everything(page, paper)
        follow(page.get_by_role("link", name="Relire ma demande"))
        follow(page.get_by_role("button", name="Déposer ma demande"))
        heading(page, "Attestation de dépôt")
    case = Case.objects.get()
    assert (case.state, case.complete_on) == (State.SUBMITTED, journey.day)
    run_night(journey.day)
    assert papers(case) == list(journey.waiting)
    decided_on = journey.day
    if journey.later is not None:
        run_night(journey.later)
        assert papers(case) == list(journey.after)
        decided_on = journey.later
        monkeypatch.setattr(clock, "today", on(decided_on))
    with tab(browser, DESK, java_script_enabled=False) as page:
        enter(page, site, people.nadia, client)
        decide(page, site, case)
        expect(page.get_by_text("Attestation de décision favorable").first).to_be_visible()
        hand(page, site, case, journey.card, decided_on, date(2029, 1, 1))
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, awa, client)
        page.goto(f"{site}/moi/demandes/{case.pk}")
        expect(page.get_by_text("Attestation de décision favorable").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.goto(f"{site}/moi")
        expect(page.get_by_text("FRN7654321").first).to_be_visible()
    case.refresh_from_db()
    assert case.state == State.HANDED_OVER
    assert case.card is not None
    assert case.card.kind == journey.card


def test_a_young_adult_is_registered_at_the_counter_and_leaves_with_a_recepisse(
    people: Personas, site: str, browser: Browser, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", on(YOUNG.day))
    awa = who(people, YOUNG)
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, awa, client)
        begin(page, site, YOUNG)
        answer(page, YOUNG.said)
        read_pieces(page, YOUNG)
    case = Case.objects.get()
    with tab(browser, DESK, java_script_enabled=False) as page:
        enter(page, site, people.nadia, client)
        page.goto(f"{site}/agent/dossiers/{case.pk}")
        follow(page.get_by_role("link", name="Enregistrer la demande"))
        for box in page.locator("input[name=vu]").all():
            box.check()
        page.get_by_label("Oui").check()
        follow(page.get_by_role("button", name="Enregistrer aujourd’hui"))
        expect(page.get_by_text("Récépissé").first).to_be_visible()
        assert papers(case) == ["RECEPISSE"]
        decide(page, site, case)
    assert papers(case) == ["RECEPISSE", "ADF"]
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, awa, client)
        page.goto(f"{site}/moi/demandes/{case.pk}")
        expect(page.get_by_text("Attestation de décision favorable").first).to_be_visible()


CHILD: Said = {
    "A-t-il, ou a-t-il eu, un document de circulation ?": NO,
    "Quelle est la situation de l'enfant ?": (
        "Un de ses parents a une carte de séjour ou de résident"
    ),
    "Vit-il avec vous ?": YES,
    "Va-t-il à l'école ou à la crèche ?": YES,
    **SINCERE,
}
PARENT: Said = {**HOME, "D'où vient votre autorité parentale ?": "Les parents sont mariés"}


def test_a_parent_asks_for_two_children_in_one_pass(
    people: Personas, site: str, browser: Browser, client: Any, paper: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    day = date(2025, 6, 20)
    monkeypatch.setattr(clock, "today", on(day))
    amina, ilyes = people.amina_linked, people.ilyes
    sara = files.register_person(
        BY, now=NOW, family_name="El Fassi", given_names="Sara",
        born_on=date(2019, 1, 8), nationality="MAR", commune=people.evry,
    )  # fmt: skip
    files.link_family(BY, people.amina, sara, kind=FamilyLink.Kind.CHILD, now=NOW)
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, amina, client)
        page.goto(f"{site}/moi")
        follow(page.get_by_role("link", name="Demander un document de circulation"))
        heading(page, "Demander pour mes enfants")
        follow(page.get_by_role("button", name="Commencer"))
        expect(page.get_by_text("Choisissez au moins un enfant.")).to_be_visible()
        for box in page.locator("input[name=enfants]").all():
            box.check()
        follow(page.get_by_role("button", name="Commencer"))
        expect(page.get_by_text("Ilyès El Fassi")).to_be_visible()
        answer(page, {**CHILD, **PARENT})
        give_everything(page, paper)
        text = page.locator("main").inner_text()
        assert "Contrat d'engagement" not in text
        follow(page.get_by_role("link", name="Relire ma demande"))
        follow(page.get_by_role("button", name="Déposer ma demande"))
        heading(page, "Attestation de dépôt")
        follow(page.get_by_role("button", name="Continuer pour Sara"))
        expect(page.get_by_text("Sara El Fassi")).to_be_visible()
        assert not page.get_by_label("Où vivez-vous ?").count()
        answer(page, CHILD)
        lacking = page.locator("li.item--warn")
        expect(page.get_by_text("Il manque 4 pièces")).to_be_visible()
        assert lacking.count() == 4
        give_everything(page, paper)
        follow(page.get_by_role("link", name="Relire ma demande"))
        follow(page.get_by_role("button", name="Déposer ma demande"))
        heading(page, "Attestation de dépôt")
    first, second = Case.objects.get(person=ilyes), Case.objects.get(person=sara)
    mine = {p.code: p.upload_id for p in first.pieces.all()}
    hers = {p.code: p.upload_id for p in second.pieces.all()}
    about_amina = {"applicant_birth_certificate", "applicant_identity", "applicant_title",
                   "parents_marriage", "address_bill"}  # fmt: skip
    assert {code for code in mine if mine[code] and mine[code] == hers[code]} == about_amina
    with tab(browser, DESK, java_script_enabled=False) as page:
        enter(page, site, people.nadia, client)
        for case in (first, second):
            decide(page, site, case, length="5")
            hand(page, site, case, Kind.DCEM, day, date(2030, 6, 19))
    assert not Paper.objects.exists()
    held = ResidenceDocument.objects.filter(kind="DCEM")
    assert {document.person_id for document in held} == {ilyes.pk, sara.pk}
    with tab(browser, PHONE, java_script_enabled=False) as page:
        enter(page, site, amina, client)
        page.goto(f"{site}/moi/enfants/{sara.pk}")
        expect(page.get_by_text("FRN7654321").first).to_be_visible()
