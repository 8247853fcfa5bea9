"""What lacks is asked once, suspends the clock as the law says, and is answered."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from droitfil.cases.actions import complement, decision, filing, moving, pieces
from droitfil.cases.actions.complement import Wanted
from droitfil.cases.models import Amendment, Case, Complement, ComplementItem, Coverage, Paper
from droitfil.cases.queries import rights_on, situation_of
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.rules.answer import Silence
from droitfil.rules.lifecycle import State
from tests.cases.writing import DAY, at, counter_draft, draft, filed, give_pieces, taken
from tests.personas import Personas

ASKED, DUE = date(2025, 7, 7), date(2025, 8, 6)
CERTIFICATE = Wanted("child_birth_certificate", "L’acte est illisible.")


def ask(people: Personas, case: Case, *more: Wanted) -> Complement:
    return complement.request_complement(
        people.nadia, case, wanted=[CERTIFICATE, *more], **at(ASKED)
    )


def silence(case: Case, on: date) -> Silence | None:
    situation = situation_of(case.person, on)
    (found,) = situation.answer().applications
    return found.silence


def test_asking_suspends_the_clock(people: Personas) -> None:
    case = taken(people)
    before = silence(case, ASKED)
    asked = ask(people, case)
    case.refresh_from_db()
    assert (case.state, asked.due_on) == (State.INCOMPLETE, DUE)
    item = asked.items.get()
    assert (item.what, item.article) == ("piece", "R431-10, 3°, L423-7")
    entry = Entry.objects.get(action="complement.requested")
    assert entry.facts["codes"] == ["child_birth_certificate"]
    answered = date(2025, 7, 20)
    pieces.add_code(
        people.mariam_account, case, code="child_birth_certificate", data="EC-12", **at(answered)
    )
    done = complement.produce(people.mariam_account, case, **at(answered))
    case.refresh_from_db()
    assert (case.state, done.produced_on) == (State.IN_REVIEW, answered)
    assert case.agent_id == people.nadia.pk, "the agent who asked looks at the answer"
    after = silence(case, answered)
    assert before is not None
    assert after is not None
    assert after.latest - before.latest == answered - ASKED


def test_rights_do_not_wait_for_the_answer(people: Personas) -> None:
    case = taken(people)
    before = Coverage.objects.get(case=case)
    ask(people, case)
    after = Coverage.objects.get(case=case)
    assert (after.next_from, after.due_on) == (before.next_from, before.due_on)


def test_answering_without_everything(people: Personas) -> None:
    case = taken(people)
    ask(people, case, Wanted("child_name", "Le prénom manque."))
    me, day = people.mariam_account, ASKED + timedelta(days=2)
    case.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        complement.produce(me, case, **at(day))
    assert [t.field for t in refused.value.troubles] == ["child_birth_certificate", "child_name"]
    assert (
        refused.value.troubles[0].says
        == "Il manque : Acte de naissance de l'enfant, avec ses parents."
    )
    moving.amend(me, case, answers={"child_name": "Lina Awa Diallo"}, **at(day))
    with pytest.raises(Refusal) as refused:
        complement.produce(me, case, **at(day))
    assert [t.field for t in refused.value.troubles] == ["child_birth_certificate"]
    complement.produce(me, case, as_it_is=True, **at(day))
    with pytest.raises(Conflict, match="Ce dossier vient de changer, à 11 h 12"):
        complement.produce(me, case, **at(day))
    assert Entry.objects.filter(action="complement.produced").count() == 1


def test_what_cannot_be_asked(people: Personas) -> None:
    case = taken(people)
    for wanted, field in (
        ([], "wanted"),
        ([CERTIFICATE, CERTIFICATE], "child_birth_certificate"),
        ([Wanted("nothing", "Pourquoi pas.")], "nothing"),
        ([Wanted("child_birth_certificate", " ")], "reason"),
    ):
        with pytest.raises(Refusal) as refused:
            complement.request_complement(people.nadia, case, wanted=wanted, **at(ASKED))
        assert refused.value.field == field
    with pytest.raises(Refusal, match="06/08/2025"):
        complement.request_complement(
            people.nadia, case, wanted=[CERTIFICATE], due_on=DUE - timedelta(days=1), **at(ASKED)
        )
    assert not Complement.objects.exists()
    with pytest.raises(Refusal, match="Seul un agent"):
        complement.request_complement(
            people.mariam_account, case, wanted=[CERTIFICATE], **at(ASKED)
        )
    for nobody in (people.paul, people.stranger, people.claire):
        with pytest.raises(Forbidden):
            complement.request_complement(nobody, case, wanted=[CERTIFICATE], **at(ASKED))
    with pytest.raises(Conflict, match="Nadia Roussel a pris ce dossier le 20/06/2025"):
        complement.request_complement(people.sonia, case, wanted=[CERTIFICATE], **at(ASKED))


def test_only_of_a_case_under_review(people: Personas) -> None:
    case = filed(people)
    with pytest.raises(Refusal, match="attend un agent"):
        ask(people, case)
    with pytest.raises(Refusal, match="Aucune pièce n'est attendue"):
        complement.produce(people.mariam_account, case, **at(DAY))


def test_the_database_knows_what_is_asked_once(people: Personas) -> None:
    case = taken(people)
    asked = ask(people, case)
    with pytest.raises(IntegrityError, match="complement_item_once"), transaction.atomic():
        ComplementItem.objects.create(
            complement=asked, what="piece", code="child_birth_certificate", reason="Encore."
        )
    with pytest.raises(IntegrityError, match="complement_one_waiting"), transaction.atomic():
        Complement.objects.create(
            case=case, asked_at=at(ASKED)["now"], asked_on=ASKED, due_on=DUE,
            asked_by_id=people.nadia.pk,
        )  # fmt: skip


def test_more_time(people: Personas) -> None:
    case = taken(people)
    ask(people, case)
    case.refresh_from_db()
    later = DUE + timedelta(days=15)
    assert complement.extend(people.nadia, case, due_on=later, **at(ASKED)).due_on == later
    with pytest.raises(Refusal, match="après le 21/08/2025"):
        complement.extend(people.nadia, case, due_on=DUE, **at(ASKED))
    with pytest.raises(Refusal):
        complement.extend(people.mariam_account, case, due_on=date(2026, 1, 1), **at(ASKED))


def test_without_an_answer_a_human_looks(people: Personas) -> None:
    case = taken(people)
    ask(people, case)
    night = "system:night"
    assert not complement.lapse_complement(night, case, **at(DUE))
    assert complement.lapse_complement(night, case, **at(DUE + timedelta(days=1)))
    assert not complement.lapse_complement(night, case, **at(DUE + timedelta(days=2)))
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.IN_REVIEW, "")
    assert Entry.objects.filter(action="complement.lapsed", actor=night).count() == 1


def test_the_file_is_complete_when_what_was_asked_came(people: Personas) -> None:
    """At the counter, from paper: the récépissé is given the day the file is complete."""
    case = filing.register_at_counter(
        people.nadia, counter_draft(people), complete=False, **at(DAY)
    )
    decision.take(people.nadia, case, **at(DAY))
    case.refresh_from_db()
    complement.request_complement(
        people.nadia, case, wanted=[Wanted("employment_proof", "Elle manque.")], **at(DAY)
    )
    case.refresh_from_db()
    assert not Paper.objects.exists()
    day = date(2025, 7, 3)
    complement.produce(people.nadia, case, **at(day))
    case.refresh_from_db()
    assert case.complete_on == day
    paper = Paper.objects.get()
    assert (paper.kind, paper.valid_from, paper.valid_to) == ("RECEPISSE", day, date(2025, 10, 2))


def test_a_piece_may_complete_the_file(people: Personas) -> None:
    me = people.mariam_account
    case = draft(people)
    give_pieces(people, case)
    last = case.pieces.get(code="ephoto_code")
    pieces.withdraw_piece(me, last, **at(DAY))
    case = filing.submit_case(me, case, key=uuid4(), incomplete=True, **at(DAY))
    assert case.complete_on is None
    day = DAY + timedelta(days=5)
    for nobody in (people.stranger, people.paul):
        with pytest.raises(Forbidden):
            pieces.add_code(nobody, case, code="ephoto_code", data="A1", **at(day))
    with pytest.raises(Refusal, match="pas demandée"):
        pieces.add_code(me, case, code="other", data="A1", **at(day))
    with pytest.raises(Refusal, match="Écrivez ce code"):
        pieces.add_code(me, case, code="ephoto_code", data=" ", **at(day))
    added = pieces.add_code(me, case, code="ephoto_code", data="A1B2", **at(day))
    case.refresh_from_db()
    assert (added.rank, case.complete_on) == (2, day)
    assert Coverage.objects.get(case=case).next_kind == "API"


def test_answers_are_put_right_one_by_one(people: Personas) -> None:
    case, me = filed(people), people.mariam_account
    change = {
        "child_name": "Lina Awa Diallo",
        "parents_together": "false",
        "court_decision": "false",
    }
    made = moving.amend(me, case, answers=change, **at(DAY))
    assert {(a.field, a.before, a.after) for a in made} == {
        ("child_name", "Lina Diallo", "Lina Awa Diallo"),
        ("parents_together", True, False),
        ("court_decision", None, False),
    }
    assert moving.amend(me, case, answers=change, **at(DAY)) == []
    assert Amendment.objects.count() == 3
    entry = Entry.objects.get(action="case.amended")
    assert entry.facts["fields"] == ["child_name", "court_decision", "parents_together"]
    case.refresh_from_db()
    assert (case.filed_on, case.answers["parents_together"]) == (DAY, False)
    with pytest.raises(Refusal) as refused:
        moving.amend(me, case, answers={"child_born_on": "hier"}, **at(DAY))
    assert refused.value.troubles[0].field == "child_born_on"
    for nobody in (people.stranger, people.paul):
        with pytest.raises(Forbidden):
            moving.amend(nobody, case, answers=change, **at(DAY))
    with pytest.raises(Refusal, match="elle corrige elle-même"):
        moving.amend(people.nadia, case, answers=change, **at(DAY))


def test_the_answer_stays_the_persons_right(people: Personas) -> None:
    case = taken(people)
    ask(people, case)
    assert rights_on(people.mariam, ASKED).gaps == ()
