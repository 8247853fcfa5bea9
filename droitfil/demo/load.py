"""Making the invented office: who works there, who lives there, and what happened so far.

Everything is relative to the day of loading and drawn from a seed: loaded twice on one day, the
same people live the same lives. It ends with the night of that day.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random

from droitfil.attestations.actions import make_authority
from droitfil.cases.continuity.night import run_night
from droitfil.demo.answers import COUNTER, ONLINE
from droitfil.demo.cast import APPLICANT, BY, EXAMINES, STAFF
from droitfil.demo.principals import principals
from droitfil.demo.stories import FATES, Stage, Story, at, draft, holder, request
from droitfil.people.actions import staff
from droitfil.people.models import Account
from droitfil.rules.periods import add_days, add_months, add_years
from droitfil.territory.actions import load_reference
from droitfil.territory.models import Office

PEOPLE, SEED = 300, 2026
#: One person in so many has asked for the next card.
ASKING = 3

Progress = Callable[[int, int], None]


def is_loaded() -> bool:
    """Is there a demonstration in this database?"""
    return Account.objects.filter(email=APPLICANT).exists()


def load(
    *,
    today: date,
    now: Callable[[], datetime],
    people: int = PEOPLE,
    seed: int = SEED,
    progress: Progress = lambda done, all_of_them: None,
) -> None:
    """Makes the office and ``people`` people, then runs the night of ``today``.

    :param progress: told how many acts of how many people are done.
    """
    make_office(today=today, now=now, people=people, seed=seed, progress=progress)
    run_night(today, now=now)


def make_office(
    *, today: date, now: Callable[[], datetime], people: int, seed: int, progress: Progress
) -> None:
    """As :func:`load`, up to the eve: no night is run."""
    load_reference()
    make_authority(BY, now=now())
    stage = Stage(today, _staff(today), Random(seed))  # nosec B311
    stories = [*principals(today, stage.staff), *_stories(stage, people)]
    _play(stories, today, progress)


def _staff(today: date) -> dict[str, Account]:
    first_day = add_years(today, -6)
    hired = {}
    for player in STAFF:
        office = Office.objects.get(pk=player.office) if player.office else None
        named, _key = staff.add_staff(
            BY, email=player.email, name=player.name, role=player.role, office=office,
            active_from=first_day, now=at(first_day),
        )  # fmt: skip
        hired[player.email] = named.account
    missing = [email for group in EXAMINES.values() for email in group if email not in hired]
    assert not missing, missing
    return hired


def _play(stories: list[Story], today: date, progress: Progress) -> None:
    """Each act on its day, the earliest first; a story stops where the past ends."""
    agenda = [(next(story), rank, story) for rank, story in enumerate(stories)]
    heapq.heapify(agenda)
    over = 0
    while agenda:
        day, rank, story = heapq.heappop(agenda)
        following = next(story, None) if day < today else None
        if following is None:
            over += 1
            progress(over, len(stories))
        else:
            heapq.heappush(agenda, (following, rank, story))


def _stories(stage: Stage, people: int) -> Iterator[Story]:
    """One story a person; every fate comes in turn, first online then at the counter."""
    dice, today = stage.random, stage.today
    fates = 0
    for number in range(people):
        procedure = COUNTER if dice.random() < 0.4 else ONLINE
        if number % ASKING == 0 or people < ASKING * len(FATES):
            turn, fates = fates, fates + 1
            if turn % (len(FATES) + 2) >= len(FATES):
                thrown = turn % 2 == 1
                yield draft(stage, ONLINE, add_days(today, dice.randint(62, 110)),
                            add_days(today, -dice.randint(1, 8)), thrown=thrown)  # fmt: skip
                continue
            fate = FATES[turn % (len(FATES) + 2)]
            age = dice.randint(fate.least, fate.most or fate.least + 30)
            first, last = (60, 118) if procedure == ONLINE else (5, 55)
            ahead = dice.randint(max(first, age - 30), max(last, age - 30))
            begun = add_days(today, -age)
            yield request(stage, procedure, add_days(begun, ahead), begun, fate)
        else:
            expires = _expiry(stage)
            yield holder(stage, procedure, expires, dice.choice((1, 2, 4)))


def _expiry(stage: Stage) -> date:
    """From a month ago to ten months ahead."""
    first, last = add_months(stage.today, -1), add_months(stage.today, 10)
    return first + timedelta(days=stage.random.randint(0, (last - first).days))
