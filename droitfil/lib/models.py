"""The one table of ``lib``: how often someone knocked, without knowing who."""

from __future__ import annotations

from django.db import models


class RateCount(models.Model):
    """How many times one client asked for one thing in one window of time.

    The table is UNLOGGED (migration 0001): after a crash it is empty, and that harms nobody.
    """

    #: Digest of the bucket, the window and the client's address; see ``lib.rate_limits``.
    client = models.BinaryField(primary_key=True, max_length=16, editable=False)
    hits = models.PositiveIntegerField(default=1)
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "rate_count"
        indexes = (models.Index(fields=["ends_at"], name="rate_count_ends_at"),)

    def __str__(self) -> str:
        return f"{self.hits} jusqu'à {self.ends_at:%H:%M:%S}"
