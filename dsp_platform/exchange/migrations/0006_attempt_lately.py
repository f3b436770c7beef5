from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_lighter_ledger")]

    operations = [
        migrations.AddIndex(
            model_name="attempt",
            index=BrinIndex(autosummarize=True, fields=["at"], name="attempt_lately", pages_per_range=16),
        )
    ]
