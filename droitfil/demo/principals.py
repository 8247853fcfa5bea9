"""The lives of those whom a visitor may be: the same in the small office and in the country.

Each is told from the day on which the demonstration stands, whatever happened around.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from droitfil.cases.actions import decision, filing, letters
from droitfil.cases.actions.siblings import carry_over, start_for_children
from droitfil.cases.models import Case
from droitfil.demo.answers import CHILD, ONLINE, answers
from droitfil.demo.cast import AGENT, APPLICANT, BY, PARENT, STUDENT
from droitfil.demo.stories import (
    STEPS,
    Acted,
    Story,
    article_of,
    card_of,
    give,
    moment,
    open_account,
    register,
    title_of,
)
from droitfil.people.actions import files
from droitfil.people.models import Account, FamilyLink, Person
from droitfil.rules.facts import Kind
from droitfil.rules.periods import add_days, add_years
from droitfil.territory.models import Commune

#: Days before the applicant's card ends: in the window of its title, and nothing filed yet.
AHEAD = 75
_EVRY: Mapping[str, Any] = {"address_line": "8 cours Blaise-Pascal", "postal_code": "91000"}


def principals(today: date, staff: Mapping[str, Account]) -> Iterator[Story]:
    """The applicant, the student, the parent with children."""
    yield _applicant(today)
    yield _student(today, staff)
    yield _parent(today, staff)


def _lives_in_evry() -> dict[str, Any]:
    return {**_EVRY, "commune": Commune.objects.get(pk="91228")}


def _applicant(today: date) -> Story:
    """Mariam: the mother of a French child, whose card ends in two months and a half."""
    expires = add_days(today, AHEAD)
    begins = add_days(add_years(expires, -2), 1)
    yield begins
    person = register(
        {
            "foreigner_number": "9923456789", "family_name": "Diallo", "given_names": "Mariam",
            "sex": Person.Sex.FEMALE, "born_on": date(1988, 11, 20), "nationality": "SEN",
            "birth_place": "Thiès", "birth_country": "SEN", "phone": "+33639012345",
            **_lives_in_evry(),
        },
        begins,
    )  # fmt: skip
    card = card_of(person, title_of(ONLINE), "FRA7654321", begins, expires)
    yield add_days(today, -30)
    open_account(person, APPLICANT, card, add_days(today, -30))


def _student(today: date, staff: Mapping[str, Account]) -> Story:
    """Jun: filed in time, waits beyond the end of his card, and holds what the law owes him."""
    procedure = "renouvellement-etudiant"
    expires, filed = add_days(today, -23), add_days(today, -133)
    begins = add_days(add_years(expires, -1), 1)
    yield begins
    person = register(
        {
            "foreigner_number": "9923456790", "family_name": "Zhang", "given_names": "Jun",
            "sex": Person.Sex.MALE, "born_on": date(2001, 4, 9), "nationality": "CHN",
            "birth_place": "Wenzhou", "birth_country": "CHN", "phone": "+33639012346",
            "language": "en", **_lives_in_evry(),
        },
        begins,
    )  # fmt: skip
    card = card_of(person, title_of(procedure), "FRA7654322", begins, expires, kind=Kind.CST)
    yield filed
    account = open_account(person, STUDENT, card, add_days(filed, -1))
    case = filing.start_draft(account, person, procedure=procedure, held=card, **moment(filed))
    _filed(account, case, filed, UUID(int=0x51))
    yield add_days(filed, 60)
    case.refresh_from_db()
    text = "Bonjour, mon université me demande si ma carte est renouvelée. Où en êtes-vous ?"
    letters.write(account, case, text=text, **moment(add_days(filed, 60), 18))
    yield add_days(filed, 64)
    case.refresh_from_db()
    decision.take(staff[AGENT], case, **moment(add_days(filed, 64), 10))
    text = "Bonjour, votre dossier est complet : une attestation vous est due à la fin de la carte."
    letters.write(staff[AGENT], case, text=text, **moment(add_days(filed, 64), 10, 20))


def _parent(today: date, staff: Mapping[str, Account]) -> Story:
    """Fatou: a resident; the document of one child was handed over, two more are asked for."""
    first = add_days(today, -200)
    yield first
    person = register(
        {
            "foreigner_number": "9923456791", "family_name": "Sarr", "given_names": "Fatou",
            "sex": Person.Sex.FEMALE, "born_on": date(1986, 2, 3), "nationality": "SEN",
            "birth_place": "Dakar", "birth_country": "SEN", "phone": "+33639012347",
            **_lives_in_evry(),
        },
        first,
    )  # fmt: skip
    card = card_of(
        person, article_of("cfcr"), "FRA7654323", add_days(add_years(today, -4), 12),
        add_days(add_years(today, 6), 11), kind=Kind.CR,
    )  # fmt: skip
    awa, ibrahima, khady = (
        _child(person, name, born, sex, first)
        for name, born, sex in (
            ("Awa", date(2015, 6, 1), Person.Sex.FEMALE),
            ("Ibrahima", date(2018, 9, 12), Person.Sex.MALE),
            ("Khady", date(2021, 3, 30), Person.Sex.FEMALE),
        )
    )  # fmt: skip
    day = add_days(today, -170)
    yield day
    account = open_account(person, PARENT, card, add_days(day, -1))
    (case,) = start_for_children(account, [awa], procedure=CHILD, **moment(day))
    _filed(account, case, day, UUID(int=0x61))
    for days, act in ((40, "take"), (95, "grant"), (118, "card")):
        yield add_days(day, days)
        _acted(act, staff[AGENT], case, account, add_days(day, days))
    day = add_days(day, 130)
    yield day
    case.refresh_from_db()
    decision.hand_over(
        staff[AGENT], case, kind=Kind.DCEM, card_number="FRD7654324", valid_from=day,
        valid_to=add_days(add_years(day, 5), -1), **moment(day, 14),
    )  # fmt: skip
    day = add_days(today, -12)
    yield day
    cases = start_for_children(account, [ibrahima, khady], procedure=CHILD, **moment(day))
    _filed(account, cases[0], day, UUID(int=0x62))
    carry_over(account, cases[1], cases[0], **moment(day, 11))
    cases[1].refresh_from_db()
    _filed(account, cases[1], day, UUID(int=0x63))


def _child(parent: Person, name: str, born_on: date, sex: Person.Sex, day: date) -> Person:
    child = register(
        {
            "family_name": parent.family_name, "given_names": name, "sex": sex,
            "born_on": born_on, "nationality": parent.nationality, "birth_place": "Dakar",
            "birth_country": parent.birth_country, **_lives_in_evry(),
        },
        day,
    )  # fmt: skip
    files.link_family(BY, parent, child, kind=FamilyLink.Kind.CHILD, now=moment(day)["now"])
    return child


def _filed(account: Account, case: Case, day: date, key: UUID) -> None:
    """Answers everything, gives every piece, and files."""
    filing.save_answers(account, case, answers=answers(case, day), **moment(day, 11, 10))
    case.refresh_from_db()
    give(account, case, day)
    filing.submit_case(account, case, key=key, **moment(day, 11, 50))
    case.refresh_from_db()


def _acted(act: str, agent: Account, case: Case, account: Account, day: date) -> None:
    case.refresh_from_db()
    if act == "grant":
        decision.grant(agent, case, length="5y", **moment(day, 11))
        return
    STEPS[act](Acted(case, agent, account, day))
