"""Links that somebody contests are found by themselves; written while people use the table."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("people", "0002_family_links")]
    operations = [
        AddIndexConcurrently(
            model_name="familylink",
            index=models.Index(
                fields=["contested_at"],
                name="family_link_contested",
                condition=models.Q(contested_at__isnull=False),
            ),
        ),
    ]
