"""Papers of a case are signed as they are issued, and verify only while they count."""

from __future__ import annotations

from datetime import timedelta

from droitfil.attestations.actions import make_share_code, open_share_code
from droitfil.attestations.models import Attestation
from droitfil.attestations.queries import standing_papers_of
from droitfil.cases.actions import decision
from droitfil.cases.continuity.night import run_night
from droitfil.cases.sealing import attestation_of
from droitfil.cases.sharing import rights_shared
from droitfil.rules.facts import Work
from droitfil.rules.seal import from_canonical
from tests.cases.writing import DAY, at, filed
from tests.personas import Personas


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
    assert said.limits == ("with_expired_card", "as_the_title_says")
    run_night(eve, now=lambda: at(eve)["now"])
    assert Attestation.objects.count() == 1


def test_a_grant_ends_what_was_signed_and_signs_the_adf(people: Personas) -> None:
    case = filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    day = card.valid_to
    run_night(day, now=lambda: at(day)["now"])
    later = day + timedelta(days=20)
    decision.take(people.nadia, case, **at(later))
    decision.grant(people.nadia, case, **at(later), length="4y")
    standing = standing_papers_of(people.mariam.pk)
    assert [paper.kind for paper in standing] == ["ADF"]


def test_what_a_refusal_ends_verifies_until_that_night(people: Personas) -> None:
    case = filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    day = card.valid_to
    run_night(day, now=lambda: at(day)["now"])
    later = day + timedelta(days=20)
    decision.take(people.nadia, case, **at(later))
    decision.refuse(people.nadia, case, reasons="Motifs de droit et de fait.", **at(later))
    assert standing_papers_of(people.mariam.pk).exists()
    next_day = later + timedelta(days=1)
    run_night(next_day, now=lambda: at(next_day)["now"])
    assert not standing_papers_of(people.mariam.pk).exists()


def test_a_share_code_shows_the_answer_of_every_page(people: Personas) -> None:
    filed(people)
    card = people.mariam.documents.get()
    assert card.valid_to is not None
    seen = rights_shared(people.mariam.pk, DAY)
    assert (seen.may_stay, seen.may_work, seen.until) == (True, Work.FULL, card.valid_to)
    run_night(card.valid_to, now=lambda: at(card.valid_to)["now"])
    _, code = make_share_code(
        f"person:{people.mariam_account.pk}", holder=people.mariam.pk,
        born_on=people.mariam.born_on, now=at(card.valid_to)["now"], days=7,
    )  # fmt: skip
    shown = open_share_code(
        code,
        born_on=people.mariam.born_on,
        by="Boulangerie",
        now=at(card.valid_to)["now"],
        rights_on=rights_shared,
    )
    assert shown.rights.may_work == Work.FULL
    assert shown.rights.until is not None
    assert shown.rights.until > card.valid_to
