"""Two at once on one case: one wins, the other reads what happened; nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from droitfil.cases.actions import decision, filing, moving
from droitfil.cases.models import Case, Coverage, Paper
from droitfil.journal.models import Entry
from droitfil.lib.refusals import Conflict, Refused
from droitfil.people.models import Account, Person
from droitfil.rules.lifecycle import State
from droitfil.territory.models import Arrondissement
from tests.cases.writing import (
    DAY,
    EMPLOYEE,
    at,
    counter_draft,
    draft,
    filed,
    give_pieces,
    taken,
)
from tests.journal.writing import at_once
from tests.personas import Personas, competent, place

pytestmark = pytest.mark.django_db(transaction=True)
DECIDED = date(2025, 9, 20)


@pytest.fixture
def people(transactional_db: None) -> Personas:
    return Personas()


def told(act: Callable[[], Any]) -> Callable[[], Any]:
    """What the action returns, or the refusal that is read."""

    def run() -> Any:
        try:
            return act()
        except Refused as refused:
            return refused

    return run


def one_wins(*acts: Callable[[], Any]) -> Refused:
    """Runs all at once; exactly one is done, the others are told a Conflict; the last of these."""
    results = at_once(*map(told, acts))
    lost = [result for result in results if isinstance(result, Refused)]
    assert [type(result) for result in lost] == [Conflict] * (len(acts) - 1), results
    return lost[-1]


def count(action: str) -> int:
    return Entry.objects.filter(action=action).count()


def seen(case: Case) -> Case:
    """The case as one page has loaded it."""
    return Case.objects.get(pk=case.pk)


def test_taking(people: Personas) -> None:
    case = filed(people)
    agents = (people.nadia, people.sonia)
    lost = one_wins(*(partial(decision.take, who, seen(case), **at(DAY)) for who in agents))
    winner = seen(case).agent
    assert winner is not None
    assert lost.says == f"{winner.name} a pris ce dossier à 11 h 12. Rien d’autre n’a été fait."
    assert count("case.taken") == 1


def test_deciding(people: Personas) -> None:
    case = taken(people)
    mine, same = seen(case), seen(case)
    lost = one_wins(
        lambda: decision.grant(people.nadia, mine, **at(DECIDED)),
        lambda: decision.refuse(people.nadia, same, reasons="Non", **at(DECIDED)),
    )
    after = seen(case)
    word = "accepté" if after.state == State.GRANTED else "refusé"
    assert lost.says.startswith(f"Nadia Roussel a {word} cette demande à 11 h 12.")
    assert count("case.granted") + count("case.refused") == 1
    assert Paper.objects.count() == (after.state == State.GRANTED)


def test_withdrawing_or_deciding(people: Personas) -> None:
    case = taken(people)
    mine, theirs = seen(case), seen(case)
    lost = one_wins(
        lambda: filing.withdraw(people.mariam_account, mine, **at(DECIDED)),
        lambda: decision.grant(people.nadia, theirs, **at(DECIDED)),
    )
    after = seen(case)
    if after.state == State.WITHDRAWN:
        assert lost.says.startswith("La personne a retiré cette demande à 11 h 12.")
        assert not Paper.objects.exists()
        assert not Coverage.objects.exists()
    else:
        assert lost.says.startswith("Nadia Roussel a accepté cette demande à 11 h 12.")
        assert Paper.objects.get().kind == "ADF"


def submit(people: Personas, case: Case, key: UUID) -> Callable[[], Any]:
    mine = seen(case)
    return lambda: filing.submit_case(people.mariam_account, mine, key=key, **at(DAY))


def test_submit_pressed_ten_times_at_once(people: Personas) -> None:
    case, key = draft(people), uuid4()
    give_pieces(people, case)
    results = at_once(*(submit(people, case, key) for _ in range(10)))
    assert {result.pk for result in results} == {case.pk}
    assert {result.filed_at for result in results} == {at(DAY)["now"]}
    assert count("case.submitted") == 1
    assert Coverage.objects.count() == 1


def test_submitting_from_two_places(people: Personas) -> None:
    case = draft(people)
    give_pieces(people, case)
    lost = one_wins(submit(people, case, uuid4()), submit(people, case, uuid4()))
    assert lost.says.startswith("Ce dossier a été déposé à 11 h 12.")
    assert count("case.submitted") == 1


def test_registering_at_two_counters(people: Personas) -> None:
    case = counter_draft(people)
    register = partial(filing.register_at_counter, complete=True, **at(DAY))
    agents = (people.nadia, people.sonia)
    one_wins(*(partial(register, who, seen(case)) for who in agents))
    assert Paper.objects.count() == 1


def test_one_draft(people: Personas) -> None:
    assert people.at_evry
    card = people.amina.documents.get()

    def start() -> Case:
        return filing.start_draft(
            people.nadia, people.amina, procedure=EMPLOYEE, held=card, **at(DAY)
        )

    assert people.nadia
    assert len({case.pk for case in at_once(*[start] * 4)}) == 1
    assert count("case.started") == 1


def go(people: Personas, *, actor: Account, line: str) -> Callable[[], Any]:
    person = Person.objects.get(pk=people.mariam.pk)
    return lambda: moving.change_address(
        actor, person, address_line=line, postal_code="69002", commune=people.lyon,
        moved_on=DAY, proof="address_bill", seen=person.address_mark, **at(DAY),
    )  # fmt: skip


def test_two_addresses(people: Personas) -> None:
    case = filed(people)
    assert people.at_lyon
    lost = one_wins(
        go(people, actor=people.mariam_account, line="1 place Bellecour"),
        go(people, actor=people.nadia, line="2 rue de la République"),
    )
    assert lost.says.startswith("Une autre adresse vient d’être enregistrée.")
    assert count("person.moved") == count("case.moved") == 1
    assert seen(case).office_id == "69-lyon"


def test_moving_or_deciding(people: Personas) -> None:
    """Whoever comes first: decided here then gone to be handed over there, or gone undecided."""
    case = taken(people)
    assert people.at_lyon
    mine = seen(case)
    moved, decided = at_once(
        told(go(people, actor=people.mariam_account, line="1 place Bellecour")),
        told(lambda: decision.grant(people.nadia, mine, **at(DECIDED))),
    )
    after = seen(case)
    assert [one.pk for one in moved] == [case.pk]
    assert after.office_id == "69-lyon"
    if after.state == State.SUBMITTED:
        assert isinstance(decided, Conflict)
        assert "La personne a déménagé" in decided.says
        assert not Paper.objects.exists()
    else:
        assert after.state == State.GRANTED
        assert Paper.objects.get().kind == "ADF"


def test_a_move_in_the_same_department_is_told_in_a_sentence(people: Personas) -> None:
    """The agent keeps the right to open it, and reads that it waits elsewhere."""
    case = taken(people)
    mine = seen(case)
    palaiseau = place("91998", "Palaiseau-le-Neuf", "91")
    area = Arrondissement.objects.create(
        code="91X", name="Palaiseau-le-Neuf", department=palaiseau.department
    )
    palaiseau.arrondissement = area
    palaiseau.save()
    competent("91-neuf", palaiseau)
    moving.change_address(
        people.mariam_account, people.mariam, address_line="1 rue de Paris", postal_code="91120",
        commune=palaiseau, moved_on=DAY, **at(DAY),
    )  # fmt: skip
    with pytest.raises(Conflict) as lost:
        decision.grant(people.nadia, mine, **at(DAY))
    assert lost.value.says == (
        "Ce dossier attend de nouveau un agent, à 11 h 12 : Préfecture 91-neuf. "
        "Rien d’autre n’a été fait."
    )
