"""People: who they are, what they hold, who their family is."""

from __future__ import annotations

import uuid
from hashlib import blake2s
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from droitfil.lib.sort_keys import sort_key
from droitfil.people.models.accounts import Account
from droitfil.rules.facts import Kind, Work

#: As many days, months or years as a card may last: "4y", "18m", "90d".
LENGTH = r"^[1-9][0-9]{0,3}[ymd]$"
#: The prefecture's number of a foreign person: ten digits.
FOREIGNER_NUMBER = r"^[0-9]{10}$"


class Person(models.Model):
    """A foreign person with a file: civil status, address, contacts. Never deleted here."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("féminin")
        MALE = "M", _("masculin")
        UNKNOWN = "X", _("non précisé")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    foreigner_number = models.CharField(
        max_length=10,
        unique=True,
        null=True,
        blank=True,
        error_messages={
            "unique": _("Un dossier porte déjà ce numéro étranger : cherchez-le par ce numéro.")
        },
    )
    family_name = models.CharField(max_length=100)
    usual_name = models.CharField(max_length=100, blank=True)
    given_names = models.CharField(max_length=100, blank=True)
    #: Sort keys of the names, to find them whatever the accents (``lib.sort_keys``).
    family_key = models.CharField(max_length=200, db_collation="C", editable=False)
    usual_key = models.CharField(max_length=200, db_collation="C", editable=False)
    given_key = models.CharField(max_length=200, db_collation="C", editable=False)
    sex = models.CharField(max_length=1, choices=Sex, default=Sex.UNKNOWN)
    born_on = models.DateField()
    birth_place = models.CharField(max_length=100, blank=True)
    #: ISO 3166-1 alpha-3, and the codes of the stateless and of refugees.
    birth_country = models.CharField(max_length=3, blank=True)
    nationality = models.CharField(max_length=3, blank=True)
    language = models.CharField(max_length=8, default="fr")
    email = models.EmailField(blank=True, max_length=254)
    phone = models.CharField(max_length=20, blank=True)
    address_line = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    commune = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        related_name="people",
        null=True,
        blank=True,
    )
    #: The latest effective move (R431-23), None when there was none.
    moved_on = models.DateField(null=True, blank=True)
    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="person", null=True, blank=True
    )
    linked_at = models.DateTimeField(null=True, blank=True)
    #: Since then, no account may be linked by facts alone: a human decides.
    linking_locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "person"
        constraints = (
            models.CheckConstraint(
                condition=Q(foreigner_number__isnull=True)
                | Q(foreigner_number__regex=FOREIGNER_NUMBER),
                name="person_number_of_ten_digits",
                violation_error_message=_("Le numéro étranger a dix chiffres."),
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True, linked_at__isnull=True)
                | Q(account__isnull=False, linked_at__isnull=False),
                name="person_linked_at_some_time",
                violation_error_message=_("Un dossier rattaché l’est depuis un instant connu."),
            ),
            models.CheckConstraint(
                condition=Q(sex__in=["F", "M", "X"]),
                name="person_sex_known",
                violation_error_message=_("Le sexe est F, M ou X."),
            ),
        )
        indexes = (
            models.Index(fields=["family_key", "given_key"], name="person_by_family_name"),
            models.Index(fields=["usual_key"], name="person_by_usual_name"),
        )

    def __str__(self) -> str:
        return str(self.id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, with the sort keys of the names."""
        self.family_key = sort_key(self.family_name)
        self.usual_key = sort_key(self.usual_name)
        self.given_key = sort_key(self.given_names)
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "family_key", "usual_key", "given_key"}
        super().save(*args, **kwargs)

    @property
    def called(self) -> str:
        """The name as it is read: given names, then the usual name or the family name."""
        return f"{self.given_names} {self.usual_name or self.family_name}".strip()

    @property
    def address_mark(self) -> str:
        """Changes with the address, and says nothing of it: a page shows that it has seen it."""
        parts = (self.address_line, self.postal_code, self.commune_id, self.moved_on)
        return blake2s(repr(parts).encode(), digest_size=12, key=self.pk.bytes).hexdigest()


class FamilyLink(models.Model):
    """``relative`` is the parent, the child or the spouse of ``person`` between two days."""

    class Kind(models.TextChoices):
        PARENT = "parent", _("parent")
        CHILD = "child", _("enfant")
        SPOUSE = "spouse", _("conjoint")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="family")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="family_of")
    kind = models.CharField(max_length=10, choices=Kind)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    #: Since then it opens nothing: somebody who was told of it contests it, a human decides.
    contested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "family_link"
        indexes = (
            models.Index(
                fields=["contested_at"],
                name="family_link_contested",
                condition=Q(contested_at__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["person", "relative", "kind"],
                name="family_link_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(person=F("relative")),
                name="family_link_between_two",
                violation_error_message=_("Nul n’est son propre parent."),
            ),
            models.CheckConstraint(
                condition=Q(from_on__isnull=True)
                | Q(to_on__isnull=True)
                | Q(to_on__gte=F("from_on")),
                name="family_link_ends_after_it_begins",
                violation_error_message=_("Un lien finit au plus tôt le jour où il commence."),
            ),
            models.CheckConstraint(
                condition=Q(contested_at__isnull=True) | Q(to_on__isnull=False),
                name="family_link_contested_opens_nothing",
                violation_error_message=_("Un lien contesté n’a plus d’effet."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["parent", "child", "spouse"]),
                name="family_link_kind_known",
                violation_error_message=_("Un lien est de parent, d’enfant ou de conjoint."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id} {self.relative_id}"


class ResidenceDocument(models.Model):
    """A residence document with its printed dates: the one source of every timeline."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents")
    #: A value of ``rules.facts.Kind``.
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    #: The title's article, empty when the document names none.
    article = models.CharField(max_length=20, blank=True)
    #: In capitals, without blanks; empty when unknown.
    card_number = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()
    #: The last day of validity, included; None when nothing is printed.
    valid_to = models.DateField(null=True, blank=True)
    #: Nominal length, "4y", "18m" or "90d"; empty: read from the dates.
    length = models.CharField(max_length=5, blank=True)
    validated_on = models.DateField(null=True, blank=True)
    #: A value of ``rules.facts.Work`` when what is printed differs from what the title opens.
    work = models.CharField(
        max_length=30, blank=True, choices=[(work.value, work.value) for work in Work]
    )
    #: The last day it was held, when it was withdrawn or replaced.
    withdrawn_on = models.DateField(null=True, blank=True)
    #: Where it was learnt: "agent", "decision", "import", "demo".
    source = models.SlugField(max_length=20, db_index=False)

    class Meta:
        db_table = "residence_document"
        ordering = ("valid_from", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="document_ends_after_it_begins",
                violation_error_message=_("Un document finit au plus tôt le jour où il commence."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]),
                name="document_kind_known",
                violation_error_message=_("Ce genre de document n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(work="") | Q(work__in=[work.value for work in Work]),
                name="document_work_known",
                violation_error_message=_("Ce droit au travail n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(length="") | Q(length__regex=LENGTH),
                name="document_length_written",
                violation_error_message=_("Une durée s’écrit 4y, 18m ou 90d."),
            ),
            models.CheckConstraint(
                condition=Q(validated_on__isnull=True) | Q(kind=Kind.VLS_TS.value),
                name="document_validated_is_a_visa",
                violation_error_message=_("Seul un visa long séjour se valide."),
            ),
            models.CheckConstraint(
                condition=Q(card_number="") | Q(card_number__regex=r"^[0-9A-Z]{4,20}$"),
                name="document_number_written",
                violation_error_message=_(
                    "Un numéro de carte s’écrit en capitales et en chiffres, sans blanc."
                ),
            ),
        )
        indexes = (models.Index(fields=["card_number"], name="document_by_number"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.article} {self.valid_from} {self.valid_to or ''}"
