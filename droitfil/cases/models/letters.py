"""What is written from a case: by an agent to the person, and by the person."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from droitfil.cases.models.case import Case


class Letter(models.Model):
    """One message of a case; it is never changed nor taken back, and says when it was read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters", db_index=False)
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()
    #: Who wrote it; ``staff`` when it is an agent.
    by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    staff = models.ForeignKey(
        "people.Staff",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    #: Since when the other side has read it, by a press or by its answer.
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "case_letter"
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=["case", "at"], name="letter_of_case"),
            models.Index(
                fields=["case", "at"],
                name="letter_unread_by_agents",
                condition=Q(staff__isnull=True, read_at__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(text=""),
                name="letter_says_something",
                violation_error_message=_("Écrivez votre message."),
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("at")),
                name="letter_read_after_it_was_written",
                violation_error_message=_("Un message est lu après avoir été écrit."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.at}"
