"""From the filing to the card: who examines, asks, answers, writes, decides, hands over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from droitfil.cases.actions import complement, decision, filing, letters, pieces, reading
from droitfil.cases.models import Case
from droitfil.demo.country import figures
from droitfil.demo.country.beside import card_number, meanwhile, move_away, share_rights
from droitfil.demo.country.population import delay, percent
from droitfil.demo.country.scene import Country, Life, Way, any_hour, office_hours, when
from droitfil.demo.country.words import ASKS, FROM_AGENT, FROM_PERSON, REFUSALS
from droitfil.demo.stories import ASKED, give
from droitfil.people.models import Account
from droitfil.rules.lifecycle import ENDED, PENDING, State
from droitfil.rules.periods import add_days, add_years

_PENDING = {state.value for state in PENDING}
_ENDED = {state.value for state in ENDED}


@dataclass
class Waiting:
    """A case while it waits, and those around it."""

    country: Country
    dice: Random
    way: Way
    case: Case
    account: Account | None

    @property
    def agent(self) -> Account:
        return self.country.examiner(self.case, self.dice)

    @property
    def pending(self) -> bool:
        self.case.refresh_from_db()
        return self.case.state in _PENDING


Act = Callable[[Waiting, datetime], None]


def examined(country: Country, dice: Random, way: Way, case: Case, account: Account | None) -> Life:
    case.refresh_from_db()
    assert case.filed_on is not None
    scene = Waiting(country, dice, way, case, account)
    agenda = sorted(_agenda(scene, case.filed_on), key=lambda one: one[0])
    for instant, act in agenda:
        yield instant
        if scene.pending:
            act(scene, instant)
    if scene.pending:  # released, or come from elsewhere: decided at last
        last = office_hours(dice, add_days(timezone.localdate(agenda[-1][0]), 9))
        yield last
        if scene.pending:
            _decided(scene, last)
    yield from _after(scene)


def _agenda(scene: Waiting, filed_on: date) -> Iterator[tuple[datetime, Act]]:
    """When each thing happens to a case that waits."""
    dice, way, account = scene.dice, scene.way, scene.account
    first = way.sort in ("first", "child")
    means = figures.DELAYS.value[scene.case.office_id]
    days = max(6, delay(dice, means[first]))
    taken = add_days(filed_on, max(1, round(days * dice.uniform(0.15, 0.7))))
    yield office_hours(dice, taken), _taken
    decided = add_days(filed_on, days)
    if scene.case.complete_on is None or percent(dice, figures.COMPLEMENT.value):
        asked = add_days(taken, dice.randint(1, 4))
        yield office_hours(dice, asked) + timedelta(minutes=1), _asked
        if not percent(dice, figures.UNANSWERED.value):
            given = add_days(asked, dice.randint(6, 27))
            if account is not None:
                yield any_hour(dice, given), _produced
            else:
                yield office_hours(dice, given), _produced
            decided = max(decided, add_days(given, 3))
        else:
            decided = max(decided, add_days(asked, 52))
    elif percent(dice, figures.RELEASED.value):
        yield office_hours(dice, add_days(taken, 2)), _released
    if account is not None and percent(dice, figures.WRITES.value):
        yield any_hour(dice, add_days(filed_on, dice.randint(4, max(5, days - 2)))), _wrote
        yield office_hours(dice, add_days(decided, -1)), _answered
    if account is not None and percent(dice, figures.SHARES.value):
        yield any_hour(dice, add_days(filed_on, dice.randint(2, max(3, days)))), _shared
    if account is not None and percent(dice, figures.MOVES.value):
        yield any_hour(dice, add_days(filed_on, dice.randint(3, max(4, days)))), _moved
    if account is not None and percent(dice, figures.WITHDRAWN.value):
        yield any_hour(dice, add_days(filed_on, dice.randint(3, max(4, days - 1)))), _withdrew
    yield office_hours(dice, decided) + timedelta(minutes=3), _decided


def _taken(scene: Waiting, instant: datetime) -> None:
    if scene.case.state == State.SUBMITTED:
        agent = scene.agent
        reading.open_case(agent, scene.case.pk, **when(instant))
        decision.take(agent, scene.case, **when(instant + timedelta(minutes=2)))


def _asked(scene: Waiting, instant: datetime) -> None:
    _taken(scene, instant - timedelta(minutes=30))
    scene.case.refresh_from_db()
    if scene.case.state == State.IN_REVIEW:
        wanted = [complement.Wanted(ASKED, scene.dice.choice(ASKS))]
        complement.request_complement(scene.agent, scene.case, wanted=wanted, **when(instant))


def _produced(scene: Waiting, instant: datetime) -> None:
    if scene.case.state != State.INCOMPLETE:
        return
    today = timezone.localdate(instant)
    if scene.account is not None:
        pieces.add_code(scene.account, scene.case, code="address_bill", data="Facture du mois",
                        **when(instant))  # fmt: skip
        scene.case.refresh_from_db()
        give(scene.account, scene.case, today)
        scene.case.refresh_from_db()
    by = scene.account or scene.agent
    if scene.case.state == State.INCOMPLETE:
        complement.produce(by, scene.case, **when(instant + timedelta(minutes=4)))


def _released(scene: Waiting, instant: datetime) -> None:
    if scene.case.state == State.IN_REVIEW:
        decision.release(scene.agent, scene.case, **when(instant))


def _wrote(scene: Waiting, instant: datetime) -> None:
    assert scene.account is not None
    letters.write(scene.account, scene.case, text=scene.dice.choice(FROM_PERSON), **when(instant))


def _answered(scene: Waiting, instant: datetime) -> None:
    agent = scene.agent
    letters.read(agent, scene.case, **when(instant))
    letters.write(agent, scene.case, text=scene.dice.choice(FROM_AGENT), **when(instant))


def _shared(scene: Waiting, instant: datetime) -> None:
    assert scene.account is not None
    share_rights(scene.dice, scene.case.person, scene.account, instant)


def _moved(scene: Waiting, instant: datetime) -> None:
    assert scene.account is not None
    move_away(scene.country, scene.case.person, scene.account, instant)


def _withdrew(scene: Waiting, instant: datetime) -> None:
    assert scene.account is not None
    filing.withdraw(scene.account, scene.case, **when(instant))


def _decided(scene: Waiting, instant: datetime) -> None:
    """Whoever examines it decides; what still lacks is waited for."""
    dice, case = scene.dice, scene.case
    _taken(scene, instant - timedelta(minutes=20))
    case.refresh_from_db()
    if case.state != State.IN_REVIEW:
        return
    agent = scene.agent
    if case.complete_on is None:
        decision.close(
            agent, case, reasons="Le justificatif de domicile demandé n’a pas été donné.",
            **when(instant),
        )  # fmt: skip
    elif percent(dice, figures.REFUSED.value[scene.way.sort]):
        decision.refuse(agent, case, reasons=dice.choice(REFUSALS), **when(instant))
    else:
        decision.grant(agent, case, length=f"{scene.way.years}y", **when(instant))


def _after(scene: Waiting) -> Life:
    """The notification of a refusal; the card that is made, called for and handed over."""
    dice, case = scene.dice, scene.case
    case.refresh_from_db()
    if case.decided_on is None:
        return
    if case.state in _ENDED:
        told = office_hours(dice, add_days(case.decided_on, dice.randint(2, 9)))
        yield told
        case.refresh_from_db()
        day = timezone.localdate(told)
        decision.note_notification(scene.agent, case, notified_on=day, **when(told))
        return
    made = office_hours(
        dice, add_days(case.decided_on, figures.CARD_MADE.value + dice.randint(-5, 9))
    )
    yield made
    case.refresh_from_db()
    decision.card_arrives(scene.agent, case, **when(made))
    comes = add_days(timezone.localdate(made), dice.randint(3, 18))
    if percent(dice, figures.NO_SHOW.value):
        comes = add_days(comes, 21)
    here = office_hours(dice, comes)
    yield here
    case.refresh_from_db()
    day, way = timezone.localdate(here), scene.way
    decision.hand_over(
        scene.agent, case, kind=way.card, card_number=card_number(case.person, "E"),
        valid_from=day, valid_to=add_days(add_years(day, way.years), -1), **when(here),
    )  # fmt: skip
    if scene.account is not None:
        yield from meanwhile(scene.country, dice, case.person, scene.account, here)
