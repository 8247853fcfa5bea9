"""What an agent and the person write to each other: kept, told, read by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from droitfil.cases.actions import decision, letters
from droitfil.cases.worklist import letters_to, worklist
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Forbidden, Refusal
from droitfil.notices.models import Message
from tests.cases.writing import DAY, at, draft, taken
from tests.personas import Personas


def test_an_agent_writes_and_the_person_answers(people: Personas) -> None:
    case = taken(people)
    sent = letters.write(people.nadia, case, text=" Bonjour,\r\nvenez. ", **at(DAY))
    later = at(DAY)["now"] + timedelta(minutes=5)
    back = letters.write(people.mariam_account, case, text="Je viens.", now=later, today=DAY)
    assert [(one.text, one.staff and one.staff.name) for one in case.letters.all()] == [
        ("Bonjour,\nvenez.", "Nadia Roussel"), ("Je viens.", None),
    ]  # fmt: skip
    told = Message.objects.get(template="agent_wrote")
    assert (told.person, told.case) == (people.mariam, case.pk)
    assert sent.text not in str(told.facts)
    answer = Message.objects.get(template="staff_letter")
    assert (answer.account, answer.case) == (people.nadia, case.pk)
    assert back.text not in str(answer.facts)
    entry = Entry.objects.filter(action="letter.written").last()
    assert entry is not None
    assert entry.facts == {"state": "in_review", "letter": str(back.pk)}


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_nothing_or_too_much_is_not_sent(people: Personas, text: str) -> None:
    with pytest.raises(Refusal) as refused:
        letters.write(people.nadia, taken(people), text=text, **at(DAY))
    assert refused.value.field == "text"
    assert not Message.objects.filter(template="agent_wrote").exists()


def test_a_draft_has_no_letters_and_strangers_write_none(people: Personas) -> None:
    with pytest.raises(Refusal):
        letters.write(people.mariam_account, draft(people), text="x", **at(DAY))
    case = taken(people)
    for who in (people.paul, people.stranger, people.claire, people.admin):
        with pytest.raises(Forbidden):
            letters.write(who, case, text="x", **at(DAY))
    assert not case.letters.exists()


def test_it_is_read_by_a_press_or_by_an_answer(people: Personas) -> None:
    case = taken(people)
    letters.write(people.nadia, case, text="Venez.", **at(DAY))
    assert letters.read(people.nadia, case, **at(DAY)) == 0, "one's own is not to be read"
    assert letters.read(people.mariam_account, case, **at(DAY)) == 1
    assert letters.read(people.mariam_account, case, **at(DAY)) == 0
    assert Entry.objects.filter(action="letter.read").count() == 1
    letters.write(people.mariam_account, case, text="Je viens.", **at(DAY))
    assert [one.case for one in letters_to(people.nadia, people.at_evry, on=DAY)] == [case]
    (row,) = worklist(people.nadia, people.at_evry, on=DAY).rows
    assert row.answered
    assert people.at_lyon
    assert letters_to(people.paul, people.at_evry, on=DAY) == []
    letters.write(people.nadia, case, text="Merci.", **at(DAY))
    assert letters_to(people.nadia, people.at_evry, on=DAY) == []
    (row,) = worklist(people.nadia, people.at_evry, on=DAY).rows
    assert not row.answered
    for who in (people.paul, people.stranger, people.claire):
        with pytest.raises(Forbidden):
            letters.read(who, case, **at(DAY))


def test_what_is_written_once_the_case_is_decided_is_still_found(people: Personas) -> None:
    case = decision.refuse(people.nadia, taken(people), reasons="Motif.", **at(DAY))
    letters.write(people.mariam_account, case, text="Pourquoi ?", **at(DAY))
    assert [one.case for one in letters_to(people.hugo, people.at_evry, on=DAY)] == [case]
