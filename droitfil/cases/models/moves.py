"""Where a case has been: the office it left, the one it came to, with the person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from droitfil.cases.models.case import Case


class Move(models.Model):
    """One change of office of a case that agents could see: both offices find it in their lists."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves", db_index=False)
    before = models.ForeignKey(
        "territory.Office", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    after = models.ForeignKey(
        "territory.Office", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "case_move"
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=["case", "at"], name="move_of_case"),
            models.Index(fields=["before", "at"], name="move_from_office"),
            models.Index(fields=["after", "at"], name="move_to_office"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(before=F("after")),
                name="move_between_two",
                violation_error_message=_("Ce dossier est déjà dans ce bureau."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.before_id} {self.after_id} {self.at}"
