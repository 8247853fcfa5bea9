"""Beside any request: having a file, a card, an account; moving; showing one's rights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django.utils import timezone

from droitfil.attestations.actions import Asked, make_share_code, open_share_code
from droitfil.cases.actions import moving
from droitfil.cases.sharing import rights_shared
from droitfil.demo.cast import BY
from droitfil.demo.country import figures
from droitfil.demo.country.population import percent
from droitfil.demo.country.scene import Country, Life, any_hour, at, when
from droitfil.demo.country.words import EMPLOYERS
from droitfil.demo.stories import article_of, open_account
from droitfil.people.actions import files
from droitfil.people.models import Account, Person, ResidenceDocument
from droitfil.rules.facts import Kind
from droitfil.rules.periods import add_days, add_years


def meanwhile(
    country: Country, dice: Random, person: Person, account: Account, since: datetime
) -> Life:
    """Moving, or showing one's rights to someone, some day; half as often as while one waits."""
    day = timezone.localdate(since)
    left = (country.last - day).days - 2
    may: tuple[tuple[figures.Figure[int], Callable[[datetime], None]], ...] = (
        (figures.SHARES, partial(share_rights, dice, person, account)),
        (figures.MOVES, partial(move_away, country, person, account)),
    )
    agenda = [
        (any_hour(dice, add_days(day, dice.randint(3, left))), act)
        for share, act in may
        if left > 10 and percent(dice, share.value / 2)
    ]
    for instant, act in sorted(agenda, key=lambda one: one[0]):
        yield instant
        person.refresh_from_db()
        act(instant)


def share_rights(dice: Random, person: Person, account: Account, instant: datetime) -> None:
    """A code for an employer or a landlord, who looks at once or never."""
    whom = dice.choice(EMPLOYERS)
    _, code = make_share_code(
        f"person:{account.pk}", holder=person.pk, born_on=person.born_on, now=instant,
        days=dice.choice((7, 30, 90)), label=whom,
    )  # fmt: skip
    for number in range(dice.choice((0, 1, 1, 2))):
        looked = instant + timedelta(minutes=7 + 31 * number)
        open_share_code(Asked(code, person.born_on, whom), now=looked, rights_on=rights_shared)


def move_away(country: Country, person: Person, account: Account, instant: datetime) -> None:
    today = timezone.localdate(instant)
    assert person.commune_id is not None
    where = country.births.address(country.births.town(elsewhere=person.commune_id))
    moving.change_address(account, person, moved_on=today, **where, **when(instant))


def new_person(
    country: Country, aged: tuple[int, int], *, on: date | None = None, **more: Any
) -> Person:
    facts = country.births.someone(aged=aged, on=on or country.first) | more
    opened = country.opening if on is None or on == country.first else at(add_days(on, -9), 7, 15)
    return files.register_person(BY, now=max(opened, country.opening), **facts)


def new_card(
    person: Person, kind: Kind, title: str, expires: date, years: int, now: datetime
) -> ResidenceDocument:
    """What is held, of the title of this code; none for a visa, which lasts three months."""
    begins = add_days(add_years(expires, -years), 1) if years else add_days(expires, -89)
    facts: dict[str, Any] = {"article": article_of(title)} if title else {}
    if kind is Kind.VLS_TS:
        facts["validated_on"] = add_days(begins, 20)
    return files.add_document(
        BY, person, now=now, source="demo", kind=kind.value, card_number=card_number(person, "D"),
        valid_from=begins, valid_to=expires, **facts,
    )  # fmt: skip


def card_number(person: Person, letter: str) -> str:
    """A number of card: of the person, or of the rank of a child who has none."""
    digits = person.foreigner_number or f"{person.pk.int % 10**10:010d}"
    return f"FR{letter}{digits[3:]}"


def new_account(person: Person, card: ResidenceDocument, instant: datetime) -> Account:
    email = person.email or f"compte{(person.foreigner_number or '')[2:]}@demo.example"
    return open_account(person, email, card, add_days(timezone.localdate(instant), -1))
