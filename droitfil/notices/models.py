"""Messages, the copies of them that leave, what people want, and addresses that refuse."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from droitfil.journal.models import CODE, SLUG
from droitfil.people.models import Person


class Channel(models.TextChoices):
    """How a copy leaves. The inbox is none: every message stands in it."""

    EMAIL = "email", _("courriel")
    SMS = "sms", _("SMS")


def _codes_only(column: str) -> Q:
    """The column holds identifiers, codes and dates, as the journal's facts do."""
    return Q(
        Func(F(column), function="journal_facts_are_codes", output_field=models.BooleanField())
    )


class Message(models.Model):
    """Something told to a person or to a member of staff; it stands in their inbox.

    Neither its words nor an address are kept: ``template``, ``version`` and ``facts`` give the
    words back, the same each time, in any language that the template speaks.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Who it is about and for: a minor's messages are read by the parents too.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, db_index=False, related_name="notices"
    )
    #: The member of staff it is for.
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="notices",
    )
    #: Two messages with the same key are one, however often written.
    key = models.CharField(max_length=200, unique=True, db_collation="C")
    template = models.CharField(max_length=40, db_collation="C")
    version = models.PositiveSmallIntegerField()
    #: The person's language when it was written, French when the template does not speak it.
    language = models.CharField(max_length=8)
    facts = models.JSONField(db_default=Value({}, models.JSONField()))
    case = models.UUIDField(null=True, db_column="case_ref")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_message"
        indexes = (
            models.Index(
                fields=["person", "created_at", "id"],
                name="notice_message_person",
                condition=Q(person__isnull=False),
            ),
            models.Index(
                fields=["account", "created_at", "id"],
                name="notice_message_account",
                condition=Q(account__isnull=False),
            ),
            models.Index(
                fields=["case", "created_at"],
                name="notice_message_case",
                condition=Q(case__isnull=False),
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=True, account__isnull=False)
                | Q(person__isnull=False, account__isnull=True),
                name="notice_message_for_someone",
                violation_error_message=_("Un message est pour une personne, ou pour un agent."),
            ),
            models.CheckConstraint(
                condition=Q(template__regex=SLUG), name="notice_message_template_is_a_slug"
            ),
            models.CheckConstraint(
                condition=_codes_only("facts"),
                name="notice_message_facts_are_codes",
                violation_error_message=_("Un message ne garde que des codes et des dates."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"


class Delivery(models.Model):
    """A copy of a message that leaves by e-mail or text message, once for each reader.

    Its id is the ``Message-ID`` of the e-mail and the reference given to the gateway: a copy sent
    twice is recognised. The journal's outbox says when the next attempt is due.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        SENT = "sent", _("remis au réseau")
        DELIVERED = "delivered", _("arrivé")
        FAILED = "failed", _("jamais parti")
        BOUNCED = "bounced", _("refusé par le destinataire")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, db_index=False, related_name="deliveries"
    )
    channel = models.CharField(max_length=5, choices=Channel)
    #: Whose contact it goes to, read when it leaves: the person's own, or a parent's.
    #: None when it goes to the member of staff.
    reader = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Keyed digest of the address or number it left for (``passes``); it is not kept itself.
    contact = models.BinaryField(max_length=32, null=True)
    #: How the gateway calls it.
    provider = models.CharField(max_length=100, default="", db_collation="C")
    #: Why the last attempt failed: a code ("smtp-450"), nothing of the person.
    error = models.CharField(max_length=120, default="", db_collation="C")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    #: Since then it is delivered, failed or bounced, and remains so.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_delivery"
        indexes = (
            models.Index(
                fields=["ended_at"],
                name="notice_delivery_lost",
                condition=Q(state__in=["failed", "bounced"]),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["message", "channel", "reader"],
                name="notice_delivery_once_a_reader",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms"]), name="notice_delivery_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", sent_at__isnull=True, ended_at__isnull=True)
                | Q(state="sent", sent_at__isnull=False, ended_at__isnull=True)
                | Q(state="delivered", sent_at__isnull=False, ended_at__isnull=False)
                | Q(state__in=["failed", "bounced"], ended_at__isnull=False),
                name="notice_delivery_state_has_its_dates",
                violation_error_message=_("L’état d’un envoi et ses dates se contredisent."),
            ),
            models.CheckConstraint(condition=Q(error__regex=CODE), name="notice_delivery_error"),
            models.CheckConstraint(
                condition=Q(provider__regex=CODE), name="notice_delivery_provider"
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state} {self.pk}"


class Preference(models.Model):
    """How much a person wants by a channel; everything when they said nothing.

    It is about what leaves only: every message stands in the inbox.
    """

    class Wants(models.TextChoices):
        ALL = "all", _("tous les messages")
        LEGAL = "legal", _("seulement ceux dont vos droits dépendent")
        NONE = "none", _("aucun")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="preferences")
    channel = models.CharField(max_length=5, choices=Channel)
    wants = models.CharField(max_length=5, choices=Wants, default=Wants.ALL)

    class Meta:
        db_table = "notice_preference"
        constraints = (
            models.UniqueConstraint(
                fields=["person", "channel"], name="notice_preference_one_a_channel"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms"]), name="notice_preference_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(wants__in=["all", "legal", "none"]),
                name="notice_preference_wants_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.wants}"


class BouncedContact(models.Model):
    """An address or a number that refused a message for good: nothing more is sent to it.

    Kept as a keyed digest: the person who gives another one is sent messages again.
    """

    channel = models.CharField(max_length=5, choices=Channel)
    contact = models.BinaryField(max_length=32)
    bounced_at = models.DateTimeField()
    error = models.CharField(max_length=120, default="", db_collation="C")

    class Meta:
        db_table = "notice_bounced_contact"
        constraints = (
            models.UniqueConstraint(
                fields=["channel", "contact"], name="notice_bounced_contact_once"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms"]), name="notice_bounced_channel_known"
            ),
            models.CheckConstraint(condition=Q(error__regex=CODE), name="notice_bounced_error"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.bounced_at}"
