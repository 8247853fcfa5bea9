"""A person moves: cases, drafts and children follow; dates, clocks, papers and rights stay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from droitfil.cases import access
from droitfil.cases.actions import complement, decision, filing, moving
from droitfil.cases.actions.complement import Wanted
from droitfil.cases.continuity.coverage import refresh_person
from droitfil.cases.models import Alert, Case, Complement, Coverage, Move, Paper
from droitfil.cases.queries import situation_of
from droitfil.cases.worklist import moves_of, worklist
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.notices.models import Message
from droitfil.people.actions import files
from droitfil.people.models import FamilyLink, Person
from droitfil.rules.lifecycle import State
from droitfil.territory.models import Commune
from tests.cases.writing import BELLECOUR, DAY, at, counter_draft, draft, filed, move_to_lyon, taken
from tests.personas import BY, NOW, Personas, competent, place

LATER = date(2025, 10, 12)


def moved(people: Personas, on: date = DAY, **changed: Any) -> list[Case]:
    """Mariam's move to Lyon, by whoever is given as ``actor``."""
    assert people.at_lyon
    actor = changed.pop("actor", people.mariam_account)
    person = changed.pop("person", people.mariam)
    given = {**BELLECOUR, "commune": people.lyon, "moved_on": on, **changed}
    return moving.change_address(actor, person, **given, **at(on))


def reading(person: Person, day: date) -> tuple[Any, ...]:
    """Everything the kernel says of a person, but for the duty to tell one's address."""
    answer = situation_of(Person.objects.get(pk=person.pk), day).answer()
    because = [b for b in answer.explain if b.rule != "R431-23"]
    todo = [t for t in answer.todo if t.do != "declare_address"]
    return (answer.applications, answer.spans, answer.gaps, todo, answer.lapses, answer.warnings,
            because)  # fmt: skip


def test_the_whole_reading_is_the_same_before_and_after(people: Personas) -> None:
    case = taken(people)
    complement.request_complement(
        people.nadia, case, wanted=[Wanted("child_name", "Illisible.")], **at(DAY)
    )
    Paper.objects.create(
        case=case, person=people.mariam, kind="API", rank=1, valid_from=date(2025, 10, 1),
        valid_to=date(2025, 12, 31), published_at=NOW,
    )  # fmt: skip
    refresh_person(people.mariam, today=DAY)
    days = [DAY, LATER, date(2026, 3, 1)]
    before = [reading(people.mariam, day) for day in days]
    due = Complement.objects.values("asked_on", "due_on", "produced_on").get()
    papers = list(Paper.objects.order_by("pk").values())
    row = Coverage.objects.values().get()
    (case,) = moved(people)
    assert [reading(people.mariam, day) for day in days] == before
    assert Complement.objects.values("asked_on", "due_on", "produced_on").get() == due
    assert list(Paper.objects.order_by("pk").values()) == papers
    after = Coverage.objects.values().get()
    assert (after.pop("office_id"), after.pop("agent_id")) == ("69-lyon", None)
    assert {name: row[name] for name in after} == after
    assert (case.state, case.filed_on, case.office_id) == (State.INCOMPLETE, DAY, "69-lyon")


def test_both_offices_see_it_and_the_old_one_opens_nothing(people: Personas) -> None:
    case = taken(people)
    assert people.hugo
    assert people.at_lyon
    moved(people)
    case.refresh_from_db()
    came, left = moves_of(people.paul, people.at_lyon, on=DAY)
    assert ([m.case for m in came], left) == ([case], [])
    came, left = moves_of(people.nadia, people.at_evry, on=DAY)
    assert (came, [(m.case.reference, m.after_id) for m in left]) == (
        [],
        [(case.reference, "69-lyon")],
    )
    assert moves_of(people.nadia, people.at_lyon, on=DAY) == ([], [])
    (row,) = worklist(people.paul, people.at_lyon, on=DAY).rows
    assert row.came_at == at(DAY)["now"]
    assert not worklist(people.nadia, people.at_evry, on=DAY).rows
    for who in (people.nadia, people.hugo, people.claire):
        assert not access.can_see_case(who, case, DAY)
    with pytest.raises(Conflict) as told:
        decision.refuse(people.nadia, case, reasons="Motif.", **at(DAY))
    assert f"suivi par un autre bureau ({people.at_lyon.name})" in told.value.says
    with pytest.raises(Forbidden):
        decision.take(people.claire, case, **at(DAY))
    assert Message.objects.get(template="staff_left").account == people.nadia
    assert Message.objects.get(template="address_changed").person == people.mariam


def test_an_open_alert_goes_with_the_case(people: Personas) -> None:
    case = taken(people)
    Alert.objects.create(
        case=case, person=people.mariam, office=people.at_evry, owner=people.nadia.staff,
        from_on=LATER, reason="incomplete", entitled=False, opened_on=DAY,
    )  # fmt: skip
    moved(people)
    alert = Alert.objects.get()
    assert (alert.office_id, alert.owner, alert.closed_on) == ("69-lyon", None, None)


def test_a_draft_at_home_follows_unseen(people: Personas) -> None:
    case = draft(people)
    (followed,) = moved(people)
    assert (followed.pk, followed.office_id, followed.state) == (case.pk, "69-lyon", State.DRAFT)
    assert followed.answers == case.answers
    assert not Move.objects.exists()
    assert not Message.objects.filter(template__in=("office_moved", "staff_arrived")).exists()


def test_a_draft_of_the_counter_follows_by_the_agent(people: Personas) -> None:
    case = counter_draft(people)
    proofs = moving.proofs_of_address(DAY)
    assert "address_bill" in proofs
    (followed,) = moved(people, actor=people.nadia, person=people.amina, proof="address_bill")
    assert (followed.pk, followed.office_id) == (case.pk, "69-lyon")
    entry = Entry.objects.get(action="person.moved")
    assert entry.actor == f"staff:{people.nadia.pk}"
    assert entry.facts == {"commune": "69123", "moved_on": DAY.isoformat(), "proof": "address_bill"}
    assert Move.objects.get().before_id == "91-evry"


def test_an_agent_moves_what_a_person_writes_at_home_without_seeing_it(people: Personas) -> None:
    case = draft(people)
    moved(people, actor=people.nadia, proof="address_lease")
    case.refresh_from_db()
    assert case.office_id == "69-lyon"


def test_told_twice_alike_it_is_one_move(people: Personas) -> None:
    filed(people)
    mark = people.mariam.address_mark
    assert len(moved(people, seen=mark)) == 1
    assert moved(people, seen=mark) == []
    assert Entry.objects.filter(action="person.moved").count() == 1
    assert Entry.objects.filter(action="case.moved").count() == 1


def test_an_address_that_changed_meanwhile_is_told(people: Personas) -> None:
    filed(people)
    mark = people.mariam.address_mark
    moved(people, seen=mark)
    with pytest.raises(Conflict) as told:
        moved(people, address_line="9 autre rue", seen=mark)
    assert "Une autre adresse vient d’être enregistrée." in told.value.says
    people.mariam.refresh_from_db()
    assert people.mariam.address_line == "1 place Bellecour"


def test_in_the_same_place_nothing_changes_hands(people: Personas) -> None:
    case = taken(people)
    here = moved(people, commune=people.evry, postal_code="91000")
    case.refresh_from_db()
    assert (here, case.office_id, case.agent_id) == ([], "91-evry", people.nadia.pk)
    assert Message.objects.filter(template="address_changed").count() == 1
    assert not Message.objects.filter(template="office_moved").exists()


def test_what_is_over_stays_where_it_ended(people: Personas) -> None:
    case = decision.refuse(people.nadia, taken(people), reasons="Motif.", **at(DAY))
    assert moved(people) == []
    case.refresh_from_db()
    assert case.office_id == "91-evry"
    assert access.can_see_case(people.nadia, case, DAY)


def test_children_move_with_a_parent_and_nobody_else_s(people: Personas) -> None:
    child = people.ilyes
    others = files.register_person(
        BY, now=NOW, family_name="Autre", born_on=date(2016, 5, 4), commune=people.evry
    )
    moved(
        people, actor=people.amina_linked, person=people.amina,
        with_children=[child.pk, others.pk],
    )  # fmt: skip
    for one, department in ((child, "69"), (others, "91")):
        one.refresh_from_db()
        assert one.commune is not None
        assert one.commune.department_id == department
    assert Entry.objects.filter(action="person.moved").count() == 2


def test_a_child_alone(people: Personas) -> None:
    child = people.ilyes
    moved(people, actor=people.amina_linked, person=child)
    child.refresh_from_db()
    assert (child.commune, people.amina.commune) == (people.lyon, people.evry)
    FamilyLink.objects.update(to_on=DAY - timedelta(days=1))
    with pytest.raises(Forbidden):
        moved(people, actor=people.amina_linked, person=child, address_line="Ailleurs")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"moved_on": DAY + timedelta(days=1)}, "moved_on"),
        ({"address_line": "  "}, "address_line"),
        ({"address_line": "x" * 201}, "address_line"),
        ({"postal_code": "6900"}, "postal_code"),
        ({"postal_code": "six69"}, "postal_code"),
    ],
)
def test_what_cannot_be_is_refused(people: Personas, changed: dict[str, Any], field: str) -> None:
    filed(people)
    with pytest.raises(Refusal) as refused:
        moved(people, **changed)
    assert refused.value.field == field
    assert not Entry.objects.filter(action__in=("person.moved", "case.moved")).exists()


def test_nothing_is_written_when_no_office_is_known(people: Personas) -> None:
    case = filed(people)
    with pytest.raises(Refusal):
        moved(people, commune=place("98999", "Nulle-Part", "989"))
    case.refresh_from_db()
    people.mariam.refresh_from_db()
    assert (case.office_id, people.mariam.commune) == ("91-evry", people.evry)


def test_overseas_like_anywhere(people: Personas) -> None:
    case = filed(people)
    reunion = place("97411", "Saint-Denis", "974")
    competent("974-saint-denis", reunion)
    (case,) = moved(people, commune=reunion, postal_code="97400")
    assert (case.office_id, case.filed_on) == ("974-saint-denis", DAY)


@pytest.mark.parametrize("code", ["97105", "97209", "97302", "97411", "97611", "97502"])
def test_every_department_overseas_has_an_office(people: Personas, places: None, code: str) -> None:
    """The real places: nobody who crosses an ocean is left without an office."""
    filed(people)
    commune = Commune.objects.get(code=code)
    (case,) = moved(people, commune=commune, postal_code=f"{code[:3]}00")
    assert case.office.department_id == commune.department_id


def test_a_move_before_the_last_one_is_refused(people: Personas) -> None:
    moved(people)
    with pytest.raises(Refusal) as refused:
        moved(people, address_line="Ailleurs", moved_on=DAY - timedelta(days=3))
    assert refused.value.field == "moved_on"


def test_who_may_tell_it(people: Personas) -> None:
    filed(people)
    for who in (people.paul, people.claire, people.denis, people.stranger, people.amina_linked):
        with pytest.raises(Forbidden):
            moved(people, actor=who, proof="address_bill")
    for proof in ("", "moon"):
        with pytest.raises(Refusal) as refused:
            moved(people, actor=people.nadia, proof=proof)
        assert refused.value.field == "proof"
    assert people.mariam.moved_on is None


def test_a_case_that_comes_back_is_open_again(people: Personas) -> None:
    case = filed(people)
    move_to_lyon(people, DAY)
    moved(people, DAY + timedelta(days=3), commune=people.evry, postal_code="91000")
    case.refresh_from_db()
    assert decision.take(people.nadia, case, **at(DAY + timedelta(days=4))).office_id == "91-evry"
    case.refresh_from_db()
    filing.withdraw(people.mariam_account, case, **at(DAY + timedelta(days=5)))
