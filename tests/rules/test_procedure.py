"""What a procedure asks: questions that appear, pieces and why, what lacks, what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures, procedure_for
from droitfil.rules.conditions import Values
from droitfil.rules.facts import Document, Kind, Person
from droitfil.rules.procedure import (
    COUNTER,
    TELESERVICE,
    TO_CONFIRM,
    Asks,
    Due,
    Required,
    Version,
    case_facts,
    completeness,
    kept_answers,
    required_pieces,
    too_old,
    visible_questions,
)
from droitfil.rules.procedure_answers import (
    MOST_LONG_TEXT,
    plain_answers,
    read_answers,
    validate,
)
from droitfil.rules.procedure_diff import Change, diff
from droitfil.rules.question import read_question
from droitfil.rules.sentences import FRENCH
from droitfil.rules.timeline import answer

LAW = load_law()
PROCEDURES = load_procedures()
FILED = date(2026, 2, 10)
EMPLOYEE = PROCEDURES["renouvellement-salarie"].at(FILED)
PARENT = PROCEDURES["renouvellement-parent-enfant-francais"].at(FILED)

#: An employee who keeps their job, rents their home and asks for one more year.
SAME_JOB: dict[str, Any] = {
    "passport_status": "valid",
    "name_differs": False,
    "housing": "tenant",
    "family_status": "single",
    "family_changed": False,
    "work_situation": "same_job",
    "employer_name": "Boulangerie du Parc",
    "contract_type": "permanent",
    "regulated_profession": False,
    "card_asked": "temporary",
    "truthful": True,
}
#: A parent who lives with a child born of both.
WITH_CHILD: dict[str, Any] = {
    **{name: SAME_JOB[name] for name in ("passport_status", "name_differs", "housing")},
    "family_status": "married",
    "family_changed": False,
    "polygamy_allowed": "forbidden",
    "child_name": "Lina Diallo",
    "child_born_on": date(2021, 5, 4),
    "child_lives_in_france": True,
    "child_lives_with_you": True,
    "parents_together": True,
    "child_filiation": "birth",
    "card_asked": "multiannual",
    "integration_contract": "exempt",
    "truthful": True,
}


def facts(version: Version, kind: str = "CST", **more: Any) -> Values:
    return {
        "filing.on": FILED,
        "filing.channel": version.channel,
        "filing.late_fee": "none",
        "fees.amount": 250,
        "fees.upfront": 0,
        "document.kind": kind,
        **more,
    }


def asked(version: Version, answers: dict[str, Any], **more: Any) -> dict[str, Required]:
    return {
        required.piece.code: required
        for required in required_pieces(version, answers, facts(version, **more))
    }


def questions(version: Version, answers: dict[str, Any], **more: Any) -> set[str]:
    return {q.id for q in visible_questions(version, answers, facts(version, **more))}


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


# -- reading answers -------------------------------------------------------------------------------

FORM = {**SAME_JOB, "name_differs": "false", "family_changed": "false", "truthful": "true"}
FORM |= {"regulated_profession": "false"}


def read(written: dict[str, Any], version: Version = EMPLOYEE) -> Any:
    return read_answers(version, written, facts(version), countries=LAW.countries)


def test_a_form_is_read_and_written_back_the_same() -> None:
    first = read({**FORM, "housed_since": "2024-05-01", "comment": ""})
    assert first.problems == ()
    assert first.values == {**SAME_JOB, "housed_since": date(2024, 5, 1)}
    again = read(plain_answers(first.values))
    assert again == first


@pytest.mark.parametrize(
    ("field", "value", "code", "says"),
    [
        ("name_differs", "peut-être", "unreadable", "n'est ni oui ni non"),
        ("housing", "château", "unreadable", "n'est pas un des choix"),
        ("housing", ["tenant"], "unreadable", "n'est pas un des choix"),
        ("housed_since", "2024-02-30", "unreadable", "n'est pas une date du calendrier"),
        ("housed_since", "2026-02-11", "future", "Le 11 février 2026 n'est pas encore arrivé."),
        ("gross_monthly", "2 000,50", "unreadable", "n'est pas un nombre entier"),
        ("gross_monthly", "-1", "unreadable", "n'est pas un nombre entier"),
        ("gross_monthly", "1000000", "out_of_bounds", "est trop grand"),
        ("gross_monthly", "9" * 70, "unreadable", "n'est pas un nombre entier"),
        ("employer_siret", "123", "out_of_bounds", "est trop court"),
        ("employer_name", "x" * 201, "out_of_bounds", "trop long"),
        ("employer_name", "a\x00b", "unreadable", "n'est pas un texte"),
        ("employer_name", 12, "unreadable", "n'est pas un texte"),
        ("comment", "x" * (MOST_LONG_TEXT + 1), "out_of_bounds", "trop long"),
        ("couleur", "bleu", "unknown", "n'est pas une question de cette démarche"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    field: str, value: Any, code: str, says: str
) -> None:
    found = read({**FORM, field: value})
    problem = found.problems[0]
    assert (problem.field, problem.code) == (field, code)
    assert says in FRENCH.text(problem.says)
    assert FRENCH.text(problem.remedy).endswith(".")
    assert field not in found.values


def test_numbers_are_read_as_people_write_them() -> None:
    assert read({**FORM, "gross_monthly": "2 100"}).values["gross_monthly"] == 2100


def test_what_is_wrong_behind_a_hidden_question_troubles_nobody() -> None:
    assert read({**FORM, "host_address_current": "peut-être"}).problems == ()


def test_validate_adds_what_is_missing_in_the_order_of_the_form() -> None:
    written = {**FORM, "housing": "château"}
    del written["passport_status"], written["truthful"]
    found = validate(EMPLOYEE, written, facts(EMPLOYEE), countries=LAW.countries)
    assert [(p.field, p.code) for p in found.problems] == [
        ("passport_status", "missing"),
        ("housing", "unreadable"),
        ("truthful", "missing"),
    ]
    assert found.problems[0].article == "R431-10"
    assert validate(EMPLOYEE, FORM, facts(EMPLOYEE), countries=LAW.countries).problems == ()


_WRITTEN = st.dictionaries(
    st.sampled_from([q.id for q in EMPLOYEE.questions]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 10**7),
        st.text(max_size=20),
        st.lists(st.text(max_size=5), max_size=3),
        st.sampled_from([c.value for q in EMPLOYEE.questions for c in q.choices]),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    ),
)


@given(_WRITTEN)
def test_whatever_is_sent_is_read_or_said_wrong(written: dict[str, Any]) -> None:
    found = read(written)
    assert read(plain_answers(found.values)).values == found.values
    for problem in found.problems:
        assert "{" not in FRENCH.text(problem.remedy)
        assert problem.field not in found.values
    shown = {q.id for q in visible_questions(EMPLOYEE, found.values, facts(EMPLOYEE))}
    assert set(found.values) <= shown
    for required in required_pieces(EMPLOYEE, found.values, facts(EMPLOYEE)):
        assert all(reason.name in shown or "." in reason.name for reason in required.reasons)


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


def test_every_question_about_a_country_is_a_choice_of_the_law() -> None:
    question = replace(EMPLOYEE.questions[0], id="land", asks=Asks.COUNTRY, choices=())
    version = replace(EMPLOYEE, questions=(question,), pieces=())
    assert read({"land": "MAR"}, version).values == {"land": "MAR"}
    wrong = read({"land": "Maroc"}, version).problems[0]
    assert "n'est pas le code d'un pays" in FRENCH.text(wrong.says)


def test_several_choices_keep_the_order_of_the_form() -> None:
    question = replace(EMPLOYEE.questions[0], id="many", asks=Asks.CHOICES)
    version = replace(EMPLOYEE, questions=(question,), pieces=())
    assert read({"many": ["lost", "valid"]}, version).values == {"many": ("valid", "lost")}
    assert read({"many": "lost"}, version).values == {"many": ("lost",)}
    assert read({"many": ["lost", "nope"]}, version).problems[0].code == "unreadable"
