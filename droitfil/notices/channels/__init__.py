"""How copies leave: e-mail over SMTP, text messages over HTTP; and what may come of an attempt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """The network took it; ``provider`` is how it calls the copy, empty when it has no name."""

    provider: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """Not this time; ``error`` is a code ("smtp-450")."""

    error: str


@dataclass(frozen=True, slots=True)
class Never:
    """It will never leave; ``bounced``: the address itself refuses, whatever is sent to it."""

    error: str
    bounced: bool = False


Outcome = Sent | Later | Never


class Down(Exception):
    """The channel itself does not answer: nothing more is tried with this batch."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error
