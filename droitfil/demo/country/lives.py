"""What happens to the people of the country: each life is a generator that yields its next instant.

What stands after a ``yield`` is done at that instant, by the actions that the pages call. Days to
come are never lived: the film stops asking.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from droitfil.cases.actions import filing
from droitfil.cases.actions.siblings import carry_over, start_for_children
from droitfil.cases.form import Form, form_of
from droitfil.cases.models import Case
from droitfil.demo.answers import CHILD, answers
from droitfil.demo.cast import BY
from droitfil.demo.country import figures
from droitfil.demo.country.beside import meanwhile, new_account, new_card, new_person
from droitfil.demo.country.places import EXAMINERS
from droitfil.demo.country.population import day_in, percent, weighted
from droitfil.demo.country.scene import (
    WAYS,
    Country,
    Life,
    Way,
    any_hour,
    at,
    office_hours,
    when,
)
from droitfil.demo.country.waiting import examined
from droitfil.demo.stories import ASKED, give
from droitfil.lib.refusals import Refusal
from droitfil.people.actions import files
from droitfil.people.models import Account, FamilyLink, Person, ResidenceDocument
from droitfil.rules.facts import Kind
from droitfil.rules.periods import add_days, add_years


def holds(country: Country, dice: Random, title: str) -> Life:
    """Someone holds a card, and asks nothing this year; they may move, or show their rights."""
    kind, years = {
        "pef": (Kind.CSP, 2), "cfcr": (Kind.CR, 10), "etu": (Kind.CSP, 3),
        "salarie": (Kind.CSP, 4), "ref": (Kind.CR, 10), "lpf": (Kind.CSP, 2),
    }[title]  # fmt: skip
    if percent(dice, figures.NEVER_ASKS.value):
        expires = add_days(country.first, dice.randint(20, 350))
    else:
        expires = add_days(country.last, dice.randint(25, min(years * 365, 1500)))
    yield country.opening
    person = new_person(country, (23, 60))
    card = new_card(person, kind, title, expires, years, country.opening)
    if not percent(dice, figures.ACCOUNT.value):
        return
    instant = any_hour(dice, day_in(dice, country.first, country.last, figures.EVERY_MONTH.value))
    yield max(instant, country.opening + timedelta(hours=2))
    account = new_account(person, card, instant)
    yield from meanwhile(country, dice, person, account, instant)


def asks(country: Country, dice: Random, way: Way) -> Life:
    """Someone asks for what ``way`` leads to, and what follows."""
    target = _target(country, dice, way)
    yield country.opening if way.held else any_hour(dice, max(country.first, add_days(target, -9)))
    person, card = _who(country, dice, way, target)
    begun = office_hours(dice, target) if way.counter else any_hour(dice, target)
    yield begun
    account = None
    if card is not None and not (way.counter and percent(dice, 50)):
        account = new_account(person, card, begun - timedelta(hours=5))
    held = card if way.held else None
    clerk = country.staff[dice.choice(EXAMINERS[filing.office_of(person, target).pk])]
    writer = account or clerk
    case = filing.start_draft(writer, person, procedure=way.procedure, held=held, **when(begun))
    if (yield from _prepared(country, dice, way, case, writer, begun)) is None:
        return
    if way.counter:
        here = office_hours(dice, timezone.localdate(case.saved_at) + timedelta(days=1))
        yield here
        case.refresh_from_db()
        whole = not percent(dice, figures.INCOMPLETE.value)
        clerk = country.examiner(case, dice)
        case = filing.register_at_counter(clerk, case, complete=whole, **when(here))
    yield from examined(country, dice, way, case, account)


def asks_for_children(country: Country, dice: Random, several: int) -> Life:
    """A parent asks in one pass for ``several`` children."""
    way = WAYS[CHILD]
    target = day_in(dice, add_days(country.first, 2), add_days(country.last, -1), way.months)
    yield country.opening
    parent = new_person(country, way.aged)
    expires = add_days(country.last, dice.randint(200, 2500))
    card = new_card(parent, Kind.CR, "cfcr", expires, 10, country.opening)
    children = []
    for _ in range(several):
        child = files.register_person(
            BY, now=country.opening, **country.births.child_of(parent, on=country.first)
        )
        files.link_family(BY, parent, child, kind=FamilyLink.Kind.CHILD, now=country.opening)
        children.append(child)
    begun = any_hour(dice, target)
    yield begun
    account = new_account(parent, card, begun - timedelta(hours=5))
    cases = start_for_children(account, children, procedure=CHILD, **when(begun))
    filed: list[Case] = []
    for number, case in enumerate(cases):
        instant = begun + timedelta(minutes=12 * (number + 1))
        yield instant
        if filed:
            carry_over(account, case, filed[0], **when(instant))
            case.refresh_from_db()
        _answer(case, account, instant)
        give(account, case, target)
        key = UUID(int=dice.getrandbits(128), version=4)
        filed.append(filing.submit_case(account, case, key=key, **when(instant)))
    # One examines them all: their lives go on together.
    yield from _together(*(examined(country, dice, way, case, account) for case in filed))


# -- up to the filing


def _target(country: Country, dice: Random, way: Way) -> date:
    """The day on which someone means to ask."""
    first = max(add_days(country.first, 2), country.since.get(way.procedure, country.first))
    return day_in(dice, first, add_days(country.last, -1), way.months)


def _who(
    country: Country, dice: Random, way: Way, target: date
) -> tuple[Person, ResidenceDocument | None]:
    """The person and what they hold; for who asks a first card, what linked them so far."""
    if way.held is not None:
        kind, title, years = way.held
        table = figures.FILING_AT_COUNTER if way.counter else figures.FILING
        _, most, least = dice.choices(table.value, [row[0] for row in table.value])[0]
        expires = add_days(target, dice.randint(min(least, most), max(least, most)))
        person = new_person(country, way.aged, on=country.first)
        return person, new_card(person, kind, title, expires, years, country.opening)
    opened = at(max(country.first, add_days(target, -9)), 7, 30)
    if way.aged == (18, 18):
        born = add_days(add_years(target, -18), -dice.randint(5, 200))
        person = new_person(country, way.aged, on=target, born_on=born)
        # As a child they had a travel document.
        return person, new_card(
            person, Kind.DCEM, "dcem", add_days(add_years(born, 18), -1), 5, opened
        )
    person = new_person(country, way.aged, on=target)
    return person, new_card(
        person, Kind.VLS, "", add_days(target, dice.randint(-200, 20)), 0, opened
    )


def _prepared(
    country: Country, dice: Random, way: Way, case: Case, writer: Account, begun: datetime
) -> Generator[datetime, None, Case | None]:
    """Fills the form and, online, files it when the window opens; None when it is left there."""
    today = timezone.localdate(begun)
    if percent(dice, figures.ABANDONED.value):
        some = dict(list(answers(case, today).items())[:3])
        filing.save_answers(writer, case, answers=some, **when(begun + timedelta(minutes=6)))
        case.refresh_from_db()
        if percent(dice, 40) and not way.counter:
            later = any_hour(dice, add_days(today, dice.randint(1, 20)))
            yield later
            filing.discard(writer, case, **when(later))
        return None
    form = _answer(case, writer, begun + timedelta(minutes=8))
    instant = begun
    if form.application.timing == filing.EARLY and form.application.window is not None:
        opens = form.application.window.start
        assert opens is not None
        instant = any_hour(dice, add_days(opens, dice.randint(0, 12)))
        yield instant
        case.refresh_from_db()
        _answer(case, writer, instant)
    if way.counter:
        return case
    lacks = percent(dice, figures.INCOMPLETE.value)
    day = timezone.localdate(instant)
    give(writer, case, day, but=(ASKED,) if lacks else ())
    done = instant + timedelta(minutes=25)
    lacks = bool(form_of(case, day).lacks.pieces)
    key = UUID(int=dice.getrandbits(128), version=4)
    filing.submit_case(writer, case, key=key, incomplete=lacks, **when(done))
    case.refresh_from_db()
    return case


def _answer(case: Case, writer: Account, instant: datetime) -> Form:
    said = answers(case, timezone.localdate(instant))
    form = filing.save_answers(writer, case, answers=said, **when(instant))
    case.refresh_from_db()
    if form.problems:
        wrong = [problem.field for problem in form.problems]
        raise Refusal(f"{case.procedure}: {', '.join(wrong)}")
    return form


def _together(*lives: Life) -> Life:
    """Lives that take turns: each goes on at its own instants."""
    agenda = [(next(life), rank, life) for rank, life in enumerate(lives)]
    heapq.heapify(agenda)
    while agenda:
        instant, rank, life = heapq.heappop(agenda)
        yield instant
        following = next(life, None)
        if following is not None:
            heapq.heappush(agenda, (following, rank, life))


def settle(country: Country, people: int, dice: Random) -> Iterator[Life]:
    """The lives of ``people`` people, children included, in the proportions of ``figures``."""
    filed = round(people * figures.FILED_A_YEAR.value)
    born = asked = 0
    while asked < filed:
        own = Random(dice.getrandbits(64))  # nosec B311
        sort = weighted(dice, figures.REQUESTS.value)
        several = own.choice(figures.CHILDREN.value) if sort == "child" else 1
        if sort == "child":
            yield asks_for_children(country, own, several)
        else:
            yield asks(country, own, WAYS[weighted(dice, _PROCEDURES[sort])])
        asked += several
        born += several + (sort == "child")
    for _ in range(people - born):
        own = Random(dice.getrandbits(64))  # nosec B311
        yield holds(country, own, weighted(dice, figures.STOCK.value))


_PROCEDURES: Mapping[str, Mapping[str, int]] = {
    "renewal": figures.RENEWALS.value, "first": figures.FIRSTS.value,
    "change": {"carte-resident-conjoint-francais": 1},
}  # fmt: skip
