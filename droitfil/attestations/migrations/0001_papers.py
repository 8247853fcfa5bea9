from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION attestations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never rewritten: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("journal", "0003_outbox")]  # papers are journalled as they are issued

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION attestations_refuse_change();"),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_collation="C", max_length=4)),
                ("authority", models.CharField(db_collation="C", max_length=4)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("authority", "Autorité : signe les autres certificats"),
                            ("code", "Codes 2D-Doc"),
                            ("seal", "Sceaux des PDF, des reçus et de la liste de confiance"),
                        ],
                        db_collation="C",
                        max_length=12,
                    ),
                ),
                ("der", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "name"),
                        name="attestations_certificate_name",
                        violation_error_message="Un certificat de cette autorité porte déjà ce nom.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("authority", "purpose"),
                        name="attestations_certificate_current",
                        violation_error_message="Un certificat est déjà en service pour cet usage.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("authority__regex", "^[A-Z0-9]{4}$"), ("name__regex", "^[A-Z0-9]{4}$")
                        ),
                        name="attestations_certificate_names",
                        violation_error_message="Un nom de certificat a quatre lettres ou chiffres.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("authority__regex", "^FR[0-9]{2}$"), _negated=True),
                        name="attestations_certificate_not_official",
                        violation_error_message="Les noms FR00 à FR99 sont ceux d’autorités reconnues.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("key", models.CharField(db_collation="C", max_length=120)),
                ("reference", models.CharField(db_collation="C", max_length=40)),
                ("kind", models.CharField(db_collation="C", max_length=20)),
                ("holder", models.UUIDField()),
                ("case", models.UUIDField(db_column="case_ref", null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("issued_at", models.DateTimeField()),
                ("content", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("code", models.TextField(db_collation="C", db_default="")),
                ("signature", models.BinaryField(null=True)),
                ("mark", models.BinaryField(max_length=16, null=True)),
                (
                    "certificate",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attestations.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("content", models.TextField()),
                ("signature", models.BinaryField()),
                (
                    "certificate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attestations.certificate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShareCode",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("holder", models.UUIDField()),
                ("digest", models.BinaryField(max_length=32)),
                ("born", models.BinaryField(max_length=32)),
                ("label", models.CharField(blank=True, max_length=60)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("wrong_dates", models.PositiveSmallIntegerField(db_default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["holder", "-made_at"], name="attestations_shared_by")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("digest",), name="attestations_share_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))),
                        name="attestations_share_code_dates",
                        violation_error_message="Un code ne finit pas avant de commencer.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wrong_dates__lte", 5)),
                        name="attestations_share_code_wrong_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(blank=True, max_length=80)),
                (
                    "receipt",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="attestations.receipt",
                    ),
                ),
                (
                    "share_code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="looks",
                        to="attestations.sharecode",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                (
                    "attestation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="revocation",
                        serialize=False,
                        to="attestations.attestation",
                    ),
                ),
                ("revoked_at", models.DateTimeField(db_index=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("decision", "Une décision a été prise sur la demande."),
                            ("replaced", "Un autre papier le remplace."),
                            ("withdrawn", "La demande a été retirée."),
                            ("error", "Il contenait une erreur."),
                            ("lost", "Il a été perdu ou volé."),
                        ],
                        db_collation="C",
                        max_length=20,
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="attestations.attestation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="attestation",
            index=models.Index(fields=["holder", "valid_from"], name="attestations_of_holder"),
        ),
        migrations.AddIndex(
            model_name="attestation",
            index=models.Index(
                condition=models.Q(("mark__isnull", False)),
                fields=["mark"],
                name="attestations_mark",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                fields=("key",),
                name="attestations_issued_once",
                violation_error_message="Ce papier est déjà délivré.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                fields=("reference",),
                name="attestations_reference_once",
                violation_error_message="Un autre papier porte déjà ce numéro.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "API",
                            "RECEPISSE",
                            "ADF",
                            "DCEM",
                            "COMMISSION",
                            "EU_ATTESTATION",
                            "FILING",
                        ],
                    )
                ),
                name="attestations_kind",
                violation_error_message="Cette sorte de papier n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="attestations_dates",
                violation_error_message="Un papier ne finit pas avant de commencer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    models.Func(
                        models.F("digest"),
                        function="octet_length",
                        output_field=models.IntegerField(),
                    ),
                    32,
                ),
                name="attestations_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("certificate__isnull", True),
                        ("code", ""),
                        ("kind", "FILING"),
                        ("mark__isnull", True),
                        ("signature__isnull", True),
                    ),
                    models.Q(
                        models.Q(("code", ""), _negated=True),
                        ("certificate__isnull", False),
                        ("mark__isnull", False),
                        ("signature__isnull", False),
                        models.Q(("kind", "FILING"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="attestations_signed_whole",
                violation_error_message="Un papier est signé, ou ne porte aucun code.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attestation",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="attestations_refuse_change()",
                    func="RETURN NULL;",
                    hash="59017c76678b8eb245db6d75eca904faf6d0b66c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_beeee",
                    table="attestations_attestation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="receipt",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="attestations_refuse_change()",
                    func="RETURN NULL;",
                    hash="240501bfcfa05ee1825f7684df28484247c3a136",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_c587b",
                    table="attestations_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["decision", "replaced", "withdrawn", "error", "lost"])
                ),
                name="attestations_revocation_reason",
                violation_error_message="Ce motif n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("replaced_by__isnull", True),
                    models.Q(
                        ("reason", "replaced"),
                        models.Q(("replaced_by", models.F("attestation")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="attestations_revocation_replaced",
                violation_error_message="Un papier est remplacé par un autre que lui.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="revocation",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="attestations_refuse_change()",
                    func="RETURN NULL;",
                    hash="0eedd2825ed2935f064e85f317b8f1779d1cf936",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_4c292",
                    table="attestations_revocation",
                    when="BEFORE",
                ),
            ),
        ),
    ]
