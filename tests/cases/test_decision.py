"""Taking a case, deciding it, handing the card over; and moving with the person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from droitfil.cases.actions import decision, filing
from droitfil.cases.actions.complement import Wanted, produce, request_complement
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.cases.queries import rights_on, span_on
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.people.models import Person
from droitfil.rules.facts import Kind, Removal
from droitfil.rules.lifecycle import State
from tests.cases.writing import DAY, at, counter_draft, filed, move_to_lyon, taken
from tests.personas import Personas

DECIDED = date(2025, 9, 20)
CARD: dict[str, Any] = {
    "kind": Kind.CSP, "card_number": "FRA 900 1122", "valid_from": date(2025, 10, 1),
    "valid_to": date(2029, 9, 30),
}  # fmt: skip


def publish(case: Case, rank: int, start: date, end: date, kind: str = "API") -> Paper:
    """What the night does."""
    return Paper.objects.create(
        case=case, person=case.person, kind=kind, rank=rank, valid_from=start, valid_to=end,
        published_at=at(DECIDED)["now"],
    )  # fmt: skip


# -- taking -----------------------------------------------------------------------------------


def test_taking(people: Personas) -> None:
    case = filed(people)
    for nobody in (people.paul, people.stranger, people.claire, people.denis):
        with pytest.raises(Forbidden):
            decision.take(nobody, case, **at(DAY))
    with pytest.raises(Refusal, match="Seul un agent"):
        decision.take(people.mariam_account, case, **at(DAY))
    for _twice in range(2):
        done = decision.take(people.nadia, case, **at(DAY))
    assert (done.state, done.agent_id) == (State.IN_REVIEW, people.nadia.pk)
    assert Entry.objects.filter(action="case.taken", actor=f"staff:{people.nadia.pk}").count() == 1
    with pytest.raises(Conflict, match="Nadia Roussel a pris ce dossier à 11 h 12"):
        decision.take(people.sonia, case, **at(DAY))
    assert Coverage.objects.get(case=case).agent_id == people.nadia.pk


def test_nobody_examines_their_own_case(people: Personas) -> None:
    case = filed(people)
    Person.objects.filter(pk=people.mariam.pk).update(account=None, linked_at=None)
    Person.objects.filter(pk=people.mariam.pk).update(account=people.nadia, linked_at=case.filed_at)
    with pytest.raises(Refusal, match="Seul un agent"):
        decision.take(people.nadia, case, **at(DAY))


def test_giving_back(people: Personas) -> None:
    case = taken(people)
    with pytest.raises(Conflict, match="Nadia Roussel a pris"):
        decision.release(people.sonia, case, **at(DAY))
    done = decision.release(people.hugo, case, **at(DAY))
    assert (done.state, done.agent) == (State.SUBMITTED, None)
    with pytest.raises(Refusal, match="ne peut pas être rendu"):
        decision.release(people.nadia, done, **at(DAY))
    assert decision.take(people.sonia, done, **at(DAY)).agent_id == people.sonia.pk


# -- granting ---------------------------------------------------------------------------------


def test_granting(people: Personas) -> None:
    case = taken(people)
    api = publish(case, 1, date(2025, 10, 1), date(2025, 12, 31))
    for nobody in (people.paul, people.stranger, people.claire):
        with pytest.raises(Forbidden):
            decision.grant(nobody, case, length="4y", **at(DECIDED))
    with pytest.raises(Refusal, match="Seul un agent"):
        decision.grant(people.mariam_account, case, length="4y", **at(DECIDED))
    with pytest.raises(Conflict, match="Nadia Roussel a pris"):
        decision.grant(people.sonia, case, length="4y", **at(DECIDED))
    with pytest.raises(Refusal, match="durée"):
        decision.grant(people.nadia, case, length="quatre", **at(DECIDED))
    done = decision.grant(people.nadia, case, length="4y", **at(DECIDED))
    assert (done.state, done.outcome, done.decided_by_id) == ("granted", "granted", people.nadia.pk)
    api.refresh_from_db()
    # Published ahead, never in effect: the decision came first.
    assert (api.void_on, api.void_reason) == (DECIDED, "decision")
    adf = Paper.objects.get(kind="ADF")
    assert (adf.rank, adf.valid_from, adf.valid_to) == (1, DECIDED, None)
    assert Coverage.objects.get(case=case).covered_until is None
    assert Coverage.objects.get(case=case).chain_stop == "decided"
    span = span_on(rights_on(people.mariam, date(2025, 10, 15)), date(2025, 10, 15))
    assert span is not None
    assert (span.stay, span.work, span.proofs) == (True, "full", ("p1", "d1"))
    actions = set(Entry.objects.filter(case=case.pk).values_list("action", flat=True))
    assert {"case.granted", "paper.voided", "paper.issued"} <= actions
    with pytest.raises(Conflict, match="Nadia Roussel a accepté cette demande"):
        decision.refuse(people.nadia, case, reasons="Non", **at(DECIDED))
    with pytest.raises(Refusal, match="a été acceptée"):
        decision.refuse(people.nadia, done, reasons="Non", **at(DECIDED))


def test_a_paper_in_effect_ends_on_the_eve_of_the_grant(people: Personas) -> None:
    case = taken(people)
    publish(case, 1, date(2025, 10, 1), date(2025, 12, 31))
    day = date(2025, 11, 5)
    decision.grant(people.nadia, case, **at(day))
    proofs = {
        on: span_on(rights_on(people.mariam, day), on) for on in (day - timedelta(days=1), day)
    }
    assert [span.proofs for span in proofs.values() if span] == [("p1", "d1"), ("p2", "d1")]
    assert not rights_on(people.mariam, day).gaps


def test_the_card_in_hand(people: Personas) -> None:
    case = taken(people)
    with pytest.raises(Refusal, match="Aucune carte"):
        decision.card_arrives(people.nadia, case, **at(DECIDED))
    case = decision.grant(people.nadia, case, length="4y", **at(DECIDED))
    day = date(2025, 10, 20)
    with pytest.raises(Refusal, match="Aucune carte"):
        decision.hand_over(people.nadia, case, **CARD, **at(day))
    for _twice in range(2):
        case = decision.card_arrives(people.sonia, case, **at(day))
    assert case.card_ready_on == day
    for nobody in (people.paul, people.stranger):
        with pytest.raises(Forbidden):
            decision.hand_over(nobody, case, **CARD, **at(day))
    with pytest.raises(Refusal) as refused:
        decision.hand_over(people.sonia, case, **{**CARD, "valid_to": date(2025, 1, 1)}, **at(day))
    assert "finit au plus tôt" in refused.value.says
    case = decision.hand_over(people.sonia, case, **CARD, **at(day))
    assert (case.state, case.handed_over_on) == (State.HANDED_OVER, day)
    assert case.card is not None
    assert (case.card.card_number, case.card.article) == ("FRA9001122", "L423-7")
    assert Paper.objects.get(kind="ADF").valid_to == day
    assert not Coverage.objects.exists()
    assert (
        people.mariam.documents.get(article="L423-7", valid_from=date(2023, 10, 1)).withdrawn_on
        == day
    )
    span = span_on(rights_on(people.mariam, day), day + timedelta(days=1))
    assert span is not None
    assert (span.stay, span.proofs) == (True, ("d2",))
    with pytest.raises(Refusal, match="carte a été remise"):
        decision.hand_over(people.sonia, case, **CARD, **at(day))


def test_no_day_is_lost_between_the_former_card_and_one_that_begins_later(people: Personas) -> None:
    """Handed over before the former one ends: the new one is printed from the day after it."""
    case = taken(people)
    held = people.mariam.documents.get()
    assert held.valid_to is not None
    day, first = DECIDED, held.valid_to + timedelta(days=1)
    assert day < held.valid_to
    case = decision.grant(people.nadia, case, length="4y", **at(day))
    decision.card_arrives(people.nadia, case, **at(day))
    decision.hand_over(people.nadia, case, **{**CARD, "valid_from": first}, **at(day))
    answer = rights_on(people.mariam, day + timedelta(days=1))
    assert not [gap for gap in answer.gaps if gap.start <= first]
    for on in (day, day + timedelta(days=1), held.valid_to, first):
        span = span_on(answer, on)
        assert span is not None
        assert span.stay, on


def test_a_card_with_a_day_that_cannot_be_is_not_handed_over(people: Personas) -> None:
    case = taken(people)
    decision.grant(people.nadia, case, **at(DECIDED))
    decision.card_arrives(people.nadia, case, **at(DECIDED))
    far = {**CARD, "valid_to": date(9999, 12, 31)}
    with pytest.raises(Refusal) as refused:
        decision.hand_over(people.nadia, case, **far, **at(DECIDED))
    assert refused.value.field == "valid_to"


# -- refusing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["refuse", "close"])
def test_refusing_for_reasons(people: Personas, end: str) -> None:
    case = taken(people)
    publish(case, 1, date(2025, 10, 1), date(2025, 12, 31))
    act = getattr(decision, end)
    day = date(2025, 10, 10)
    with pytest.raises(Refusal) as refused:
        act(people.nadia, case, reasons=" ", **at(day))
    assert refused.value.field == "reasons"
    for nobody in (people.paul, people.stranger, people.claire):
        with pytest.raises(Forbidden):
            act(nobody, case, reasons="Non", **at(day))
    with pytest.raises(Refusal):
        act(people.mariam_account, case, reasons="Non", **at(day))
    done = act(people.nadia, case, reasons="L’enfant ne vit pas en France.", **at(day))
    assert done.state in (State.REFUSED, State.CLOSED)
    assert done.decided_by_id == people.nadia.pk
    assert Paper.objects.get().void_on == day + timedelta(days=1)
    assert not Coverage.objects.exists()
    lines = [span for span in rights_on(people.mariam, day).spans if span.stay]
    assert lines[-1].end == day
    with pytest.raises(Refusal):
        decision.grant(people.nadia, done, **at(day))


def test_the_time_to_appeal_runs_from_the_notification(people: Personas) -> None:
    case = decision.refuse(
        people.nadia, taken(people), reasons="Motifs", removal=Removal.VOLUNTARY_DEPARTURE,
        **at(DECIDED),
    )  # fmt: skip
    for wrong in (DECIDED - timedelta(days=1), DECIDED + timedelta(days=9)):
        with pytest.raises(Refusal):
            decision.note_notification(people.nadia, case, notified_on=wrong, **at(DECIDED))
    told = DECIDED + timedelta(days=3)
    for _twice in range(2):
        decision.note_notification(people.nadia, case, notified_on=told, **at(told))
    (application,) = rights_on(people.mariam, told).applications
    assert {(way.against, way.start) for way in application.appeals} == {
        ("removal", told), ("refusal", told),
    }  # fmt: skip
    assert Entry.objects.filter(action="decision.notified").count() == 1


@pytest.mark.parametrize("outcome", ["granted", "refused", "closed"])
def test_no_decision_without_a_named_agent_even_by_hand(people: Personas, outcome: str) -> None:
    case = taken(people)
    sql = (
        "UPDATE case_file SET state = %s, outcome = %s, decided_on = %s, reasons = 'x' "
        "WHERE id = %s"
    )
    with (
        pytest.raises(IntegrityError, match="case_decided_by_someone"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [outcome, outcome, DECIDED, case.pk])
    sql = "UPDATE case_file SET outcome = %s, decided_on = %s, decided_by_id = %s WHERE id = %s"
    with (
        pytest.raises(IntegrityError, match="case_"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [outcome, DECIDED, people.nadia.pk, case.pk])


def test_seizing_the_commission(people: Personas) -> None:
    case = taken(people)
    with pytest.raises(Forbidden):
        decision.seize_commission(people.paul, case, **at(DAY))
    with pytest.raises(Refusal):
        decision.seize_commission(people.mariam_account, case, **at(DAY))
    day = date(2025, 9, 1)
    for _twice in range(2):
        case = decision.seize_commission(people.nadia, case, **at(day))
    row = Coverage.objects.get(case=case)
    assert (row.next_kind, row.next_from, row.due_on) == (
        "COMMISSION",
        day,
        day - timedelta(days=15),
    )
    assert Entry.objects.filter(action="commission.seized").count() == 1


# -- moving -----------------------------------------------------------------------------------


def test_the_case_follows_the_person(people: Personas) -> None:
    case = taken(people)
    publish(case, 1, date(2025, 10, 1), date(2025, 12, 31))
    day = date(2025, 10, 12)
    (moved,) = move_to_lyon(people, day)
    assert (moved.office, moved.agent, moved.state) == (people.at_lyon, None, State.SUBMITTED)
    assert (moved.filed_on, moved.complete_on) == (case.filed_on, case.complete_on)
    assert Paper.objects.filter(void_at__isnull=True).count() == 1
    row = Coverage.objects.get(case=case)
    assert (row.office_id, row.next_rank, row.next_from) == ("69-lyon", 2, date(2026, 1, 1))
    with pytest.raises(Conflict) as told:
        decision.take(people.nadia, case, **at(day))
    assert people.at_lyon.name in told.value.says
    assert decision.take(people.paul, case, **at(day)).agent_id == people.paul.pk
    assert Entry.objects.filter(action="case.moved").count() == 1


def test_an_incomplete_case_that_moved_is_taken_there(people: Personas) -> None:
    case = taken(people)
    request_complement(people.nadia, case, wanted=[Wanted("child_name", "Illisible.")], **at(DAY))
    (case,) = move_to_lyon(people, DAY)
    assert case.state == State.INCOMPLETE
    produce(people.mariam_account, case, as_it_is=True, **at(DAY))
    case.refresh_from_db()
    assert (case.state, case.agent) == (State.IN_REVIEW, None)
    assert decision.take(people.paul, case, **at(DAY)).agent_id == people.paul.pk


def test_at_the_counter_too(people: Personas) -> None:
    prepared = counter_draft(people)
    case = filing.register_at_counter(people.nadia, prepared, complete=True, **at(DAY))
    decision.take(people.nadia, case, **at(DAY))
    day = date(2025, 7, 15)
    case.refresh_from_db()
    decision.grant(people.nadia, case, length="1y", **at(day))
    kinds = list(Paper.objects.order_by("valid_from").values_list("kind", "void_on"))
    assert kinds == [("RECEPISSE", day), ("ADF", None)]
