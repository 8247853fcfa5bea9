"""Messages, the copies of them that leave, letters, what people want, addresses that refuse."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from droitfil.journal.models import CODE, SLUG
from droitfil.people.models import Person
from droitfil.territory.models import Office


class Channel(models.TextChoices):
    """How a copy leaves. The inbox is none: every message stands in it.

    A letter waits until an office prints it: see ``letters``.
    """

    EMAIL = "email", _("courriel")
    SMS = "sms", _("SMS")
    LETTER = "letter", _("lettre")


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
    """A copy of a message that leaves, once by each way for each reader.

    Its id is the ``Message-ID`` of the e-mail and the reference given to the gateway: a copy sent
    twice is recognised. The journal's outbox says when the next attempt is due.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        SENT = "sent", _("remis au réseau")
        DELIVERED = "delivered", _("arrivé")
        FAILED = "failed", _("jamais parti")
        BOUNCED = "bounced", _("refusé par le destinataire")
        RETURNED = "returned", _("revenu")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, db_index=False, related_name="deliveries"
    )
    channel = models.CharField(max_length=6, choices=Channel)
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
                condition=Q(state__in=["failed", "bounced", "returned"]),
            ),
            models.Index(
                fields=["created_at"],
                name="notice_delivery_to_post",
                condition=Q(channel="letter", state="waiting"),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["message", "channel", "reader"],
                name="notice_delivery_once_a_reader",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="notice_delivery_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", sent_at__isnull=True, ended_at__isnull=True)
                | Q(state="sent", sent_at__isnull=False, ended_at__isnull=True)
                | Q(
                    state__in=["delivered", "returned"],
                    sent_at__isnull=False,
                    ended_at__isnull=False,
                )
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
    """How much a person wants by a channel; everything when they said nothing, but for letters:
    "none" of these, and nothing said, is a letter only when nothing else can reach them.

    It is about what leaves only: every message stands in the inbox.
    """

    class Wants(models.TextChoices):
        ALL = "all", _("tous les messages")
        LEGAL = "legal", _("seulement ceux dont vos droits dépendent")
        NONE = "none", _("aucun")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="preferences")
    channel = models.CharField(max_length=6, choices=Channel)
    wants = models.CharField(max_length=5, choices=Wants, default=Wants.ALL)

    class Meta:
        db_table = "notice_preference"
        constraints = (
            models.UniqueConstraint(
                fields=["person", "channel"], name="notice_preference_one_a_channel"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="notice_preference_channel_known"
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

    channel = models.CharField(max_length=6, choices=Channel)
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
                condition=Q(channel__in=Channel.values), name="notice_bounced_channel_known"
            ),
            models.CheckConstraint(condition=Q(error__regex=CODE), name="notice_bounced_error"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.bounced_at}"


class Batch(models.Model):
    """Letters gathered once, to be printed together; its id is the number that people say.

    Which letters it holds never changes, and their PDF is drawn again from them: a second printing
    is a reprint, and says so.
    """

    #: Whose people they are for; None when one place prints for every office.
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    made_at = models.DateTimeField()
    #: Who gathered it, as the journal names them.
    made_by = models.CharField(max_length=60, db_collation="C")
    letters = models.PositiveIntegerField()
    printed_at = models.DateTimeField(null=True)
    #: Sheets' sides, white ones included; known once printed.
    pages = models.PositiveIntegerField(null=True)
    reprints = models.PositiveSmallIntegerField(default=0)
    #: The day it was handed to the post, and by whom, by name.
    posted_on = models.DateField(null=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        db_index=False,
    )  # fmt: skip

    class Meta:
        db_table = "notice_letter_batch"
        constraints = (
            models.CheckConstraint(
                condition=Q(printed_at__isnull=True, pages__isnull=True, reprints=0)
                | Q(printed_at__isnull=False, pages__isnull=False),
                name="letter_batch_printed_whole",
                violation_error_message=_("Un lot imprimé a un nombre de pages."),
            ),
            models.CheckConstraint(
                condition=Q(posted_on__isnull=True, posted_by__isnull=True)
                | Q(posted_on__isnull=False, posted_by__isnull=False, printed_at__isnull=False),
                name="letter_batch_posted_by_someone",
                violation_error_message=_("Un lot est remis à la poste imprimé, par quelqu’un."),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Envelope(models.Model):
    """One letter of a batch, by the reference that it bears; what became of it, when it came back.

    A letter that was posted and did not come back is held to have arrived.
    """

    class Reason(models.TextChoices):
        UNKNOWN = "unknown", _("n’habite pas à l’adresse")
        REFUSED = "refused", _("refusée")
        UNCLAIMED = "unclaimed", _("non réclamée")

    delivery = models.OneToOneField(
        Delivery, primary_key=True, on_delete=models.PROTECT, related_name="envelope"
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="envelopes", db_index=False
    )
    rank = models.PositiveIntegerField()
    #: Nine signs, drawn at random: it says nothing of anyone.
    reference = models.CharField(max_length=9, unique=True, db_collation="C")
    #: Where it begins in the PDF, and how many pages it has: as it was last printed.
    first_page = models.PositiveIntegerField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)
    returned_on = models.DateField(null=True)
    reason = models.CharField(max_length=9, choices=Reason, default="", db_collation="C")
    #: Who noted it, as the journal names them.
    returned_by = models.CharField(max_length=60, default="", db_collation="C")

    class Meta:
        db_table = "notice_letter"
        constraints = (
            models.UniqueConstraint(fields=["batch", "rank"], name="letter_rank_once"),
            models.CheckConstraint(
                condition=Q(reference__regex="^[2-9A-HJ-NP-Z]{9}$"),
                name="letter_reference_written",
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True, reason="", returned_by="")
                | (
                    Q(returned_on__isnull=False, reason__in=["unknown", "refused", "unclaimed"])
                    & ~Q(returned_by="")
                ),
                name="letter_returned_for_a_reason",
                violation_error_message=_("Une lettre revient un jour, pour une raison."),
            ),
        )

    def __str__(self) -> str:
        return self.reference
