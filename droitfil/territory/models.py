"""Places, as the State draws them, and the offices that receive people.

The map is that of one year (``territory/data/SOURCE.md``), applied to every day: an address is
written today with the communes of today. What changes from day to day is who is competent.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    """A department, or an overseas collectivity: "91", "2A", "974", "988"."""

    code = models.CharField(max_length=3, primary_key=True, db_collation="C")
    name = models.CharField(max_length=60)
    region = models.CharField(max_length=60)

    class Meta:
        db_table = "department"

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Arrondissement(models.Model):
    """A division of a department; a collectivity that has none is one, under its own code."""

    code = models.CharField(max_length=4, primary_key=True, db_collation="C")
    name = models.CharField(max_length=60)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="arrondissements"
    )

    class Meta:
        db_table = "arrondissement"

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune, by its INSEE code. One that has been absorbed since stays, not current."""

    code = models.CharField(max_length=5, primary_key=True, db_collation="C")
    name = models.CharField(max_length=100)
    #: ``territory.names.place_key`` of the name.
    key = models.CharField(max_length=100, db_collation="C")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="communes")
    arrondissement = models.ForeignKey(
        Arrondissement, on_delete=models.PROTECT, related_name="communes"
    )
    population = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)

    class Meta:
        db_table = "commune"

    def __str__(self) -> str:
        return self.name


class CommuneName(models.Model):
    """A name that leads to a commune: its own, those of the communes and parts it is made of."""

    commune = models.ForeignKey(
        Commune, on_delete=models.CASCADE, related_name="names", db_index=False
    )
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=100, db_collation="C")

    class Meta:
        db_table = "commune_name"
        constraints = (
            models.UniqueConstraint(fields=["commune", "name"], name="commune_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class CommuneCode(models.Model):
    """A code that leads to a commune and is not its own: of an absorbed commune, of a part."""

    code = models.CharField(max_length=5, primary_key=True, db_collation="C")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="other_codes")

    class Meta:
        db_table = "commune_code"

    def __str__(self) -> str:
        return self.code


class PostalCode(models.Model):
    """A commune has one postal code or several; a postal code serves one commune or several."""

    commune = models.ForeignKey(
        Commune, on_delete=models.CASCADE, related_name="postal_codes", db_index=False
    )
    code = models.CharField(max_length=5, db_collation="C")

    class Meta:
        db_table = "postal_code"
        constraints = (
            models.UniqueConstraint(fields=["commune", "code"], name="postal_code_once"),
        )
        indexes = (models.Index(fields=["code"], name="postal_code_code"),)

    def __str__(self) -> str:
        return self.code


class Office(models.Model):
    """A prefecture or a sub-prefecture that receives foreigners: "91-evry", "91-palaiseau"."""

    class Kind(models.TextChoices):
        PREFECTURE = "prefecture", _("préfecture")
        SUB_PREFECTURE = "sub_prefecture", _("sous-préfecture")

    #: Chosen once; it never changes, whatever the office is called.
    id = models.SlugField(max_length=60, primary_key=True, db_collation="C", db_index=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="offices")
    seat = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="offices")
    active_from = models.DateField()
    #: The last day, included; None while it is open.
    active_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "office"
        constraints = (
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
                name="office_closes_after_it_opens",
                violation_error_message=_("Un bureau ferme au plus tôt le jour où il ouvre."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["prefecture", "sub_prefecture"]),
                name="office_kind_known",
                violation_error_message=_("Un bureau est une préfecture ou une sous-préfecture."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Competence(models.Model):
    """Between two days, an office receives those who live in an arrondissement.

    ``valid`` is a range of days, its end excluded, as PostgreSQL writes them. Two offices are
    never competent for the same arrondissement on the same day; ``actions`` leaves no day
    without one.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="competences")
    arrondissement = models.ForeignKey(
        Arrondissement, on_delete=models.PROTECT, related_name="competences", db_index=False
    )
    valid = DateRangeField()

    class Meta:
        db_table = "competence"
        constraints = (
            ExclusionConstraint(
                name="competence_one_office_a_day",
                expressions=[
                    ("arrondissement", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "Un autre bureau est déjà compétent pour cet arrondissement pendant une partie "
                    "de ces jours : terminez d’abord sa compétence."
                ),
            ),
            models.CheckConstraint(
                # An empty range overlaps nothing: the constraint above would let it in.
                condition=Q(valid__isempty=False),
                name="competence_of_some_day",
                violation_error_message=_("Une compétence couvre au moins un jour."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.office_id} → {self.arrondissement_id} {self.valid}"
