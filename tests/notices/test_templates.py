"""Every template: whole in each language, plain, short, and telling each of its facts."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from droitfil.notices.channels.sms import LONGEST
from droitfil.notices.template import (
    LANGUAGES,
    BadTemplate,
    Fact,
    Sends,
    Template,
    To,
    Version,
    load_templates,
)
from droitfil.notices.wording import checked, phrase

ON = date(2025, 6, 2)
TEMPLATES = load_templates()
#: The longest that each kind of fact may be.
LONG: dict[Fact, Any] = {
    Fact.DAY: date(2025, 9, 30),
    Fact.CODE: "PALAISEAU-2026-K7MPX4-9",
    Fact.COUNT: 1000,
    Fact.OFFICE: "91-evry",
    Fact.PAPER: "API",
    Fact.PROCEDURE: "renouvellement-parent-enfant-francais",
    Fact.PIECES: ["address_proof", "nationality_proof"],
}
#: A one-time address, the only code that is longer.
ADDRESS = "https://titres-de-sejour.example.fr/contester/" + "a" * 56
OFFICES = {"91-evry": "Préfecture de la Seine-Saint-Denis – bureau de l’immigration et du séjour"}
#: What the law's own words are called when someone must be told what to do.
ORDERS = re.compile(
    r"\b(rien à (faire|décider)|n’avez rien|nothing|gardez|téléchargez|ajoutez|envoyez|déposez|"
    r"lisez|ouvrez|prenez|vérifiez|voyez|commencez|relisez|reprenez|reprise|annulez|à prendre|"
    r"keep|download|add|send|file|read|open|collect|check|see|begin|resume|cancel|to be taken)\b",
    re.IGNORECASE,
)
#: What an e-mail or a text message never says.
NEVER_OUTSIDE = re.compile(r"refus|rejet|reject|expuls|quitter le territoire|clos\b", re.IGNORECASE)


def facts_of(template: Template, version: Version, *, optional: bool = True) -> dict[str, Any]:
    found = {
        name: LONG[kind]
        for name, kind in version.facts.items()
        if optional or name not in version.optional
    }
    if "address" in found:
        found["address"] = ADDRESS
    return found


def said(template: Template, language: str, **how: Any) -> Any:
    version = template.latest
    facts = facts_of(template, version, **how)
    return phrase(version, language, facts, on=ON, offices=OFFICES)


each_template = pytest.mark.parametrize(
    "template", TEMPLATES.values(), ids=lambda template: template.slug
)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def test_the_law_s_notices_are_all_there() -> None:
    assert set(TEMPLATES) >= {
        "draft_reminder", "filing_received", "recepisse_printed", "paper_issued",
        "decision_notified",
        "complement_asked", "complement_reminder", "complement_overdue", "decision_granted",
        "decision_refused", "decision_closed", "card_ready", "paper_void", "file_opens",
        "file_halfway", "file_closing", "file_late", "alert_gap", "share_looked", "first_link",
        "office_moved",
    }  # fmt: skip


@each_template
@each_language
def test_every_fact_is_said_and_no_hole_is_left(template: Template, language: str) -> None:
    text = said(template, language)
    whole = "\n".join((text.subject, *text.text, *text.inside))
    for name, kind in template.latest.facts.items():
        if kind in (Fact.PROCEDURE, Fact.PIECES):
            continue  # tested below, by their labels
        value = {"address": ADDRESS}.get(name, LONG[kind])
        wanted = {
            Fact.DAY: "30 septembre 2025" if language == "fr" else "30 September 2025",
            Fact.OFFICE: OFFICES["91-evry"],
            Fact.PAPER: "attestation de prolongation d’instruction",
        }.get(kind, str(value))
        assert wanted in whole, name
    assert "{" not in whole + text.sms
    assert "}" not in whole + text.sms


@each_template
@each_language
def test_it_is_short_and_says_what_to_do(template: Template, language: str) -> None:
    text = said(template, language)
    assert len(text.subject) <= 78
    assert len(" ".join(text.text)) <= 900
    assert ORDERS.search(" ".join((*text.text, *text.inside))), text.text
    assert len(text.sms) <= LONGEST
    assert bool(text.sms) == (template.to is To.PERSON and template.sends is not Sends.NOTHING)


@each_template
@each_language
def test_without_its_optional_facts_it_still_speaks(template: Template, language: str) -> None:
    text = said(template, language, optional=False)
    assert text.text
    assert not template.latest.optional or text != said(template, language)
    assert "None" not in "".join((*text.text, *text.inside, text.sms))
    if template.sends is not Sends.NOTHING and template.to is To.PERSON:
        assert text.sms


@each_template
@each_language
def test_a_refusal_is_read_once_signed_in_only(template: Template, language: str) -> None:
    text = said(template, language)
    assert not NEVER_OUTSIDE.search("\n".join((text.subject, *text.text, text.sms)))


def test_the_inbox_says_what_the_e_mail_does_not() -> None:
    text = said(TEMPLATES["decision_refused"], "fr")
    assert any("refusée" in paragraph for paragraph in text.inside)
    asked = said(TEMPLATES["complement_asked"], "en")
    assert any("Proof of address" in paragraph for paragraph in asked.inside), asked.inside
    assert not any("address" in paragraph for paragraph in asked.text)


def test_pieces_and_procedures_are_called_by_their_labels() -> None:
    text = said(TEMPLATES["complement_asked"], "fr")
    assert any("– Justificatif de domicile" in paragraph for paragraph in text.inside)
    draft = said(TEMPLATES["draft_reminder"], "fr")
    assert any("Renouveler une carte" in paragraph for paragraph in draft.text), draft.text


def test_what_is_unknown_later_is_said_by_its_code() -> None:
    version = TEMPLATES["complement_asked"].latest
    facts = {"reference": "R", "procedure": "gone", "pieces": ["lost"], "due_on": ON.isoformat()}
    text = phrase(version, "fr", facts, on=ON)
    assert any("– lost" in paragraph for paragraph in text.inside)


def test_french_and_english_tell_the_same_facts_at_the_same_place() -> None:
    for template in TEMPLATES.values():
        for version in template.versions.values():
            shapes = {
                (len(words.text), len(words.inside), len(words.sms))
                for words in version.words.values()
            }
            assert len(shapes) == 1, template.slug


def test_a_fact_is_of_its_kind() -> None:
    version = TEMPLATES["paper_issued"].latest
    right = {"reference": "R", "paper": "API", "valid_from": ON}
    checked(version, right)
    for wrong in ({"paper": "CARTE"}, {"valid_from": "2025-06-02"}, {"reference": None}, {"x": 1}):
        with pytest.raises(ValueError):
            checked(version, right | wrong)


GOOD = """
to: person
legal: true
sends: email
versions:
  1:
    facts: {due_on: day}
    fr: {subject: S, text: ["Le {due_on}."], sms: ["x"]}
    en: {subject: S, text: ["On {due_on}."], sms: ["x"]}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("to: person", "to: everyone"),
        ("legal: true", "legal: maybe"),
        ("sends: email", "sends: nothing"),
        ("  1:", "  2:"),
        ("{due_on: day}", "{due_on: moon}"),
        ("{due_on: day}", "{due_on: day, more: code}"),
        ("On {due_on}.", "On {duty}."),
        ("en: {subject: S,", "en: {title: S,"),
        ("    en:", "    de:"),
        ("fr: {subject: S, text: [", "fr: {subject: S, more: x, text: ["),
        ("{due_on: day}", "{due_on: pieces}"),
    ],
)
def test_a_broken_template_is_refused_by_its_name(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "essai.yaml").write_text(GOOD)
    assert set(load_templates(tmp_path)) == {"essai"}
    broken = tmp_path / "other"
    broken.mkdir()
    assert before in GOOD
    (broken / "cassé.yaml").write_text(GOOD.replace(before, after))
    with pytest.raises(BadTemplate, match="cassé"):
        load_templates(broken)
