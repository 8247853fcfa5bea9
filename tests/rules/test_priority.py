"""The rank of a case in a worklist: days of rights left, and the reasons in order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from droitfil.rules.lifecycle import State
from droitfil.rules.priority import STOPS, Rank, Urgency, Waiting
from droitfil.rules.priority import rank as ranked
from droitfil.rules.sentences import FRENCH

TODAY = date(2025, 6, 20)
CLOSE = 30


def rank(case: Waiting, today: date) -> Rank:
    return ranked(case, today, close=CLOSE)


def waiting(left: int | None, **changed: object) -> Waiting:
    end = None if left is None else TODAY + timedelta(days=left)
    fields = {"state": State.IN_REVIEW, "filed_on": TODAY, "covered_until": end, **changed}
    return Waiting(**fields)  # type: ignore[arg-type]


def reasons(case: Waiting) -> list[str]:
    return [FRENCH.text(reason) for reason in rank(case, TODAY).reasons]


@pytest.mark.parametrize(
    ("left", "urgency", "says"),
    [
        (-3, "broken", "Aucun droit n'est prouvé depuis le 18 juin 2025."),
        (-1, "broken", "Aucun droit n'est prouvé depuis le 20 juin 2025."),
        (0, "close", "Ses droits ne sont plus prouvés après aujourd'hui."),
        (1, "close", "Ses droits sont prouvés jusqu'à demain."),
        (CLOSE, "close", "Ses droits sont prouvés encore 30 jours, jusqu'au 20 juillet 2025."),
        (CLOSE + 1, "calm", "Ses droits sont prouvés encore 31 jours, jusqu'au 21 juillet 2025."),
        (None, "calm", "Ses droits sont prouvés sans fin connue."),
    ],
)
def test_the_days_left_rank(left: int | None, urgency: str, says: str) -> None:
    found = rank(waiting(left), TODAY)
    assert (found.urgency, found.days_left) == (urgency, left)
    assert reasons(waiting(left)) == [says]


def test_a_minor_lacks_nothing_before_majority() -> None:
    adult = TODAY + timedelta(days=41)
    child = waiting(40, of_age_on=adult)
    assert rank(child, TODAY).urgency is Urgency.CALM
    assert reasons(child) == [
        "Aucun titre ne lui est demandé avant sa majorité, le 31 juillet 2025."
    ]
    # What is proved beyond majority ranks as anyone's.
    assert reasons(waiting(90, of_age_on=adult))[0].startswith("Ses droits sont prouvés encore 90")
    grown = waiting(-3, of_age_on=TODAY - timedelta(days=2))
    assert reasons(grown) == ["Aucun droit n'est prouvé depuis le 18 juin 2025."]


def test_a_paper_right_after_the_end_carries_on() -> None:
    end = TODAY + timedelta(days=3)
    carried = waiting(3, next_from=end + timedelta(days=1), next_name="Récépissé")
    assert rank(carried, TODAY).urgency is Urgency.CALM
    assert reasons(carried)[1] == "La suite est prévue : Récépissé à partir du 24 juin 2025."
    late = waiting(3, next_from=end + timedelta(days=2), next_name="Récépissé")
    assert rank(late, TODAY).urgency is Urgency.CLOSE
    assert reasons(late)[1] == "Un papier ne vient qu'ensuite : Récépissé à partir du 25 juin 2025."


def test_a_paper_to_come_does_not_mend_what_is_broken() -> None:
    owed = waiting(-5, next_from=TODAY - timedelta(days=4), next_name="Récépissé")
    assert rank(owed, TODAY).urgency is Urgency.BROKEN


@pytest.mark.parametrize("stop", sorted(STOPS))
def test_why_nothing_follows_is_said(stop: str) -> None:
    assert reasons(waiting(5, stop=stop))[1:] == [FRENCH.text(STOPS[stop])]
    assert reasons(waiting(None, stop=stop))[1:] == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"asked_until": TODAY}, "Des pièces sont attendues jusqu'au 20 juin 2025."),
        (
            {"asked_until": TODAY - timedelta(days=1)},
            "Des pièces étaient attendues jusqu'au 19 juin 2025.",
        ),
        (
            {"state": State.SUBMITTED, "filed_on": TODAY - timedelta(days=1)},
            "Déposé hier, pas encore examiné.",
        ),
        (
            {"state": State.SUBMITTED, "filed_on": TODAY - timedelta(days=40)},
            "Déposé il y a 40 jours, pas encore examiné.",
        ),
    ],
)
def test_since_when_it_waits(changed: dict[str, object], says: str) -> None:
    assert reasons(waiting(5, **changed))[1:] == [says]


def test_what_was_filed_today_waits_for_nobody_yet() -> None:
    assert reasons(waiting(5, state=State.SUBMITTED))[1:] == []
    assert reasons(waiting(5, filed_on=TODAY - timedelta(days=9)))[1:] == []


@given(st.integers(-800, 800), st.integers(-800, 800))
def test_fewer_days_never_rank_lower(one: int, other: int) -> None:
    order = list(Urgency)
    ranks = [order.index(rank(waiting(left), TODAY).urgency) for left in sorted((one, other))]
    assert ranks == sorted(ranks)
