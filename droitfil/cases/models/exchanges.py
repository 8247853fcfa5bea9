"""What is given for a case, what is asked for it, and what was changed in its answers."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from droitfil.cases.models.case import Case


class Piece(models.Model):
    """A document given for a piece of the procedure, or for one of the ways to satisfy it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pieces", db_index=False)
    #: The code of the piece, or of the document that stands for it.
    code = models.SlugField(max_length=60, db_index=False, db_collation="C")
    #: Several documents may be given for one code: 1, 2…, in the order they came.
    rank = models.PositiveSmallIntegerField()
    #: Requests for several children share the files that concern their parent.
    upload = models.ForeignKey(
        "files.Upload", on_delete=models.PROTECT, related_name="pieces", null=True, blank=True
    )
    #: What is given as a code and not as a file, that of a photograph for one.
    data = models.CharField(max_length=60, blank=True)
    #: The date it bears, when its age matters.
    dated_on = models.DateField(null=True, blank=True)
    #: An agent has seen the original at the counter, that day.
    seen_on = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "case_piece"
        constraints = (
            models.UniqueConstraint(fields=["case", "code", "rank"], name="piece_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="piece_rank_from_one"),
            models.CheckConstraint(
                condition=Q(upload__isnull=False) | Q(seen_on__isnull=False) | ~Q(data=""),
                name="piece_is_something",
                violation_error_message=_("Une pièce est un fichier, un code ou un original vu."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.rank}"


class Complement(models.Model):
    """One request for what lacks: it suspends the clock until it is answered, or its time is over.

    A case waits for one at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="complements", db_index=False
    )
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    #: The last day to answer, included.
    due_on = models.DateField()
    asked_by = models.ForeignKey(
        "people.Staff", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    produced_on = models.DateField(null=True, blank=True)
    #: The time to answer was over: the clock runs again, and an agent looks at what there is.
    lapsed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "case_complement"
        ordering = ("asked_on", "id")
        indexes = (
            models.Index(fields=["case", "asked_on"], name="complement_of_case"),
            models.Index(
                fields=["due_on", "case"],
                name="complement_waiting",
                condition=Q(produced_on__isnull=True, lapsed_on__isnull=True),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(produced_on__isnull=True, lapsed_on__isnull=True),
                name="complement_one_waiting",
                violation_error_message=_("Des pièces sont déjà demandées pour ce dossier."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("asked_on"))
                & (Q(produced_on__isnull=True) | Q(produced_on__gte=F("asked_on")))
                & (Q(lapsed_on__isnull=True) | Q(lapsed_on__gt=F("due_on"))),
                name="complement_days_in_order",
                violation_error_message=_("Une réponse ne peut précéder la demande."),
            ),
            models.CheckConstraint(
                condition=Q(produced_on__isnull=True) | Q(lapsed_on__isnull=True),
                name="complement_one_end",
                violation_error_message=_("Une demande de pièces finit une seule fois."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked_on} {self.due_on}"

    @property
    def waits(self) -> bool:
        """Is an answer still expected?"""
        return self.produced_on is None and self.lapsed_on is None


class ComplementItem(models.Model):
    """One thing asked: a piece, or the answer to a question, and why."""

    class What(models.TextChoices):
        PIECE = "piece", _("pièce")
        QUESTION = "question", _("question")

    complement = models.ForeignKey(
        Complement, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    what = models.CharField(max_length=10, choices=What)
    #: The code of the piece, or the id of the question.
    code = models.SlugField(max_length=60, db_index=False, db_collation="C")
    #: What is wrong or lacks, in the agent's words, to the person.
    reason = models.TextField(max_length=2000)
    #: The article that asks for it, as the procedure cites it.
    article = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "case_complement_item"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["complement", "what", "code"],
                name="complement_item_once",
                violation_error_message=_("Une pièce est demandée une seule fois."),
            ),
            models.CheckConstraint(
                condition=Q(what__in=["piece", "question"]),
                name="complement_item_known",
                violation_error_message=_("On demande une pièce ou une réponse."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="complement_item_for_a_reason",
                violation_error_message=_("Dites ce qui manque ou ne va pas."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.code}"


class Amendment(models.Model):
    """One answer changed after the filing: what it was, what it is. The journal has no values."""

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="amendments", db_index=False
    )
    field = models.SlugField(max_length=60, db_index=False, db_collation="C")
    #: As ``plain_answers`` writes a value; null for no answer.
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    #: Why, when an agent wrote it.
    reason = models.CharField(max_length=500, blank=True, db_default="")

    class Meta:
        db_table = "case_amendment"
        ordering = ("at", "id")
        indexes = (models.Index(fields=["case", "at"], name="amendment_of_case"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(before=F("after")),
                name="amendment_changes_something",
                violation_error_message=_("Cette réponse est la même."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} {self.at}"
