"""The rank of a case in an agent's worklist, with its reasons.

The list goes by the last day of proved rights: whoever loses them first comes first, those who lost
them before all, those without a known end last. Nothing else counts: no title, no nationality, no
channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from droitfil.rules.lifecycle import State
from droitfil.rules.periods import add_days, day_before
from droitfil.rules.sentences import Sentence

_NOTHING: Mapping[str, Any] = MappingProxyType({})
#: Why no paper is owed next, as ``Coverage.Stop`` codes it.
STOPS: Mapping[str, Sentence] = MappingProxyType(
    {
        "incomplete": Sentence("Aucun papier ne suit : il manque encore des pièces.", _NOTHING),
        "not_owed": Sentence(
            "Aucun papier ne suit : la loi n'en doit pas pour cette demande.", _NOTHING
        ),
        "open_ended": Sentence("Le papier délivré vaut jusqu'à la remise de la carte.", _NOTHING),
        "decided": Sentence("La demande est décidée : la carte est attendue.", _NOTHING),
    }
)


class Urgency(StrEnum):
    """How pressing a case is, from the most pressing."""

    BROKEN = "broken"  # no right is proved today
    CLOSE = "close"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of a case that waits, without asking the kernel again.

    :param covered_until: the last day of stay proved without a break; None when no end is known.
    :param next_from: the first day of the paper that the night will publish, None when none is
        owed; ``next_name`` is how it is called, in the reader's language.
    :param stop: why none is owed: a key of :data:`STOPS`.
    :param asked_until: the last day the person has to answer a request for pieces.
    :param of_age_on: the day of majority; before it no title is required (L411-1).
    """

    state: State
    filed_on: date
    covered_until: date | None
    next_from: date | None = None
    next_name: str = ""
    stop: str = ""
    asked_until: date | None = None
    of_age_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """``days_left`` counts the days proved after today: 0 on the last one, below 0 once it is over;
    None when no end is known. ``reasons`` begin with the one that ranks."""

    urgency: Urgency
    days_left: int | None
    reasons: tuple[Sentence, ...]


def rank(waiting: Waiting, today: date, *, close: int) -> Rank:
    """Where ``waiting`` stands on ``today``, and why.

    :param close: days left from which the end is said to be close; it changes nothing of the order.
    """
    left = None if waiting.covered_until is None else (waiting.covered_until - today).days
    end = waiting.covered_until
    # A paper on its way right after the end carries the rights on: nothing breaks.
    carried = end is not None and waiting.next_from is not None and (
        waiting.next_from <= add_days(max(end, today), 1)
    )  # fmt: skip
    reasons = [
        _of_age(waiting, today) or _days(end, left),
        *_after(waiting, carried=carried),
        *_age(waiting, today),
    ]
    return Rank(_urgency(left, close, carried=carried), left, tuple(reasons))


def _urgency(left: int | None, close: int, *, carried: bool) -> Urgency:
    if left is None or (carried and left >= 0):
        return Urgency.CALM
    if left < 0:
        return Urgency.BROKEN
    return Urgency.CLOSE if left <= close else Urgency.CALM


def _of_age(waiting: Waiting, today: date) -> Sentence | None:
    """Of a minor whom no document carries beyond majority."""
    adult = waiting.of_age_on
    if adult is None or adult <= today or waiting.covered_until != day_before(adult):
        return None
    return Sentence("Aucun titre ne lui est demandé avant sa majorité, le {day}.", {"day": adult})


def _days(end: date | None, left: int | None) -> Sentence:
    if left is None or end is None:
        return Sentence("Ses droits sont prouvés sans fin connue.", _NOTHING)
    if left < 0:
        return Sentence("Aucun droit n'est prouvé depuis le {day}.", {"day": add_days(end, 1)})
    if left == 0:
        return Sentence("Ses droits ne sont plus prouvés après aujourd'hui.", _NOTHING)
    if left == 1:
        return Sentence("Ses droits sont prouvés jusqu'à demain.", _NOTHING)
    return Sentence(
        "Ses droits sont prouvés encore {days} jours, jusqu'au {day}.", {"days": left, "day": end}
    )


def _after(waiting: Waiting, *, carried: bool) -> list[Sentence]:
    """What comes at the end of the rights proved, or why nothing does."""
    if waiting.covered_until is None:
        return []
    if waiting.next_from is not None:
        args = {"paper": waiting.next_name, "day": waiting.next_from}
        if carried:
            return [Sentence("La suite est prévue : {paper} à partir du {day}.", args)]
        return [Sentence("Un papier ne vient qu'ensuite : {paper} à partir du {day}.", args)]
    return [STOPS[waiting.stop]] if waiting.stop in STOPS else []


def _age(waiting: Waiting, today: date) -> list[Sentence]:
    """Since when it waits, and for whom."""
    asked = waiting.asked_until
    if asked is not None:
        if today <= asked:
            return [Sentence("Des pièces sont attendues jusqu'au {day}.", {"day": asked})]
        return [Sentence("Des pièces étaient attendues jusqu'au {day}.", {"day": asked})]
    days = (today - waiting.filed_on).days
    if waiting.state is not State.SUBMITTED or days < 1:
        return []
    if days == 1:
        return [Sentence("Déposé hier, pas encore examiné.", _NOTHING)]
    return [Sentence("Déposé il y a {days} jours, pas encore examiné.", {"days": days})]
