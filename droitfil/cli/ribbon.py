"""The line of rights, drawn with characters: one column is so many days, today under an arrow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

#: Days shown before and after today, when the line of rights has them.
BEFORE, AFTER = timedelta(days=400), timedelta(days=300)
#: Room for one date under the line.
_LABEL = "00/0000"
#: Months from one date to the next.
_STEPS = (1, 2, 3, 6, 12)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters of a drawing: those of UTF-8, or those any terminal has."""

    document: str
    paper: str
    nothing: str
    arrow: str
    before: str
    after: str
    rule: str
    yes: str
    no: str
    unknown: str
    bullet: str


UNICODE = Glyphs("█", "▒", "·", "▲", "◂", "▸", "─", "✓", "✗", "?", "•")
ASCII = Glyphs("#", "=", ".", "^", "<", ">", "-", "+", "x", "?", "*")


def draw(
    spans: Sequence[Mapping[str, Any]],
    cards: Collection[str],
    today: date,
    width: int,
    glyphs: Glyphs,
) -> tuple[str, str, str]:
    """The line, its dates, and the arrow of today; each at most ``width`` characters.

    A solid stretch rests on the ``cards`` alone (names of documents), a lighter one on a paper or
    on the law, dots on nothing.
    """
    line = [(_day(span["from"]), _day(span["to"]), span) for span in spans]
    first = max(min([today, *(start for start, _, _ in line if start)]), today - BEFORE)
    ends = [end for _, end, _ in line if end is not None]
    last = min(max([today, *ends]), today + AFTER)
    if any(end is None for _, end, _ in line):
        last = max(last, min(today + AFTER, today + (today - first) / 3))
    room = width - 2
    total = max((last - first).days, room)

    def column(day: date) -> int:
        return round((day - first).days / total * (room - 1))

    cells = [" "] * room
    for start, end, span in line:
        left, right = max(start or first, first), min(end or last, last)
        if left > right:
            continue
        sign = _sign(span, cards, glyphs)
        for at in range(column(left), column(right) + 1):
            cells[at] = sign
    began = any(start and start < first for start, _, _ in line)
    goes_on = any(end is None or end > last for _, end, _ in line)
    drawn = (glyphs.before if began else " ") + "".join(cells) + (glyphs.after if goes_on else " ")
    arrow = " " * (1 + column(today)) + glyphs.arrow
    return drawn.rstrip(), _dates(first, total, room), arrow


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _sign(span: Mapping[str, Any], cards: Collection[str], glyphs: Glyphs) -> str:
    if not span["stay"]:
        return glyphs.nothing
    return glyphs.document if all(proof in cards for proof in span["proofs"]) else glyphs.paper


def _dates(first: date, total: int, room: int) -> str:
    """First days of months, evenly, as close as their labels allow; each begins at its column."""
    a_month = (room - 1) * 30 / total
    step = next((months for months in _STEPS if months * a_month > len(_LABEL) + 1), _STEPS[-1])
    text = " "
    month = first.year * 12 + first.month  # counted from zero: the month after the first day's
    while True:
        month += -month % step
        day = date(month // 12, month % 12 + 1, 1)
        at = 1 + round((day - first).days / total * (room - 1))
        if at + len(_LABEL) > room + 1:
            return text.rstrip()
        text = text.ljust(at) + f"{day.month:02}/{day.year}"
        month += 1
