"""The 2D-Doc of a paper, character by character; what is read is what was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from droitfil.rules import seal
from droitfil.rules.facts import Work
from droitfil.rules.seal import GS, RS, US, NotACode, Paper, Unsealable, canonical, from_canonical

PAPER = Paper(
    kind="API",
    reference="API-2026-000001",
    family_name="N’Guessan-Dupré",
    first_names=("Zoé", "Marie-Ève"),
    sex="F",
    born_on=date(1990, 3, 2),
    birth_place="Bouaké",
    birth_country="CIV",
    nationality="CIV",
    foreigner_number="9912345678",
    valid_from=date(2026, 11, 1),
    valid_to=date(2027, 1, 31),
    may_stay=True,
    may_work=Work.FULL,
    category="Salarié",
    filed_on=date(2026, 9, 1),
    filing_reference="RNV-2026-000123",
)
SIGNATURE = bytes(range(64))


def message(paper: Paper = PAPER) -> str:
    return seal.message(
        paper,
        authority="XX99",
        certificate="0001",
        issued_on=date(2026, 11, 1),
        signed_on=date(2026, 11, 2),
    )


def test_the_text_is_the_one_of_the_specification() -> None:
    assert message() == (
        "DC04XX990001264926" + "4A1301FR"
        f"62NGUESSAN DUPRE{GS}60ZOE/MARIE EVE{GS}6ABOUAKE{GS}6MSALARIE{GS}"
        f"6PSEJOUR ET TRAVAIL{GS}6Q991234567868F67CI6CCI69020319906K0000000002026000123"
        "6L010920266O310120276J16N01112026"
    )
    whole = seal.text(message(), SIGNATURE)
    assert whole.startswith(message() + US)
    assert len(whole) == len(message()) + 1 + 103


def test_what_is_read_is_what_was_written() -> None:
    code = seal.read(seal.text(message(), SIGNATURE))
    assert (code.authority, code.certificate) == ("XX99", "0001")
    assert (code.issued_on, code.signed_on) == (date(2026, 11, 1), date(2026, 11, 2))
    assert code.signed == message().encode()
    assert code.signature == SIGNATURE
    assert (code.kind, code.may_stay, code.may_work) == ("API", True, Work.FULL)
    assert code.nationality == "CIV"
    assert code.day("valid_from") == date(2026, 11, 1)
    assert code.day("valid_to") == date(2027, 1, 31)
    assert code.day("born_on") == date(1990, 3, 2)
    assert code.values["first_names"] == "ZOE/MARIE EVE"
    assert code.truncated == ()


@pytest.mark.parametrize(("may", "words"), seal.AUTHORISATIONS.items())
def test_every_authorisation_reads_back(may: tuple[bool, Work], words: str) -> None:
    stay, work = may
    code = seal.read(seal.text(message(replace(PAPER, may_stay=stay, may_work=work)), SIGNATURE))
    assert code.values["authorisation"] == words
    assert (code.may_stay, code.may_work) == may


@pytest.mark.parametrize("kind", seal.KINDS)
def test_every_kind_reads_back(kind: str) -> None:
    assert seal.read(seal.text(message(replace(PAPER, kind=kind)), SIGNATURE)).kind == kind


@pytest.mark.parametrize(("length", "end"), [(37, GS), (38, ""), (39, RS), (60, RS)])
def test_a_name_ends_as_its_length_asks(length: int, end: str) -> None:
    name = "ABCDEFGHIJ" * 6
    text = message(replace(PAPER, family_name=name[:length]))
    kept = name[: min(length, 38)]
    assert f"62{kept}{end}60ZOE" in text
    code = seal.read(seal.text(text, SIGNATURE))
    assert code.values["family_name"] == kept
    assert code.truncated == (("family_name",) if length > 38 else ())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Œuvrard", "OEUVRARD"),
        ("Đorđević", "DORDEVIC"),
        ("Łukasz", "LUKASZ"),
        ("Straße", "STRASSE"),
        ("O'Brien – Ní Dhálaigh", "OBRIEN NI DHALAIGH"),
        ("  Ab  cd ", "AB CD"),
        ("ʿabd al-Raḥmān", "ABD AL RAHMAN"),
        ("(épouse) X.", "EPOUSE X"),
    ],
)
def test_names_are_spelt_in_capitals(written: str, read: str) -> None:
    assert seal.plain(written) == read


def test_a_paper_without_end_says_none() -> None:
    code = seal.read(seal.text(message(replace(PAPER, valid_to=None)), SIGNATURE))
    assert "6O" not in message(replace(PAPER, valid_to=None))
    assert code.day("valid_to") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "CST"}, "kind"),
        ({"kind": seal.FILING}, "kind"),
        ({"family_name": "’"}, "family_name"),
        ({"nationality": "MAROC"}, "nationality"),
        ({"valid_to": date(2026, 10, 31)}, "valid_to"),
        ({"may_stay": False}, "may_work"),
        ({"may_work": "some"}, "may_work"),
        ({"filing_reference": "1" * 20}, "filing_reference"),
        ({"sex": "FM"}, "sex"),
    ],
)
def test_what_cannot_be_written_is_named(change: dict[str, object], field: str) -> None:
    with pytest.raises(Unsealable) as told:
        message(replace(PAPER, **change))  # type: ignore[arg-type]
    assert told.value.field == field


def test_who_has_no_first_name_and_no_known_nationality_has_a_code() -> None:
    code = seal.read(seal.text(message(replace(PAPER, first_names=(), nationality="")), SIGNATURE))
    assert "first_names" not in code.values
    assert code.nationality == "XXX"


def test_a_day_out_of_the_code_is_refused() -> None:
    for day in (date(1999, 12, 31), date(2180, 1, 1)):
        with pytest.raises(Unsealable):
            seal.message(PAPER, authority="XX99", certificate="0001", issued_on=day, signed_on=day)
    with pytest.raises(Unsealable):
        seal.message(
            PAPER, authority="XX9", certificate="0001", issued_on=date(2026, 1, 1),
            signed_on=date(2026, 1, 1),
        )  # fmt: skip


WHOLE = seal.text(message(), SIGNATURE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "marker"),
        ("hello", "marker"),
        (WHOLE.replace("DC04", "DC03"), "type"),
        (WHOLE.replace("1301FR", "0101FR"), "type"),
        (WHOLE.replace("1301FR", "1301DE"), "type"),
        (WHOLE.replace(US, ""), "shape"),
        (WHOLE.replace("2649264A", "2649264a"), "shape"),
        (WHOLE[:-1], "shape"),
        (WHOLE + "A", "shape"),
        (WHOLE[:-1] + "B", "shape"),
        (WHOLE.replace("6J1", ""), "shape"),
        (WHOLE.replace("6J1", "6J1" + "6J1"), "shape"),
        (WHOLE.replace("6J1", "ZZ1"), "shape"),
        (WHOLE.replace(f"DUPRE{GS}", "DUPRE"), "field"),
        (WHOLE.replace(f"DUPRE{GS}", f"DUPRE{RS}"), "shape"),
        (WHOLE.replace("BOUAKE", "BOUAké"), "shape"),
        (WHOLE.replace("BOUAKE", "BOUAKe"), "field"),
        (WHOLE.replace("BOUAKE", "BOUAK2"), "field"),
        (WHOLE.replace("68F", "68f"), "field"),
    ],
)
def test_what_we_would_not_write_is_refused(text: str, reason: str) -> None:
    with pytest.raises(NotACode) as told:
        seal.read(text)
    assert told.value.reason == reason


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("6J1", "6J9"), "kind"),
        (("SEJOUR ET TRAVAIL", "SEJOUR ET LOISIRS"), "may_stay"),
        (("SEJOUR ET TRAVAIL", "SEJOUR ET LOISIRS"), "may_work"),
        (("67CI", "67ZZ"), "nationality"),
    ],
)
def test_a_value_that_means_nothing_is_refused(change: tuple[str, str], part: str) -> None:
    code = seal.read(WHOLE.replace(*change))
    with pytest.raises(NotACode) as told:
        getattr(code, part)
    assert told.value.reason == "field"


def test_an_impossible_day_is_refused() -> None:
    code = seal.read(WHOLE.replace("6O31012027", "6O31022027"))
    with pytest.raises(NotACode):
        code.day("valid_to")


def test_a_date_may_be_absent_from_the_header() -> None:
    code = seal.read(WHOLE.replace("2649264A", "FFFFFFFF"))
    assert (code.issued_on, code.signed_on) == (None, None)


def test_the_canonical_bytes_of_a_paper() -> None:
    content = canonical(PAPER)
    assert from_canonical(content) == PAPER
    assert content.startswith(b'{"birth_country":"CIV","birth_place":"Bouak')
    assert content.endswith(b'"version":"droitfil-paper-1"}')
    assert canonical(replace(PAPER, birth_place="Bouake\u0301")) == content
    for other in (
        content.replace(b"droitfil-paper-1", b"droitfil-paper-2"),
        content.replace(b'"sex":"F",', b""),
        b"{}",
    ):
        with pytest.raises(ValueError, match="canonical"):
            from_canonical(other)
