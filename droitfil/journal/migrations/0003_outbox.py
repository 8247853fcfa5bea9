from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_blocks")]
    operations = [
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.entry",
                    ),
                ),
                ("kind", models.CharField(db_collation="C", max_length=60)),
                ("payload", models.JSONField(db_default=models.Value({}, models.JSONField()))),
                ("key", models.CharField(db_collation="C", max_length=200, null=True)),
                ("due_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("error", models.CharField(db_collation="C", db_default="", max_length=120)),
            ],
            options={
                "db_table": "journal_outbox",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True), ("failed_at__isnull", True)),
                        fields=["kind", "due_at", "id"],
                        name="journal_outbox_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("failed_at__isnull", False)),
                        fields=["failed_at"],
                        name="journal_outbox_failed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key"), name="journal_outbox_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_at__isnull", True),
                            ("failed_at__isnull", True),
                            _connector="OR",
                        ),
                        name="journal_outbox_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z][a-z0-9_.-]*$")),
                        name="journal_outbox_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Func(
                                models.F("payload"),
                                function="journal_facts_are_codes",
                                output_field=models.BooleanField(),
                            )
                        ),
                        name="journal_outbox_payload_is_codes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("error__regex", "^[A-Za-z0-9_.:;=*/+()#-]*$")),
                        name="journal_outbox_error",
                    ),
                ],
            },
        ),
    ]
