"""Several children in one pass: each their own request, what concerns the parent given once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from droitfil.attestations.actions import make_authority
from droitfil.cases.actions import decision, filing, pieces, siblings
from droitfil.cases.continuity.night import run_night
from droitfil.cases.form import form_of
from droitfil.cases.models import Alert, Case, Coverage, Piece
from droitfil.cases.renewals import openings_of
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.notices.models import Message
from droitfil.notices.wording import word
from droitfil.people.access import of_age_on
from droitfil.people.actions import files
from droitfil.people.models import FamilyLink, Person
from droitfil.rules.facts import Kind
from droitfil.rules.lifecycle import State
from droitfil.rules.periods import day_before
from droitfil.web.agent.ranks import told
from droitfil.web.applicant.history import history_of
from droitfil.web.applicant.states import stands
from droitfil.web.applicant.steps import steps_of_case
from tests.cases.writing import DAY, at, give_pieces, raw_case
from tests.files.samples import pdf
from tests.personas import BY, NOW, Personas

DCEM = "document-circulation-mineur"
CHILD: dict[str, Any] = {
    "dcem_before": "false", "dcem_case": "parent_card", "child_lives_with_you": "true",
    "child_at_school": "true",
    "truthful": "true",
}  # fmt: skip
PARENT: dict[str, Any] = {"authority_basis": "married", "housing": "tenant"}

pytestmark = pytest.mark.django_db


def sister(people: Personas) -> Person:
    sara = files.register_person(
        BY, now=NOW, family_name="El Fassi", given_names="Sara",
        born_on=date(2019, 1, 8), nationality="MAR", commune=people.evry,
    )  # fmt: skip
    files.link_family(BY, people.amina, sara, kind=FamilyLink.Kind.CHILD, now=NOW)
    return sara


def drafts(people: Personas) -> tuple[Case, Case]:
    assert people.at_evry
    first, second = siblings.start_for_children(
        people.amina_linked, [people.ilyes, sister(people)], procedure=DCEM, **at(DAY)
    )
    filing.save_answers(people.amina_account, first, answers={**CHILD, **PARENT}, **at(DAY))
    first.refresh_from_db()
    return first, second


def carried(people: Personas, case: Case, source: Case) -> set[str]:
    done = siblings.carry_over(people.amina_account, case, source, **at(DAY))
    case.refresh_from_db()
    return {piece.code for piece in done}


def test_each_child_has_a_draft_of_their_own(people: Personas) -> None:
    first, second = drafts(people)
    assert first.reference != second.reference
    assert siblings.siblings_of(people.amina_account, first, DAY) == [second]
    with pytest.raises(Refusal, match="au moins un enfant"):
        siblings.start_for_children(people.amina_account, [], procedure=DCEM, **at(DAY))


def test_the_parent_s_answers_and_files_are_carried_and_not_the_child_s(people: Personas) -> None:
    first, second = drafts(people)
    mine = pieces.add_piece(
        people.amina_account, first, code="applicant_identity", content=pdf(),
        declared_name="passeport.pdf", **at(DAY),
    )  # fmt: skip
    pieces.add_piece(
        people.amina_account, first, code="minor_identity", content=pdf(),
        declared_name="ilyes.pdf", **at(DAY),
    )  # fmt: skip
    assert carried(people, second, first) == {"applicant_identity"}
    assert second.answers == PARENT
    assert second.pieces.get().upload == mine.upload
    line = Entry.objects.get(action="piece.added", case=second.pk)
    assert line.facts["code"] == "applicant_identity"


def test_carried_twice_adds_nothing_and_keeps_what_was_answered(people: Personas) -> None:
    first, second = drafts(people)
    give_pieces(people, first)
    filing.save_answers(people.amina_account, second, answers={"housing": "owner"}, **at(DAY))
    once = carried(people, second, first)
    assert once == {
        "applicant_birth_certificate", "applicant_identity", "applicant_title",
        "parents_marriage", "address_bill",
    }  # fmt: skip
    assert carried(people, second, first) == set()
    assert second.answers["housing"] == "owner"


def test_a_file_taken_back_from_one_stays_with_the_other(people: Personas) -> None:
    first, second = drafts(people)
    give_pieces(people, first)
    carried(people, second, first)
    piece = first.pieces.get(code="applicant_identity")
    pieces.withdraw_piece(people.amina_account, piece, **at(DAY))
    assert second.pieces.filter(code="applicant_identity", withdrawn_at__isnull=True).exists()


def test_nobody_carries_from_another_s_request_nor_into_a_filed_one(people: Personas) -> None:
    first, second = drafts(people)
    give_pieces(people, first)
    with pytest.raises(Forbidden):
        siblings.carry_over(people.mariam_account, second, first, **at(DAY))
    filing.submit_case(people.amina_account, first, key=uuid4(), **at(DAY))
    first.refresh_from_db()
    with pytest.raises(Refusal):
        siblings.carry_over(people.amina_account, first, second, **at(DAY))
    # From the filed one to the draft: what one does, once the first child is done.
    assert carried(people, second, first)


def test_only_a_minor_is_given_a_child_s_document(people: Personas) -> None:
    assert people.at_evry
    with pytest.raises(Refusal, match="enfant mineur"):
        filing.start_draft(people.amina_linked, people.amina, procedure=DCEM, held=None, **at(DAY))
    proposed = {one.version.procedure for one in openings_of(people.ilyes, DAY)}
    assert proposed == {DCEM}
    assert DCEM not in {one.version.procedure for one in openings_of(people.amina, DAY)}


def test_a_child_s_request_owes_no_paper_and_alarms_nobody(people: Personas) -> None:
    make_authority(BY, now=NOW)
    first, _ = drafts(people)
    give_pieces(people, first)
    filing.submit_case(people.amina_account, first, key=uuid4(), **at(DAY))
    run_night(DAY)
    first.refresh_from_db()
    assert not first.papers.exists()
    assert not form_of(first, DAY).application.duties
    assert not Alert.objects.filter(case=first).exists()
    # In the list of agents it does not come before those whose rights run out.
    adult = of_age_on(people.ilyes, DAY)
    row = Coverage.objects.get(case=first)
    assert row.covered_until == day_before(adult)
    assert "avant sa majorité" in told(row, None, DAY).reasons[0]
    steps = steps_of_case(first, DAY)
    assert [step.title for step in steps] == ["Rien à faire : la préfecture examine votre demande"]
    assert not steps[0].more  # no paper of theirs ends with their minority
    assert Piece.objects.filter(case=first).count() > 5


def test_what_is_told_of_a_child_s_document_speaks_of_no_card(people: Personas) -> None:
    make_authority(BY, now=NOW)
    case, _ = drafts(people)
    give_pieces(people, case)
    filing.submit_case(people.amina_account, case, key=uuid4(), **at(DAY))
    decision.take(people.nadia, case, **at(DAY))
    case.refresh_from_db()
    case = decision.grant(people.nadia, case, length="5y", **at(DAY))
    case = decision.card_arrives(people.nadia, case, **at(DAY))
    decision.hand_over(
        people.nadia, case, kind=Kind.DCEM, card_number="FRD1234567", valid_from=DAY,
        valid_to=date(2030, 6, 19), **at(DAY),
    )  # fmt: skip
    told = Message.objects.filter(case=case.pk).order_by("created_at", "id")
    assert {"document_granted", "document_ready", "document_handed_over"} <= {
        message.template for message in told
    }
    for text in word(list(told)):
        assert "carte" not in " ".join((text.subject, *text.text, *text.inside, text.sms))
    assert not any("carte" in one.says.lower() for one in history_of(case))
    assert "carte" not in " ".join(map(str, stands(case))).lower()


def test_an_agent_carries_nothing_from_one_person_to_another(people: Personas) -> None:
    """Both requests are alike, and open to Nadia, who serves where they are."""
    source = raw_case(State.SUBMITTED, people)
    case = raw_case(State.DRAFT, people, person=people.mariam, held=people.mariam.documents.get())
    pieces.note_seen(people.nadia, source, code="passport", **at(DAY))
    with pytest.raises(Forbidden):
        siblings.carry_over(people.nadia, case, source, **at(DAY))
    assert not case.pieces.exists()
