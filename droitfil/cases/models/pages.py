"""Photographs and scans that wait to be made one piece, and those that a piece was made of."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from droitfil.cases.models.case import Case
from droitfil.cases.models.exchanges import Piece

#: Quarters of a turn, clockwise, in degrees.
TURNS = (0, 90, 180, 270)


class Page(models.Model):
    """One file of a pile, a photograph most often; the pile becomes one document, in this order.

    What was received stays in its upload, encrypted, with its hash, after the document is made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pages", db_index=False)
    #: The piece that it is asked for; which document it is, is said when it is made.
    code = models.SlugField(max_length=60, db_index=False, db_collation="C")
    #: Put there by an agent; a person's own pile is theirs alone until it is made a piece.
    at_counter = models.BooleanField(default=False)
    upload = models.OneToOneField("files.Upload", on_delete=models.PROTECT, related_name="page")
    #: Grows from the first page to the last, and from one document to the next.
    rank = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField(default=0)
    #: What it was made part of; None as long as it waits.
    piece = models.ForeignKey(
        Piece, on_delete=models.PROTECT, related_name="pages", null=True, blank=True
    )
    added_by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    added_at = models.DateTimeField()

    class Meta:
        db_table = "case_page"
        ordering = ("rank",)
        constraints = (
            # Ranks change places: what matters is how they stand when all is done.
            models.UniqueConstraint(
                fields=["case", "code", "at_counter", "rank"],
                name="page_rank_once",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1, turn__in=TURNS),
                name="page_stands_somewhere",
                violation_error_message=_("Une page a un rang, et se tourne par quarts."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.rank}"
