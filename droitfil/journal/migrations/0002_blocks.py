from __future__ import annotations

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import droitfil.journal.models


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_entries")]
    operations = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entries", droitfil.journal.models.IdRanges()),
                ("digests", models.BinaryField()),
                ("settled", models.BigIntegerField()),
                ("given", models.BigIntegerField()),
                (
                    "writers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("previous_hash", models.BinaryField(max_length=32, unique=True)),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "journal_block",
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("entries", "&&")],
                        index_type="GIST",
                        name="journal_block_seals_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="journal_block_from_one"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="block",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="journal_refuse_change()",
                    func="RETURN NULL;",
                    hash="594261661883934ddb49bfdc8f175435fece0adc",
                    level="STATEMENT",
                    operation="UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_append_only_9ff06",
                    table="journal_block",
                    when="BEFORE",
                ),
            ),
        ),
    ]
