"""What happens to people, day after day: each story is a generator that yields its next day.

A story does on a day what stands after the ``yield`` of that day, by the actions that everyone
uses. The days are those of the past: what would come later does not happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils import timezone

from droitfil.cases.actions import complement, decision, filing, pieces
from droitfil.cases.form import form_of
from droitfil.cases.models import Case
from droitfil.demo.answers import COUNTER, ONLINE, answers
from droitfil.demo.cast import BY, EXAMINES, HOMES, NATIONS
from droitfil.lawbook import load_law
from droitfil.lawbook.procedures import load_procedures
from droitfil.people.actions import files, linking
from droitfil.people.models import Account, Person, ResidenceDocument
from droitfil.rules.facts import Kind
from droitfil.rules.periods import add_days, add_years
from droitfil.territory.models import Commune

Story = Iterator[date]

ASKED = "address_proof"


@dataclass(frozen=True, slots=True)
class Fate:
    """How a request goes: what happens how many days after it is begun.

    :param least: days since it was begun, for its last step to be past.
    :param most: days after which it would be something else; None when it may wait.
    """

    name: str
    steps: tuple[tuple[int, str], ...]
    least: int
    most: int | None = None
    complete: bool = True


FATES = (
    Fate("waits", (), 1, 40),
    Fate("review", ((9, "take"),), 10, 60),
    Fate("asked", ((9, "take"), (12, "ask")), 13, 25),
    Fate("answered", ((6, "take"), (8, "ask"), (22, "produce")), 23, 60),
    Fate("granted", ((8, "take"), (30, "grant")), 31, 45),
    Fate("ready", ((6, "take"), (20, "grant"), (41, "card")), 42, 60),
    Fate("handed", ((5, "take"), (16, "grant"), (36, "card"), (44, "hand")), 45, 70),
    Fate("refused", ((7, "take"), (33, "refuse"), (36, "notify")), 37, 60),
    Fate("closed", ((7, "take"), (9, "ask"), (41, "lapse"), (48, "close"), (50, "notify")), 51, 65,
         complete=False),
    Fate("withdrawn", ((14, "withdraw"),), 15, 40),
    Fate("incomplete", (), 1, 30, complete=False),
    Fate("released", ((5, "take"), (11, "release")), 12, 30),
)  # fmt: skip


@dataclass
class Stage:
    """Where stories happen: the day of loading, the staff by address, the dice."""

    today: date
    staff: Mapping[str, Account]
    random: Random
    number: int = 0

    def someone(self, day: date) -> dict[str, Any]:
        """The facts of an invented person, of age long before ``day``."""
        dice = self.random
        nation = dice.choices(NATIONS, [nation.weight for nation in NATIONS])[0]
        woman = dice.random() < 0.5
        code, postal_code, street = dice.choice(HOMES)
        self.number += 1
        return {
            "foreigner_number": f"99{self.number:08d}",
            "family_name": dice.choice(nation.families),
            "given_names": dice.choice(nation.women if woman else nation.men),
            "sex": Person.Sex.FEMALE if woman else Person.Sex.MALE,
            "born_on": add_days(add_years(day, -dice.randint(23, 58)), dice.randint(0, 364)),
            "birth_place": dice.choice(nation.cities),
            "birth_country": nation.code,
            "nationality": nation.code,
            "phone": f"+336390{self.number:05d}",
            "address_line": f"{dice.randint(1, 60)} {street}",
            "postal_code": postal_code,
            "commune": Commune.objects.get(pk=code),
        }


def moment(day: date, hour: int = 9, minute: int = 12) -> dict[str, Any]:
    """The instant and the day of an action."""
    return {"now": at(day, hour, minute), "today": day}


def at(day: date, hour: int = 9, minute: int = 12) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def holder(stage: Stage, procedure: str, expires: date, years: int) -> Story:
    """Someone holds a card and has not asked for the next one."""
    person = stage.someone(add_years(expires, -years))
    email = f"personne{stage.number}@demo.example"
    begins = add_days(add_years(expires, -years), 1)
    yield begins
    _registered(person | {"email": email}, procedure, begins, expires)


def request(
    stage: Stage, procedure: str, expires: date, begun: date, fate: Fate, years: int = 2
) -> Story:
    """Someone holds a card, asks for the next one on ``begun``, and ``fate`` follows."""
    facts = stage.someone(add_years(expires, -years))
    email = f"personne{stage.number}@demo.example"
    begins = add_days(add_years(expires, -years), 1)
    key = UUID(int=stage.random.getrandbits(128), version=4)
    yield begins
    person, card = _registered(facts, procedure, begins, expires)
    yield begun
    account = open_account(person, email, card, add_days(begun, -1))
    case = filing.start_draft(account, person, procedure=procedure, held=card, **moment(begun))
    office = case.office_id
    agent = stage.staff[stage.random.choice(EXAMINES[office])]
    filing.save_answers(account, case, answers=answers(case, begun), **moment(begun, 9, 30))
    case.refresh_from_db()
    if procedure == COUNTER:
        filing.register_at_counter(agent, case, complete=fate.complete, **moment(begun, 10))
    else:
        give(account, case, begun, but=() if fate.complete else (ASKED,))
        filing.submit_case(
            account, case, key=key, incomplete=not fate.complete, **moment(begun, 10)
        )
    for days, step in fate.steps:
        yield add_days(begun, days)
        case.refresh_from_db()
        STEPS[step](Acted(case, agent, account, add_days(begun, days)))


def draft(
    stage: Stage, procedure: str, expires: date, begun: date, *, thrown: bool, years: int = 2
) -> Story:
    """Someone began to ask, and stopped; or threw it away."""
    facts = stage.someone(add_years(expires, -years))
    email = f"personne{stage.number}@demo.example"
    begins = add_days(add_years(expires, -years), 1)
    yield begins
    person, card = _registered(facts, procedure, begins, expires)
    yield begun
    account = open_account(person, email, card, add_days(begun, -1))
    case = filing.start_draft(account, person, procedure=procedure, held=card, **moment(begun))
    some = dict(list(answers(case, begun).items())[:3])
    filing.save_answers(account, case, answers=some, **moment(begun, 9, 40))
    case.refresh_from_db()
    if thrown:
        filing.discard(account, case, **moment(begun, 18))


def open_account(person: Person, email: str, card: ResidenceDocument, day: date) -> Account:
    """An account whose address is verified, linked to the file by its three facts."""
    account = Account.objects.create_user(email, created_at=at(day))
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    assert person.foreigner_number is not None
    given = linking.Facts.read(person.foreigner_number, person.born_on, card.card_number)
    linking.link_file(account, facts=given, now=at(day, 20))
    person.refresh_from_db()
    return account


def give(account: Account, case: Case, day: date, *, but: tuple[str, ...] = ()) -> None:
    """Everything that the form wants, by codes: no file is examined for it."""
    for required in form_of(case, day).lacks.pieces:
        if required.piece.code not in but:
            pieces.add_code(
                account, case, code=required.codes[0], data="Pièce de démonstration",
                **moment(day, 9, 45),
            )  # fmt: skip
    case.refresh_from_db()


def article_of(title: str) -> str:
    """The article of a title, from its code in ``law/titles.yaml``."""
    return next(one.article for one in load_law().titles.values() if one.code == title)


def title_of(procedure: str) -> str:
    """The article of the title that a procedure leads to."""
    return load_procedures()[procedure].versions[-1].title


def register(facts: Mapping[str, Any], day: date) -> Person:
    return files.register_person(BY, now=at(day, 8, 30), **facts)


def card_of(
    person: Person,
    article: str,
    number: str,
    begins: date,
    expires: date,
    *,
    kind: Kind = Kind.CSP,
) -> ResidenceDocument:
    return files.add_document(
        BY, person, now=at(begins, 8, 45), source="demo", kind=kind.value, article=article,
        card_number=number, valid_from=begins, valid_to=expires,
    )  # fmt: skip


def _registered(
    facts: Mapping[str, Any], procedure: str, begins: date, expires: date
) -> tuple[Person, ResidenceDocument]:
    person = register(facts, begins)
    number = f"FRD{str(person.foreigner_number)[3:]}"
    return person, card_of(person, title_of(procedure), number, begins, expires)


@dataclass(frozen=True, slots=True)
class Acted:
    """One step of a request: by whom, on which day."""

    case: Case
    agent: Account
    account: Account
    day: date

    @property
    def when(self) -> dict[str, Any]:
        return moment(self.day, 11)


def _take(step: Acted) -> None:
    decision.take(step.agent, step.case, **step.when)


def _release(step: Acted) -> None:
    decision.release(step.agent, step.case, **step.when)


def _ask(step: Acted) -> None:
    wanted = [complement.Wanted(ASKED, "Le justificatif donné est trop ancien.")]
    complement.request_complement(step.agent, step.case, wanted=wanted, **step.when)


def _produce(step: Acted) -> None:
    pieces.add_code(step.account, step.case, code="address_bill", data="Facture de démonstration",
                    **moment(step.day, 10))  # fmt: skip
    step.case.refresh_from_db()
    complement.produce(step.account, step.case, **step.when)


def _lapse(step: Acted) -> None:
    complement.lapse_complement("system:night", step.case, **moment(step.day, 3))


def _grant(step: Acted) -> None:
    length = "4y" if step.case.procedure == ONLINE else "1y"
    decision.grant(step.agent, step.case, length=length, **step.when)


def _refuse(step: Acted) -> None:
    decision.refuse(
        step.agent, step.case, **step.when,
        reasons="Motifs inventés pour la démonstration : les conditions du titre ne sont plus "
        "réunies.",
    )  # fmt: skip


def _close(step: Acted) -> None:
    decision.close(
        step.agent, step.case, **step.when,
        reasons="Le justificatif de domicile demandé n’a pas été donné dans le délai.",
    )  # fmt: skip


def _notify(step: Acted) -> None:
    decision.note_notification(step.agent, step.case, notified_on=step.day, **step.when)


def _card(step: Acted) -> None:
    decision.card_arrives(step.agent, step.case, **step.when)


def _hand(step: Acted) -> None:
    years = int(step.case.decided_length[:-1])
    decision.hand_over(
        step.agent, step.case, kind=Kind.CSP if years > 1 else Kind.CST,
        card_number=f"FRE{str(step.case.person.foreigner_number)[3:]}", valid_from=step.day,
        valid_to=add_years(step.day, years) - timedelta(days=1), **step.when,
    )  # fmt: skip


def _withdraw(step: Acted) -> None:
    filing.withdraw(step.account, step.case, **step.when)


STEPS: Mapping[str, Callable[[Acted], None]] = {
    "take": _take, "release": _release, "ask": _ask, "produce": _produce, "lapse": _lapse,
    "grant": _grant, "refuse": _refuse, "close": _close, "notify": _notify, "card": _card,
    "hand": _hand, "withdraw": _withdraw,
}  # fmt: skip
