"""What a file holds: the database refuses what cannot be, and the kernel reads the rest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from droitfil.lawbook import load_law
from droitfil.lawbook.answering import answer_question
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.people.actions import files
from droitfil.people.models import Account, FamilyLink, Link, Person, ResidenceDocument, Staff
from droitfil.people.queries import children_of, documents_held, facts_of, question_of
from droitfil.rules.facts import Kind, Parent, ParentKind
from tests.personas import BY, NOW, TODAY, Personas, account

DOCUMENT: dict[str, Any] = {"kind": "CSP", "valid_from": date(2021, 7, 1), "source": "tests"}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"valid_to": date(2021, 6, 30)}, "document_ends_after_it_begins"),
        ({"kind": "CARTE"}, "document_kind_known"),
        ({"work": "all"}, "document_work_known"),
        ({"length": "four"}, "document_length_written"),
        ({"validated_on": date(2021, 8, 1)}, "document_validated_is_a_visa"),
        ({"card_number": "abc 12"}, "document_number_written"),
    ],
)
def test_a_document_that_cannot_be(
    people: Personas, change: dict[str, Any], constraint: str
) -> None:
    person = people.amina
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ResidenceDocument.objects.create(person=person, **(DOCUMENT | change))
    with pytest.raises(Refusal):
        files.add_document(BY, person, now=NOW, **(DOCUMENT | change))


def test_a_document_of_a_day_holds(people: Personas) -> None:
    files.add_document(BY, people.amina, now=NOW, valid_to=DOCUMENT["valid_from"], **DOCUMENT)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"foreigner_number": "123"}, "person_number_of_ten_digits"),
        ({"foreigner_number": "99123456789"}, "too long"),
        ({"sex": "?"}, "person_sex_known"),
        ({"linked_at": NOW}, "person_linked_at_some_time"),
    ],
)
def test_a_person_that_cannot_be(db: None, change: dict[str, Any], constraint: str) -> None:
    from django.db import DatabaseError

    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        Person.objects.create(family_name="X", born_on=date(1990, 1, 1), **change)


def test_one_number_one_person(people: Personas) -> None:
    number = people.amina.foreigner_number
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(family_name="X", born_on=TODAY, foreigner_number=number)


def test_nobody_is_their_own_parent(people: Personas) -> None:
    with pytest.raises(IntegrityError, match="family_link_between_two"), transaction.atomic():
        FamilyLink.objects.create(person=people.amina, relative=people.amina, kind="parent")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"role": "agent"}, "staff_of_an_office"),
        ({"role": "chief"}, "staff_role_known"),
        ({"role": "admin", "name": ""}, "staff_has_a_name"),
        ({"role": "ministry", "territory": ["91"]}, "staff_without_files"),
        (
            {"role": "admin", "active_to": date(2023, 12, 31)},
            "staff_ends_after_it_begins",
        ),
    ],
)
def test_a_function_that_cannot_be(db: None, fields: dict[str, Any], constraint: str) -> None:
    who = account("agent@exemple.example")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Staff.objects.create(
            **{"account": who, "name": "Z", "active_from": date(2024, 1, 1)} | fields
        )


def test_an_account_has_no_password(db: None) -> None:
    who = account("Sans.Mot@Exemple.Example")
    assert who.email == "sans.mot@exemple.example"
    who.set_password("secret")
    with pytest.raises(IntegrityError, match="account_has_no_password"), transaction.atomic():
        who.save()
    with pytest.raises(IntegrityError, match="account_email_in_lower"), transaction.atomic():
        Account.objects.filter(pk=who.pk).update(email="Autre@exemple.example")


def test_one_link_at_a_time(people: Personas) -> None:
    Link.objects.create(person=people.amina, account=people.stranger, at=NOW)
    with pytest.raises(IntegrityError, match="link_one_a_person"), transaction.atomic():
        Link.objects.create(person=people.amina, account=people.amina_account, at=NOW)


def test_names_are_found_whatever_the_accents(people: Personas) -> None:
    son = people.ilyes
    assert (son.family_key, son.given_key) == ("el fassi", "ilyes")
    Person.objects.filter(pk=son.pk).update(given_key="")
    son.refresh_from_db()
    son.save(update_fields=["language"])
    assert Person.objects.get(given_key="ilyes") == son


# -- the kernel's facts -------------------------------------------------------------------------


def test_the_facts_are_those_of_the_file(people: Personas) -> None:
    person, documents = facts_of(people.amina, on=TODAY)
    assert (person.born_on, person.nationality, person.lives_in) == (
        date(1990, 3, 2), "MAR", "91",
    )  # fmt: skip
    (card,) = documents
    assert (card.id, card.kind, card.article) == ("d1", Kind.CSP, "L421-1")
    assert (card.start, card.end) == (date(2021, 7, 1), date(2025, 6, 30))
    assert card.length is None, "read from the printed dates"


def test_the_answer_is_that_of_the_contract(people: Personas) -> None:
    law = load_law()
    answer = answer_question(question_of(people.amina, on=TODAY), law)
    by_hand = {
        "today": "2025-06-02",
        "person": {"born_on": "1990-03-02", "nationality": "MAR", "lives_in": "91"},
        "documents": [
            {"id": "d1", "kind": "CSP", "article": "L421-1",
             "from": "2021-07-01", "to": "2025-06-30"},
        ],
    }  # fmt: skip
    assert answer == answer_question(by_hand, law)
    assert answer["spans"][0]["work"] == "full"


def test_what_was_withdrawn_is_no_longer_held(people: Personas) -> None:
    person = people.amina
    (card,) = documents_held(person, TODAY)
    files.withdraw_document(BY, card, withdrawn_on=date(2025, 6, 1), now=NOW)
    assert not documents_held(person, TODAY).exists()
    assert documents_held(person, date(2025, 6, 1)).get() == card


def test_a_child_is_asked_with_their_parents(people: Personas) -> None:
    son = people.ilyes
    facts, _documents = facts_of(son, on=TODAY)
    assert facts.parents == (Parent(ParentKind.CSP, "L421-1", date(2025, 6, 30)),)
    assert list(children_of(people.amina, TODAY)) == [son]
    father = files.register_person(
        BY, now=NOW, family_name="Père", born_on=date(1985, 1, 1), nationality="FRA"
    )
    files.link_family(BY, son, father, kind=FamilyLink.Kind.PARENT, now=NOW)
    assert {parent.kind for parent in facts_of(son, on=TODAY)[0].parents} == {
        ParentKind.CSP, ParentKind.FR,
    }  # fmt: skip
    assert facts_of(people.amina, on=TODAY)[0].parents == ()


def test_a_move_is_told_to_the_kernel_from_its_day(people: Personas) -> None:
    person = people.amina
    files.move_person(
        BY, person, address_line="1 place Bellecour", postal_code="69002", commune=people.lyon,
        moved_on=date(2025, 5, 20), now=NOW,
    )  # fmt: skip
    facts, _documents = facts_of(person, on=TODAY)
    assert (facts.lives_in, facts.moved_on) == ("69", date(2025, 5, 20))


def test_opening_a_file(people: Personas) -> None:
    person = people.amina
    assert files.open_file(people.nadia, person.pk, now=NOW, today=TODAY) == person
    for nobody in (people.paul, people.stranger, people.denis):
        with pytest.raises(Forbidden):
            files.open_file(nobody, person.pk, now=NOW, today=TODAY)
    with pytest.raises(Forbidden):
        files.open_file(people.nadia, people.stranger.pk, now=NOW, today=TODAY)
