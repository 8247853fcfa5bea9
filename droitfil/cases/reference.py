"""The reference of a case: short enough to be said, and wrong when one sign of it is wrong.

"91-25-K7M4PQ-R": the department of the office of the first day, the year, six signs drawn at
random among those that look and sound like no other, and one that checks them all.
"""

from __future__ import annotations

import re
import secrets
from datetime import date

#: None of 0 O, 1 I L, 2 Z, 5 S, 8 B, U, X: what is left is a prime number of signs.
SIGNS = "34679ACDEFGHJKMNPQRTVWY"
_DRAWN = 6
#: References of one department and one year.
DRAWS = len(SIGNS) ** _DRAWN
#: As the database judges it; the check sign is judged here.
WRITTEN = rf"^[0-9AB]{{2,3}}-[0-9]{{2}}-[{SIGNS}]{{{_DRAWN}}}-[{SIGNS}]$"
#: Signs of a department and of a year.
_HEAD = "0123456789AB"


def new_reference(department: str, on: date) -> str:
    """A reference that nobody could guess; two may be drawn alike, the database then says so."""
    return reference_of(department, on, secrets.randbelow(DRAWS))


def reference_of(department: str, on: date, number: int) -> str:
    """The reference of a number below :data:`DRAWS`; two numbers give two references."""
    drawn = ""
    for _ in range(_DRAWN):
        number, rank = divmod(number, len(SIGNS))
        drawn += SIGNS[rank]
    body = f"{department}-{on:%y}-{drawn}"
    return f"{body}-{_check(body)}"


def read_reference(text: str) -> str | None:
    """The reference that ``text`` writes, whatever its blanks, dashes and capitals; else None."""
    signs = "".join(sign for sign in text.upper() if sign.isalnum())
    tail, head = signs[-(_DRAWN + 1) :], signs[: -(_DRAWN + 1)]
    body = f"{head[:-2]}-{head[-2:]}-{tail[:-1]}"
    written = f"{body}-{tail[-1:]}"
    if not re.fullmatch(WRITTEN, written, re.ASCII) or _check(body) != tail[-1:]:
        return None
    return written


def _check(body: str) -> str:
    """One sign that changes when any sign changes, or when two neighbours are swapped."""
    head, drawn = body[:-_DRAWN].replace("-", ""), body[-_DRAWN:]
    values = [_HEAD.find(sign) for sign in head] + [SIGNS.find(sign) for sign in drawn]
    total = sum(rank * value for rank, value in enumerate(values, start=1))
    return SIGNS[total % len(SIGNS)]
