"""A file linked to an account: tried, made, told, claimed by another."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from droitfil.people.models.accounts import Account, Staff
from droitfil.people.models.persons import FamilyLink, Person


class LinkAttempt(models.Model):
    """One try at linking a file to an account by three facts; what was typed is not kept."""

    class Outcome(models.TextChoices):
        WRONG = "wrong"
        LINKED = "linked"
        CLAIMED = "claimed"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="link_attempts")
    #: Keyed digest of the foreigner's number that was typed, whether it exists or not.
    number_digest = models.BinaryField(max_length=32, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome)
    at = models.DateTimeField()
    #: A human has unlocked the linking since: the try counts no more.
    forgiven_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "link_attempt"
        indexes = (
            models.Index(
                fields=["number_digest"],
                name="link_attempt_wrong_number",
                condition=Q(outcome="wrong", forgiven_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.at}"


class Link(models.Model):
    """A person's file was linked to an account; ``ended_at`` when it is no more."""

    class End(models.TextChoices):
        CONTESTED = "contested"
        MOVED = "moved"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="links")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="links")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=10, choices=End, blank=True)

    class Meta:
        db_table = "link"
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at__isnull=True), name="link_one_a_person"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at__isnull=True), name="link_one_an_account"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_why="")
                | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="link_ends_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class LinkNotice(models.Model):
    """A contact known before a link is told of it, with a one-time address that contests it.

    The link of an account to a file, or that of a parent to a child: one of the two. The
    journal's outbox says when it leaves and whether it left (``jobs``).
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(
        Link, on_delete=models.PROTECT, related_name="notices", null=True, blank=True
    )
    family = models.ForeignKey(
        FamilyLink, on_delete=models.PROTECT, related_name="notices", null=True, blank=True
    )
    channel = models.CharField(max_length=5, choices=Channel)
    #: The address or the telephone number, as it was known.
    contact = models.CharField(max_length=254)
    #: The one-time address that it gave was used.
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "link_notice"
        constraints = (
            models.UniqueConstraint(
                fields=["link", "channel", "contact"], name="link_notice_once_a_contact"
            ),
            models.UniqueConstraint(
                fields=["family", "channel", "contact"], name="link_notice_once_a_parent"
            ),
            models.CheckConstraint(
                condition=Q(link__isnull=False, family__isnull=True)
                | Q(link__isnull=True, family__isnull=False),
                name="link_notice_of_one_link",
                violation_error_message=_("Un message parle d’un seul lien."),
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms"]), name="link_notice_channel_known"
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class LinkClaim(models.Model):
    """The three facts are right, but a human must say whose file it is."""

    class State(models.TextChoices):
        WAITING = "waiting"
        GRANTED = "granted"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="claims")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        Staff, on_delete=models.PROTECT, related_name="decided_claims", null=True, blank=True
    )

    class Meta:
        db_table = "link_claim"
        constraints = (
            models.UniqueConstraint(
                fields=["person", "account"],
                condition=Q(state="waiting"),
                name="link_claim_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    state__in=["granted", "refused"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="link_claim_decided_by_someone",
                violation_error_message=_("Une demande est tranchée par un agent nommé."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
