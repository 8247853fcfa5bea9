"""When to tell someone to ask for a renewal: moments placed by the window of their own title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from droitfil.rules.answer import Window
from droitfil.rules.periods import add_days

OPENS, HALFWAY, CLOSING, LATE = "opens", "halfway", "closing", "late"


@dataclass(frozen=True, slots=True)
class Moment:
    """A day to write on, and what about: ``step`` is "opens", "halfway", "closing-15", "late-1"."""

    step: str
    day: date

    @property
    def about(self) -> str:
        """The step without its days."""
        return self.step.partition("-")[0]


def moments(
    window: Window, helps_until: date | None, days: Mapping[str, Sequence[int]]
) -> tuple[Moment, ...]:
    """The moments in order, none before the window opens.

    :param helps_until: last day on which filing late still helps; None when lateness helps nothing.
    :param days: ``before_close`` before the window's last day, ``after_close`` after it (parameter
        ``filing_reminder_days``).
    """
    found = [Moment(f"{CLOSING}-{n}", add_days(window.end, -n)) for n in days["before_close"]]
    if window.start is not None:
        found.append(Moment(OPENS, window.start))
        half = (window.end - window.start).days // 2
        found.append(Moment(HALFWAY, add_days(window.start, half)))
    if helps_until is not None:
        late = [Moment(f"{LATE}-{n}", add_days(window.end, n)) for n in days["after_close"]]
        found.extend(moment for moment in late if moment.day <= helps_until)
    kept = [m for m in found if window.start is None or m.day >= window.start]
    return tuple(sorted(kept, key=lambda moment: moment.day))


def latest(moments: Sequence[Moment], today: date) -> Moment | None:
    """The last moment that has come: the only one worth telling after days without telling."""
    return next((moment for moment in reversed(moments) if moment.day <= today), None)


def following(moments: Sequence[Moment], today: date) -> date | None:
    """The day of the first moment still to come."""
    return next((moment.day for moment in moments if moment.day > today), None)
