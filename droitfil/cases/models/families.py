"""Children declared by a parent: what is claimed, what proves it, and who confirmed it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from droitfil.people.models import FOREIGNER_NUMBER


class ChildClaim(models.Model):
    """``parent`` says that ``child`` is theirs; a named agent confirms it, or refuses.

    While it waits, ``child`` is a draft of a file: of no office, without number, seen by nobody
    but the parent, whether or not the child has a file of its own already. Once confirmed it is
    the child's only file: that draft itself, or the one that was there before.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("à confirmer")
        CONFIRMED = "confirmed", _("confirmé")
        REFUSED = "refused", _("refusé")
        WITHDRAWN = "withdrawn", _("retiré")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parent = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="declared_children"
    )
    child = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="declared_by")
    #: As declared; the file itself bears it once an agent has confirmed it.
    foreigner_number = models.CharField(max_length=10, blank=True)
    #: The other parent, as declared: a name, and a foreigner's number.
    other_parent = models.CharField(max_length=200, blank=True)
    other_number = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()
    #: Who declared it: the parent, or an agent at the counter.
    by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "people.Staff", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    #: Why it was refused, to the parent.
    reasons = models.TextField(max_length=2000, blank=True)
    #: The link that it made.
    link = models.ForeignKey(
        "people.FamilyLink",
        on_delete=models.PROTECT,
        related_name="claims",
        null=True,
        blank=True,
    )

    class Meta:
        db_table = "child_claim"
        indexes = (
            models.Index(
                fields=["at", "id"], name="child_claim_waits", condition=Q(state="waiting")
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "confirmed", "refused", "withdrawn"]),
                name="child_claim_state_known",
                violation_error_message=_("Cet état n’existe pas pour un enfant déclaré."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["waiting", "withdrawn"],
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                )
                | Q(
                    state__in=["confirmed", "refused"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="child_claim_decided_by_someone",
                violation_error_message=_("Un enfant déclaré est confirmé par un agent nommé."),
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reasons=""),
                name="child_claim_refused_for_a_reason",
                violation_error_message=_("Un refus dit ses motifs."),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(link__isnull=False),
                name="child_claim_confirmed_links",
                violation_error_message=_("Un enfant confirmé est lié à son parent."),
            ),
            models.CheckConstraint(
                condition=(Q(foreigner_number="") | Q(foreigner_number__regex=FOREIGNER_NUMBER))
                & (Q(other_number="") | Q(other_number__regex=FOREIGNER_NUMBER)),
                name="child_claim_numbers_of_ten_digits",
                violation_error_message=_("Le numéro étranger a dix chiffres."),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("child")),
                name="child_claim_between_two",
                violation_error_message=_("Nul n’est son propre parent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class ChildProof(models.Model):
    """A file that shows that the child is theirs, or an original that an agent has seen."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(ChildClaim, on_delete=models.PROTECT, related_name="proofs")
    #: As the procedure of a child's travel document calls it: it is not asked for twice.
    code = models.SlugField(max_length=60, db_index=False, db_collation="C")
    upload = models.ForeignKey(
        "files.Upload", on_delete=models.PROTECT, related_name="proofs", null=True, blank=True
    )
    #: An agent has seen the original at the counter, that day.
    seen_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "child_proof"
        ordering = ("added_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(upload__isnull=False) | Q(seen_on__isnull=False),
                name="child_proof_is_something",
                violation_error_message=_("Une pièce est un fichier ou un original vu."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.added_at}"
