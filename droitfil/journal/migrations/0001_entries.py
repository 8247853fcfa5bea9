from __future__ import annotations

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FUNCTIONS = r"""
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only takes new rows: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

-- The twin of droitfil/journal/digests.py: the same 32 bytes for the same entry.
CREATE FUNCTION journal_digest(
    at timestamptz, actor text, action text, subject_kind text, subject uuid, case_ref uuid,
    facts jsonb
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        'droitfil-entry-1', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        actor, action, subject_kind, subject, case_ref, facts
    )::text, 'UTF8'))
$$;

CREATE FUNCTION journal_fill_digest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.digest := journal_digest(
        NEW.at, NEW.actor, NEW.action, NEW.subject_kind, NEW.subject, NEW.case_ref, NEW.facts
    );
    RETURN NEW;
END
$$;

-- Identifiers, codes, dates and numbers: no text in which a name could stand. One reading of the
-- value as jsonb writes it: a jsonpath would cost far more.
CREATE FUNCTION journal_facts_are_codes(facts jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_typeof(facts) = 'object' AND length(facts::text) <= 4000 AND facts::text ~
        '^("[A-Za-z0-9_.:;=*/+()#-]*"|[][{}:, 0-9.-]|true|false|null)*$'
$$;
"""
DROP = """
DROP FUNCTION journal_refuse_change();
DROP FUNCTION journal_fill_digest();
DROP FUNCTION journal_digest(timestamptz, text, text, text, uuid, uuid, jsonb);
DROP FUNCTION journal_facts_are_codes(jsonb);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(db_collation="C", max_length=60)),
                ("action", models.CharField(db_collation="C", max_length=60)),
                ("subject_kind", models.CharField(db_collation="C", max_length=60)),
                ("subject", models.UUIDField(null=True)),
                ("case", models.UUIDField(db_column="case_ref", null=True)),
                ("facts", models.JSONField(db_default=models.Value({}, models.JSONField()))),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "db_table": "journal_entry",
                "indexes": [
                    models.Index(
                        condition=models.Q(("subject__isnull", False)),
                        fields=["subject", "id"],
                        name="journal_entry_subject",
                    ),
                    models.Index(
                        condition=models.Q(("case__isnull", False)),
                        fields=["case", "id"],
                        name="journal_entry_case",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "actor__regex",
                                "^(person|staff|system):[a-z0-9_-]+$",
                            )
                        ),
                        name="journal_entry_actor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action__regex", "^[a-z][a-z0-9_.-]*$")),
                        name="journal_entry_action",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject_kind__regex", "^[a-z][a-z0-9_.-]*$")),
                        name="journal_entry_subject_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Func(
                                models.F("facts"),
                                function="journal_facts_are_codes",
                                output_field=models.BooleanField(),
                            )
                        ),
                        name="journal_entry_facts_are_codes",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="journal_refuse_change()",
                    func="RETURN NULL;",
                    hash="8359e83a2960b60402fa957467989093fd8dc936",
                    level="STATEMENT",
                    operation="UPDATE OR DELETE OR TRUNCATE",
                    pgid="pgtrigger_append_only_6d2d9",
                    table="journal_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="filled_digest",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="journal_fill_digest()",
                    func="RETURN NEW;",
                    hash="5879757ed3da0a8243d68802b84b2a211ca52d5d",
                    operation="INSERT",
                    pgid="pgtrigger_filled_digest_b235e",
                    table="journal_entry",
                    when="BEFORE",
                ),
            ),
        ),
    ]
