"""Rich, valid questions over every kind, article and request of the law's own titles.

One builder serves two masters: hypothesis draws from it and shrinks what it finds, and a seeded
run draws the same population every time (the counter of branches, the bench).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from droitfil.rules.facts import Basis, Kind, ParentKind
from droitfil.rules.law import Law, Title

T = TypeVar("T")
Question = dict[str, Any]

_CARDS = ("CST", "CSP", "CR", "CRA", "RETRAITE", "RLD_UE_FR", "CR_PERMANENT", "APS")
_LENGTHS: dict[str, tuple[tuple[str, int], ...]] = {
    # nominal length, months
    "VLS": (("1y", 12), ("4m", 4)),
    "VLS_TS": (("1y", 12), ("4m", 4)),
    "CST": (("1y", 12), ("1y", 12), ("9m", 9)),
    "CSP": (("4y", 48), ("4y", 48), ("2y", 24), ("3y", 36)),
    "CR": (("10y", 120),),
    "RLD_UE_FR": (("10y", 120),),
    "CR_PERMANENT": (("10y", 120),),
    "CRA": (("10y", 120), ("1y", 12)),
    "RETRAITE": (("10y", 120),),
    "APS": (("6m", 6),),
    "EU_FAMILY": (("5y", 60),),
    "DCEM": (("5y", 60),),
    "TIR": (("5y", 60),),
    "EU_BLUE_CARD_OTHER": (("4y", 48),),
    "RLD_UE_OTHER": (("5y", 60),),
}
#: Days of filing around the end of the card: before, at and after each edge of every window.
_EDGES = (-260, -121, -120, -119, -90, -75, -61, -60, -59, -31, -30, -10, -1, 0, 1, 12, 92, 130)
_FAR = (181, 182, 183, 184, 185, 186, 200, 420)


class Chooser(Protocol):
    """Where the choices come from."""

    def one(self, options: Sequence[T]) -> T: ...

    def between(self, low: int, high: int) -> int: ...

    def chance(self, percent: int) -> bool: ...


class Drawn:
    """Choices that hypothesis makes, and shrinks towards the first and the plainest."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one(self, options: Sequence[T]) -> T:
        return self._draw(st.sampled_from(options))

    def between(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def chance(self, percent: int) -> bool:
        return self._draw(st.integers(0, 99)) >= 100 - percent


class Seeded:
    """The same choices for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def one(self, options: Sequence[T]) -> T:
        return self._random.choice(options)

    def between(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def plus(day: date, days: int) -> date:
    return day + timedelta(days=days)


def months_before(day: date, months: int) -> date:
    """About ``months`` months before: printed dates need not make whole months."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month0 + 1, min(day.day, 28))


def card_of(title: Title) -> tuple[str, ...]:
    """Kinds of document that carry this title and that a person may hold."""
    known = {kind.value for kind in Kind}
    return tuple(kind for kind in title.kinds if kind in known) or ("CST",)


def day(c: Chooser) -> date:
    """A day when the law is known, month ends and leap days often."""
    if c.chance(15):
        return c.one(
            (date(2024, 2, 29), date(2025, 10, 31), date(2025, 8, 31), date(2026, 2, 28),
             date(2025, 12, 31), date(2025, 6, 30), date(2026, 4, 30), date(2023, 12, 25))
        )  # fmt: skip
    return plus(date(2021, 6, 1), c.between(0, 2600))


def document(
    c: Chooser, law: Law, name: str, kind: str, article: str | None, end: date
) -> Question:
    """A document held, printed with care or with a fact missing."""
    printed, months = c.one(_LENGTHS[kind])
    start = plus(months_before(end, months), 1)
    found: Question = {"id": name, "kind": kind, "article": article}
    if not c.chance(4):
        found["from"] = iso(start)
    if kind != "CR_PERMANENT" and not c.chance(3):
        found["to"] = iso(end)
    if c.chance(70):
        found["length"] = printed
    if kind == "VLS_TS" and c.chance(70):
        found["validated_on"] = iso(plus(start, c.between(0, 150)))
    if c.chance(5):
        found["work"] = c.one(("full", "sixty_percent", "authorised_only", "none"))
    return found


def _paper(c: Chooser, name: str, application: str | None, start: date) -> Question:
    kind = c.one(("API", "RECEPISSE", "ADF", "COMMISSION", "EU_ATTESTATION"))
    found: Question = {"id": name, "kind": kind, "from": iso(start)}
    if kind != "ADF" and c.chance(90):
        found["to"] = iso(plus(start, c.between(0, 185)))
    if application is not None and c.chance(90):
        found["application"] = application
    if c.chance(15):
        found["work"] = c.one(("full", "none"))
    return found


def person(c: Chooser, law: Law, around: date) -> Question:
    """Who asks: an adult, or someone around eighteen."""
    found: Question = {}
    born = months_before(around, c.one((190, 200, 216, 217, 219, 225, 227, 230, 300, 480, 750)))
    if c.chance(75):
        found["born_on"] = iso(born)
    if c.chance(50):
        found["nationality"] = c.one(("MAR", "DZA", "UKR", "TUN"))
    if c.chance(60):
        found["lives_in"] = c.one(("91", "01", "67", "971", "976", "2A"))
    if c.chance(60):
        found["entered_on"] = iso(plus(around, -c.one((20, 61, 65, 95, 400, 2000))))
    if c.chance(50):
        since = plus(around, -c.one((30, 360, 366, 1000, 1830, 3700)))
        found["in_france_since"] = iso(max(since, born))
    if "entered_on" in found:
        found["entered_on"] = iso(max(date.fromisoformat(found["entered_on"]), born))
    if c.chance(20):
        found["french_loss_opposable_on"] = iso(plus(around, -c.one((10, 60, 75))))
    if c.chance(20):
        found["moved_on"] = iso(plus(around, c.between(-200, 30)))
    if c.chance(15):
        found["renewals_of_this_card"] = c.between(0, 4)
    if c.chance(20):
        found["parents"] = [_parent(c, law, around) for _ in range(c.between(1, 2))]
    return found


def _parent(c: Chooser, law: Law, around: date) -> Question:
    found: Question = {"kind": c.one([kind.value for kind in ParentKind])}
    if found["kind"] not in ("FR", "EU"):
        found["article"] = c.one(("L422-1", "L421-1", "L423-6", "L421-3", "L426-20"))
        if c.chance(80):
            found["to"] = iso(plus(around, c.between(-30, 1500)))
    return found


def _held(c: Chooser, law: Law, title: Title, request: str, end: date) -> Question | None:
    if request == "renewal":
        kind = c.one(card_of(title))
        return document(c, law, "card", kind, title.article, end)
    if request == "change":
        other = c.one([t for t in law.titles.values() if t.article != title.article])
        return document(c, law, "card", c.one(card_of(other)), other.article, end)
    if c.chance(40):
        return None
    kind = c.one(("VLS_TS", "VLS_TS", "VLS", "EU_BLUE_CARD_OTHER", "RLD_UE_OTHER", "CST"))
    return document(c, law, "visa", kind, None if c.chance(10) else title.article, end)


def application(
    c: Chooser, law: Law, name: str, article: str, request: str, held: Question | None, end: date
) -> Question:
    """One application: filed at an edge of a window, complete or not, decided or not."""
    found: Question = {"id": name, "article": article, "request": request}
    if held is not None:
        found["holds"] = held["id"]
    if c.chance(55):
        found["listed"] = c.chance(60)
    if c.chance(30):
        found["basis"] = c.one([basis.value for basis in Basis])
    if c.chance(15):
        found["work_authorisation"] = True
    if c.chance(12):
        found["acknowledged"] = False
    for field, chance in (("contract_until", 25), ("principal_until", 20)):
        if c.chance(chance):
            found[field] = iso(plus(end, c.between(-100, 1500)))
    if c.chance(20):
        found["recognised_on"] = iso(plus(end, c.between(-200, 60)))
    filed = plus(end, c.one(_EDGES) if not c.chance(15) else c.one(_FAR))
    if c.chance(10):
        _blocked(c, found, filed, end)
        if c.chance(50):
            return found
    if c.chance(10):
        return found
    incident = found.get("incident", {})
    known = [date.fromisoformat(day) for day in incident.values() if day is not None]
    filed = max([filed, *known])
    found["filed_on"] = iso(filed)
    if c.chance(75):
        found["complete_on"] = iso(plus(filed, c.one((0, 0, 0, 16, 40, 130))))
    if c.chance(20):
        found["complements"] = [_complement(c, filed) for _ in range(c.between(1, 2))]
    if c.chance(12):
        found["commission_on"] = iso(plus(filed, c.between(5, 200)))
    if c.chance(10):
        found["extension_notified_on"] = iso(plus(filed, c.between(1, 40)))
    if c.chance(45):
        _decided(c, found, filed)
    if c.chance(20):
        found["remedies"] = [_remedy(c, filed) for _ in range(c.between(1, 2))]
    return found


def _blocked(c: Chooser, found: Question, filed: date, end: date) -> None:
    opened = plus(end, c.one((-130, -90, -62, -20, 5)))
    incident: Question = {"opened_on": iso(opened)}
    if c.chance(75):
        established = plus(opened, c.between(0, 30))
        incident["established_on"] = iso(established)
        if c.chance(60):
            incident["registered_on"] = iso(max(plus(established, c.between(0, 40)), filed))
    found["incident"] = incident


def _complement(c: Chooser, filed: date) -> Question:
    asked = plus(filed, c.between(0, 110))
    found: Question = {"asked_on": iso(asked)}
    if c.chance(80):
        found["due_on"] = iso(plus(asked, 30))
    if c.chance(70):
        found["produced_on"] = iso(plus(asked, c.between(0, 40)))
    return found


def _decided(c: Chooser, found: Question, filed: date) -> None:
    taken = plus(filed, c.one((1, 20, 80, 121, 150, 210, 330)))
    decision: Question = {"taken_on": iso(taken)}
    decision["outcome"] = c.one(("granted", "refused", "closed", "granted", "refused", "withdrawn"))
    if c.chance(70):
        decision["notified_on"] = iso(plus(taken, c.between(0, 20)))
    if decision["outcome"] == "refused" and c.chance(50):
        decision["removal"] = c.one(("voluntary_departure", "assigned", "detained"))
    found["decision"] = decision
    if decision["outcome"] == "granted" and c.chance(50):
        found["handed_over_on"] = iso(plus(taken, c.between(0, 70)))
    if "commission_on" in found:
        seized = date.fromisoformat(found["commission_on"])
        found["commission_on"] = iso(min(seized, taken))


def _remedy(c: Chooser, filed: date) -> Question:
    asked = plus(filed, c.one((125, 130, 150, 180, 340)))
    found: Question = {"kind": c.one(("reasons", "gracieux")), "asked_on": iso(asked)}
    if c.chance(50):
        found["answered_on"] = iso(plus(asked, c.between(1, 80)))
    return found


def situation(
    c: Chooser, law: Law, article: str | None = None, request: str | None = None
) -> Question:
    """One whole question; ``article`` and ``request`` pin what is asked."""
    title = law.titles[article or c.one(list(law.titles))]
    asked = request or c.one(("renewal", "first", "change"))
    end = day(c)
    held = _held(c, law, title, asked, end)
    documents = [] if held is None else [held]
    applications = [application(c, law, "a1", title.article, asked, held, end)]
    if c.chance(12):
        other = c.one(list(law.titles))
        applications.append(application(c, law, "a2", other, "first", None, end))
    if c.chance(10):
        kind = c.one((*_CARDS, "EU_FAMILY", "DCEM", "TIR", "VLS"))
        documents.append(document(c, law, "other", kind, _carried(c, law, kind), plus(end, -40)))
    if (title.minor_document and asked == "renewal") or c.chance(4):
        documents.append(document(c, law, "minor", "DCEM", "DCEM", plus(end, 300)))
    if title.travel_document and c.chance(70):
        of_protection = c.one((("L424-1", "CR"), ("L424-9", "CSP"), ("L424-18", "CSP")))
        documents.append(
            document(c, law, "title", of_protection[1], of_protection[0], plus(end, 400))
        )
    if c.chance(20):
        owner = c.one([a["id"] for a in applications])
        documents.append(_paper(c, "paper", owner, plus(end, c.between(-5, 40))))
    if c.chance(6):
        applications = []
        documents = [{k: v for k, v in d.items() if k != "application"} for d in documents]
    who = person(c, law, plus(end, -90))
    if title.minor_document and c.chance(50):
        who["parents"] = [_student(c, end) for _ in range(c.between(1, 2))]
    if applications and asked == "first" and held is None and c.chance(25):
        _young(c, applications[0], who, end)
        documents.append(document(c, law, "old", "DCEM", "DCEM", plus(end, -35)))
    found: Question = {
        "today": iso(plus(end, c.one((-300, -119, -40, -15, 0, 1, 30, 95, 190, 500)))),
        "assume_issued": not c.chance(40),
        "documents": documents,
        "applications": applications,
        "person": who,
    }
    if c.chance(15):
        found["language"] = "en"
    return found


def _student(c: Chooser, around: date) -> Question:
    """A parent whose card is a short one."""
    return {"kind": "CST", "article": "L422-1", "to": iso(plus(around, c.between(30, 700)))}


def _young(c: Chooser, asked: Question, who: Question, end: date) -> None:
    """Someone who turned eighteen a little before ``end`` and asks at once."""
    asked |= {"basis": "turning_18", "listed": True, "filed_on": iso(plus(end, -20))}
    asked["complete_on"] = iso(plus(end, -c.between(0, 20)))
    for field in ("incident", "commission_on", "decision", "handed_over_on", "complements"):
        asked.pop(field, None)
    who["born_on"] = iso(months_before(plus(end, -20), c.one((216, 217, 218, 226))))
    who["in_france_since"] = iso(plus(end, -c.between(300, 2000)))
    who.pop("entered_on", None)


def _carried(c: Chooser, law: Law, kind: str) -> str | None:
    carried = [title.article for title in law.titles.values() if kind in title.kinds]
    return c.one(carried) if carried else None


def population(law: Law, count: int, seed: int = 2026) -> Iterator[Question]:
    """``count`` questions, always the same: every title asked in every way, again and again."""
    asked = [(article, request) for article in law.titles for request in REQUESTS]
    for i in range(count):
        article, request = asked[i % len(asked)]
        yield situation(Seeded(seed + i), law, article, request)


REQUESTS = ("renewal", "first", "change")


def situations(
    law: Law, article: str | None = None, request: str | None = None
) -> st.SearchStrategy[Question]:
    """Any situation, as hypothesis draws it."""

    @st.composite
    def build(draw: st.DrawFn) -> Question:
        return situation(Drawn(draw), law, article, request)

    return build()


def holder_in_time(c: Chooser, law: Law, decided: bool | None = None) -> Question:
    """A holder of a title, complete and in time by the calendar alone: listed, and filed between
    the 120th and the 60th day before the end; or at the counter, in the last two months."""
    title = law.titles[c.one(asked_at_the_prefecture(law))]
    request = c.one(("renewal", "change", "first"))
    end, listed = day(c), c.chance(60)
    held = _holder(c, law, title, request, end)
    low, high = (-120, -60) if listed else (-58, 0)
    filed = plus(end, c.between(low, high))
    asked: Question = {
        "id": "a1",
        "article": title.article,
        "request": request,
        "holds": "card",
        "listed": listed,
        "filed_on": iso(filed),
        "complete_on": iso(plus(filed, c.between(0, min(30, (end - filed).days)))),
    }
    if c.chance(40) if decided is None else decided:
        taken = max(plus(filed, c.between(1, 300)), date.fromisoformat(asked["complete_on"]))
        outcome = c.one(("granted", "refused"))
        asked["decision"] = {"taken_on": iso(taken), "outcome": outcome}
    if c.chance(15):
        asked["commission_on"] = iso(plus(filed, c.between(1, 200)))
        if "decision" in asked:
            asked["commission_on"] = min(asked["commission_on"], asked["decision"]["taken_on"])
    who = person(c, law, plus(end, -90))
    who.pop("entered_on", None)
    return {
        "today": iso(plus(end, c.between(-30, 600))),
        "assume_issued": True,
        "person": who,
        "documents": [held],
        "applications": [asked],
    }


def holders_in_time(law: Law, *, decided: bool | None = None) -> st.SearchStrategy[Question]:
    """Any holder who files complete and in time, as hypothesis draws them."""

    @st.composite
    def build(draw: st.DrawFn) -> Question:
        return holder_in_time(Drawn(draw), law, decided)

    return build()


def asked_at_the_prefecture(law: Law) -> list[str]:
    """Articles whose pending request rests on a card: no EU family, DCEM or travel document, and
    no title that the law gives for a time only."""
    ended = law.value("l435_4_sunset", date.max)["titles"]
    return [
        title.article
        for title in law.titles.values()
        if not (title.book_two or title.minor_document or title.travel_document)
        and title.article not in ended
    ]


def _holder(c: Chooser, law: Law, title: Title, request: str, end: date) -> Question:
    other = ("CR_PERMANENT", "RLD_UE_FR", "VLS_TS")
    kinds = [kind for kind in card_of(title) if kind not in other]
    article, kind = title.article, c.one(kinds or ("CST",))
    if request == "first" and article not in law.value("vls_ts_excluded_titles", end):
        kind = "VLS_TS"
    elif request == "change":
        article, kind = c.one((("L421-1", "CST"), ("L422-1", "CSP"), ("L423-6", "CR")))
    printed, months = c.one(_LENGTHS[kind])
    start = plus(months_before(end, months), 1)
    found: Question = {"id": "card", "kind": kind, "article": article}
    found |= {"from": iso(start), "to": iso(end), "length": printed}
    if kind == "VLS_TS":
        found["validated_on"] = iso(start)
    return found
