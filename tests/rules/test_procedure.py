"""What a procedure asks: questions that appear, pieces and why, what lacks, what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from droitfil.lawbook.procedures import procedure_for
from droitfil.rules.facts import Document, Kind, Person
from droitfil.rules.procedure import (
    COUNTER,
    TELESERVICE,
    TO_CONFIRM,
    Due,
    Version,
    case_facts,
    completeness,
    kept_answers,
    required_pieces,
    too_old,
)
from droitfil.rules.procedure_diff import Change, diff
from droitfil.rules.question import read_question
from droitfil.rules.sentences import FRENCH
from droitfil.rules.timeline import answer
from tests.rules.filings import (
    EMPLOYEE,
    FILED,
    LAW,
    PARENT,
    PROCEDURES,
    SAME_JOB,
    WITH_CHILD,
    asked,
    facts,
    questions,
)

# -- questions -------------------------------------------------------------------------------------


def test_a_question_appears_when_the_answer_before_it_calls_for_it() -> None:
    assert "host_name" not in questions(EMPLOYEE, {})
    assert "host_name" in questions(EMPLOYEE, {"housing": "hosted"})
    assert "unemployment_until" not in questions(EMPLOYEE, {"work_situation": "lost_job"})
    lost = {"work_situation": "lost_job", "unemployment_registered": True}
    assert "unemployment_until" in questions(EMPLOYEE, lost)


def test_the_answer_to_a_hidden_question_counts_for_nothing() -> None:
    moved = {**SAME_JOB, "host_address_current": False, "unemployment_registered": True}
    kept = kept_answers(EMPLOYEE, moved, facts(EMPLOYEE))
    assert kept == SAME_JOB
    assert asked(EMPLOYEE, moved).keys() == asked(EMPLOYEE, SAME_JOB).keys()


def test_a_hidden_question_hides_those_that_rest_on_it() -> None:
    answers = {"work_situation": "same_job", "unemployment_registered": True}
    assert "unemployment_until" not in questions(EMPLOYEE, answers)


# -- pieces, employee ------------------------------------------------------------------------------


def test_pieces_of_an_employee_who_keeps_the_job() -> None:
    assert list(asked(EMPLOYEE, SAME_JOB)) == [
        "nationality_proof",
        "current_title",
        "address_proof",
        "employment_proof",
        "activity_statement",
        "identity_photos",
        "republican_contract",
        "tax_stamp",
    ]
    proof = asked(EMPLOYEE, SAME_JOB)["employment_proof"]
    assert proof.codes == ("employer_certificate", "payslips_3")


def test_pieces_of_an_employee_who_lost_the_job_and_of_one_who_changed() -> None:
    lost = asked(EMPLOYEE, {**SAME_JOB, "work_situation": "lost_job"})
    assert {"end_of_contract_proof", "unemployment_rights"} <= lost.keys()
    assert not {"employment_proof", "activity_statement", "work_authorisation"} & lost.keys()
    changed = {**SAME_JOB, "work_situation": "new_job"}
    assert {"work_authorisation", "employment_contract"} <= asked(EMPLOYEE, changed).keys()
    numbered = asked(EMPLOYEE, {**changed, "authorisation_number": "AT-12"})
    assert "work_authorisation" not in numbered


def test_one_variant_of_the_proof_of_address() -> None:
    variants = {
        "tenant": {"address_proof"},
        "owner": {"address_proof"},
        "hosted": {"host_statement", "host_identity"},
        "hotel": {"hotel_certificate", "hotel_invoice"},
        "residence": {"residence_certificate"},
        "domiciled": {"domiciliation_certificate"},
    }
    address = {piece.code for piece in EMPLOYEE.pieces if piece.block == "address"}
    for housing, codes in variants.items():
        assert asked(EMPLOYEE, {**SAME_JOB, "housing": housing}).keys() & address == codes
    hosted = {**SAME_JOB, "housing": "hosted", "host_address_current": False}
    assert "host_address_proof" in asked(EMPLOYEE, hosted)
    renting = asked(EMPLOYEE, {**SAME_JOB, "housing": "tenant"})["address_proof"]
    owning = asked(EMPLOYEE, {**SAME_JOB, "housing": "owner"})["address_proof"]
    assert renting.codes == ("address_bill", "address_lease", "address_rent_receipt")
    assert owning.codes == ("address_bill", "address_tax")


def test_the_photo_follows_the_channel() -> None:
    assert "identity_photos" in asked(EMPLOYEE, SAME_JOB)
    assert asked(EMPLOYEE, SAME_JOB)["identity_photos"].piece.count == 3
    assert "ephoto_code" in asked(PARENT, WITH_CHILD)
    assert "identity_photos" not in asked(PARENT, WITH_CHILD)


def test_the_first_multiannual_card_asks_for_integration_since_2026() -> None:
    wants = {**SAME_JOB, "card_asked": "multiannual", "integration_contract": "followed"}
    after = asked(EMPLOYEE, {**wants, "french_studies": False, "language_health": False})
    assert {"cir_proof", "civic_exam", "french_a2"} <= after.keys()
    before = PROCEDURES["renouvellement-salarie"].at(date(2025, 12, 31))
    assert {"cir_proof"} == asked(before, wants).keys() & {"cir_proof", "civic_exam", "french_a2"}
    ill = asked(EMPLOYEE, {**wants, "french_studies": False, "language_health": True})
    assert "french_health_exemption" in ill
    assert "french_a2" not in ill
    exempt = {**wants, "integration_contract": "exempt"}
    assert not {"cir_proof", "civic_exam", "french_a2"} & asked(EMPLOYEE, exempt).keys()


def test_the_holder_of_a_multiannual_card_proves_no_integration_but_residence() -> None:
    held = asked(EMPLOYEE, {**SAME_JOB, "card_asked": "multiannual"}, kind="CSP")
    assert "presence_statement" in held
    assert not {"cir_proof", "french_a2"} & held.keys()
    assert "card_asked" not in questions(EMPLOYEE, SAME_JOB, kind="CSP")


# -- pieces, parent --------------------------------------------------------------------------------


def test_pieces_of_the_parent_of_a_french_child() -> None:
    assert list(asked(PARENT, WITH_CHILD)) == [
        "nationality_proof",
        "current_title",
        "address_proof",
        "child_birth_certificate",
        "child_french_nationality",
        "child_residence",
        "contribution_evidence",
        "ephoto_code",
        "republican_contract",
        "tax_stamp",
    ]


def test_the_other_parent_contributes_when_it_was_they_who_acknowledged() -> None:
    by_other = asked(PARENT, {**WITH_CHILD, "child_filiation": "acknowledged_by_other"})
    assert by_other["other_parent_contribution"].piece.article == "L423-8"
    by_self = asked(PARENT, {**WITH_CHILD, "child_filiation": "acknowledged_by_you"})
    assert "other_parent_contribution" not in by_self


def test_no_piece_of_a_visa_is_asked_of_the_parent() -> None:
    codes = {piece.code for piece in PARENT.pieces}
    assert not {"ofii_medical_certificate", "long_stay_visa", "birth_certificate"} & codes


def test_non_polygamy_is_declared_only_where_the_law_allows_polygamy() -> None:
    for polygamy, wanted in (("allowed", True), ("unsure", True), ("forbidden", False)):
        codes = asked(PARENT, {**WITH_CHILD, "polygamy_allowed": polygamy})
        assert ("non_polygamy_declaration" in codes) is wanted
    single = {**WITH_CHILD, "family_status": "single", "polygamy_allowed": "allowed"}
    assert "non_polygamy_declaration" not in asked(PARENT, single)


# -- reasons ---------------------------------------------------------------------------------------


def test_a_piece_says_which_answer_called_for_it() -> None:
    hosted = asked(EMPLOYEE, {**SAME_JOB, "housing": "hosted", "host_address_current": False})
    reasons = [FRENCH.text(reason.says) for reason in hosted["host_address_proof"].reasons]
    assert reasons == [
        "À « Où vivez-vous ? », vous avez répondu : Chez une personne qui m'héberge.",
        (
            "À « L'adresse écrite sur la pièce d'identité de cette personne est-elle la bonne ? », "
            "vous avez répondu : non."
        ),
    ]
    stamp = asked(EMPLOYEE, SAME_JOB)["tax_stamp"]
    assert [FRENCH.text(reason.says) for reason in stamp.reasons] == [
        "Taxes à la remise, en euros : 250."
    ]
    photos = asked(EMPLOYEE, SAME_JOB)["identity_photos"]
    assert [FRENCH.text(reason.says) for reason in photos.reasons] == [
        "Voie du dépôt : au guichet."
    ]
    assert asked(EMPLOYEE, SAME_JOB)["republican_contract"].reasons == ()


def test_what_nobody_vouches_for_is_to_confirm() -> None:
    assert FRENCH.text(TO_CONFIRM) == "à confirmer par la préfecture"
    doubtful = {piece.code for piece in EMPLOYEE.pieces if piece.to_confirm}
    assert {"passport_request", "domiciliation_certificate", "regulated_profession_proof"} <= (
        doubtful
    )
    assert "employment_contract" not in doubtful  # read in the text
    assert "activity_statement" not in doubtful  # secondary source


# -- completeness ----------------------------------------------------------------------------------


def test_what_lacks_is_told_until_nothing_does() -> None:
    nothing = completeness(EMPLOYEE, {}, facts(EMPLOYEE), ())
    assert not nothing.complete
    assert nothing.blocked
    assert nothing.questions[0].id == "passport_status"
    given = ["passport", "residence_card", "address_lease", "payslips_3", "activity_statement"]
    almost = completeness(EMPLOYEE, SAME_JOB, facts(EMPLOYEE), [*given, "identity_photos"])
    assert [required.piece.code for required in almost.pieces] == ["republican_contract"]
    assert not almost.blocked
    whole = completeness(
        EMPLOYEE, SAME_JOB, facts(EMPLOYEE), [*given, "identity_photos", "republican_contract"]
    )
    assert whole.complete


def test_what_is_due_at_the_handover_never_lacks_at_filing() -> None:
    lacking = completeness(EMPLOYEE, SAME_JOB, facts(EMPLOYEE), ())
    assert all(required.piece.due is Due.FILING for required in lacking.pieces)
    assert "tax_stamp" not in {required.piece.code for required in lacking.pieces}


def test_an_optional_question_never_lacks() -> None:
    missing = {q.id for q in completeness(EMPLOYEE, {}, facts(EMPLOYEE), ()).questions}
    assert "comment" not in missing
    assert "truthful" in missing


def test_a_proof_of_address_is_too_old_the_day_after_its_age() -> None:
    piece = EMPLOYEE.piece("address_proof")
    assert piece is not None
    assert not too_old(piece, "address_bill", date(2025, 8, 10), FILED)
    assert too_old(piece, "address_bill", date(2025, 8, 9), FILED)
    child = PARENT.piece("child_french_nationality")
    assert child is not None
    assert too_old(child, "child_nationality_certificate", date(2025, 8, 9), FILED)
    assert not too_old(child, "child_identity_card", date(2010, 1, 1), FILED)


# -- facts of the case -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "channel", "held"),
    [(EMPLOYEE, COUNTER, "L421-1"), (PARENT, TELESERVICE, "L423-7")],
)
def test_the_kernel_gives_the_facts_and_agrees_with_the_channel(
    version: Version, channel: str, held: str
) -> None:
    document = Document(
        id="carte",
        kind=Kind.CST,
        path="documents[0]",
        article=held,
        start=date(2025, 4, 1),
        end=date(2026, 3, 31),
    )
    question = read_question(
        {
            "today": FILED.isoformat(),
            "documents": [
                {
                    "id": "carte",
                    "kind": "CST",
                    "article": held,
                    "from": "2025-04-01",
                    "to": "2026-03-31",
                }
            ],
            "applications": [
                {
                    "id": "a1",
                    "article": held,
                    "request": "renewal",
                    "holds": "carte",
                    "filed_on": FILED.isoformat(),
                }
            ],
        },
        LAW,
    )
    application = answer(question, LAW).applications[0]
    assert application.channel == channel == version.channel
    known = case_facts(
        filed_on=FILED,
        channel=version.channel,
        person=Person(born_on=date(1990, 1, 1)),
        held=document,
        application=application,
    )
    assert known["document.kind"] == "CST"
    assert known["fees.amount"] == sum(fee.amount for fee in application.fees) > 0
    assert "tax_stamp" in {r.piece.code for r in required_pieces(version, {}, known)}


# -- versions --------------------------------------------------------------------------------------


def test_a_day_has_its_version_and_a_day_before_all_the_oldest() -> None:
    procedure = PROCEDURES["renouvellement-salarie"]
    assert procedure.at(date(2025, 12, 31)).id == "renouvellement-salarie@2025-06-16"
    assert procedure.at(date(2026, 1, 1)).id == "renouvellement-salarie@2026-01-01"
    assert procedure.at(date(2020, 1, 1)) is procedure.versions[0]


def test_what_changed_between_two_versions() -> None:
    before, after = PROCEDURES["renouvellement-salarie"].versions
    assert diff(before, before) == ()
    assert diff(before, after) == (
        Change("block", "language", "added"),
        Change("question", "french_studies", "added"),
        Change("question", "language_health", "added"),
        Change("piece", "civic_exam", "added"),
        Change("piece", "french_a2", "added"),
        Change("piece", "french_health_exemption", "added"),
    )
    assert {change.what for change in diff(after, before)} == {"removed"}


def test_a_change_of_channel_and_of_a_piece_is_told() -> None:
    pieces = tuple(
        replace(p, confidence="U") if p.code == "tax_stamp" else p for p in EMPLOYEE.pieces
    )
    turned = (*pieces[1:], pieces[0])
    changes = diff(EMPLOYEE, replace(EMPLOYEE, channel=TELESERVICE, pieces=pieces))
    assert changes == (
        Change("version", "renouvellement-salarie", "changed", ("channel",)),
        Change("piece", "tax_stamp", "changed", ("confidence",)),
    )
    assert Change("piece", "nationality_proof", "moved") in diff(
        replace(EMPLOYEE, pieces=pieces), replace(EMPLOYEE, pieces=turned)
    )


def test_a_title_finds_its_procedure() -> None:
    found = procedure_for(PROCEDURES, "L421-1", "renewal")
    assert found is not None
    assert found.code == "renouvellement-salarie"
    assert procedure_for(PROCEDURES, "L421-1", "first") is None
