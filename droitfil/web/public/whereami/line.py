"""The line of rights, drawn: three lanes (stay, work, travel) over time, with today on it.

Geometry only, in the units of a 360-wide drawing; the template writes the SVG. Each stretch bears
the number it has in the table beside the drawing, so that nothing is said by colour or place
alone: full is solid, limited is striped, none is an empty dashed frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

WIDTH = 360
LEFT, RIGHT = 8, 352
LANE_HEIGHT, LANE_GAP = 20, 18
TOP = 46  # room for the numbers and for "today"
#: Width of a letter of the labels, at most on average.
_LETTER = 7.0
#: Places tried for the labels before settling for a row each.
_MOST_TRIES = 2000
#: Least width of a stretch, so that a number fits.
LEAST = 17
_BEFORE, _AFTER = timedelta(days=45), timedelta(days=60)
_OK, _LIMIT, _NO = "ok", "limit", "no"
_WORK = {"full": _OK, "none": _NO}
_TRAVEL = {"ok": _OK, "none": _NO}


@dataclass(frozen=True, slots=True)
class Block:
    x: float
    y: float
    width: float
    tone: str  # ok | limit | no


@dataclass(frozen=True, slots=True)
class Number:
    x: float
    text: str
    current: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A day pointed at under the lanes; its line is drawn by ``strokes``, from y to y."""

    x: float
    y: float
    text: str
    anchor: str
    today: bool = False
    text_x: float = 0
    strokes: tuple[tuple[float, float], ...] = ()


@dataclass(slots=True)
class Drawing:
    height: float
    lanes: list[tuple[float, str]]
    blocks: list[Block]
    numbers: list[Number]
    marks: list[Mark]
    today: Mark
    bottom: float
    begins_before: bool
    goes_on: bool
    years: list[Mark] = field(default_factory=list)


def draw(
    spans: Sequence[dict[str, Any]],
    today: date,
    days: Sequence[tuple[date, str]],
    lanes: Sequence[str],
    today_label: str,
) -> Drawing | None:
    """The drawing of ``spans`` (the contract's), with ``days`` marked; None without any span.

    ``lanes`` are the names of the three lanes, in order: stay, work, travel.
    """
    if not spans:
        return None
    ranges = [
        (date.fromisoformat(s["from"]), s["to"] and date.fromisoformat(s["to"])) for s in spans
    ]
    edges = [start for start, _end in ranges[1:]] + [day for day, _text in days] + [today]
    edges += [end + timedelta(days=1) for _start, end in ranges if end]
    first = min(edges) - _BEFORE
    begins_before = ranges[0][0] < first
    first = max(first, min(ranges[0][0], today - _BEFORE))
    last = max(edges) + _AFTER
    xs = _positions(ranges, first, last, today)
    drawing = Drawing(
        0, [], [], [], [], Mark(0, 0, "", "middle"), 0, begins_before, ranges[-1][1] is None
    )
    y = TOP
    tones = ("stay", "work", "travel")
    for name, what in zip(lanes, tones, strict=True):
        y += LANE_GAP
        drawing.lanes.append((y - 5, name))
        for span, (x, end) in zip(spans, xs, strict=True):
            drawing.blocks.append(Block(x, y, round(end - x - 1.5, 1), _tone(span, what)))
        y += LANE_HEIGHT
    for i, (x, end) in enumerate(xs):
        start, stop = ranges[i]
        holds = start <= today and (stop is None or today <= stop)
        drawing.numbers.append(Number(round((x + end) / 2, 1), str(i + 1), holds))
    drawing.bottom = y + 4
    at = _place(today, ranges, xs, first, last)
    anchor = "start" if at < 50 else "end" if at > WIDTH - 50 else "middle"
    strokes = _strokes(at, 19, drawing.bottom, drawing.lanes)
    drawing.today = Mark(at, 14, today_label, anchor, today=True, strokes=strokes)
    drawing.marks = [
        replace(mark, strokes=_strokes(mark.x, 50, drawing.bottom, drawing.lanes))
        for mark in _marks(days, ranges, xs, first, last, drawing.bottom)
    ]
    rows = {mark.y for mark in drawing.marks}
    drawing.height = (max(rows) if rows else drawing.bottom) + 10
    return drawing


def _strokes(
    x: float, top: float, bottom: float, lanes: Sequence[tuple[float, str]]
) -> tuple[tuple[float, float], ...]:
    """The pieces of a line down from ``top`` at ``x``, which leave whole the name of each lane."""
    found = []
    for baseline, name in lanes:
        if x < LEFT + _LETTER * len(name) + 6:
            found.append((top, baseline - 11))
            top = baseline + 5
    return (*found, (top, bottom))


def _tone(span: dict[str, Any], what: str) -> str:
    if what == "stay":
        return _OK if span["stay"] else _NO
    if what == "work":
        return _WORK.get(span["work"], _LIMIT)
    return _TRAVEL.get(span["travel"], _LIMIT)


def _positions(
    ranges: list[tuple[date, date | None]], first: date, last: date, today: date
) -> list[tuple[float, float]]:
    """Where each stretch begins and ends; the shortest are widened at the longest's expense."""
    width = RIGHT - LEFT
    sizes = []
    for start, end in ranges:
        begin, stop = max(start, first), min((end or last), last)
        sizes.append(max((stop - begin).days + 1, 0))
    total = sum(sizes) or 1
    lead = max((ranges[0][0] - first).days, 0)
    share = width * lead / (total + lead) if lead else 0
    scaled = [max((width - share) * size / total, LEAST) for size in sizes]
    excess = sum(scaled) - (width - share)
    while excess > 0.01:
        wide = [i for i, size in enumerate(scaled) if size > LEAST]
        if not wide:
            factor = (width - share) / sum(scaled)
            scaled = [size * factor for size in scaled]
            break
        room = sum(scaled[i] - LEAST for i in wide)
        taken = min(excess, room)
        for i in wide:
            scaled[i] -= taken * (scaled[i] - LEAST) / room
        excess -= taken
    xs, x = [], LEFT + share
    for size in scaled:
        xs.append((round(x, 1), round(x + size, 1)))
        x += size
    return xs


def _place(
    day: date,
    ranges: list[tuple[date, date | None]],
    xs: list[tuple[float, float]],
    first: date,
    last: date,
) -> float:
    """Where a day falls: within its stretch, in proportion."""
    if day < ranges[0][0]:
        lead = (ranges[0][0] - first).days or 1
        return round(LEFT + (xs[0][0] - LEFT) * max((day - first).days, 0) / lead, 1)
    for (start, end), (x, stop) in zip(ranges, xs, strict=True):
        until = min(end or last, last)
        if day <= until or end is None:
            begin = max(start, first)
            size = (until - begin).days + 1
            part = min(max((day - begin).days + 0.5, 0) / max(size, 1), 1)
            return round(x + (stop - x) * part, 1)
    return float(RIGHT)


@dataclass(frozen=True, slots=True)
class _Label:
    """Where a label would stand: on a row under the lanes, from left to right."""

    x: float  # of its day, and of the line down to it
    row: int
    left: float
    right: float

    def disturbs(self, other: _Label) -> bool:
        """Do they overlap, or does the line down to one cross the other?"""
        if self.row == other.row:
            return self.left < other.right + 6 and other.left < self.right + 6
        low, high = (self, other) if self.row > other.row else (other, self)
        return high.left - 3 < low.x < high.right + 3


def _marks(
    days: Sequence[tuple[date, str]],
    ranges: list[tuple[date, date | None]],
    xs: list[tuple[float, float]],
    first: date,
    last: date,
    bottom: float,
) -> list[Mark]:
    """Labels under the lanes, on as few rows as leave every one readable."""
    points = []
    for day, text in sorted(days):
        points.append((_place(day, ranges, xs, first, last), _LETTER * len(text), text))
    placed = _arranged([(at, size) for at, size, _text in points])
    found = []
    for label, (at, _size, text) in zip(placed, points, strict=True):
        anchor = "start" if label.left == at else "end" if label.right == at else "middle"
        text_x = at if anchor != "middle" else (label.left + label.right) / 2
        y = bottom + 22 + 19 * label.row
        found.append(Mark(at, y, text, anchor, text_x=round(text_x, 1)))
    return found


def _arranged(points: Sequence[tuple[float, float]]) -> list[_Label]:
    """A label for each point (its place, its size), none disturbing another where that can be.

    The search is bounded: past :data:`_MOST_TRIES`, each label has a row of its own.
    """
    tries = iter(range(_MOST_TRIES))

    def search(rows: int, placed: list[_Label]) -> list[_Label] | None:
        if len(placed) == len(points):
            return placed
        at, size = points[len(placed)]
        for row in range(rows):
            for label in _ways(at, row, size):
                if next(tries, None) is None:
                    return None
                if not any(label.disturbs(other) for other in placed):
                    found = search(rows, [*placed, label])
                    if found is not None:
                        return found
        return None

    for rows in range(1, len(points) + 1):
        found = search(rows, [])
        if found is not None:
            return found
    return [_ways(at, row, size)[0] for row, (at, size) in enumerate(points)]


def _ways(at: float, row: int, size: float) -> list[_Label]:
    """The label right of its day, left of it, or about it, as far as the drawing has room."""
    ways = []
    if at + size < RIGHT:
        ways.append(_Label(at, row, at, at + size))
    if at - size > 0:
        ways.append(_Label(at, row, at - size, at))
    left = min(max(at - size / 2, 2), WIDTH - size)
    return ways or [_Label(at, row, left, left + size)]
