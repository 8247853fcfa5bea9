"""Papers of a case are signed as they are issued, and verify only while they count."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from droitfil.attestations.actions import Asked, make_share_code, open_share_code
from droitfil.attestations.models import Attestation
from droitfil.cases.actions import decision, filing
from droitfil.cases.continuity.night import run_night
from droitfil.cases.sealing import attestation_of
from droitfil.cases.sharing import rights_shared
from droitfil.rules.facts import Work
from droitfil.rules.seal import from_canonical
from tests.cases.writing import DAY, at, counter_draft, filed
from tests.personas import Personas


def standing(people: Personas) -> QuerySet[Attestation]:
    """What was signed for Mariam and not ended."""
    return Attestation.objects.filter(holder=people.mariam.pk, revocation__isnull=True)


def test_the_night_signs_what_it_publishes(people: Personas) -> None:
    case = filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    eve = card.valid_to - timedelta(days=1)
    run_night(eve, now=lambda: at(eve)["now"])
    paper = case.papers.get()
    signed = attestation_of(paper)
    assert signed is not None
    assert signed.code
    said = from_canonical(signed.content)
    assert (said.valid_from, said.valid_to) == (paper.valid_from, paper.valid_to)
    assert (said.may_stay, said.may_work) == (True, Work.FULL)
    # Her title opens any work: nothing of it may read as a limit.
    assert said.limits == ("with_expired_card",)
    run_night(eve, now=lambda: at(eve)["now"])
    assert Attestation.objects.count() == 1


def test_work_keeps_the_limits_of_the_title_on_paper_and_by_code(people: Personas) -> None:
    case = filing.register_at_counter(people.nadia, counter_draft(people), complete=True, **at(DAY))
    signed = attestation_of(case.papers.get())
    assert signed is not None
    assert "as_the_title_says" in from_canonical(signed.content).limits
    assert rights_shared([people.amina.pk], DAY)[people.amina.pk].limits == ("as_the_title_says",)


def test_a_grant_ends_what_was_signed_and_signs_the_adf(people: Personas) -> None:
    case = filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    day = card.valid_to
    run_night(day, now=lambda: at(day)["now"])
    later = day + timedelta(days=20)
    decision.take(people.nadia, case, **at(later))
    decision.grant(people.nadia, case, **at(later), length="4y")
    assert list(standing(people).values_list("kind", flat=True)) == ["ADF"]


def test_what_a_refusal_ends_verifies_until_that_night(people: Personas) -> None:
    case = filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    day = card.valid_to
    run_night(day, now=lambda: at(day)["now"])
    later = day + timedelta(days=20)
    decision.take(people.nadia, case, **at(later))
    decision.refuse(people.nadia, case, reasons="Motifs de droit et de fait.", **at(later))
    assert standing(people).exists()
    next_day = later + timedelta(days=1)
    run_night(next_day, now=lambda: at(next_day)["now"])
    assert not standing(people).exists()


def test_a_share_code_shows_the_answer_of_every_page(people: Personas) -> None:
    filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    seen = rights_shared([people.mariam.pk], DAY)[people.mariam.pk]
    assert (seen.may_stay, seen.may_work, seen.until) == (True, Work.FULL, card.valid_to)
    run_night(card.valid_to, now=lambda: at(card.valid_to)["now"])
    _, code = make_share_code(
        f"person:{people.mariam_account.pk}", holder=people.mariam.pk,
        born_on=people.mariam.born_on, now=at(card.valid_to)["now"], days=7,
    )  # fmt: skip
    shown = open_share_code(
        Asked(code, people.mariam.born_on, "Boulangerie"),
        now=at(card.valid_to)["now"],
        rights_on=rights_shared,
    )
    assert shown.rights.may_work == Work.FULL
    assert shown.rights.until is not None
    assert shown.rights.until > card.valid_to
