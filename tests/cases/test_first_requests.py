"""Requests that start from no card: on which ground, from what, and the papers they are owed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from droitfil.cases.actions import filing
from droitfil.cases.form import form_of
from droitfil.cases.renewals import openings_of
from droitfil.lawbook.loading import law_folder
from droitfil.lib.refusals import Refusal
from droitfil.people.actions import files
from droitfil.people.models import Account, Person
from tests.cases.writing import DAY, at
from tests.personas import BY, NOW, Personas, account, link

pytestmark = pytest.mark.django_db


def somebody(people: Personas, born_on: date, **held: Any) -> tuple[Account, Person]:
    assert people.at_evry
    person = files.register_person(
        BY, now=NOW, family_name="Keïta", given_names="Awa", born_on=born_on,
        nationality="MLI", commune=people.evry,
    )  # fmt: skip
    if held:
        files.add_document(BY, person, now=NOW, source="import", **held)
    return link(person, account("awa@exemple.example")), person


def proposed(person: Person) -> set[str]:
    return {one.version.procedure for one in openings_of(person, DAY) if one.proposed}


def test_at_eighteen_both_first_cards_are_proposed_with_their_last_day(people: Personas) -> None:
    _, awa = somebody(people, date(2007, 3, 4))
    assert proposed(awa) == {
        "premiere-carte-jeune-arrive", "premiere-carte-jeune-confie", "carte-resident-refugie",
    }  # fmt: skip
    windows = {
        one.version.procedure: one.application.window
        for one in openings_of(awa, DAY)
        if one.application is not None
    }
    for code in ("premiere-carte-jeune-arrive", "premiere-carte-jeune-confie"):
        window = windows[code]
        assert window is not None
        assert window.end == date(2026, 3, 3)
    assert windows["carte-resident-refugie"] is None


def test_at_thirty_first_cards_are_not_proposed_nor_out_of_reach(people: Personas) -> None:
    who, awa = somebody(people, date(1995, 3, 4))
    assert proposed(awa) == {"carte-resident-refugie"}
    assert len(openings_of(awa, DAY)) == 3
    case = filing.start_draft(
        who, awa, procedure="premiere-carte-jeune-arrive", held=None, **at(DAY)
    )
    assert form_of(case, DAY).application.timing == "late"


def test_whoever_holds_a_card_asks_no_first_one(people: Personas) -> None:
    who, awa = somebody(
        people, date(2000, 3, 4), kind="CST", article="L423-1",
        valid_from=date(2024, 9, 1), valid_to=date(2025, 8, 31),
    )  # fmt: skip
    assert proposed(awa) == {"carte-resident-conjoint-francais"}
    with pytest.raises(Refusal, match="ne part pas du titre"):
        filing.start_draft(
            who, awa, procedure="carte-resident-refugie", held=awa.documents.get(), **at(DAY)
        )
    with pytest.raises(Refusal, match="ne part pas du titre"):
        filing.start_draft(
            who, awa, procedure="carte-resident-conjoint-francais", held=None, **at(DAY)
        )


def test_a_student_s_visa_opens_a_first_card_and_an_employee_s_does_not(people: Personas) -> None:
    _, awa = somebody(
        people, date(2000, 3, 4), kind="VLS_TS", article="L422-1", valid_from=date(2024, 9, 1),
        valid_to=date(2025, 8, 31), validated_on=date(2024, 9, 20),
    )  # fmt: skip
    assert proposed(awa) == {"premiere-carte-etudiant"}
    visa = awa.documents.get()
    visa.article = "L421-1"
    visa.save()
    assert "premiere-carte-etudiant" not in proposed(awa)


@pytest.mark.parametrize("fact", ["document.to", "fees.amount", "filing.channel"])
def test_any_fact_may_say_to_whom_a_request_is_proposed(
    people: Personas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fact: str
) -> None:
    """An author writes a condition on facts: none of them is unknown here."""
    _, awa = somebody(
        people, date(2000, 3, 4), kind="CST", article="L423-1",
        valid_from=date(2024, 9, 1), valid_to=date(2025, 8, 31),
    )  # fmt: skip
    shutil.copytree(law_folder(None), tmp_path / "law")
    monkeypatch.setenv("DROITFIL_LAW", str(tmp_path / "law"))
    file = tmp_path / "law" / "procedures" / "carte-resident-conjoint-francais.yaml"
    text = file.read_text(encoding="utf-8")
    when = "document.article == 'L423-1' or document.article == 'L423-2'"
    assert when in text
    file.write_text(text.replace(when, f"known({fact})"), encoding="utf-8")
    assert proposed(awa) == {"carte-resident-conjoint-francais"}


@pytest.mark.parametrize(
    ("procedure", "basis"),
    [
        ("premiere-carte-jeune-arrive", "turning_18"),
        ("premiere-carte-jeune-confie", "turning_18"),
        ("carte-resident-refugie", "recognised_refugee"),
    ],
)
def test_the_ground_of_the_procedure_is_that_of_the_case(
    people: Personas, procedure: str, basis: str
) -> None:
    who, awa = somebody(people, date(2007, 3, 4))
    case = filing.start_draft(who, awa, procedure=procedure, held=None, **at(DAY))
    assert (case.basis, case.held, case.request) == (basis, None, "first")
    again = filing.start_draft(who, awa, procedure=procedure, held=None, **at(DAY))
    assert again.pk == case.pk
    assert procedure not in {one.version.procedure for one in openings_of(awa, DAY)}
