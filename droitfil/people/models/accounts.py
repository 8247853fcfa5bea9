"""What signs in, and what an account does for the State."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccountManager(BaseUserManager["Account"]):
    """Accounts by their e-mail address, always in lower case."""

    def create_user(self, email: str, **more: Any) -> Account:
        """An account that no password opens."""
        account = self.model(email=self.normalize_email(email).lower(), **more)
        account.set_unusable_password()
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """What signs in: an e-mail address that receives codes, and passkeys. No password exists."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("adresse électronique"), unique=True, max_length=254)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    #: Since then, too many wrong facts were given: this account links no file any more.
    linking_locked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "account"
        constraints = (
            models.CheckConstraint(
                # Django writes "!" before what no password can match.
                condition=Q(password__startswith="!"),  # nosec B106
                name="account_has_no_password",
                violation_error_message=_("Un compte n’a jamais de mot de passe."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="account_email_in_lower_case",
                violation_error_message=_("L’adresse s’écrit en minuscules."),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, the address in lower case whoever wrote it."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)


class Staff(models.Model):
    """What an account does for the State: its role, its office, the departments it sees."""

    class Role(models.TextChoices):
        AGENT = "agent", _("agent")
        HEAD = "head", _("chef de bureau")
        MINISTRY = "ministry", _("ministère")
        ADMIN = "admin", _("administrateur")
        SUPPORT = "support", _("centre de contact")

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.PROTECT, related_name="staff"
    )
    #: Given name and family name, as a decision bears them.
    name = models.CharField(_("nom"), max_length=100)
    role = models.CharField(max_length=10, choices=Role)
    office = models.ForeignKey(
        "territory.Office",
        on_delete=models.PROTECT,
        related_name="staff",
        null=True,
        blank=True,
    )
    #: Codes of the departments whose people may be seen.
    territory = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    active_from = models.DateField()
    #: The last day, included.
    active_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "staff"
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=["agent", "head", "ministry", "admin", "support"]),
                name="staff_role_known",
                violation_error_message=_("Ce rôle n’existe pas."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="staff_has_a_name",
                violation_error_message=_("Qui agit pour l’État a un nom."),
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["agent", "head"])
                | Q(office__isnull=False, territory__len__gt=0),
                name="staff_of_an_office",
                violation_error_message=_("Un agent est d’un bureau et d’un territoire."),
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["ministry", "admin"]) | Q(territory__len=0),
                name="staff_without_files",
                violation_error_message=_("Ce rôle n’ouvre aucun dossier."),
            ),
            models.CheckConstraint(
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
                name="staff_ends_after_it_begins",
                violation_error_message=_(
                    "Une fonction finit au plus tôt le jour où elle commence."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.account_id}"
