"""Entries, the blocks that seal them, and the messages that wait to leave."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value

from droitfil.journal.triggers import AppendOnly, FilledDigest

# The database judges each row: these stay cheap, without counted repetitions; lengths are the
# columns' own. ``actions`` asks more of what passes through it.
#: Who acts: an account as a person or as staff, or a named part of the system.
ACTOR = r"^(person|staff|system):[a-z0-9_-]+$"
#: The name of an action, of a kind of subject, of a kind of message.
SLUG = r"^[a-z][a-z0-9_.-]*$"
#: What a fact's text may be: an identifier, a code, a date; never a name nor a sentence.
CODE = r"^[A-Za-z0-9_.:;=*/+()#-]*$"


class IdRanges(models.Field):  # type: ignore[type-arg]
    """Sets of ids as PostgreSQL keeps them, ``int8multirange``; read as psycopg's Multirange."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "int8multirange"


class Entry(models.Model):
    """One thing that was done. It holds no personal data: identifiers, codes and dates only.

    ``digest`` is SHA-256 of the canonical text of everything else but the id; see ``digests``.
    The database fills it and refuses any change or removal of an entry. Set-based writers may
    insert into ``journal_entry`` themselves, in the statement that writes the fact.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=60, db_collation="C")
    action = models.CharField(max_length=60, db_collation="C")
    subject_kind = models.CharField(max_length=60, db_collation="C")
    subject = models.UUIDField(null=True)
    case = models.UUIDField(null=True, db_column="case_ref")
    facts = models.JSONField(db_default=Value({}, models.JSONField()))
    digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "journal_entry"
        triggers = (AppendOnly(), FilledDigest())
        indexes = (
            models.Index(
                fields=["subject", "id"],
                name="journal_entry_subject",
                condition=Q(subject__isnull=False),
            ),
            models.Index(
                fields=["case", "id"], name="journal_entry_case", condition=Q(case__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(actor__regex=ACTOR), name="journal_entry_actor"),
            models.CheckConstraint(condition=Q(action__regex=SLUG), name="journal_entry_action"),
            models.CheckConstraint(
                condition=Q(subject_kind__regex=SLUG), name="journal_entry_subject_kind"
            ),
            models.CheckConstraint(
                condition=Q(
                    Func(
                        F("facts"),
                        function="journal_facts_are_codes",
                        output_field=models.BooleanField(),
                    )
                ),
                name="journal_entry_facts_are_codes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action}"


class Block(models.Model):
    """Entries sealed together, chained to the block before; made by ``sealer`` only.

    An entry is in one block at most, which the database ensures. ``digests`` holds what each entry
    was worth when it was sealed, 32 bytes each in the order of ids, so that verification names
    the very entry that changed.
    """

    number = models.BigIntegerField(primary_key=True)
    entries = IdRanges()
    digests = models.BinaryField()
    #: Every entry up to this id is sealed in this block or before: nothing can be added there.
    settled = models.BigIntegerField()
    #: The highest id that any writer had been given when the block was made, and the transactions
    #: that were writing then. When they are over, ids up to there are settled.
    given = models.BigIntegerField()
    writers = ArrayField(models.TextField())
    previous_hash = models.BinaryField(max_length=32, unique=True)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "journal_block"
        triggers = (AppendOnly(),)
        constraints = (
            ExclusionConstraint(
                name="journal_block_seals_once", expressions=[("entries", "&&")], index_type="GIST"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="journal_block_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.number} {bytes(self.hash).hex()}"


class OutboxMessage(models.Model):
    """Something to be done outside because of an entry, at ``due_at`` or later; see ``outbox``.

    It ends done or failed, never both. ``payload`` holds identifiers and codes, as facts do.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=60, db_collation="C")
    payload = models.JSONField(db_default=Value({}, models.JSONField()))
    #: Two messages of one kind with the same key are one message; null when it does not matter.
    key = models.CharField(max_length=200, null=True, db_collation="C")  # noqa: DJ001
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    #: Why the last attempt failed: a code ("smtp-550"), never what was sent nor to whom.
    error = models.CharField(max_length=120, db_default="", db_collation="C")

    class Meta:
        db_table = "journal_outbox"
        indexes = (
            models.Index(
                fields=["kind", "due_at", "id"],
                name="journal_outbox_waiting",
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(
                fields=["failed_at"],
                name="journal_outbox_failed",
                condition=Q(failed_at__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["kind", "key"], name="journal_outbox_key_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(failed_at__isnull=True),
                name="journal_outbox_one_end",
            ),
            models.CheckConstraint(condition=Q(kind__regex=SLUG), name="journal_outbox_kind"),
            models.CheckConstraint(
                condition=Q(
                    Func(
                        F("payload"),
                        function="journal_facts_are_codes",
                        output_field=models.BooleanField(),
                    )
                ),
                name="journal_outbox_payload_is_codes",
            ),
            models.CheckConstraint(condition=Q(error__regex=CODE), name="journal_outbox_error"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"
