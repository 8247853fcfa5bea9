"""A parent declares a child: what it opens before a human has looked, and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from droitfil.cases import access as case_access
from droitfil.cases import families
from droitfil.cases.actions import confirming, declaring, filing, siblings
from droitfil.cases.models import Case, ChildClaim
from droitfil.files.examination import examine
from droitfil.journal.models import Entry
from droitfil.journal.queries import readings_of
from droitfil.lib import clock
from droitfil.lib.refusals import Conflict, Forbidden, Refusal
from droitfil.notices.models import Message
from droitfil.notices.wording import word
from droitfil.people import access, jobs
from droitfil.people.actions import files, kinship
from droitfil.people.models import Account, FamilyLink, LinkNotice, Person
from droitfil.people.passes import contest_code
from droitfil.people.queries import children_of, find_persons, readings
from droitfil.rules.lifecycle import State
from tests.cases.writing import AT, DAY, at
from tests.files.samples import pdf
from tests.personas import BY, NOW, Personas, account, link

pytestmark = pytest.mark.django_db
DCEM = "document-circulation-mineur"
SARA: dict[str, Any] = {
    "family_name": "El Fassi", "given_names": "Sara", "born_on": date(2019, 1, 8),
    "nationality": "MAR", "birth_place": "Évry",
}  # fmt: skip


@pytest.fixture
def amina(people: Personas) -> Account:
    assert people.at_evry
    assert people.at_lyon
    return people.amina_linked


@pytest.fixture(autouse=True)
def _scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The antivirus is a matter of tests/files: here everything it is shown is clean."""

    def scanned(content: bytes, *, declared_name: str) -> Any:
        return replace(examine(content, declared_name=declared_name), scanned=True)

    monkeypatch.setattr(declaring, "examine", scanned)


def declared(amina: Account, **more: Any) -> ChildClaim:
    facts = SARA | more.pop("facts", {})
    return declaring.declare_child(amina, facts=facts, **more, **at(DAY))


def given(amina: Account, claim: ChildClaim, code: str = families.BIRTH) -> Any:
    return declaring.add_proof(
        amina, claim, code=code, content=pdf(), declared_name="acte.pdf", **at(DAY)
    )


def settled(agent: Account, claim: ChildClaim, *, confirm: bool = True, **more: Any) -> ChildClaim:
    more = {"seen": [families.BIRTH]} | more
    return confirming.settle_child(agent, claim.pk, confirm=confirm, **more, **at(DAY))


def sara_of(people: Personas, **more: Any) -> Person:
    """Sara has a file already."""
    facts = SARA | {"commune": people.evry, "email": "sara@exemple.example"} | more
    return files.register_person(BY, now=NOW, **facts)


def drafted(amina: Account, claim: ChildClaim) -> Case:
    return siblings.start_for_children(amina, [claim.child], procedure=DCEM, **at(DAY))[0]


# -- before a human has looked ---------------------------------------------------------------------


def test_a_declared_child_opens_nothing_but_what_is_prepared_for_them(
    people: Personas, amina: Account
) -> None:
    claim = declared(amina)
    child = claim.child
    assert not access.can_see_person(amina, child, DAY)
    assert child not in children_of(people.amina, DAY)
    assert case_access.prepares_for(amina, child, DAY)
    assert not case_access.prepares_for(people.stranger, child, DAY)
    for agent in (people.nadia, people.paul, people.claire):
        assert not access.can_see_person(agent, child, DAY)
        assert find_persons(agent, "el fassi sara", on=DAY) == []
    proof = given(amina, claim)
    case = drafted(amina, claim)
    assert [piece.upload_id for piece in case.pieces.all()] == [proof.upload_id], "given once"
    filing.save_answers(amina, case, answers={"dcem_case": "parent_card"}, **at(DAY))
    assert case.office == people.at_evry, "where the parent lives"
    with pytest.raises(Refusal, match="confirm"):
        filing.submit_case(amina, case, key=uuid4(), **at(DAY))
    with pytest.raises(Forbidden):
        filing.save_answers(people.mariam_account, case, answers={}, **at(DAY))


def test_a_claimant_never_learns_whether_the_child_is_known(
    people: Personas, amina: Account
) -> None:
    """The same words, the same pages, whether the number is free, taken here or elsewhere."""
    sara_of(people, foreigner_number="9911111111")
    known = declared(amina, foreigner_number="99 11 11 11 11")
    unknown = declared(amina, foreigner_number="9922222222", facts={"given_names": "Inès"})
    for claim in (known, unknown):
        assert claim.state == ChildClaim.State.WAITING
        assert claim.child.foreigner_number is None
        case = drafted(amina, claim)
        assert case.state == State.DRAFT
    sara = Person.objects.get(foreigner_number="9911111111")
    assert not access.can_see_person(amina, sara, DAY)
    assert not case_access.prepares_for(amina, sara, DAY)
    assert Message.objects.count() == LinkNotice.objects.count() == 0


def test_where_a_child_is_known_is_told_neither_by_who_looked_nor_by_who_answered(
    people: Personas, amina: Account
) -> None:
    """An office elsewhere has the claim only because it holds a file: its name would tell so."""
    sara_of(people, commune=people.lyon, foreigner_number="9911111111")
    claim = declared(amina, foreigner_number="9911111111")
    proof = given(amina, claim)
    confirming.open_claim(people.paul, claim.pk, **at(DAY))
    confirming.open_proof(people.paul, claim.pk, proof.pk, **at(DAY))
    assert readings(people.amina) == []
    assert readings_of(claim.child_id).count() == 2, "it is written all the same"
    confirming.open_claim(people.nadia, claim.pk, **at(DAY))
    assert [one.office for one in readings(people.amina)] == [people.at_evry.name]
    settled(people.paul, claim, confirm=False, reasons="Le jugement retire l’autorité.")
    (told,) = word([Message.objects.get()])
    assert people.at_lyon.name not in " ".join((told.subject, *told.text, *told.inside, told.sms))


def test_what_was_prepared_for_the_counter_is_not_registered_either(
    people: Personas, amina: Account
) -> None:
    born = date(DAY.year - 17, DAY.month, 1)
    claim = declared(amina, facts={"born_on": born})
    case = filing.start_draft(
        amina, claim.child, procedure="premiere-carte-jeune-arrive", held=None, **at(DAY)
    )
    with pytest.raises(Refusal, match="Enfants à confirmer"):
        filing.register_at_counter(people.nadia, case, complete=True, **at(DAY))
    case.refresh_from_db()
    assert case.state == State.DRAFT


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"born_on": date(2026, 1, 1)}, "pas encore arrivée"),
        ({"born_on": date(2007, 6, 20)}, "majeur"),
        ({"family_name": "العلمي"}, "lettres latines"),
        ({"given_names": " "}, "prénom"),
    ],
)
def test_what_cannot_be_a_child_is_refused_with_a_sentence(
    facts: dict[str, Any], says: str, amina: Account
) -> None:
    with pytest.raises(Refusal, match=says):
        declared(amina, facts=facts)
    assert not ChildClaim.objects.exists()


def test_a_number_is_ten_digits_and_not_ones_own(people: Personas, amina: Account) -> None:
    with pytest.raises(Refusal, match="dix chiffres"):
        declared(amina, foreigner_number="12")
    with pytest.raises(Refusal, match="du parent qui déclare"):
        declared(amina, foreigner_number=str(people.amina.foreigner_number))


def test_said_twice_it_is_one_child(amina: Account) -> None:
    assert declared(amina) == declared(amina, facts={"given_names": "SARA"})
    assert ChildClaim.objects.count() == 1
    for number in range(declaring.MOST_WAITING - 1):
        declared(amina, facts={"born_on": date(2015, 1, 1 + number)})
    with pytest.raises(Refusal, match="Attendez"):
        declared(amina, facts={"given_names": "Une de trop"})


def test_a_number_found_later_is_kept(amina: Account) -> None:
    declared(amina, other_parent="Yanis El Fassi")
    declared(amina, foreigner_number="99 22 22 22 22")
    claim = ChildClaim.objects.get()
    assert (claim.foreigner_number, claim.other_parent) == ("9922222222", "Yanis El Fassi")


def test_without_a_file_nobody_has_children(people: Personas) -> None:
    with pytest.raises(Forbidden):
        declared(people.stranger)


def test_taken_back_nothing_is_left_of_it(people: Personas, amina: Account) -> None:
    claim = declared(amina)
    case = drafted(amina, claim)
    with pytest.raises(Forbidden):
        declaring.withdraw_claim(people.mariam_account, claim, **at(DAY))
    declaring.withdraw_claim(amina, claim, **at(DAY))
    declaring.withdraw_claim(amina, claim, **at(DAY))
    case.refresh_from_db()
    assert case.state == State.DISCARDED
    assert not case_access.prepares_for(amina, claim.child, DAY)
    assert list(families.open_claims(people.nadia, DAY)) == []


# -- a human looks ---------------------------------------------------------------------------------


def test_confirmed_new_the_child_has_a_file_and_the_draft_can_be_filed(
    people: Personas, amina: Account
) -> None:
    claim = declared(amina, foreigner_number="9922222222")
    given(amina, claim)
    case = drafted(amina, claim)
    assert list(families.open_claims(people.nadia, DAY)) == [claim]
    settled(people.nadia, claim)
    child = Person.objects.get(pk=claim.child_id)
    assert (child.commune, child.foreigner_number) == (people.evry, "9922222222")
    assert access.can_see_person(amina, child, DAY)
    assert access.can_see_person(people.nadia, child, DAY)
    case.refresh_from_db()
    with pytest.raises(Refusal, match="réponses"):
        filing.submit_case(amina, case, key=uuid4(), **at(DAY))
    assert Message.objects.get().template == "child_confirmed"
    assert not LinkNotice.objects.exists(), "nobody else was known"
    lines = Entry.objects.filter(action__startswith="child.").order_by("id")
    assert [line.action for line in lines] == [
        "child.declared", "child.proof_added", "child.confirmed",
    ]  # fmt: skip
    assert lines[2].actor == f"staff:{people.nadia.pk}"


def test_confirmed_known_the_file_that_was_there_is_theirs_and_the_draft_follows(
    people: Personas, amina: Account
) -> None:
    sara = sara_of(people)
    claim = declared(amina)
    case = drafted(amina, claim)
    assert families.alike(people.nadia, claim, DAY) == [sara]
    with pytest.raises(Refusal, match="peut-être déjà un dossier"):
        settled(people.nadia, claim)
    with pytest.raises(Forbidden):
        settled(people.nadia, claim, known=people.amina_account.pk)
    settled(people.nadia, claim, known=sara.pk)
    case.refresh_from_db()
    assert case.person == sara
    assert list(children_of(people.amina, DAY)) == [sara]
    assert not access.can_see_person(amina, claim.child, DAY), "the declared one is nobody's"


def test_an_agent_confirms_what_something_shows(people: Personas, amina: Account) -> None:
    claim = declared(amina)
    with pytest.raises(Refusal, match="Rien ne montre"):
        settled(people.nadia, claim, seen=[])
    with pytest.raises(Refusal, match="vu"):
        settled(people.nadia, claim, seen=["passport"])
    given(amina, claim)
    settled(people.nadia, claim, seen=[])


def test_another_child_of_the_same_name_and_day_may_exist(people: Personas, amina: Account) -> None:
    sara_of(people)
    claim = settled(people.nadia, declared(amina), other=True)
    assert claim.child.commune == people.evry
    assert Person.objects.filter(given_names="Sara").count() == 2


def test_the_number_of_a_file_here_is_that_file(people: Personas, amina: Account) -> None:
    sara = sara_of(people, family_name="Alaoui", foreigner_number="9911111111")
    claim = declared(amina, foreigner_number="9911111111")
    with pytest.raises(Refusal, match="dites lequel"):
        settled(people.nadia, claim, other=True)
    settled(people.nadia, claim, known=sara.pk)


def test_the_file_of_another_territory_is_confirmed_there(people: Personas, amina: Account) -> None:
    sara = sara_of(people, commune=people.lyon, foreigner_number="9911111111")
    claim = declared(amina, foreigner_number="9911111111")
    with pytest.raises(Refusal, match="un autre territoire"):
        settled(people.nadia, claim)
    with pytest.raises(Forbidden):
        settled(people.nadia, claim, known=sara.pk)
    assert list(families.open_claims(people.paul, DAY)) == [claim]
    settled(people.paul, claim, known=sara.pk)
    assert list(children_of(people.amina, DAY)) == [sara]


def test_no_file_from_here_is_confirmed_for_a_number_of_elsewhere(
    people: Personas, amina: Account
) -> None:
    sara_of(people, commune=people.lyon, foreigner_number="9911111111")
    here = sara_of(people)
    claim = declared(amina, foreigner_number="9911111111")
    with pytest.raises(Refusal, match="un autre territoire"):
        settled(people.nadia, claim, known=here.pk)


def test_refused_with_reasons_and_declared_again(people: Personas, amina: Account) -> None:
    claim = declared(amina)
    case = drafted(amina, claim)
    with pytest.raises(Refusal, match="pourquoi"):
        settled(people.nadia, claim, confirm=False, reasons=" ")
    settled(people.nadia, claim, confirm=False, reasons="L’acte ne nomme pas la mère.")
    case.refresh_from_db()
    assert case.state == State.DISCARDED
    assert Message.objects.get().template == "child_refused"
    assert [one.reasons for one in families.own_claims(amina)] == ["L’acte ne nomme pas la mère."]
    assert declared(amina).pk != claim.pk


def test_only_an_agent_of_the_place_and_never_about_oneself(
    people: Personas, amina: Account
) -> None:
    claim = declared(amina)
    proof = given(amina, claim)
    for nobody in (people.paul, people.claire, people.denis, people.stranger, amina):
        with pytest.raises(Forbidden):
            settled(nobody, claim)
        with pytest.raises(Forbidden):
            confirming.open_claim(nobody, claim.pk, **at(DAY))
        with pytest.raises(Forbidden):
            confirming.open_proof(nobody, claim.pk, proof.pk, **at(DAY))
    link(people.mariam, people.sonia)
    own = declaring.declare_child(people.sonia, facts=SARA, **at(DAY))
    with pytest.raises(Forbidden):
        settled(people.sonia, own)


def test_the_second_agent_reads_that_it_was_answered(people: Personas, amina: Account) -> None:
    claim = settled(people.nadia, declared(amina))
    with pytest.raises(Conflict, match="déjà répondu"):
        settled(people.sonia, claim, confirm=False, reasons="Non.")
    with pytest.raises(Forbidden):
        settled(people.paul, claim, confirm=False, reasons="Non.")
    assert FamilyLink.objects.get().to_on is None


def test_two_parents_of_one_child_meet_in_one_file_and_one_request(
    people: Personas, amina: Account
) -> None:
    first = declared(amina)
    kept = drafted(amina, first)
    link(people.mariam, account("mariam@exemple.example"))
    other = Account.objects.get(email="mariam@exemple.example")
    second = declaring.declare_child(other, facts=SARA, **at(DAY))
    gone = drafted(other, second)
    settled(people.nadia, first)
    with pytest.raises(Refusal, match="dites lequel"):
        settled(people.nadia, second)
    settled(people.nadia, second, known=first.child_id)
    gone.refresh_from_db()
    assert gone.state == State.DISCARDED
    assert case_access.can_see_case(other, Case.objects.get(pk=kept.pk), DAY)
    # The first parent, known before, is told and may contest.
    told = set(LinkNotice.objects.values_list("channel", "contact"))
    assert told == {
        ("email", people.amina.email), ("email", amina.email), ("sms", people.amina.phone),
    }  # fmt: skip


# -- contested -------------------------------------------------------------------------------------


def test_who_was_known_before_is_told_and_contests_until_a_human_looks_again(
    people: Personas, amina: Account, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    sara = sara_of(people)
    claim = settled(people.nadia, declared(amina), known=sara.pk)
    assert jobs.tell_contacts(now=AT) == 1
    (letter,) = mail.outbox
    assert letter.to == ["sara@exemple.example"]
    assert "Sara" in letter.body
    assert "Amina" not in letter.body
    path = f"/contester/{contest_code(LinkNotice.objects.get().pk)}"
    assert path in letter.body
    assert "parent" in client.get(path).content.decode()
    assert client.post(path).status_code == 200
    assert not access.can_see_person(amina, sara, DAY), "at once"
    assert client.post(path).status_code == 422, "it serves once"

    assert list(families.open_claims(people.nadia, DAY)) == [claim]
    settled(people.nadia, claim)
    assert access.can_see_person(amina, sara, DAY)
    assert LinkNotice.objects.count() == 1, "nobody is told twice"


def test_a_contest_that_is_right_ends_the_link(
    people: Personas, amina: Account, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    sara = sara_of(people)
    claim = settled(people.nadia, declared(amina), known=sara.pk)
    client.post(f"/contester/{contest_code(LinkNotice.objects.get().pk)}")
    settled(people.nadia, claim, confirm=False, reasons="Le jugement retire l’autorité.")
    assert not access.can_see_person(amina, sara, DAY)
    assert list(families.open_claims(people.nadia, DAY)) == []
    assert FamilyLink.objects.get().contested_at is None


def test_a_parent_no_more_is_told_nothing_of_the_child(people: Personas, amina: Account) -> None:
    sara = sara_of(people, email="")
    claim = settled(people.nadia, declared(amina), known=sara.pk)
    kinship.end_child_link(BY, FamilyLink.objects.get(pk=claim.link_id), now=AT)
    link(people.mariam, account("mariam@exemple.example"))
    other = Account.objects.get(email="mariam@exemple.example")
    second = declaring.declare_child(other, facts=SARA, **at(DAY))
    settled(people.nadia, second, known=sara.pk)
    assert not LinkNotice.objects.exists()


def test_looked_at_again_a_draft_of_the_child_stays_as_it_was(
    people: Personas, amina: Account
) -> None:
    claim = declared(amina)
    case = drafted(amina, claim)
    settled(people.nadia, claim)
    claim.refresh_from_db()
    assert claim.link is not None
    kinship.contest_child_link(BY, claim.link, now=AT)
    settled(people.nadia, claim)
    assert Entry.objects.filter(action="case.followed", case=case.pk).count() == 1


# -- at the counter --------------------------------------------------------------------------------


def recorded(people: Personas, agent: Account, **more: Any) -> ChildClaim:
    asked = {"facts": SARA, "seen": [families.BIRTH]} | more
    return declaring.record_child(agent, people.amina, **asked, **at(DAY))


def test_an_agent_who_has_seen_the_act_records_the_child_at_once(people: Personas) -> None:
    assert people.at_evry
    claim = recorded(people, people.nadia)
    assert claim.state == ChildClaim.State.CONFIRMED
    assert recorded(people, people.sonia) == claim, "pressed twice, it is one child"
    child = children_of(people.amina, DAY).get()
    assert child.commune == people.evry
    assert claim.proofs.get().seen_on == DAY
    holder = people.amina_linked
    case = siblings.start_for_children(holder, [child], procedure=DCEM, **at(DAY))[0]
    assert [piece.seen_on for piece in case.pieces.all()] == [DAY], "seen once"


def test_at_the_counter_nothing_seen_nothing_recorded_and_only_here(people: Personas) -> None:
    assert people.at_evry
    with pytest.raises(Refusal, match="Rien ne montre"):
        recorded(people, people.nadia, seen=[])
    for nobody in (people.paul, people.claire, people.amina_linked):
        with pytest.raises(Forbidden):
            recorded(people, nobody)
    sara_of(people)
    with pytest.raises(Refusal, match="dites lequel"):
        recorded(people, people.nadia)
    assert not ChildClaim.objects.exists()
    assert Person.objects.filter(given_names="Sara").count() == 1, "nothing is half done"


def test_a_link_ends_at_majority_and_so_does_what_was_prepared(
    people: Personas, amina: Account
) -> None:
    late = date(2037, 1, 8)
    claim = declared(amina)
    assert not case_access.prepares_for(amina, claim.child, late)
    settled(people.nadia, claim)
    assert not access.can_see_person(amina, Person.objects.get(pk=claim.child_id), late)


def test_at_the_counter_the_number_that_was_seen_counts(people: Personas, amina: Account) -> None:
    """The parent declared the child without it; another territory holds the file."""
    sara_of(people, commune=people.lyon, foreigner_number="9911111111")
    declared(amina)
    with pytest.raises(Refusal, match="un autre territoire"):
        recorded(people, people.nadia, foreigner_number="99.11.11.11.11")
