"""« Où en suis-je ? » : the way through, what is kept, what never stands in an address."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lawbook.reading import read_documents
from droitfil.rules.facts import Kind
from droitfil.web.public.whereami import (
    flow,
    papers,
    steps_application,
    steps_person,
    themes,
)
from droitfil.web.public.whereami.dates import Unclear, read_day
from droitfil.web.public.whereami.question import answers, question
from droitfil.web.public.whereami.state import NO, UNKNOWN, State
from tests.web.questionnaire import Visitor, facts_in

CARD: dict[str, Any] = {
    "today": "2025-06-10",
    "documents": [
        {"id": "d1", "kind": "CSP", "article": "L421-1", "from": "2021-07-01", "to": "2025-06-30"}
    ],
    "applications": [
        {
            "id": "a1",
            "article": "L421-1",
            "request": "renewal",
            "holds": "d1",
            "listed": True,
            "filed_on": "2025-05-20",
            "complete_on": "2025-05-20",
        }
    ],
}
CHILD: dict[str, Any] = {
    "today": "2026-03-01",
    "person": {
        "born_on": "2015-03-03",
        "nationality": "MAR",
        "lives_in": "67",
        "parents": [{"kind": "CST", "article": "L422-1", "to": "2026-08-31"}, {"kind": "FR"}],
    },
    "applications": [{"id": "a1", "article": "DCEM", "request": "first"}],
}
ANSWER = "/ou-en-suis-je/reponse"


def walked(data: dict[str, Any]) -> Visitor:
    return Visitor.of(data, load_law()).walk()


def test_one_card_and_one_filing_take_seven_questions_at_most() -> None:
    visitor = Visitor.of(CARD, load_law()).answer_questions()
    assert visitor.addresses[-1].startswith(ANSWER)
    assert visitor.pages - 1 <= 7


@pytest.mark.parametrize("kind", [*Kind, papers.NONE, UNKNOWN])
def test_every_kind_of_paper_is_served_and_not_knowing_anything_is_an_answer(kind: str) -> None:
    """Answers the kind, then « I do not know » to every question that follows."""
    law = load_law()
    state = State({"d1": kind})
    if kind in papers.PAPER_KINDS:
        state["d1.demande"] = "a1"
    visitor = Visitor(state).answer_questions()
    assert visitor.response.status_code == 200
    data = read_documents(visitor.file())[0]
    kinds = [document["kind"] for document in data.get("documents", [])]
    assert kinds == ([] if kind in (papers.NONE, UNKNOWN) else [kind])
    answer_question(data, law)


def test_not_knowing_is_an_answer_on_every_page_of_every_particularity() -> None:
    """Every box that can be is ticked, and « I do not know » answers all that follows."""
    state = State({"d1": "VLS_TS", "a1": "premier", "a1.theme": "travail"})
    state["a1.plus"] = "-".join(
        [*steps_application.SINCE, steps_application.BLOCKED, "turning_18", "autorisation"]
    )
    state["plus"] = "-".join(option.value for option in steps_person.PERSON_TICKS)
    visitor = Visitor(state).answer_questions()
    assert visitor.response.status_code == 200
    assert visitor.pages > 20
    data = read_documents(visitor.file())[0]
    assert "decision" not in data["applications"][0]
    assert "Sans cette date, cette réponse ne compte pas" in visitor.html
    pages = {button.get("value") for button in visitor.page.buttons}
    for page in ("reponse", "blocage", "pieces-1-demandees", "recours-1-fait"):
        assert f"demande-1-{page}" in pages
    answer_question(data, load_law())


@pytest.mark.parametrize("article", sorted(load_law().titles))
def test_every_title_can_be_held_or_asked(article: str) -> None:
    """Held: by the words of its card; asked: by a theme. Travel documents are only asked."""
    law = load_law()
    title = law.titles[article]
    if not title.travel_document and not title.minor_document:
        assert themes.theme_of(title) in themes.THEMES
        for kind in title.kinds:
            words = [w for w, found in papers.by_word(kind, law).items() if title in found]
            assert words, f"{article} cannot be recognised on a {kind}"
    asked = {
        "today": "2026-03-01",
        "applications": [{"id": "a1", "article": article, "request": "first"}],
    }
    made = question(answers(asked, law), today=datetime.date(2026, 3, 1))
    assert made["applications"][0]["article"] == article


def test_a_page_can_be_loaded_again_and_the_language_changed_on_the_way() -> None:
    visitor = Visitor.of(CARD, load_law()).answer_questions()
    for address in visitor.addresses[1:]:
        client = Client()
        french = client.get(address)
        assert french.status_code == 200
        english = client.get(f"{address}&langue=en")
        assert english["Content-Language"] == "en"
        assert "English" in english.content.decode()
        for key, value in facts_in(address).items():
            if key != "de":
                assert f'name="{key}"' in english.content.decode(), (key, value)


def test_an_earlier_answer_can_be_changed_from_the_answer_and_nothing_else_is_lost() -> None:
    visitor = walked(CARD)
    before = visitor.kept()
    visitor.take(visitor.client.get(f"/ou-en-suis-je/demande-1-depot?{before.address()}"))
    form = visitor.question_form()
    assert form is not None
    data = visitor.fill(form) | {"a1.depot_j": "15", "a1.depot_m": "avril"}
    visitor.send(form, data)
    assert visitor.addresses[-1].startswith(ANSWER), "the way back to the answer is direct"
    after = visitor.kept()
    assert after == before | {"a1.depot": "2025-04-15"}


def test_another_kind_of_card_forgets_what_only_held_for_the_first() -> None:
    visitor = walked(CARD)
    address = f"/ou-en-suis-je/document-1-papier?{visitor.kept().address()}"
    visitor.take(visitor.client.get(address))
    form = visitor.question_form()
    assert form is not None
    visitor.send(form, visitor.fill(form) | {"d1": "CR"})
    assert "document-1-mention" in visitor.addresses[-1]
    assert facts_in(visitor.addresses[-1])["d1.au"] == "2025-06-30"
    assert "d1.titre" not in facts_in(visitor.addresses[-1])


def test_sending_twice_changes_nothing() -> None:
    visitor = Visitor.of(CARD, load_law())
    form = visitor.question_form()
    assert form is not None
    data = visitor.fill(form)
    first = visitor.client.get("/ou-en-suis-je/suite", data)
    again = visitor.client.get("/ou-en-suis-je/suite", data)
    assert first["Location"] == again["Location"]


def test_what_is_personal_never_stands_in_an_address_and_is_never_lost() -> None:
    visitor = walked(CHILD)
    secrets = ["2015", "MAR", "p.ne", "p.pays", "p.lieu", "p.parent"]
    page = visitor.html
    for address in visitor.addresses:
        assert not [secret for secret in secrets if secret in address], address
    for address in visitor.page.links:
        assert not [secret for secret in secrets if secret in address], address
    kept = page.split('id="adresse"', 1)[1].split(">", 1)[0]
    assert not [secret for secret in secrets if secret in kept], kept
    typed = read_documents(visitor.file())[0]
    assert typed["person"]["born_on"] == "2015-03-03"
    assert [parent["kind"] for parent in typed["person"]["parents"]] == ["CST", "FR"]
    # The language and an earlier answer change by buttons that carry everything.
    form = next(form for form in visitor.page.forms if form.id == "etat")
    assert form.method == "post"
    english = visitor.client.post(
        "/ou-en-suis-je/suite?langue=en", {**form.hidden(), "aller": "reponse"}
    )
    assert english["Content-Language"] == "en"
    assert "2015-03-03" in english.content.decode()
    back = visitor.client.post(
        "/ou-en-suis-je/suite", {**form.hidden(), "aller": "demande-1-depot"}
    )
    assert 'name="p.ne" value="2015-03-03"' in back.content.decode()


def test_the_address_kept_asks_again_for_what_is_personal() -> None:
    visitor = walked(CHILD)
    address = f"{ANSWER}?{visitor.kept().address()}"
    response = Client().get(address)
    assert response.status_code == 302
    assert "personne-naissance" in response["Location"]


def test_no_cookie_but_the_language_and_no_referrer() -> None:
    visitor = walked(CHILD)
    assert set(visitor.client.cookies) <= {"langue"}
    assert visitor.response["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("data", [CARD, CHILD], ids=["card", "child"])
def test_the_file_given_back_gives_the_same_answer(data: dict[str, Any]) -> None:
    visitor = walked(data)
    text = visitor.file()
    upload = SimpleUploadedFile("droitfil.yaml", text.encode(), "application/yaml")
    again = Client().post("/ou-en-suis-je/fichier", {"fichier": upload})
    assert again.status_code == 200
    second = Visitor(State(), client=Client())
    second.take(again)
    assert second.file() == text
    assert second.kept() == visitor.kept()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "vide"),
        (b"\xff\xfe\x00", "pas un fichier de r\u00e9ponses"),
        (b"a: b: c", "Ligne 1"),
        (b"today: 2026-01-01\n---\ntoday: 2026-01-02\n", "plusieurs questions"),
        (b"today: hier\n", "today"),
        (b"today: 2026-01-01\nfoo: 1\n", "n&#x27;existe pas"),
        (b"x" * 70_000, "fait 69 Ko. Celui que Droitfil vous a donné en fait 64 au plus"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(content: bytes, says: str) -> None:
    upload = SimpleUploadedFile("essai.yaml", content, "application/yaml")
    response = Client().post("/ou-en-suis-je/fichier", {"fichier": upload})
    assert response.status_code == 422
    assert says in response.content.decode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "This file is not"),
        (b"a: b: c", "The text of this file cannot be read."),
        (b"today: hier\n", "The field today cannot be accepted: “hier”."),
        (b"x" * 70_000, "This file is 69 KB"),
    ],
)
def test_the_sentence_is_in_english_for_who_reads_english(content: bytes, says: str) -> None:
    upload = SimpleUploadedFile("essai.yaml", content, "application/yaml")
    page = Client().post("/ou-en-suis-je/fichier?langue=en", {"fichier": upload}).content.decode()
    faults = page[page.index('id="fautes"') : page.index("</ul>", page.index('id="fautes"'))]
    assert f"<li>{says}" in faults


def test_answers_that_contradict_each_other_are_told_in_the_reader_s_language() -> None:
    both = (
        "d1=CSP&d1.mot=salarie&d1.titre=L421-1&d1.du=2025-07-01&d1.au=2025-06-30&d1.duree=4y"
        "&a1=rien&plus=non&jour=2025-06-10"
    )
    english = Client().get(f"{ANSWER}?{both}&langue=en")
    assert english.status_code == 422
    page = english.content.decode()
    assert "You wrote 30 June 2025: this date does not fit another one." in page
    french = re.findall(r'<p lang="fr"[^>]*>[^<]*documents\[0\]\.to', page)
    assert len(french) == 1


def test_no_file_chosen_gets_a_sentence_too() -> None:
    response = Client().post("/ou-en-suis-je/fichier", {})
    assert response.status_code == 422
    assert "Choisissez un fichier" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (("1", "7", "2025"), "2025-07-01"),
        (("1er", "juillet", "2025"), "2025-07-01"),
        (("01", "JUIL.", "25"), "2025-07-01"),
        (("1", "Août", "2025"), "2025-08-01"),
        (("3", "February", "2025"), "2025-02-03"),
        (("01/07/2025", "", ""), "2025-07-01"),
        (("1 juillet 2025", "", ""), "2025-07-01"),
        (("2025-07-01", "", ""), "2025-07-01"),
        (("1.7.25", "", ""), "2025-07-01"),
    ],
)
def test_a_date_is_read_however_it_is_written(typed: tuple[str, str, str], day: str) -> None:
    assert read_day(*typed) == datetime.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        (("31", "6", "2025"), "j"),
        (("1", "13", "2025"), "m"),
        (("1", "brumaire", "2025"), "m"),
        (("1", "7", ""), "a"),
        (("", "7", "2025"), "j"),
        (("1", "7", "225"), "a"),
        (("0", "7", "2025"), "j"),
        (("1", "7", "1492"), "a"),
        (("9" * 5000, "7", "2025"), "j"),
        (("1", "9" * 5000, "2025"), "m"),
        (("1", "7", "9" * 5000), "a"),
    ],
)
def test_an_unclear_date_says_where_to_look(typed: tuple[str, str, str], part: str) -> None:
    with pytest.raises(Unclear) as unclear:
        read_day(*typed)
    assert unclear.value.part == part
    assert str(unclear.value.says).endswith(".")


def test_a_birth_year_of_two_digits_is_in_the_past() -> None:
    assert read_day("2", "3", "90", past=True) == datetime.date(1990, 3, 2)
    assert read_day("2", "3", "20", past=True) == datetime.date(2020, 3, 2)


def test_a_fault_is_told_on_top_and_at_the_field_and_what_was_typed_stays() -> None:
    response = Client().get(
        "/ou-en-suis-je/suite",
        {"de": "document-1-dates", "d1": "CSP", "d1.mot": "salarie", "d1.titre": "L421-1",
         "d1.du_j": "31", "d1.du_m": "juin", "d1.du_a": "2021", "d1.au_j": "<b>"},
    )  # fmt: skip
    page = response.content.decode()
    assert response.status_code == 422
    assert 'href="#d1-du-j"' in page
    assert 'id="d1-du-j"' in page
    assert 'value="juin"' in page
    assert "&lt;b&gt;" in page
    assert page.count("autofocus") >= 1
    assert page.index('role="alert"') < page.index("<form")


def test_a_last_day_before_the_first_is_refused_at_its_field() -> None:
    response = Client().get(
        "/ou-en-suis-je/suite",
        {"de": "document-1-dates", "d1": "CSP", "d1.mot": "salarie", "d1.titre": "L421-1",
         "d1.du_j": "1", "d1.du_m": "7", "d1.du_a": "2025",
         "d1.au_j": "30", "d1.au_m": "6", "d1.au_a": "2021"},
    )  # fmt: skip
    assert response.status_code == 422
    assert 'href="#d1-au-j"' in response.content.decode()


def test_answers_that_contradict_each_other_are_shown_with_the_page_to_change() -> None:
    state = walked(CARD).kept() | {
        "a1.plus": "decision", "a1.sens": "granted", "a1.decide": "2025-05-01",
        "a1.notifie": UNKNOWN, "a1.mesure": NO,
    }  # fmt: skip
    response = Client().get(f"{ANSWER}?{State(state).address()}")
    page = response.content.decode()
    assert response.status_code == 422
    assert "se contredisent" in page
    assert "/ou-en-suis-je/demande-1-reponse?" in page


@pytest.mark.parametrize(
    "query",
    ["d1=%3Cscript%3E", "d1=CSP&d1.au=hier", "d99999=CSP", "a1.plus=;;;", "d1=CSP&d1.titre=LOL",
     "jour=2025-13-45", "d1.du=0000-00-00&d1=CST", "x=" + "y" * 500],
)  # fmt: skip
@pytest.mark.parametrize("place", ["", "/suite", "/reponse", "/document-1-dates", "/fichier"])
def test_an_address_that_was_tampered_with_never_breaks(query: str, place: str) -> None:
    response = Client().get(f"/ou-en-suis-je{place}?{query}", follow=True)
    assert response.status_code in (200, 404, 422)
    assert "<script>" not in response.content.decode()


def test_an_unknown_place_is_not_found() -> None:
    assert Client().get("/ou-en-suis-je/nulle-part").status_code == 404


def test_saying_which_paper_came_changes_the_answer_to_the_papers_in_hand() -> None:
    data = {**CARD, "today": "2025-07-15"}
    data["applications"] = [
        {**CARD["applications"][0], "filed_on": "2025-04-15", "complete_on": "2025-04-15"}
    ]
    visitor = walked(data)
    assert "Avez-vous reçu ce papier" in visitor.html
    visitor.press("papiers", NO)
    assert visitor.kept()["recu"] == NO
    assert read_documents(visitor.file())[0]["assume_issued"] is False
    visitor.press("papiers", "tous")
    visitor.press("papiers", "oui")
    assert "demande-1" not in visitor.addresses[-1]
    assert "document-2-recu" in visitor.addresses[-1]


def test_a_missing_fact_is_asked_from_the_answer() -> None:
    data = {
        "today": "2026-03-01",
        "applications": [
            {"id": "a1", "article": "L423-7", "request": "first", "filed_on": "2026-02-01"}
        ],
    }
    visitor = walked(data)
    visitor.press("preciser", "entree")
    form = visitor.question_form()
    assert form is not None
    assert form.method == "post"
    assert form.hidden()["de"] == "personne-entree"


def test_every_place_has_its_own_address() -> None:
    law, today = load_law(), datetime.date(2026, 3, 1)
    state = answers(CHILD, law)
    found = [place.address for place in flow.places(state, law, today)]
    assert len(found) == len(set(found))


def test_each_sentence_of_the_answer_leads_to_its_article() -> None:
    visitor = walked(CARD)
    rules = [link for link in visitor.page.links if link.startswith("/droit/regles/")]
    assert len(rules) > 5
    client = Client()
    for link in set(rules):
        assert client.get(link).status_code == 200


@pytest.mark.parametrize("kind", ["CST", "CSP"])
def test_the_mentions_most_cards_bear_open_the_list(kind: str) -> None:
    page = Client().get(f"/ou-en-suis-je/document-1-mention?d1={kind}").content.decode()
    shown = re.findall(r'name="d1\.mot" value="(\w+)"', page)
    assert shown[:3] == ["vie_privee_et_familiale", "salarie", "etudiant"]
    assert len(set(shown)) == len(shown) == len(papers.by_word(kind, load_law())) + 1


def test_countries_are_named_in_the_reader_s_language() -> None:
    address = "/ou-en-suis-je/personne-lieu"
    page = Client().get(f"{address}?d1=aucun&plus=lieu&langue=en").content.decode()
    assert '<option value="DEU">Germany</option>' in page
    assert "Allemagne" not in page
