"""Papers issued for a case, and what is owed next for it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from droitfil.cases.models.case import Case, choices
from droitfil.people.models import Person
from droitfil.rules.facts import PAPERS, Kind

PAPER_KINDS = tuple(kind.value for kind in Kind if kind in PAPERS)


class Paper(models.Model):
    """A paper issued while a case is pending or until the card is handed over.

    It is in effect from ``valid_from`` to ``valid_to``, both included, unless it was voided: one
    voided before its first day never was in effect. Keyed by rank, so that no run of anything
    issues one twice.
    """

    class Void(models.TextChoices):
        DECISION = "decision", _("la demande a été décidée")
        WITHDRAWAL = "withdrawal", _("la demande a été retirée")
        REVOKED = "revoked", _("le papier a été retiré")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(
        max_length=20, choices=[choice for choice in choices(Kind) if choice[0] in PAPER_KINDS]
    )
    #: 1, 2… among the papers of this kind of the case.
    rank = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    #: The last day, included; None until the card is handed over.
    valid_to = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)
    #: The first day it counts no more, however its case ended.
    void_on = models.DateField(null=True, blank=True)
    void_reason = models.CharField(max_length=12, choices=Void, blank=True)

    class Meta:
        db_table = "case_paper"
        indexes = (
            models.Index(
                fields=["void_on"], name="paper_voided", condition=Q(void_on__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["case", "kind", "rank"],
                name="paper_rank_once",
                violation_error_message=_("Ce papier est déjà délivré."),
            ),
            ExclusionConstraint(
                name="paper_one_at_a_time",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(void_at__isnull=True),
                violation_error_message=_(
                    "Deux papiers de ce genre ne valent pas le même jour pour un dossier."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PAPER_KINDS),
                name="paper_kind_known",
                violation_error_message=_("Ce papier n’existe pas."),
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="paper_rank_from_one"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="paper_ends_after_it_begins",
                violation_error_message=_("Un papier finit au plus tôt le jour où il commence."),
            ),
            models.CheckConstraint(
                condition=Q(void_at__isnull=True, void_on__isnull=True, void_reason="")
                | Q(
                    void_at__isnull=False,
                    void_on__isnull=False,
                    void_reason__in=["decision", "withdrawal", "revoked"],
                ),
                name="paper_void_for_a_reason",
                violation_error_message=_("Un papier cesse de valoir un jour et pour un motif."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.rank}"


class Coverage(models.Model):
    """Until when the person of a case is covered, and the paper that the law owes next.

    One narrow row a case that is filed and not ended, written by ``continuity.coverage`` at each
    event of the case and moved forward by the night. Nothing here is law: it is what the kernel
    answered.
    """

    class Stop(models.TextChoices):
        """Why no paper is owed next; empty while one is."""

        NONE = "", ""
        INCOMPLETE = "incomplete", _("il manque encore des pièces")
        NOT_OWED = "not_owed", _("la loi ne doit pas de papier pour cette demande")
        OPEN_ENDED = "open_ended", _("le papier délivré vaut jusqu’à la remise de la carte")
        DECIDED = "decided", _("la demande est décidée")

    case = models.OneToOneField(
        Case, primary_key=True, on_delete=models.CASCADE, related_name="coverage"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="coverages", db_constraint=False
    )
    office = models.ForeignKey(
        "territory.Office", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agent = models.ForeignKey(
        "people.Staff",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    #: The article asked.
    title = models.CharField(max_length=20)
    #: The last day of stay proved without a break, from today on or, when none is proved today,
    #: the last one before; None when no end is known.
    covered_until = models.DateField(null=True, blank=True)
    next_kind = models.CharField(max_length=20, blank=True)
    next_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    next_from = models.DateField(null=True, blank=True)
    next_to = models.DateField(null=True, blank=True)
    #: Months of each paper of the chain: the one after begins on the day after ``next_to`` and
    #: lasts as long, counted date to date (``rules.periods.last_day``).
    chain_months = models.PositiveSmallIntegerField(null=True, blank=True)
    chain_stop = models.CharField(max_length=12, choices=Stop, blank=True)
    #: The day the night publishes it; None while nothing is owed.
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "coverage"
        indexes = (
            models.Index(
                fields=["due_on", "case"],
                name="coverage_due",
                condition=Q(due_on__isnull=False),
            ),
            models.Index(fields=["office", "covered_until", "case"], name="coverage_of_office"),
            models.Index(
                fields=["office", "agent", "covered_until", "case"], name="coverage_of_agent"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    due_on__isnull=True,
                    next_kind="",
                    next_rank__isnull=True,
                    next_from__isnull=True,
                    next_to__isnull=True,
                )
                | Q(
                    due_on__isnull=False,
                    next_kind__in=PAPER_KINDS,
                    next_rank__isnull=False,
                    next_from__isnull=False,
                    chain_stop="",
                ),
                name="coverage_owes_whole_or_nothing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.covered_until}"
