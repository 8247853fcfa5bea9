"""What the night does, says and proves: its own rows, reminders, alerts, the proof of each date."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from droitfil.attestations.keyring import SIGNATURE
from droitfil.cases.models.case import Case
from droitfil.journal.triggers import AppendOnly
from droitfil.people.models import Person, ResidenceDocument


class Night(models.Model):
    """The work of one date: published, reminded, alerted, sealed, compared, proved.

    Killed midway it has no end; run again, it takes up what is still due.
    """

    date = models.DateField(primary_key=True)
    started_at = models.DateTimeField()
    #: Counts its runs: more than one when it was killed, or asked again.
    runs = models.PositiveSmallIntegerField(default=1)
    finished_at = models.DateTimeField(null=True, blank=True)
    #: The first date whose effects it caught up: its own when none was missed.
    since = models.DateField()
    #: phase -> what it counted, each written as soon as the phase is over.
    phases = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "case_night"
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="night_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(since__lte=F("date")), name="night_since_before"),
        )

    def __str__(self) -> str:
        return f"{self.date}"


class Reminder(models.Model):
    """When the holder of a document is next told to ask for its renewal, while nobody has.

    One row a document that has a last day, written by ``continuity.reminders`` only.
    """

    document = models.OneToOneField(
        ResidenceDocument, primary_key=True, on_delete=models.CASCADE, related_name="reminder"
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reminders")
    #: The last step told ("opens", "closing-3"…), and the night that told it.
    step = models.CharField(max_length=20, blank=True, db_collation="C")
    told_on = models.DateField(null=True, blank=True)
    #: The night that looks again; None once nothing more would help.
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "case_reminder"
        indexes = (
            models.Index(
                fields=["due_on", "document"],
                name="reminder_due",
                condition=Q(due_on__isnull=False),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(step="", told_on__isnull=True)
                | (~Q(step="") & Q(told_on__isnull=False)),
                name="reminder_told_on_some_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.step}"


class Alert(models.Model):
    """A right that no paper in sight covers, from a day on: someone must act before it comes.

    Opened and closed by ``continuity.alerts``; a case has one open alert at most.
    """

    class Reason(models.TextChoices):
        INCOMPLETE = "incomplete", _("il manque encore des pièces")
        EARLY = "early", _("la demande a été déposée avant l’ouverture du délai")
        LATE = "late", _("la demande a été déposée après la fin du délai")
        FIRST = "first", _("la loi ne doit pas de papier pour une première demande de ce titre")
        PAPER_LATER = "paper_later", _("le papier dû ne commence que plus tard")
        NOT_OWED = "not_owed", _("la loi ne doit pas de papier pour cette demande")
        UNKNOWN = "unknown", _("il manque un fait pour le dire")

    class End(models.TextChoices):
        COVERED = "covered", _("couvert")
        ENDED = "ended", _("dossier terminé")
        CHANGED = "changed", _("remplacée par une autre alerte")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="alerts")
    office = models.ForeignKey(
        "territory.Office", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Who has to act: the agent of the case, else a head of the office; None when it has neither.
    owner = models.ForeignKey(
        "people.Staff",
        on_delete=models.PROTECT,
        related_name="alerts",
        null=True,
        blank=True,
    )
    #: The first day without proof of stay.
    from_on = models.DateField()
    reason = models.CharField(max_length=12, choices=Reason)
    #: Does the law owe a paper that day?
    entitled = models.BooleanField()
    #: The rule that says so, and the way to have it, as the kernel names them.
    rule = models.CharField(max_length=40, db_collation="C")
    remedy = models.CharField(max_length=40, blank=True, db_collation="C")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    closed_because = models.CharField(max_length=10, choices=End, blank=True)

    class Meta:
        db_table = "case_alert"
        indexes = (
            models.Index(
                fields=["office", "from_on", "id"],
                name="alert_of_office",
                condition=Q(closed_on__isnull=True),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(closed_on__isnull=True),
                name="alert_one_open",
                violation_error_message=_("Une alerte est déjà ouverte pour ce dossier."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_because="")
                | Q(
                    closed_on__gte=F("opened_on"),
                    closed_because__in=["covered", "ended", "changed"],
                ),
                name="alert_closed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    reason__in=[
                        "incomplete", "early", "late", "first", "paper_later", "not_owed",
                        "unknown",
                    ]
                ),
                name="alert_reason_known",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.from_on}"


class Proof(models.Model):
    """The proof of continuity of one date, as it was sealed that night: never changed nor removed.

    ``document`` is the canonical text (``continuity.proof``) and ``hash`` its SHA-256; ``figures``
    is what anyone may read of it, that hash included. Each is signed. ``head`` is the head of the
    journal when it was made: it proves that the text stood then. Proofs of before signatures have
    neither figures nor certificate.
    """

    date = models.DateField(primary_key=True)
    document = models.TextField()
    hash = models.BinaryField(max_length=32)
    head = models.CharField(max_length=90, blank=True, db_collation="C")
    made_at = models.DateTimeField()
    figures = models.TextField(blank=True, db_default="")
    certificate = models.ForeignKey(
        "attestations.Certificate",
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )
    signature = models.BinaryField(null=True, max_length=SIGNATURE)
    figures_signature = models.BinaryField(null=True, max_length=SIGNATURE)

    class Meta:
        db_table = "case_proof"
        triggers = (AppendOnly(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    certificate__isnull=True, signature__isnull=True,
                    figures_signature__isnull=True, figures="",
                )
                | (
                    Q(
                        certificate__isnull=False, signature__isnull=False,
                        figures_signature__isnull=False,
                    )
                    & ~Q(figures="")
                ),
                name="proof_signed_whole_or_not",
                violation_error_message=_("Une preuve est signée en entier, ou pas du tout."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.date} {bytes(self.hash).hex()}"
