"""The rank of a case, told in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from droitfil.cases.models import Coverage
from droitfil.lawbook import load_law
from droitfil.lawbook.translations import renderer
from droitfil.people.access import of_age_on
from droitfil.rules.lifecycle import State
from droitfil.rules.priority import Waiting, rank
from droitfil.web.agent.words import URGENCIES
from droitfil.web.public.law_words import KINDS


@dataclass(frozen=True, slots=True)
class Told:
    """A rank: the words of its badge, their tone, and the reasons, the first one first."""

    badge: Any
    tone: str
    days_left: int | None
    reasons: list[str]

    @property
    def days_without(self) -> int:
        """Days without any proof, today included; 0 while there is one."""
        return 0 if self.days_left is None else max(0, -self.days_left)


def told(coverage: Coverage, asked_until: date | None, today: date) -> Told:
    """The rank of ``coverage``, whose case is at hand."""
    case = coverage.case
    assert case.filed_on is not None
    found = rank(
        Waiting(
            state=State(case.state),
            filed_on=case.filed_on,
            covered_until=coverage.covered_until,
            next_from=coverage.next_from,
            next_name=str(KINDS.get(coverage.next_kind, "")),
            stop=coverage.chain_stop,
            asked_until=asked_until,
            of_age_on=of_age_on(coverage.person, today),
        ),
        today,
        close=int(load_law().value("gap_alert_days", today)),
    )
    badge, tone = URGENCIES[found.urgency]
    say = renderer(get_language() or "fr").text
    return Told(badge, tone, found.days_left, [say(reason) for reason in found.reasons])
