from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Department",
            fields=[
                (
                    "code",
                    models.CharField(
                        db_collation="C", max_length=3, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("region", models.CharField(max_length=60)),
            ],
            options={"db_table": "department"},
        ),
        migrations.CreateModel(
            name="Arrondissement",
            fields=[
                (
                    "code",
                    models.CharField(
                        db_collation="C", max_length=4, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrondissements",
                        to="territory.department",
                    ),
                ),
            ],
            options={"db_table": "arrondissement"},
        ),
        migrations.CreateModel(
            name="Commune",
            fields=[
                (
                    "code",
                    models.CharField(
                        db_collation="C", max_length=5, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("key", models.CharField(db_collation="C", max_length=100)),
                ("population", models.PositiveIntegerField()),
                ("is_current", models.BooleanField(default=True)),
                (
                    "arrondissement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communes",
                        to="territory.arrondissement",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communes",
                        to="territory.department",
                    ),
                ),
            ],
            options={"db_table": "commune"},
        ),
        migrations.CreateModel(
            name="CommuneName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("key", models.CharField(db_collation="C", max_length=100)),
                (
                    "commune",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="territory.commune",
                    ),
                ),
            ],
            options={
                "db_table": "commune_name",
                "constraints": (
                    models.UniqueConstraint(fields=("commune", "name"), name="commune_name_once"),
                ),
            },
        ),
        migrations.CreateModel(
            name="CommuneCode",
            fields=[
                (
                    "code",
                    models.CharField(
                        db_collation="C", max_length=5, primary_key=True, serialize=False
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="other_codes",
                        to="territory.commune",
                    ),
                ),
            ],
            options={"db_table": "commune_code"},
        ),
        migrations.CreateModel(
            name="PostalCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(db_collation="C", max_length=5)),
                (
                    "commune",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="postal_codes",
                        to="territory.commune",
                    ),
                ),
            ],
            options={
                "db_table": "postal_code",
                "constraints": (
                    models.UniqueConstraint(fields=("commune", "code"), name="postal_code_once"),
                ),
                "indexes": (models.Index(fields=["code"], name="postal_code_code"),),
            },
        ),
    ]
