"""What is known of an upload; its bytes are on disk, encrypted (``blobs``, ``vault``)."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from droitfil.files.cleaner import KINDS


class State(models.TextChoices):
    """Where an upload stands. What may be shown is ``CLEAN``, and nothing else."""

    QUARANTINED = "quarantined", _("en attente du contrôle antivirus")
    CLEAN = "clean", _("contrôlée")
    REFUSED = "refused", _("écartée par l’antivirus")
    ERASED = "erased", _("effacée")


_KEPT = Q(state__in=(State.QUARANTINED, State.CLEAN))
_NOTHING_LEFT = Q(
    original_blob__isnull=True,
    cleaned_blob__isnull=True,
    original_key__isnull=True,
    cleaned_key__isnull=True,
    sealed_name__isnull=True,
    master="",
)
_ALL_THERE = Q(
    original_blob__isnull=False,
    cleaned_blob__isnull=False,
    original_key__isnull=False,
    cleaned_key__isnull=False,
    sealed_name__isnull=False,
) & ~Q(master="")


class Upload(models.Model):
    """One file as it was received, and the copy that is shown instead.

    ``sha256`` and ``size`` are the original's; ``media_type`` is what it is, by its content.
    The name it came under may name a person: it is encrypted, with the original's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    state = models.CharField(max_length=12, choices=State, db_collation="C")
    sha256 = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=20, db_collation="C")
    pages = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField()
    #: When the antivirus last answered; null as long as it has not.
    scanned_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    original_blob = models.UUIDField(null=True, unique=True)
    cleaned_blob = models.UUIDField(null=True, unique=True)
    #: The key of each blob, wrapped by the master key that ``master`` names.
    original_key = models.BinaryField(null=True)
    cleaned_key = models.BinaryField(null=True)
    master = models.CharField(max_length=40, default="", db_collation="C")
    sealed_name = models.BinaryField(null=True)

    class Meta:
        db_table = "upload"
        indexes = (
            models.Index(
                fields=["received_at", "id"],
                name="upload_waiting",
                condition=Q(state=State.QUARANTINED),
            ),
            models.Index(fields=["master", "id"], name="upload_master", condition=~Q(master="")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=State.values),
                name="upload_state",
                violation_error_message=_("Cet état n’existe pas pour une pièce."),
            ),
            models.CheckConstraint(
                condition=(_KEPT & _ALL_THERE) | (~_KEPT & _NOTHING_LEFT),
                name="upload_kept_whole_or_not_at_all",
                violation_error_message=_(
                    "Une pièce gardée l’est avec ses clés ; une pièce effacée ou écartée "
                    "n’en a plus."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.CLEAN, State.REFUSED)) | Q(scanned_at__isnull=False),
                name="upload_judged_when_scanned",
                violation_error_message=_("Seul l’antivirus déclare une pièce saine ou infectée."),
            ),
            models.CheckConstraint(
                condition=Q(state=State.ERASED, erased_at__isnull=False)
                | (~Q(state=State.ERASED) & Q(erased_at__isnull=True)),
                name="upload_erased_on_a_day",
                violation_error_message=_("Une pièce effacée l’est à un instant connu."),
            ),
            models.CheckConstraint(
                condition=Q(media_type__in=KINDS, size__gte=1, pages__gte=1),
                name="upload_of_something",
                violation_error_message=_("Une pièce est un PDF ou une image, non vide."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
