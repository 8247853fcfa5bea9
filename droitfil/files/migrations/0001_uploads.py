from __future__ import annotations

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("quarantined", "en attente du contrôle antivirus"),
                            ("clean", "contrôlée"),
                            ("refused", "écartée par l’antivirus"),
                            ("erased", "effacée"),
                        ],
                        db_collation="C",
                        max_length=12,
                    ),
                ),
                ("sha256", models.BinaryField(max_length=32)),
                ("size", models.PositiveIntegerField()),
                ("media_type", models.CharField(db_collation="C", max_length=20)),
                ("pages", models.PositiveSmallIntegerField()),
                ("received_at", models.DateTimeField()),
                ("scanned_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("original_blob", models.UUIDField(null=True, unique=True)),
                ("cleaned_blob", models.UUIDField(null=True, unique=True)),
                ("original_key", models.BinaryField(null=True)),
                ("cleaned_key", models.BinaryField(null=True)),
                ("master", models.CharField(db_collation="C", default="", max_length=40)),
                ("sealed_name", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "upload",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "quarantined")),
                        fields=["received_at", "id"],
                        name="upload_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("master", ""), _negated=True),
                        fields=["master", "id"],
                        name="upload_master",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["quarantined", "clean", "refused", "erased"])
                        ),
                        name="upload_state",
                        violation_error_message="Cet état n’existe pas pour une pièce.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("quarantined", "clean")),
                                ("cleaned_blob__isnull", False),
                                ("cleaned_key__isnull", False),
                                ("original_blob__isnull", False),
                                ("original_key__isnull", False),
                                ("sealed_name__isnull", False),
                                models.Q(("master", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state__in", ("quarantined", "clean")), _negated=True),
                                ("cleaned_blob__isnull", True),
                                ("cleaned_key__isnull", True),
                                ("master", ""),
                                ("original_blob__isnull", True),
                                ("original_key__isnull", True),
                                ("sealed_name__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="upload_kept_whole_or_not_at_all",
                        violation_error_message="Une pièce gardée l’est avec ses clés ; une pièce effacée ou écartée n’en a plus.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("clean", "refused")), _negated=True),
                            ("scanned_at__isnull", False),
                            _connector="OR",
                        ),
                        name="upload_judged_when_scanned",
                        violation_error_message="Seul l’antivirus déclare une pièce saine ou infectée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("erased_at__isnull", False), ("state", "erased")),
                            models.Q(
                                models.Q(("state", "erased"), _negated=True),
                                ("erased_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="upload_erased_on_a_day",
                        violation_error_message="Une pièce effacée l’est à un instant connu.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "media_type__in",
                                ("application/pdf", "image/jpeg", "image/png", "image/heic"),
                            ),
                            ("pages__gte", 1),
                            ("size__gte", 1),
                        ),
                        name="upload_of_something",
                        violation_error_message="Une pièce est un PDF ou une image, non vide.",
                    ),
                ],
            },
        ),
    ]
