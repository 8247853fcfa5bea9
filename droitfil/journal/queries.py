"""Reading the journal: the history of a case or of a subject, the head of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from droitfil.journal.digests import SIZE
from droitfil.journal.models import Block, Entry, OutboxMessage


@dataclass(frozen=True, slots=True)
class Head:
    """The last block: published, it makes every earlier entry impossible to rewrite unseen."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def read(cls, text: str) -> Head:
        """The head that ``str`` wrote. :raises ValueError: for any other text."""
        number, _, digits = text.partition(":")
        made = cls(int(number), bytes.fromhex(digits))
        if len(made.hash) != SIZE or str(made) != text.lower():
            raise ValueError(text)
        return made


def head() -> Head | None:
    """The last block sealed; None when nothing is."""
    found = Block.objects.order_by("-number").values_list("number", "hash").first()
    return None if found is None else Head(found[0], bytes(found[1]))


def of_case(case: UUID, *, before: int | None = None) -> QuerySet[Entry]:
    """What was done about a case, the latest first; ``before``: the id of the last one shown."""
    return _latest_first(Entry.objects.filter(case=case), before)


def of_subject(subject: UUID, *, before: int | None = None) -> QuerySet[Entry]:
    """What was done about a subject (a person, a paper), the latest first; as :func:`of_case`."""
    return _latest_first(Entry.objects.filter(subject=subject), before)


def readings_of(subject: UUID, *, before: int | None = None) -> QuerySet[Entry]:
    """Who of the staff opened what concerns ``subject``, the latest first."""
    return of_subject(subject, before=before).filter(action__endswith=".read")


def given_up() -> QuerySet[OutboxMessage]:
    """Messages that will not be tried again, the latest first: somebody has to look."""
    return OutboxMessage.objects.filter(failed_at__isnull=False).order_by("-failed_at", "-id")


def _latest_first(entries: QuerySet[Entry], before: int | None) -> QuerySet[Entry]:
    if before is not None:
        entries = entries.filter(id__lt=before)
    return entries.order_by("-id")
