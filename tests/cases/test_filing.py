"""From the draft to the filing: online by the person, at the counter by an agent."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from droitfil.cases.actions import filing
from droitfil.cases.form import form_of
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.cases.queries import rights_on, span_on
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.notices.models import Message
from droitfil.rules.lifecycle import State
from droitfil.rules.sentences import FRENCH
from tests.cases.writing import (
    AMINA,
    DAY,
    EMPLOYEE,
    MARIAM,
    PARENT,
    at,
    counter_draft,
    draft,
    filed,
    give_pieces,
)
from tests.personas import Personas


def actions_of(case: Case) -> list[str]:
    """What the journal has of the case, notices apart."""
    entries = Entry.objects.filter(case=case.pk).exclude(action="notice.written")
    return list(entries.order_by("id").values_list("action", flat=True))


# -- drafts -----------------------------------------------------------------------------------


def test_a_draft_is_opened_once(people: Personas) -> None:
    case = draft(people)
    again = filing.start_draft(
        people.mariam_account, people.mariam, procedure=PARENT,
        held=people.mariam.documents.get(), **at(DAY),
    )  # fmt: skip
    assert (again.pk, case.state, case.channel) == (case.pk, State.DRAFT, "teleservice")
    assert case.office == people.at_evry
    assert actions_of(case) == ["case.started", "case.saved"]
    assert not Coverage.objects.exists()


def test_what_is_typed_is_kept_readable_or_not(people: Personas) -> None:
    case = draft(people)
    form = filing.save_answers(
        people.mariam_account,
        case,
        answers={"child_born_on": "4 mai", "unknown": "x"},
        **at(DAY),
    )
    assert [problem.field for problem in form.problems] == ["child_born_on"]
    case.refresh_from_db()
    assert case.answers["child_born_on"] == "4 mai"
    assert "unknown" not in case.answers
    filing.save_answers(people.mariam_account, case, answers={"child_born_on": ""}, **at(DAY))
    case.refresh_from_db()
    assert "child_born_on" not in case.answers
    with pytest.raises(Refusal) as refused:
        filing.save_answers(
            people.mariam_account, case, answers={"child_name": "x" * 2001}, **at(DAY)
        )
    assert refused.value.field == "child_name"


def test_a_draft_is_its_writers_alone(people: Personas) -> None:
    case = draft(people)
    for nobody in (people.stranger, people.nadia, people.paul, people.claire, people.denis):
        with pytest.raises(Forbidden):
            filing.save_answers(nobody, case, answers=MARIAM, **at(DAY))
        with pytest.raises(Forbidden):
            filing.submit_case(nobody, case, key=uuid4(), **at(DAY))
        with pytest.raises(Forbidden):
            filing.discard(nobody, case, **at(DAY))
    for nobody in (people.stranger, people.paul, people.claire, people.denis):
        with pytest.raises(Forbidden):
            filing.start_draft(
                nobody, people.mariam, procedure=PARENT,
                held=people.mariam.documents.get(), **at(DAY),
            )  # fmt: skip


def test_a_draft_that_cannot_be(people: Personas) -> None:
    me, card = people.mariam_account, people.mariam.documents.get()
    assert people.at_evry
    for procedure, held, field in (
        ("rien", card, "procedure"),
        (PARENT, None, "held"),
        (EMPLOYEE, card, "held"),
        (PARENT, people.amina.documents.get(), "held"),
    ):
        with pytest.raises(Refusal) as refused:
            filing.start_draft(me, people.mariam, procedure=procedure, held=held, **at(DAY))
        assert refused.value.field == field
    people.mariam.commune = None
    people.mariam.save()
    with pytest.raises(Refusal, match="adresse manque"):
        filing.start_draft(me, people.mariam, procedure=PARENT, held=card, **at(DAY))


def test_a_draft_is_thrown_away(people: Personas) -> None:
    case = draft(people)
    for _twice in range(2):
        assert filing.discard(people.mariam_account, case, **at(DAY)).state == State.DISCARDED
    assert actions_of(case).count("case.discarded") == 1
    assert draft(people).pk != case.pk
    with pytest.raises(Refusal, match="brouillon a été supprimé"):
        filing.save_answers(
            people.mariam_account, Case.objects.get(pk=case.pk), answers={}, **at(DAY)
        )


# -- online -----------------------------------------------------------------------------------


def test_filing_online(people: Personas) -> None:
    case = filed(people)
    assert (case.state, case.filed_on, case.complete_on) == (State.SUBMITTED, DAY, DAY)
    assert case.acknowledged
    assert case.answers["child_born_on"] == "2021-05-04"
    assert case.answers["truthful"] is True
    assert actions_of(case)[-1] == "case.submitted"
    told = Message.objects.get(case=case.pk)
    assert (told.template, told.person, told.facts["reference"]) == (
        "filing_received", people.mariam, case.reference,
    )  # fmt: skip
    row = Coverage.objects.get(case=case)
    # The first paper, published ahead of the day after the card ends.
    assert (row.next_kind, row.next_rank) == ("API", 1)
    assert (row.next_from, row.next_to) == (date(2025, 10, 1), date(2025, 12, 31))
    assert (row.due_on, row.chain_months) == (date(2025, 9, 16), 3)
    assert (row.covered_until, row.chain_stop) == (date(2025, 9, 30), "")
    assert not Paper.objects.exists()


def test_one_filing_however_often_pressed(people: Personas) -> None:
    case, key = draft(people), uuid4()
    give_pieces(people, case)
    first = filing.submit_case(people.mariam_account, case, key=key, **at(DAY))
    later = filing.submit_case(people.mariam_account, case, key=key, **at(DAY + timedelta(days=1)))
    assert (first.pk, later.filed_on) == (later.pk, DAY)
    assert actions_of(case).count("case.submitted") == 1
    with pytest.raises(Conflict, match="a été déposé à"):
        filing.submit_case(people.mariam_account, case, key=uuid4(), **at(DAY))
    with pytest.raises(Refusal, match="Il ne peut pas être déposé"):
        filing.submit_case(people.mariam_account, later, key=uuid4(), **at(DAY))


def test_what_lacks_is_said_and_nothing_is_lost(people: Personas) -> None:
    case = draft(people)
    filing.save_answers(people.mariam_account, case, answers={"housing": ""}, **at(DAY))
    with pytest.raises(Refusal) as refused:
        filing.submit_case(people.mariam_account, case, key=uuid4(), **at(DAY))
    assert [trouble.field for trouble in refused.value.troubles] == ["housing"]
    filing.save_answers(people.mariam_account, case, answers={"housing": "tenant"}, **at(DAY))
    with pytest.raises(Refusal) as refused:
        filing.submit_case(people.mariam_account, case, key=uuid4(), **at(DAY))
    lacking = [trouble.field for trouble in refused.value.troubles]
    assert "child_birth_certificate" in lacking
    assert lacking == [required.piece.code for required in form_of(case, DAY).lacks.pieces]
    case.refresh_from_db()
    assert case.state == State.DRAFT


def test_filing_without_every_piece_keeps_the_day(people: Personas) -> None:
    case = draft(people)
    case = filing.submit_case(people.mariam_account, case, key=uuid4(), incomplete=True, **at(DAY))
    assert (case.filed_on, case.complete_on) == (DAY, None)
    row = Coverage.objects.get(case=case)
    assert (row.due_on, row.chain_stop) == (None, "incomplete")


def test_no_filing_before_the_window_opens(people: Personas) -> None:
    early = date(2025, 6, 1)
    case = draft(people, early)
    give_pieces(people, case, early)
    with pytest.raises(Refusal, match="à partir du 02/06/2025"):
        filing.submit_case(people.mariam_account, case, key=uuid4(), **at(early))
    filing.submit_case(people.mariam_account, case, key=uuid4(), **at(date(2025, 6, 2)))


def test_a_second_request_waits_for_the_first(people: Personas) -> None:
    case = filed(people)
    with pytest.raises(Conflict, match=case.reference):
        draft(people)


def test_a_request_for_the_counter_is_not_filed_online(people: Personas) -> None:
    assert people.at_evry
    case = filing.start_draft(
        people.amina_linked, people.amina, procedure=EMPLOYEE,
        held=people.amina.documents.get(), **at(DAY),
    )  # fmt: skip
    filing.save_answers(people.amina_linked, case, answers=AMINA, **at(DAY))
    with pytest.raises(Refusal, match="se dépose au guichet"):
        filing.submit_case(people.amina_linked, case, key=uuid4(), **at(DAY))


# -- at the counter ---------------------------------------------------------------------------


def test_registering_from_paper(people: Personas) -> None:
    case = filing.register_at_counter(people.nadia, counter_draft(people), complete=True, **at(DAY))
    assert (case.state, case.filed_on, case.complete_on) == (State.SUBMITTED, DAY, DAY)
    paper = Paper.objects.get(case=case)
    assert (paper.kind, paper.rank, paper.published_at) == ("RECEPISSE", 1, at(DAY)["now"])
    # In hand that day; in effect when the card ends.
    assert (paper.valid_from, paper.valid_to) == (date(2025, 7, 1), date(2025, 9, 30))
    assert actions_of(case) == [
        "case.started", "paper.issued", "attestation.issued", "case.registered",
    ]  # fmt: skip
    spans = rights_on(people.amina, DAY).spans
    first = next(span for span in spans if span.start == paper.valid_from)
    assert (first.stay, first.work, first.proofs[0]) == (True, "full", "p1")
    row = Coverage.objects.get(case=case)
    assert (row.next_kind, row.next_rank, row.next_from) == ("RECEPISSE", 2, date(2025, 10, 1))
    assert (row.next_to, row.due_on) == (date(2025, 12, 31), date(2025, 9, 16))


def test_a_recepisse_after_the_card_ended_begins_that_day(people: Personas) -> None:
    day = date(2025, 8, 12)
    case = filing.register_at_counter(
        people.nadia, counter_draft(people, day), complete=True, **at(day)
    )
    paper = Paper.objects.get(case=case)
    assert (paper.valid_from, paper.valid_to) == (day, date(2025, 11, 11))
    span = span_on(rights_on(people.amina, day), day)
    assert span is not None
    assert (span.stay, span.proofs[0]) == (True, "p1")


def test_registering_from_the_draft_prepared_at_home(people: Personas) -> None:
    assert people.at_evry
    case = filing.start_draft(
        people.amina_linked, people.amina, procedure=EMPLOYEE,
        held=people.amina.documents.get(), **at(DAY),
    )  # fmt: skip
    filing.save_answers(people.amina_linked, case, answers=AMINA, **at(DAY))
    case = filing.register_at_counter(people.nadia, case, complete=False, **at(DAY))
    assert case.answers["employer_name"] == "Boulangerie du Parc"
    assert case.complete_on is None
    assert not Paper.objects.exists()


def test_who_registers(people: Personas) -> None:
    case = counter_draft(people)
    for nobody in (people.stranger, people.paul, people.claire, people.denis):
        with pytest.raises(Forbidden):
            filing.register_at_counter(nobody, case, complete=True, **at(DAY))
    with pytest.raises(Refusal, match="Seul un agent"):
        filing.register_at_counter(people.amina_linked, case, complete=True, **at(DAY))
    filing.register_at_counter(people.nadia, case, complete=True, **at(DAY))
    with pytest.raises(Conflict, match="a été déposé"):
        filing.register_at_counter(people.nadia, case, complete=True, **at(DAY))
    assert Paper.objects.count() == 1


# -- withdrawing ------------------------------------------------------------------------------


def test_withdrawing(people: Personas) -> None:
    case = filing.register_at_counter(people.nadia, counter_draft(people), complete=True, **at(DAY))
    for nobody in (people.stranger, people.paul):
        with pytest.raises(Forbidden):
            filing.withdraw(nobody, case, **at(DAY))
    with pytest.raises(Refusal, match="Seule la personne"):
        filing.withdraw(people.nadia, case, **at(DAY))
    day = date(2025, 7, 10)
    for _twice in range(2):
        done = filing.withdraw(people.amina_linked, case, **at(day))
    assert (done.state, done.withdrawn_on) == (State.WITHDRAWN, day)
    paper = Paper.objects.get()
    assert (paper.void_on, paper.void_reason) == (date(2025, 7, 11), "withdrawal")
    assert not Coverage.objects.exists()
    assert actions_of(case).count("case.withdrawn") == 1
    answer = rights_on(people.amina, date(2025, 8, 1))
    last = [span for span in answer.spans if span.stay][-1]
    assert last.end == day
    assert not answer.applications[0].appeals
    assert not any(gap.entitled for gap in answer.gaps)
    said = " ".join(FRENCH.text(why.says) for why in answer.explain)
    assert "La demande a été retirée" in said
    for untrue in ("clos", "il y manquait", "n'est pas complet", "refusé"):
        assert untrue not in said.replace("avant de vous le refuser", "")
