"""Legal time: days, months counted date to date, limits that roll over closed days.

Every date is a calendar day and every range is closed. Months run from a day to the same day of
a later month; where that day does not exist, to the last one of the month.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
_HOURS_A_DAY = 24
_SATURDAY = 5

#: Stands for "no end": later than any date a question may hold.
FOREVER = date.max


def add_days(day: date, count: int) -> date:
    return day + timedelta(days=count)


def add_months(day: date, count: int) -> date:
    """``day`` moved by ``count`` months date to date (31 October + 4 months = 28 February)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + count, 12)
    number = day.day
    if number > 28:
        number = min(number, monthrange(year, month0 + 1)[1])
    return date(year, month0 + 1, number)


def add_years(day: date, count: int) -> date:
    return add_months(day, 12 * count)


def day_before(day: date) -> date:
    return day - ONE_DAY


def day_after(day: date) -> date:
    return day + ONE_DAY


def last_day(start: date, months: int) -> date:
    """Last day of a paper of ``months`` months whose first day is ``start``."""
    return add_months(start, months) - ONE_DAY


def days_of_hours(hours: int) -> int:
    """Days within which a limit counted in hours falls, for want of the hour of notification."""
    return -(-hours // _HOURS_A_DAY)


def next_working_day(day: date, closed: frozenset[date]) -> date:
    """``day`` itself, or the first later day that is no Saturday, Sunday or closed day."""
    while day.weekday() >= _SATURDAY or day in closed:
        day += ONE_DAY
    return day


def franc_limit(target: date, closed: frozenset[date]) -> date:
    """Last useful day of a litigation time limit that is franc.

    ``target`` is the day the delay ends when counted from date to date; neither the first day
    nor the last one counts, and a limit on a closed day moves to the next working day.
    """
    return next_working_day(target + ONE_DAY, closed)


def whole_years(start: date, end: date) -> int | None:
    """Years from ``start`` to ``end`` (both included) when they make whole ones, else None."""
    years = end.year - start.year + (1 if (start.month, start.day) == (1, 1) else 0)
    for count in (years, years - 1):
        if count > 0 and add_years(start, count) - ONE_DAY == end:
            return count
    return None


def birthday(born_on: date, age: int) -> date:
    """The day someone reaches ``age``; born a 29 February: the 28th of a common year."""
    return add_years(born_on, age)
