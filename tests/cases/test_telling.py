"""Whoever must be told of an act is, once, as the table of states says."""

from __future__ import annotations

from datetime import date, timedelta

from droitfil.cases.actions import decision, filing, moving
from droitfil.cases.actions.complement import Wanted, extend, produce, request_complement
from droitfil.cases.models import Case, Paper
from droitfil.notices.models import Message
from droitfil.notices.wording import word
from droitfil.rules.facts import Kind
from tests.cases.writing import DAY, at, counter_draft, filed, move_to_lyon, taken
from tests.personas import Personas

WANTED = [Wanted("child_birth_certificate", "Illisible."), Wanted("child_name", "Incomplet.")]


def told(case: Case) -> list[str]:
    return sorted(Message.objects.filter(case=case.pk).values_list("template", flat=True))


def words(template: str) -> str:
    (text,) = word(Message.objects.filter(template=template), language="fr")
    return " ".join([text.subject, *text.text, *text.inside])


def test_from_the_filing_to_the_card(people: Personas) -> None:
    case = taken(people)
    request_complement(people.nadia, case, wanted=WANTED, **at(DAY))
    case.refresh_from_db()
    extend(people.nadia, case, due_on=date(2025, 8, 30), **at(DAY))
    moving.amend(people.mariam_account, case, answers={"child_name": "Lina Awa"}, **at(DAY))
    produce(people.mariam_account, case, as_it_is=True, **at(DAY))
    case.refresh_from_db()
    case = decision.grant(people.nadia, case, length="4y", **at(DAY))
    case = decision.card_arrives(people.nadia, case, **at(DAY))
    decision.hand_over(
        people.nadia, case, kind=Kind.CSP, card_number="FRA9001122",
        valid_from=date(2025, 10, 1), valid_to=date(2029, 9, 30), **at(DAY),
    )  # fmt: skip
    person = [
        "filing_received", "case_taken", "complement_asked", "complement_extended",
        "decision_granted", "card_ready", "card_handed_over",
    ]  # fmt: skip
    staff = ["staff_changed", "staff_answered"]
    assert told(case) == sorted([*person, *staff])
    assert set(Message.objects.filter(template__in=person).values_list("person", flat=True)) == {
        people.mariam.pk
    }
    assert set(Message.objects.filter(template__in=staff).values_list("account", flat=True)) == {
        people.nadia.pk
    }
    assert "Acte de naissance de l'enfant" in words("complement_asked")
    assert case.reference in words("card_ready")


def test_at_the_counter(people: Personas) -> None:
    case = filing.register_at_counter(people.nadia, counter_draft(people), complete=True, **at(DAY))
    assert told(case) == ["recepisse_printed"]
    assert "du 1er juillet 2025 au 30 septembre 2025" in words("recepisse_printed")


def test_against_the_person(people: Personas) -> None:
    case = decision.refuse(people.nadia, taken(people), reasons="Motifs", **at(DAY))
    assert "decision_refused" in told(case)
    assert "Motifs" not in words("decision_refused")


def test_a_decision_tells_until_when_to_contest_once_it_is_notified(people: Personas) -> None:
    case = decision.refuse(people.nadia, taken(people), reasons="Motifs", **at(DAY))
    assert "dernier jour" not in words("decision_refused")
    later = DAY + timedelta(days=3)
    for _twice in range(2):
        decision.note_notification(people.nadia, case, notified_on=DAY, **at(later))
    assert told(case).count("decision_notified") == 1
    # Two months from the notification, and the day after: neither end counts.
    assert "dernier jour est le 21 août 2025" in words("decision_notified")
    assert "visez le 20 août 2025" in words("decision_notified")


def test_a_decision_handed_over_at_once_tells_it_too(people: Personas) -> None:
    case = decision.close(people.nadia, taken(people), reasons="Motifs", notified_on=DAY, **at(DAY))
    assert "decision_closed" in told(case)
    assert "dernier jour est le 21 août 2025" in words("decision_closed")


def test_papers_that_a_refusal_ends_are_told(people: Personas) -> None:
    case = taken(people)
    day = date(2025, 10, 10)
    for rank, start, end in (
        (1, date(2025, 10, 1), date(2025, 12, 31)),
        (2, date(2026, 1, 1), date(2026, 3, 31)),
    ):
        Paper.objects.create(
            case=case, person=case.person, kind="API", rank=rank, valid_from=start, valid_to=end,
            published_at=at(DAY)["now"],
        )  # fmt: skip
    decision.refuse(people.nadia, case, reasons="Motifs", **at(day))
    assert told(case).count("paper_void") == 1
    assert "À partir du 11 octobre 2025" in words("paper_void")
    assert "attestation de prolongation d’instruction" in words("paper_void")


def test_without_a_paper_none_is_told_void(people: Personas) -> None:
    case = decision.refuse(people.nadia, taken(people), reasons="Motifs", **at(DAY))
    assert "paper_void" not in told(case)


def test_a_withdrawal_and_a_move(people: Personas) -> None:
    case = filed(people)
    move_to_lyon(people, DAY)
    filing.withdraw(people.mariam_account, case, **at(DAY))
    # Nobody held it, and the office of Lyon has no head: no agent to tell.
    assert told(case) == ["case_withdrawn", "filing_received", "office_moved"]
