from __future__ import annotations

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_places")]
    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Office",
            fields=[
                (
                    "id",
                    models.SlugField(
                        db_collation="C",
                        db_index=False,
                        max_length=60,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("prefecture", "préfecture"),
                            ("sub_prefecture", "sous-préfecture"),
                        ],
                        max_length=20,
                    ),
                ),
                ("active_from", models.DateField()),
                ("active_to", models.DateField(blank=True, null=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="territory.department",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offices",
                        to="territory.commune",
                    ),
                ),
            ],
            options={
                "db_table": "office",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active_to__isnull", True),
                            ("active_to__gte", models.F("active_from")),
                            _connector="OR",
                        ),
                        name="office_closes_after_it_opens",
                        violation_error_message="Un bureau ferme au plus tôt le jour où il ouvre.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["prefecture", "sub_prefecture"])),
                        name="office_kind_known",
                        violation_error_message="Un bureau est une préfecture ou une sous-préfecture.",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Competence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "arrondissement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="competences",
                        to="territory.arrondissement",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="competences",
                        to="territory.office",
                    ),
                ),
            ],
            options={
                "db_table": "competence",
                "constraints": (
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("arrondissement", "="), ("valid", "&&")],
                        name="competence_one_office_a_day",
                        violation_error_message="Un autre bureau est déjà compétent pour cet arrondissement pendant une partie de ces jours : terminez d’abord sa compétence.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid__isempty", False)),
                        name="competence_of_some_day",
                        violation_error_message="Une compétence couvre au moins un jour.",
                    ),
                ),
            },
        ),
    ]
