"""law/procedures: what the project's own files hold, and what their guide says of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract

from droitfil.lawbook import translations
from droitfil.lawbook.procedures import load_procedures
from droitfil.rules.condition_reading import read_condition
from droitfil.rules.procedure import FACTS, Asks, Version
from tests.lawbook.test_catalogue import french_left

LAW = Path(__file__).resolve().parents[2] / "law"
VERSIONS = [version for procedure in load_procedures().values() for version in procedure.versions]
versions = pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.id)


# -- the project's own -----------------------------------------------------------------------------


#: Code -> title, request, channel, what it starts from, papers.
ONLINE, DESK = ("API", "ADF"), ("RECEPISSE", "ADF")
PROCEDURES = {
    "renouvellement-salarie": ("L421-1", "renewal", "counter", ("CST", "CSP"), DESK),
    "renouvellement-parent-enfant-francais": (
        "L423-7", "renewal", "teleservice", ("CST", "CSP"), ONLINE,
    ),
    "renouvellement-etudiant": ("L422-1", "renewal", "teleservice", ("CST", "CSP"), ONLINE),
    "premiere-carte-etudiant": ("L422-1", "first", "teleservice", ("VLS_TS",), ONLINE),
    "carte-resident-conjoint-francais": (
        "L423-6", "change", "teleservice", ("CST", "CSP"), ONLINE,
    ),
    "renouvellement-resident-conjoint-francais": (
        "L423-6", "renewal", "teleservice", ("CR",), ONLINE,
    ),
    "carte-resident-refugie": ("L424-1", "first", "teleservice", (), ONLINE),
    "renouvellement-resident-refugie": ("L424-1", "renewal", "teleservice", ("CR",), ONLINE),
    "premiere-carte-jeune-arrive": ("L423-21", "first", "counter", (), DESK),
    "premiere-carte-jeune-confie": ("L423-22", "first", "teleservice", (), ONLINE),
    "document-circulation-mineur": ("DCEM", "first", "teleservice", (), ("DCEM",)),
}  # fmt: skip


def test_each_procedure_has_its_channel_and_its_papers() -> None:
    found = {
        code: (version.title, version.request, version.channel, version.holds, version.outputs)
        for code, procedure in load_procedures().items()
        for version in procedure.versions
    }
    assert found == PROCEDURES


def test_a_first_card_from_no_document_opens_on_its_own_ground() -> None:
    grounds = {v.procedure: v.basis for v in VERSIONS if not v.holds}
    assert grounds == {
        "carte-resident-refugie": "recognised_refugee",
        "premiere-carte-jeune-arrive": "turning_18",
        "premiere-carte-jeune-confie": "turning_18",
        "document-circulation-mineur": "",
    }


#: What no text lets a prefecture ask of someone that it protects.
REFUGEES = {"carte-resident-refugie", "renouvellement-resident-refugie"}


@versions
def test_civil_status_and_nationality_alone_block(version: Version) -> None:
    blocking = {piece.code for piece in version.pieces if piece.blocking}
    assert blocking <= {"nationality_proof", "birth_certificate"}
    of_a_card = version.procedure not in {*REFUGEES, "document-circulation-mineur"}
    assert ("nationality_proof" in blocking) is of_a_card


@versions
def test_a_refugee_is_never_sent_to_their_consulate(version: Version) -> None:
    asked = {
        code for piece in version.pieces for code in (piece.code, *(w.code for w in piece.accepts))
    }
    consular = {"nationality_proof", "passport", "consular_card", "concordance_certificate",
                "passport_request", "marital_certificate"}  # fmt: skip
    assert bool(asked & consular) is (
        version.procedure not in {*REFUGEES, "document-circulation-mineur"}
    )


@versions
def test_what_was_not_read_in_the_text_says_where_it_comes_from(version: Version) -> None:
    for item in (*version.pieces, *(way for piece in version.pieces for way in piece.accepts)):
        assert item.confidence == "V" or item.sources or item.note, item.code
        assert all(source in version.sources for source in item.sources)


def test_every_source_and_shared_page_serves() -> None:
    used = {
        source
        for version in VERSIONS
        for item in (
            *version.questions,
            *version.pieces,
            *(way for piece in version.pieces for way in piece.accepts),
        )
        for source in item.sources
    }
    assert used == set(VERSIONS[0].sources)
    pages = {block.id for version in VERSIONS for block in version.blocks}
    assert {"identity", "address", "photo", "declarations", "handover", "integration"} <= pages


@versions
def test_every_page_asks_something(version: Version) -> None:
    asking = {question.block for question in version.questions} | {
        piece.block for piece in version.pieces
    }
    assert asking == {block.id for block in version.blocks}


@versions
def test_every_choice_serves_or_is_told(version: Version) -> None:
    for question in version.questions:
        assert (len(question.choices) > 1) is (question.asks in (Asks.CHOICE, Asks.CHOICES))


def spoken(version: Version) -> set[str]:
    """Every text of a version that somebody reads."""
    items = (
        *version.blocks,
        *version.questions,
        *version.pieces,
        *version.sources.values(),
        *(choice for question in version.questions for choice in question.choices),
        *(way for piece in version.pieces for way in piece.accepts),
    )
    texts = {getattr(item, name, "") for item in items for name in ("label", "help", "why", "note")}
    return (texts | {version.label, version.summary, version.prepare, version.note}) - {""}


@versions
def test_a_procedure_speaks_english_throughout(version: Version) -> None:
    for french in spoken(version):
        english = translations.text(french, "en")
        assert english != french, french
        assert not french_left(english), english


def test_every_text_of_the_procedures_reaches_the_catalogues() -> None:
    found: set[str] = set()
    for path in sorted((LAW / "procedures").glob("*.yaml")):
        with path.open("rb") as file:
            for _, message, _, _ in extract("droitfil.lawbook.extraction:extract_law", file):
                assert isinstance(message, str)
                found.add(message)
    assert set().union(*map(spoken, VERSIONS)) <= found


def test_the_conditions_and_facts_of_the_documentation_are_those_there_are() -> None:
    guide = (LAW.parent / "docs" / "procedures.md").read_text("utf-8")
    names = {name: fact.type for name, fact in FACTS.items()}
    for version in VERSIONS:
        names |= {question.id: question.type for question in version.questions}
    section = guide.split("## Une condition", 1)[1]
    examples = section.split("```\n", 2)[1].splitlines()
    assert len(examples) > 3
    for text in examples:
        read_condition(text, names)
    assert set(re.findall(r"`([a-z]+\.[a-z_]+)`", section.split("## ")[0])) == set(FACTS)


def test_read_once_then_kept() -> None:
    assert load_procedures() is load_procedures(LAW)
