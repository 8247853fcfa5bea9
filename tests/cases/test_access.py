"""Who sees a case: the predicate and the filter say the same of everyone, every day."""

from __future__ import annotations

import random
from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser

from droitfil.cases.access import can_see_case, standing, visible_cases
from droitfil.cases.models import Case
from droitfil.lib.refusals import Forbidden
from droitfil.people.models import Account, FamilyLink, Person, ResidenceDocument, Staff
from droitfil.rules.lifecycle import Role, State
from tests.cases.writing import DAY, raw_case
from tests.personas import Personas, account


def everyone(people: Personas) -> list[Account]:
    return [
        people.amina_linked, people.mariam_account, people.stranger, people.nadia, people.sonia,
        people.hugo, people.paul, people.claire, people.denis,
    ]  # fmt: skip


def card(person: Person) -> ResidenceDocument:
    return ResidenceDocument.objects.create(
        person=person, kind="CSP", article="L421-1", valid_from=DAY, source="tests"
    )


def test_predicate_and_filter_agree(people: Personas) -> None:
    chance = random.Random(20250620)
    readers = everyone(people)
    gone = account("parti@91.example")
    Staff.objects.create(
        account=gone, name="Parti", role="agent", office=people.at_evry, territory=["91"],
        active_from=date(2024, 1, 1), active_to=DAY - timedelta(days=1),
    )  # fmt: skip
    idle = account("ferme@exemple.example")
    idle.is_active = False
    idle.save()
    persons = [people.amina, people.ilyes, people.mariam]
    FamilyLink.objects.create(person=people.mariam, relative=people.amina, kind="child")
    for state in State:
        for channel in ("teleservice", "counter"):
            raw_case(
                state, people, channel=channel, person=chance.choice(persons), request="first",
                office=chance.choice([people.at_evry, people.at_lyon]),
                article=f"L{Case.objects.count()}",
                card=card(people.mariam) if state is State.HANDED_OVER else None,
            )  # fmt: skip
    met = set()
    for on in (DAY, date(2040, 1, 1)):
        for who in [*readers, gone, idle, AnonymousUser()]:
            visible = set(visible_cases(who, on))
            for case in Case.objects.select_related("person", "office"):
                may = can_see_case(who, case, on)
                assert may == (case in visible), (who, case.state, case.channel, on)
                met.add((may, case.state in ("draft", "discarded")))
    assert len(met) == 4


def test_as_what_one_acts(people: Personas) -> None:
    case = raw_case(State.SUBMITTED, people)
    roles = {}
    for who in everyone(people):
        try:
            roles[who.email] = standing(who, case, DAY).role
        except Forbidden:
            roles[who.email] = None
    assert roles == {
        "amina@nouvelle.example": Role.PERSON, "mariam@exemple.example": None,
        "inconnu@exemple.example": None, "nadia@91.example": Role.AGENT,
        "sonia@91.example": Role.AGENT, "hugo@91.example": Role.AGENT, "paul@69.example": None,
        "claire@contact.example": None, "denis@ministere.example": None,
    }  # fmt: skip


def test_a_parent_acts_for_a_minor(people: Personas) -> None:
    case = raw_case(State.SUBMITTED, people, person=people.ilyes)
    assert standing(people.amina_linked, case, DAY).role is Role.PERSON
    assert not can_see_case(people.amina_linked, case, date(2034, 5, 4))
    assert can_see_case(people.amina_linked, case, date(2034, 5, 3))
