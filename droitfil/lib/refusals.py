"""What may go wrong when someone acts, as one family of exceptions.

Each bears a French sentence made for the one who reads it, already in their language. The pages
and the API each tell them once, their own way: :class:`Refusal` 422, :class:`Forbidden` as if the
thing did not exist (404), :class:`Conflict` 409.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing to put right: where (the field's name, may be empty), what is wrong, and how.

    :param remedy: what would be right, when ``says`` does not already say it.
    :param article: the article that asks for it, as people quote it ("R431-5").
    """

    field: str
    says: str
    remedy: str = ""
    article: str = ""


class Refused(Exception):
    """An action was not done. ``says`` is a sentence for the person who asked for it."""

    #: The status of its HTTP response.
    status = 422

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class Refusal(Refused):
    """What was given cannot be accepted; the person can put it right.

    ``field`` names the field at fault, empty when it is none in particular; ``troubles`` lists
    everything there is to put right when there is more than one thing.
    """

    def __init__(self, says: str, *, field: str = "", troubles: Sequence[Trouble] = ()) -> None:
        super().__init__(says)
        self.field = field
        self.troubles = tuple(troubles) or ((Trouble(field, says),) if field else ())


class Forbidden(Refused):
    """The one who asks has no right to it; outside, it reads as if it did not exist."""

    status = 404


class Conflict(Refused):
    """Someone else was faster, or did it otherwise; nothing of this request was done."""

    status = 409
