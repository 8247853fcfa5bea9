"""The reference that a letter bears: random, easy to read aloud, and wrong when it is mistyped."""

from __future__ import annotations

import re
import secrets

#: Without what is taken for something else (0 and O, 1 and I, U and V); 31, a prime, for the check.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
_LENGTH = 9


def new_reference() -> str:
    """Eight signs drawn at random, and the one that checks them."""
    drawn = "".join(secrets.choice(SIGNS) for _ in range(_LENGTH - 1))
    return drawn + _check(drawn)


def written(reference: str) -> str:
    """As it is printed: "7K2-Q9X-D4C"."""
    return "-".join(reference[at : at + 3] for at in range(0, _LENGTH, 3))


def read(typed: str) -> str | None:
    """The reference that was typed or scanned; None when it is none, or was mistyped."""
    plain = re.sub(r"[\s.\-–]", "", typed).upper()
    if len(plain) != _LENGTH or not set(plain) <= set(SIGNS):
        return None
    return plain if _check(plain[:-1]) == plain[-1] else None


def _check(drawn: str) -> str:
    """Changes when one sign does, or when two neighbours change places."""
    total = sum(rank * SIGNS.index(sign) for rank, sign in enumerate(drawn, start=1))
    return SIGNS[total % len(SIGNS)]
