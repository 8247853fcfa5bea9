from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                (
                    "client",
                    models.BinaryField(
                        editable=False, max_length=16, primary_key=True, serialize=False
                    ),
                ),
                ("hits", models.PositiveIntegerField(default=1)),
                ("ends_at", models.DateTimeField()),
            ],
            options={"db_table": "rate_count"},
        ),
        migrations.AddIndex(
            model_name="ratecount",
            index=models.Index(fields=["ends_at"], name="rate_count_ends_at"),
        ),
        migrations.RunSQL(
            "ALTER TABLE rate_count SET UNLOGGED", "ALTER TABLE rate_count SET LOGGED"
        ),
    ]
