"""A promise in figures, and what was measured."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

#: Shows what is being done: ``say("200 questions…")``.
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise: ``figure`` must be at least, or at most, ``bar``; None only shows it.

    A figure that could not be had is None: a line without promise may say so.
    """

    name: str
    label: str
    figure: float | None
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    details: dict[str, Any] | None = None
    #: Where the time went, when it was missed: ``bench.profiles``.
    profile: str = ""

    @property
    def met(self) -> bool:
        """Whether the promise is kept; a figure without promise is."""
        if self.figure is None:
            return not self.promise
        if self.at_least is not None and self.figure < self.at_least:
            return False
        return self.at_most is None or self.figure <= self.at_most

    @property
    def promise(self) -> str:
        if self.at_least is not None:
            return f"au moins {number(self.at_least)}"
        return f"au plus {number(self.at_most)}" if self.at_most is not None else ""

    def as_data(self) -> dict[str, Any]:
        """For the file of results; the profile stands in a file of its own."""
        told = {**asdict(self), "met": self.met}
        del told["profile"]
        return told

    def explained(self, profile: Callable[[], str]) -> Bar:
        """The same, with its profile when it is missed: it is not taken otherwise."""
        return self if self.met else replace(self, profile=profile())

    def line(self) -> str:
        """For the terminal, in French."""
        verdict = "" if not self.promise else "tenu" if self.met else "MANQUÉ"
        figure = "non mesuré"
        if self.figure is not None:
            figure = f"{number(self.figure)} {self.unit}".rstrip()
        return f"  {self.label:<52} {figure:>22}   {self.promise:<18} {verdict}".rstrip()


def number(value: float) -> str:
    """As a French page writes it: a decimal below 100, two figures below a tenth."""
    if 0 < abs(value) < 0.1:
        return f"{float(f'{value:.2g}'):f}".rstrip("0").replace(".", ",")
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"
    return text.replace(",", "\u202f").replace(".", ",")


def percentile(values: list[float], rank: float) -> float:
    """The value below which ``rank`` percent of ``values`` fall, by the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(rank / 100 * len(ordered)) - 1)]
