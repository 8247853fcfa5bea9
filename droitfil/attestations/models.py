"""Certificates, papers issued, revocations; codes that share rights, looks, sealed receipts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from droitfil.attestations.triggers import NeverChanged
from droitfil.attestations.trust import MARK_BYTES
from droitfil.rules.seal import FILING, KINDS

#: A four-character name as certificates and headers of 2D-Doc write it.
NAME = r"^[A-Z0-9]{4}$"
DIGEST_BYTES = 32


def _length(column: str) -> Func:
    return Func(F(column), function="octet_length", output_field=models.IntegerField())


class Purpose(models.TextChoices):
    """What the key of a certificate signs."""

    AUTHORITY = "authority", _("Autorité : signe les autres certificats")
    CODE = "code", _("Codes 2D-Doc")
    SEAL = "seal", _("Sceaux des PDF, des reçus et de la liste de confiance")


class Certificate(models.Model):
    """A public certificate. Its private key is a file (``keyring``), never a column.

    One a purpose is current; a retired one still verifies what it signed.
    """

    name = models.CharField(max_length=4, db_collation="C")
    authority = models.CharField(max_length=4, db_collation="C")
    purpose = models.CharField(max_length=12, choices=Purpose.choices, db_collation="C")
    der = models.BinaryField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["authority", "name"],
                name="attestations_certificate_name",
                violation_error_message=_("Un certificat de cette autorité porte déjà ce nom."),
            ),
            models.UniqueConstraint(
                fields=["authority", "purpose"],
                condition=Q(retired_at__isnull=True),
                name="attestations_certificate_current",
                violation_error_message=_("Un certificat est déjà en service pour cet usage."),
            ),
            models.CheckConstraint(
                condition=Q(name__regex=NAME, authority__regex=NAME),
                name="attestations_certificate_names",
                violation_error_message=_("Un nom de certificat a quatre lettres ou chiffres."),
            ),
            # Only certificates recognised by the State bear these names.
            models.CheckConstraint(
                condition=~Q(authority__regex=r"^FR[0-9]{2}$"),
                name="attestations_certificate_not_official",
                violation_error_message=_("Les noms FR00 à FR99 sont ceux d’autorités reconnues."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.authority} {self.name}"


class Attestation(models.Model):
    """A paper as it was issued, for ever the same; ``content`` is all that it is drawn from.

    Whether it still holds is not written here: :class:`Revocation` and its dates say so.
    """

    id = models.UUIDField(primary_key=True)
    #: Issuing twice with one key makes one paper: "api:<case>:1".
    key = models.CharField(max_length=120, db_collation="C")
    reference = models.CharField(max_length=40, db_collation="C")
    kind = models.CharField(max_length=20, db_collation="C")
    #: The person, by the id that they have elsewhere.
    holder = models.UUIDField()
    #: The case that the journal speaks of, if any; nothing here knows what a case is.
    case = models.UUIDField(null=True, db_column="case_ref")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    issued_at = models.DateTimeField()
    #: Canonical bytes of the paper (``rules.seal.canonical``), as text, and their SHA-256.
    content = models.TextField()
    digest = models.BinaryField(max_length=DIGEST_BYTES)
    #: Header and message of its 2D-Doc code, as signed; empty, with what follows, for a paper that
    #: bears none.
    code = models.TextField(db_default="", db_collation="C")
    certificate = models.ForeignKey(
        Certificate, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    signature = models.BinaryField(null=True)
    #: By which a code that is read is found: the first 16 bytes of the SHA-256 of ``code``.
    mark = models.BinaryField(null=True, max_length=MARK_BYTES)

    class Meta:
        triggers = (NeverChanged(),)
        indexes = (
            models.Index(fields=["holder", "valid_from"], name="attestations_of_holder"),
            models.Index(
                fields=["mark"], name="attestations_mark", condition=Q(mark__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["key"],
                name="attestations_issued_once",
                violation_error_message=_("Ce papier est déjà délivré."),
            ),
            models.UniqueConstraint(
                fields=["reference"],
                name="attestations_reference_once",
                violation_error_message=_("Un autre papier porte déjà ce numéro."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[*KINDS, FILING]),
                name="attestations_kind",
                violation_error_message=_("Cette sorte de papier n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="attestations_dates",
                violation_error_message=_("Un papier ne finit pas avant de commencer."),
            ),
            models.CheckConstraint(
                condition=Exact(_length("digest"), DIGEST_BYTES), name="attestations_digest"
            ),
            models.CheckConstraint(
                condition=Q(
                    code="",
                    certificate__isnull=True,
                    signature__isnull=True,
                    mark__isnull=True,
                    kind=FILING,
                )
                | (
                    ~Q(code="")
                    & Q(certificate__isnull=False, signature__isnull=False, mark__isnull=False)
                    & ~Q(kind=FILING)
                ),
                name="attestations_signed_whole",
                violation_error_message=_("Un papier est signé, ou ne porte aucun code."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Reason(models.TextChoices):
    """Why a paper no longer holds though its dates say that it does."""

    DECISION = "decision", _("Une décision a été prise sur la demande.")
    REPLACED = "replaced", _("Un autre papier le remplace.")
    WITHDRAWN = "withdrawn", _("La demande a été retirée.")
    ERROR = "error", _("Il contenait une erreur.")
    LOST = "lost", _("Il a été perdu ou volé.")


class Revocation(models.Model):
    """The end of a paper before its time; there is no way back from it."""

    attestation = models.OneToOneField(
        Attestation, primary_key=True, on_delete=models.CASCADE, related_name="revocation"
    )
    revoked_at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=20, choices=Reason.choices, db_collation="C")
    replaced_by = models.ForeignKey(
        Attestation, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        triggers = (NeverChanged(),)
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=Reason.values),
                name="attestations_revocation_reason",
                violation_error_message=_("Ce motif n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True)
                | (Q(reason=Reason.REPLACED) & ~Q(replaced_by=F("attestation"))),
                name="attestations_revocation_replaced",
                violation_error_message=_("Un papier est remplacé par un autre que lui."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.attestation_id} {self.reason}"


#: Wrong birth dates after which a code answers nobody any more.
MOST_WRONG_DATES = 5


class ShareCode(models.Model):
    """A code by which a person lets someone see what they may do, and nothing more.

    The code itself is not kept: only what it takes to recognise it. Nor is the birth date, which
    is bound to it: ``born`` is HMAC-SHA256 of the date, keyed by the code.
    """

    id = models.UUIDField(primary_key=True)
    holder = models.UUIDField()
    digest = models.BinaryField(max_length=DIGEST_BYTES)
    born = models.BinaryField(max_length=DIGEST_BYTES)
    #: What the person wrote for themselves to know whom it is for.
    label = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    wrong_dates = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        indexes = (models.Index(fields=["holder", "-made_at"], name="attestations_shared_by"),)
        constraints = (
            models.UniqueConstraint(fields=["digest"], name="attestations_share_code_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")),
                name="attestations_share_code_dates",
                violation_error_message=_("Un code ne finit pas avant de commencer."),
            ),
            models.CheckConstraint(
                condition=Q(wrong_dates__lte=MOST_WRONG_DATES),
                name="attestations_share_code_wrong_dates",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Receipt(models.Model):
    """What a verification answered, on which day, signed: the proof of who checked in good faith.

    ``content`` is JSON without any name: a paper's number, what it allows, until when.
    """

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    content = models.TextField()
    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    signature = models.BinaryField()

    class Meta:
        triggers = (NeverChanged(),)

    def __str__(self) -> str:
        return str(self.id)


class Look(models.Model):
    """Somebody saw what a share code shows; its holder sees each one."""

    share_code = models.ForeignKey(ShareCode, on_delete=models.CASCADE, related_name="looks")
    at = models.DateTimeField()
    #: Who they said they were, in their own words; may be empty.
    by = models.CharField(max_length=80, blank=True)
    receipt = models.ForeignKey(
        Receipt, null=True, on_delete=models.SET_NULL, db_index=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.share_code_id} {self.at:%Y-%m-%d %H:%M}"
