"""What happens to the people of the country: each life is a generator that yields its next instant.

What stands after a ``yield`` is done at that instant, by the actions that the pages call. Days to
come are never lived: the film stops asking.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from droitfil.attestations.actions import make_share_code, open_share_code, receipt_of_look
from droitfil.cases.actions import complement, decision, filing, letters, moving, pieces, reading
from droitfil.cases.actions.siblings import carry_over, start_for_children
from droitfil.cases.form import form_of
from droitfil.cases.models import Case
from droitfil.cases.sharing import rights_shared
from droitfil.demo.answers import CHILD, answers
from droitfil.demo.cast import BY
from droitfil.demo.country import figures
from droitfil.demo.country.places import EXAMINERS
from droitfil.demo.country.population import Births, day_in, delay, percent, weighted, working
from droitfil.demo.country.words import ASKS, EMPLOYERS, FROM_AGENT, FROM_PERSON, REFUSALS
from droitfil.demo.stories import ASKED, give, open_account
from droitfil.lib.refusals import Refusal
from droitfil.people.actions import files
from droitfil.people.models import Account, FamilyLink, Person, ResidenceDocument
from droitfil.rules.facts import Kind
from droitfil.rules.lifecycle import ENDED, PENDING, State
from droitfil.rules.periods import add_days, add_years

Life = Iterator[datetime]
_PENDING = {state.value for state in PENDING}
_ENDED = {state.value for state in ENDED}


@dataclass(frozen=True, slots=True)
class Way:
    """A procedure as it is lived: from which document, to which card.

    :param held: kind, article and years of the document it starts from.
    :param sort: a key of ``figures.REQUESTS``.
    """

    procedure: str
    sort: str
    card: Kind
    years: int
    held: tuple[Kind, str, int] | None = None
    aged: tuple[int, int] = (23, 58)
    months: tuple[int, ...] = figures.EVERY_MONTH.value
    counter: bool = False


_STUDENT: dict[str, Any] = {"aged": (19, 28), "months": figures.STUDENT_MONTHS.value}
WAYS: Mapping[str, Way] = {
    way.procedure: way
    for way in (
        Way("renouvellement-parent-enfant-francais", "renewal", Kind.CSP, 2,
            (Kind.CSP, "L423-7", 2)),
        Way("renouvellement-resident-conjoint-francais", "renewal", Kind.CR, 10,
            (Kind.CR, "L423-6", 10), aged=(35, 70)),
        Way("renouvellement-etudiant", "renewal", Kind.CST, 1, (Kind.CST, "L422-1", 1), **_STUDENT),
        Way("renouvellement-salarie", "renewal", Kind.CST, 1, (Kind.CST, "L421-1", 1),
            counter=True),
        Way("renouvellement-resident-refugie", "renewal", Kind.CR, 10, (Kind.CR, "L424-1", 10),
            aged=(33, 70)),
        Way("carte-resident-conjoint-francais", "change", Kind.CR, 10, (Kind.CSP, "L423-1", 2)),
        Way("premiere-carte-etudiant", "first", Kind.CST, 1, (Kind.VLS_TS, "L422-1", 1),
            **_STUDENT),
        Way("carte-resident-refugie", "first", Kind.CR, 10),
        Way("premiere-carte-jeune-arrive", "first", Kind.CST, 1, aged=(18, 18), counter=True),
        Way("premiere-carte-jeune-confie", "first", Kind.CST, 1, aged=(18, 18)),
        Way(CHILD, "child", Kind.DCEM, 5, aged=(28, 48), months=figures.CHILD_MONTHS.value),
    )
}  # fmt: skip


@dataclass
class Country:
    """Where lives are lived, from ``first`` to the eve of ``last``."""

    first: date
    last: date
    births: Births
    staff: Mapping[str, Account]
    #: The first day on which each procedure may be begun.
    since: Mapping[str, date] = field(default_factory=dict)

    @property
    def opening(self) -> datetime:
        return at(self.first, 7)

    def examiner(self, case: Case, dice: Random) -> Account:
        """The agent who holds the case, else one of its office."""
        if case.agent_id is not None:
            return next(a for a in self.staff.values() if a.pk == case.agent_id)
        return self.staff[dice.choice(EXAMINERS[case.office_id])]


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute, second)))


def when(instant: datetime) -> dict[str, Any]:
    return {"now": instant, "today": timezone.localdate(instant)}


def office_hours(dice: Random, day: date) -> datetime:
    return at(working(day), dice.randint(9, 16), dice.randint(0, 59), dice.randint(0, 59))


def any_hour(dice: Random, day: date) -> datetime:
    return at(day, dice.randint(8, 17), dice.randint(0, 59), dice.randint(0, 59))


def holds(country: Country, dice: Random, article: str) -> Life:
    """Someone holds a card, and asks nothing this year; they may move, or show their rights."""
    kind, years = {
        "L423-7": (Kind.CSP, 2), "L423-6": (Kind.CR, 10), "L422-1": (Kind.CSP, 3),
        "L421-1": (Kind.CSP, 4), "L424-1": (Kind.CR, 10), "L423-23": (Kind.CSP, 2),
    }[article]  # fmt: skip
    if percent(dice, figures.NEVER_ASKS.value):
        expires = add_days(country.first, dice.randint(20, 350))
    else:
        expires = add_days(country.last, dice.randint(25, min(years * 365, 1500)))
    yield country.opening
    person = _person(country, (23, 60))
    card = _card(person, kind, article, expires, years, country.opening)
    if not percent(dice, figures.ACCOUNT.value):
        return
    instant = any_hour(dice, day_in(dice, country.first, country.last, figures.EVERY_MONTH.value))
    yield max(instant, country.opening + timedelta(hours=2))
    account = _account(person, card, instant)
    yield from _meanwhile(country, dice, person, account, instant)


def asks(country: Country, dice: Random, way: Way) -> Life:
    """Someone asks for what ``way`` leads to, and what follows."""
    target = _target(country, dice, way)
    yield country.opening if way.held else any_hour(dice, max(country.first, add_days(target, -9)))
    person, card = _who(country, dice, way, target)
    begun = office_hours(dice, target) if way.counter else any_hour(dice, target)
    yield begun
    account = None
    if card is not None and not (way.counter and percent(dice, 50)):
        account = _account(person, card, begun - timedelta(hours=5))
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
    yield from _examined(country, dice, way, case, account)


def asks_for_children(country: Country, dice: Random, several: int) -> Life:
    """A parent asks in one pass for ``several`` children."""
    way = WAYS[CHILD]
    target = day_in(dice, add_days(country.first, 2), add_days(country.last, -1), way.months)
    yield country.opening
    parent = _person(country, way.aged)
    expires = add_days(country.last, dice.randint(200, 2500))
    card = _card(parent, Kind.CR, "L423-6", expires, 10, country.opening)
    children = []
    for _ in range(several):
        child = files.register_person(
            BY, now=country.opening, **country.births.child_of(parent, on=country.first)
        )
        files.link_family(BY, parent, child, kind=FamilyLink.Kind.CHILD, now=country.opening)
        children.append(child)
    begun = any_hour(dice, target)
    yield begun
    account = _account(parent, card, begun - timedelta(hours=5))
    cases = start_for_children(account, children, procedure=CHILD, **when(begun))
    filed: list[Case] = []
    for number, case in enumerate(cases):
        instant = begun + timedelta(minutes=12 * (number + 1))
        yield instant
        if filed:
            carry_over(account, case, filed[0], **when(instant))
            case.refresh_from_db()
        _answer(case, account, way, instant)
        give(account, case, target)
        key = UUID(int=dice.getrandbits(128), version=4)
        filed.append(filing.submit_case(account, case, key=key, **when(instant)))
    # One examines them all: their lives go on together.
    yield from _together(*(_examined(country, dice, way, case, account) for case in filed))


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
        kind, article, years = way.held
        table = figures.FILING_AT_COUNTER if way.counter else figures.FILING
        _, most, least = dice.choices(table.value, [row[0] for row in table.value])[0]
        expires = add_days(target, dice.randint(min(least, most), max(least, most)))
        person = _person(country, way.aged, on=country.first)
        return person, _card(person, kind, article, expires, years, country.opening)
    opened = at(max(country.first, add_days(target, -9)), 7, 30)
    if way.aged == (18, 18):
        born = add_days(add_years(target, -18), -dice.randint(5, 200))
        person = _person(country, way.aged, on=target, born_on=born)
        # As a child they had a travel document.
        return person, _card(
            person, Kind.DCEM, "DCEM", add_days(add_years(born, 18), -1), 5, opened
        )
    person = _person(country, way.aged, on=target)
    return person, _card(person, Kind.VLS, "", add_days(target, dice.randint(-200, 20)), 0, opened)


def _prepared(
    country: Country, dice: Random, way: Way, case: Case, writer: Account, begun: datetime
) -> Iterator[datetime]:
    """Fills the form and, online, files it when the window opens; None when it is left there."""
    today = timezone.localdate(begun)
    if percent(dice, figures.ABANDONED.value):
        some = dict(list(_said(case, way, today).items())[:3])
        filing.save_answers(writer, case, answers=some, **when(begun + timedelta(minutes=6)))
        case.refresh_from_db()
        if percent(dice, 40) and not way.counter:
            later = any_hour(dice, add_days(today, dice.randint(1, 20)))
            yield later
            filing.discard(writer, case, **when(later))
        return None
    form = _answer(case, writer, way, begun + timedelta(minutes=8))
    instant = begun
    if form.application.timing == filing.EARLY and form.application.window is not None:
        opens = form.application.window.start
        assert opens is not None
        instant = any_hour(dice, add_days(opens, dice.randint(0, 12)))
        yield instant
        case.refresh_from_db()
        _answer(case, writer, way, instant)
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


def _answer(case: Case, writer: Account, way: Way, instant: datetime) -> Any:
    said = _said(case, way, timezone.localdate(instant))
    form = filing.save_answers(writer, case, answers=said, **when(instant))
    case.refresh_from_db()
    if form.problems:
        wrong = [problem.field for problem in form.problems]
        raise Refusal(f"{way.procedure}: {', '.join(wrong)}")
    return form


def _said(case: Case, way: Way, day: date) -> dict[str, Any]:
    person = case.person
    return answers(
        way.procedure, family_name=person.family_name, born_on=person.born_on,
        department=case.office.department_id, day=day,
    )  # fmt: skip


# -- from the filing to the card


@dataclass
class _Scene:
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


Act = Callable[[_Scene, datetime], None]


def _examined(
    country: Country, dice: Random, way: Way, case: Case, account: Account | None
) -> Life:
    case.refresh_from_db()
    assert case.filed_on is not None
    scene = _Scene(country, dice, way, case, account)
    agenda = sorted(_agenda(scene, case.filed_on), key=lambda one: one[0])
    for instant, act in agenda:
        yield instant
        if scene.pending:
            act(scene, instant)
    if scene.case.state in _PENDING:  # released, or come from elsewhere: decided at last
        last = office_hours(dice, add_days(timezone.localdate(agenda[-1][0]), 9))
        yield last
        if scene.pending:
            _decided(scene, last)
    yield from _after(scene)


def _agenda(scene: _Scene, filed_on: date) -> Iterator[tuple[datetime, Act]]:
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


def _taken(scene: _Scene, instant: datetime) -> None:
    if scene.case.state == State.SUBMITTED:
        agent = scene.agent
        reading.open_case(agent, scene.case.pk, **when(instant))
        decision.take(agent, scene.case, **when(instant + timedelta(minutes=2)))


def _asked(scene: _Scene, instant: datetime) -> None:
    _taken(scene, instant - timedelta(minutes=30))
    scene.case.refresh_from_db()
    if scene.case.state == State.IN_REVIEW:
        wanted = [complement.Wanted(ASKED, scene.dice.choice(ASKS))]
        complement.request_complement(scene.agent, scene.case, wanted=wanted, **when(instant))


def _produced(scene: _Scene, instant: datetime) -> None:
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


def _released(scene: _Scene, instant: datetime) -> None:
    if scene.case.state == State.IN_REVIEW:
        decision.release(scene.agent, scene.case, **when(instant))


def _wrote(scene: _Scene, instant: datetime) -> None:
    assert scene.account is not None
    letters.write(scene.account, scene.case, text=scene.dice.choice(FROM_PERSON), **when(instant))


def _answered(scene: _Scene, instant: datetime) -> None:
    agent = scene.agent
    letters.read(agent, scene.case, **when(instant))
    letters.write(agent, scene.case, text=scene.dice.choice(FROM_AGENT), **when(instant))


def _shared(scene: _Scene, instant: datetime) -> None:
    assert scene.account is not None
    _share(scene.dice, scene.case.person, scene.account, instant)


def _moved(scene: _Scene, instant: datetime) -> None:
    assert scene.account is not None
    _move(scene.country, scene.case.person, scene.account, instant)


def _withdrew(scene: _Scene, instant: datetime) -> None:
    assert scene.account is not None
    filing.withdraw(scene.account, scene.case, **when(instant))


def _decided(scene: _Scene, instant: datetime) -> None:
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


def _after(scene: _Scene) -> Life:
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
        scene.agent, case, kind=way.card, card_number=_number(case.person, "E"),
        valid_from=day, valid_to=add_days(add_years(day, way.years), -1), **when(here),
    )  # fmt: skip
    if scene.account is not None:
        yield from _meanwhile(scene.country, dice, case.person, scene.account, here)


# -- beside any request


def _meanwhile(
    country: Country, dice: Random, person: Person, account: Account, since: datetime
) -> Life:
    """Moving, or showing one's rights to someone, some day."""
    left = (country.last - timezone.localdate(since)).days - 2
    for share, act in ((figures.SHARES, _share), (figures.MOVES, None)):
        if left > 10 and percent(dice, share.value / 2):
            instant = any_hour(dice, add_days(timezone.localdate(since), dice.randint(3, left)))
            yield max(instant, since)
            person.refresh_from_db()
            if act is not None:
                act(dice, person, account, max(instant, since))
            else:
                _move(country, person, account, max(instant, since))


def _share(dice: Random, person: Person, account: Account, instant: datetime) -> None:
    """A code for an employer or a landlord, who looks at once or never."""
    whom = dice.choice(EMPLOYERS)
    _, code = make_share_code(
        f"person:{account.pk}", holder=person.pk, born_on=person.born_on, now=instant,
        days=dice.choice((7, 30, 90)), label=whom,
    )  # fmt: skip
    for number in range(dice.choice((0, 1, 1, 2))):
        looked = instant + timedelta(minutes=7 + 31 * number)
        seen = open_share_code(
            code, born_on=person.born_on, by=whom, now=looked, rights_on=rights_shared
        )
        receipt_of_look(seen.rights, seen.look, now=looked)


def _move(country: Country, person: Person, account: Account, instant: datetime) -> None:
    today = timezone.localdate(instant)
    assert person.commune_id is not None
    where = country.births.address(country.births.town(elsewhere=person.commune_id))
    moving.change_address(account, person, moved_on=today, **where, **when(instant))


def _person(
    country: Country, aged: tuple[int, int], *, on: date | None = None, **more: Any
) -> Person:
    facts = country.births.someone(aged=aged, on=on or country.first) | more
    opened = country.opening if on is None or on == country.first else at(add_days(on, -9), 7, 15)
    return files.register_person(BY, now=max(opened, country.opening), **facts)


def _card(
    person: Person, kind: Kind, article: str, expires: date, years: int, now: datetime
) -> ResidenceDocument:
    """What is held; a visa lasts three months."""
    begins = add_days(add_years(expires, -years), 1) if years else add_days(expires, -89)
    facts: dict[str, Any] = {"article": article} if article else {}
    if kind is Kind.VLS_TS:
        facts["validated_on"] = add_days(begins, 20)
    return files.add_document(
        BY, person, now=now, source="demo", kind=kind.value, card_number=_number(person, "D"),
        valid_from=begins, valid_to=expires, **facts,
    )  # fmt: skip


def _number(person: Person, letter: str) -> str:
    """A number of card: of the person, or of the rank of a child who has none."""
    digits = person.foreigner_number or f"{person.pk.int % 10**10:010d}"
    return f"FR{letter}{digits[3:]}"


def _account(person: Person, card: ResidenceDocument, instant: datetime) -> Account:
    email = person.email or f"compte{(person.foreigner_number or '')[2:]}@demo.example"
    return open_account(person, email, card, add_days(timezone.localdate(instant), -1))


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
