"""What is wrong with delivery, and the indexes by which held and old reports are found."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_slim_ledger")]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("oldest_due", "A change has waited too long"),
                            ("fill_stands", "A first fill stands still"),
                            ("held_grows", "More and more records are held"),
                            ("pull_fails", "Reports cannot be read"),
                            ("paused_long", "Delivery has been paused for more than a day"),
                            ("partition_missing", "A month has no partition for attempts"),
                        ],
                        max_length=32,
                        verbose_name="alert",
                    ),
                ),
                ("figure", models.BigIntegerField(default=0, verbose_name="figure")),
                ("reason", models.CharField(blank=True, max_length=64, verbose_name="reason")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("told", models.CharField(blank=True, max_length=8)),
                (
                    "operator",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.operator",
                        verbose_name="operator",
                    ),
                ),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("code", "operator"),
                        name="incident_open_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="statusreport",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["operator"], name="report_held"
            ),
        ),
        migrations.AddIndex(
            model_name="statusreport",
            index=models.Index(
                condition=models.Q(("state", "handled"), models.Q(("values", {}), _negated=True)),
                fields=["handled_at"],
                name="report_values",
            ),
        ),
    ]
