"""What each procedure asks of one person or two: questions put, pieces and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from droitfil.lawbook.procedures import load_procedures
from droitfil.rules.conditions import Values
from droitfil.rules.procedure import Due, Required, Version, required_pieces, visible_questions
from droitfil.rules.sentences import FRENCH

FILED = date(2026, 2, 10)
#: What people of these tests answer alike.
HOME: dict[str, Any] = {
    "passport_status": "valid", "name_differs": False, "housing": "tenant",
    "family_status": "single", "truthful": True,
}  # fmt: skip
COMMON = {"nationality_proof", "address_proof", "republican_contract", "tax_stamp"}


def version(code: str) -> Version:
    return load_procedures()[code].at(FILED)


def facts(of: Version, kind: str | None = None, **more: Any) -> Values:
    """The facts of a case; nothing is known of a document when none is held."""
    held = {} if kind is None else {"document.kind": kind, "document.article": of.title}
    return {
        "filing.on": FILED, "filing.channel": of.channel, "filing.late_fee": "none",
        "fees.amount": 75, "fees.upfront": 0, "person.born_on": date(1999, 2, 14),
        **held, **more,
    }  # fmt: skip


def asked(
    code: str, answers: dict[str, Any], kind: str | None = None, **more: Any
) -> dict[str, Required]:
    found = version(code)
    return {
        required.piece.code: required
        for required in required_pieces(found, answers, facts(found, kind, **more))
    }


def questions(code: str, answers: dict[str, Any], kind: str | None = None) -> set[str]:
    found = version(code)
    return {q.id for q in visible_questions(found, answers, facts(found, kind))}


def reasons(required: Required) -> list[str]:
    return [FRENCH.text(reason.says) for reason in required.reasons]


# -- student ---------------------------------------------------------------------------------------

STUDENT: dict[str, Any] = {
    **HOME, "institution": "Université d'Évry", "study_level": "master",
    "enrolment_status": "final", "study_break": False, "diploma_obtained": False,
    "apprenticeship": False, "resource_type": "scholarship", "card_asked": "multiannual",
}  # fmt: skip


def test_a_student_renews_with_enrolment_marks_and_one_proof_of_resources() -> None:
    found = asked("renouvellement-etudiant", {**STUDENT, "family_changed": False}, "CST")
    assert found.keys() == COMMON | {
        "current_title", "enrolment", "transcripts", "student_resources", "ephoto_code",
    }  # fmt: skip
    assert found["enrolment"].codes == ("enrolment_certificate",)
    assert found["student_resources"].codes == ("scholarship_certificate",)
    assert reasons(found["student_resources"]) == [
        "À « De quoi vivez-vous pendant vos études ? », vous avez répondu : D'une bourse."
    ]


def test_a_student_proves_no_integration_and_no_medical_visit() -> None:
    for code in ("renouvellement-etudiant", "premiere-carte-etudiant"):
        codes = {piece.code for piece in version(code).pieces}
        assert not codes & {"cir_proof", "civic_exam", "french_a2", "ofii_medical_certificate"}


@pytest.mark.parametrize(
    ("answer", "piece"),
    [
        ({"study_break": True}, "study_explanation"),
        ({"diploma_obtained": True}, "last_diploma"),
        ({"study_level": "doctorate"}, "thesis_certificate"),
        ({"apprenticeship": True}, "training_contract"),
        ({"resource_type": "exempt"}, "student_resources_exempt"),
    ],
)
def test_what_happened_in_the_studies_calls_for_its_piece(
    answer: dict[str, Any], piece: str
) -> None:
    assert piece not in asked("renouvellement-etudiant", STUDENT, "CST")
    assert piece in asked("renouvellement-etudiant", {**STUDENT, **answer}, "CST")


def test_a_pre_enrolment_is_enough_to_file_and_the_final_one_comes_at_the_handover() -> None:
    found = asked("renouvellement-etudiant", {**STUDENT, "enrolment_status": "pre"}, "CST")
    assert found["enrolment"].codes == ("enrolment_certificate", "pre_enrolment")
    assert found["final_enrolment"].piece.due is Due.HANDOVER
    assert "final_enrolment" not in asked("renouvellement-etudiant", STUDENT, "CST")


def test_a_first_student_card_starts_from_the_validated_visa() -> None:
    found = asked("premiere-carte-etudiant", STUDENT, "VLS_TS")
    assert {"vls_ts_validation", "birth_certificate"} <= found.keys()
    assert "current_title" not in found
    assert "family_changed" not in questions("premiere-carte-etudiant", STUDENT, "VLS_TS")


def test_work_study_is_remembered_not_read() -> None:
    piece = version("renouvellement-etudiant").piece("training_contract")
    assert piece is not None
    assert piece.to_confirm


def test_the_holder_of_a_multiannual_card_is_asked_where_they_live() -> None:
    assert "six_months_each_year" in questions("renouvellement-etudiant", STUDENT, "CSP")
    assert "presence_statement" in asked("renouvellement-etudiant", STUDENT, "CSP")
    assert "six_months_each_year" not in questions("renouvellement-etudiant", STUDENT, "CST")


# -- resident, spouse of a French national ---------------------------------------------------------

SPOUSE: dict[str, Any] = {
    **HOME, "family_status": "married", "family_changed": False, "polygamy_allowed": "forbidden",
    "spouse_name": "Paul Martin", "married_on": date(2021, 5, 12), "married_abroad": False,
    "living_together": "together", "language_health": False,
}  # fmt: skip
FIRST_RESIDENT = "carte-resident-conjoint-francais"


def test_a_first_resident_card_proves_marriage_stay_french_and_the_civic_exam() -> None:
    found = asked(FIRST_RESIDENT, SPOUSE, "CSP")
    assert found.keys() == COMMON | {
        "current_title", "marriage_certificate", "spouse_french_nationality",
        "joint_life_declaration", "joint_life_evidence", "regular_stay_history", "civic_exam",
        "french_b1", "ephoto_code",
    }  # fmt: skip
    assert found["regular_stay_history"].piece.obtainable


def test_a_marriage_celebrated_abroad_is_shown_by_its_transcription() -> None:
    found = asked(FIRST_RESIDENT, {**SPOUSE, "married_abroad": True}, "CSP")
    assert "marriage_transcription" in found
    assert "marriage_certificate" not in found


def test_a_couple_kept_apart_explains_it_without_a_medical_paper() -> None:
    found = asked(FIRST_RESIDENT, {**SPOUSE, "living_together": "apart_health"}, "CSP")
    assert {"joint_life_explanation", "joint_life_evidence"} <= found.keys()
    assert "joint_life_declaration" not in found
    assert "médical" in found["joint_life_explanation"].piece.help


def test_after_65_no_french_is_asked_the_civic_exam_is() -> None:
    old = asked(FIRST_RESIDENT, SPOUSE, "CSP", **{"person.born_on": date(1960, 2, 9)})
    assert "french_b1" not in old
    assert "civic_exam" in old
    on_the_eve = asked(FIRST_RESIDENT, SPOUSE, "CSP", **{"person.born_on": date(1960, 2, 11)})
    assert "french_b1" in on_the_eve
    ill = asked(FIRST_RESIDENT, {**SPOUSE, "language_health": True}, "CSP")
    assert "french_health_exemption" in ill
    assert "french_b1" not in ill


def test_a_resident_card_is_renewed_as_of_right() -> None:
    code = "renouvellement-resident-conjoint-francais"
    found = asked(code, {**SPOUSE, "long_absence": False}, "CR")
    assert found.keys() == COMMON | {"current_title", "absence_declaration", "ephoto_code"}
    assert questions(code, SPOUSE, "CR") == {
        "passport_status", "name_differs", "housing", "housed_since", "family_status",
        "family_changed", "polygamy_allowed", "long_absence", "truthful", "comment",
    }  # fmt: skip


# -- resident, refugee -----------------------------------------------------------------------------


def test_a_refugee_gives_the_decision_a_home_and_a_photograph() -> None:
    recognised = {
        **HOME, "recognised_by": "ofpra", "recognised_on": date(2026, 1, 5),
        "ofpra_civil_status_received": False,
    }  # fmt: skip
    found = asked("carte-resident-refugie", recognised)
    assert found.keys() == {
        "ofpra_decision", "address_proof", "ephoto_code", "republican_contract", "tax_stamp",
    }  # fmt: skip
    received = {**recognised, "ofpra_civil_status_received": True}
    assert "ofpra_civil_status" in asked("carte-resident-refugie", received)


def test_a_refugee_without_a_home_gives_their_domiciliation() -> None:
    found = asked("carte-resident-refugie", {**HOME, "housing": "domiciled"})
    assert found["domiciliation_certificate"].piece.to_confirm


def test_a_refugee_renews_with_the_card_and_their_absences() -> None:
    found = asked("renouvellement-resident-refugie", {**HOME, "long_absence": False}, "CR")
    assert found.keys() == {
        "current_title", "address_proof", "absence_declaration", "ephoto_code",
        "republican_contract", "tax_stamp",
    }  # fmt: skip


# -- young adults ----------------------------------------------------------------------------------

ARRIVED: dict[str, Any] = {
    **HOME, "arrived_on": date(2017, 9, 1), "lived_with": "mother", "school_gap": False,
}  # fmt: skip
PLACED: dict[str, Any] = {
    **HOME, "placed_on": date(2021, 9, 3), "placement_type": "judge",
    "structure_name": "Foyer des Tilleuls", "opinion_available": True, "training": "CAP cuisine",
}  # fmt: skip
YOUNG = {"person.born_on": date(2007, 12, 4)}


def test_a_young_person_who_grew_up_here_shows_school_and_a_parent() -> None:
    found = asked("premiere-carte-jeune-arrive", ARRIVED, **YOUNG)
    assert found.keys() == COMMON | {
        "birth_certificate", "school_certificates_since_13", "parent_filiation_and_residence",
        "parent_identity", "identity_photos",
    }  # fmt: skip
    assert reasons(found["parent_identity"]) == [
        "À « Avec qui avez-vous vécu depuis vos treize ans ? », vous avez répondu : Avec ma mère."
    ]
    adopted = asked("premiere-carte-jeune-arrive", {**ARRIVED, "lived_with": "adoptive"}, **YOUNG)
    assert "adoption_decision" in adopted
    gap = asked("premiere-carte-jeune-arrive", {**ARRIVED, "school_gap": True}, **YOUNG)
    assert "presence_in_gap" in gap


def test_a_young_person_in_care_shows_placement_training_and_ties() -> None:
    found = asked("premiere-carte-jeune-confie", PLACED, **YOUNG)
    assert found.keys() == COMMON | {
        "birth_certificate", "placement_decision", "training_seriousness", "structure_opinion",
        "origin_family_ties", "ephoto_code",
    }  # fmt: skip
    without = asked("premiere-carte-jeune-confie", {**PLACED, "opinion_available": False}, **YOUNG)
    assert "structure_opinion" not in without


def test_someone_without_any_card_is_asked_for_no_card_and_no_change_since() -> None:
    for code, answers in (
        ("premiere-carte-jeune-arrive", ARRIVED),
        ("premiere-carte-jeune-confie", PLACED),
    ):
        assert "current_title" not in asked(code, answers)
        assert "family_changed" not in questions(code, answers)
        married = asked(code, {**answers, "family_status": "married"})
        assert "marital_certificate" in married


@pytest.mark.parametrize(
    ("born_on", "proposed"),
    [
        (date(2008, 2, 11), False),  # 18 tomorrow
        (date(2008, 2, 10), True),
        (date(2007, 2, 11), True),  # the eve of 19
        (date(2007, 2, 10), False),
    ],
)
def test_a_first_card_is_proposed_between_18_and_19(born_on: date, proposed: bool) -> None:
    for code in ("premiere-carte-jeune-arrive", "premiere-carte-jeune-confie"):
        found = version(code)
        assert found.is_proposed(facts(found, **{"person.born_on": born_on})) is proposed
        assert not found.is_proposed({"filing.on": FILED})


# -- a child's travel document ---------------------------------------------------------------------

CHILD: dict[str, Any] = {
    "dcem_before": False, "dcem_case": "parent_card", "child_lives_with_you": True,
    "child_at_school": True,
    "authority_basis": "married", "housing": "tenant", "truthful": True,
}  # fmt: skip
DCEM = "document-circulation-mineur"


def test_a_parent_with_a_card_asks_for_their_child() -> None:
    found = asked(DCEM, CHILD)
    assert found.keys() == {
        "minor_identity", "minor_birth_certificate", "minor_residence",
        "applicant_birth_certificate", "applicant_identity", "applicant_title",
        "parental_authority", "address_proof", "ephoto_code", "tax_stamp",
    }  # fmt: skip
    assert found["minor_residence"].codes == ("minor_school_certificate",)
    assert found["parental_authority"].codes == ("parents_marriage",)
    small = asked(DCEM, {**CHILD, "child_at_school": False})
    assert small["minor_residence"].codes == ("minor_health_booklet",)


@pytest.mark.parametrize(
    ("case", "piece", "gone"),
    [
        ("parent_french", "french_or_eu_parent", "applicant_title"),
        ("parent_eu", "french_or_eu_parent", "applicant_title"),
        ("placed", "minor_placement", "applicant_title"),
        ("protected", "minor_protection", "minor_identity"),
        ("visa_french", "minor_visa", "applicant_title"),
        ("visa_visitor", "minor_visa", "applicant_title"),
    ],
)
def test_each_case_of_the_law_has_its_proof(case: str, piece: str, gone: str) -> None:
    found = asked(DCEM, {**CHILD, "dcem_case": case})
    assert piece in found
    assert gone not in found


def test_a_renewal_asks_less_and_the_former_document_back() -> None:
    first, again = asked(DCEM, CHILD), asked(DCEM, {**CHILD, "dcem_before": True})
    assert first.keys() - again.keys() == {"applicant_birth_certificate"}
    assert again.keys() - first.keys() == {"previous_dcem"}
    for case in ("parent_french", "parent_eu", "placed", "protected", "visa_french"):
        found = asked(DCEM, {**CHILD, "dcem_before": True, "dcem_case": case})
        proofs = {"french_or_eu_parent", "minor_placement", "minor_protection", "minor_visa"}
        assert not proofs & found.keys(), case


def test_a_child_signs_no_contract_and_sees_no_doctor() -> None:
    codes = {piece.code for piece in version(DCEM).pieces}
    assert not codes & {"republican_contract", "ofii_medical_certificate", "late_fee_stamp"}


def test_what_concerns_the_parent_is_shared_and_nothing_else() -> None:
    found = version(DCEM)
    assert found.for_siblings
    assert {block.id for block in found.blocks if block.shared} == {"applicant", "address"}
    others = [p.at(FILED) for p in load_procedures().values() if p.code != DCEM]
    assert not any(other.for_siblings for other in others)


# -- what a request starts from --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind", "article", "starts"),
    [
        ("renouvellement-etudiant", "CST", "L422-1", True),
        ("renouvellement-etudiant", "CST", "L421-1", False),  # another title
        ("renouvellement-etudiant", None, "", False),
        ("premiere-carte-etudiant", "VLS_TS", "L422-1", True),
        ("premiere-carte-etudiant", None, "", False),
        (FIRST_RESIDENT, "CSP", "L423-1", True),
        (FIRST_RESIDENT, "CR", "L423-6", False),
        ("carte-resident-refugie", None, "", True),
        ("carte-resident-refugie", "CST", "L421-1", False),
    ],
)
def test_a_request_starts_from_what_fits(
    code: str, kind: str | None, article: str, starts: bool
) -> None:
    assert version(code).starts_from(kind, article) is starts
