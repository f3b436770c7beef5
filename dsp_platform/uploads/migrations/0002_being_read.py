"""A file is a row before it is read: its state, its original until then, and the lease of who reads it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import dsp_platform.fields


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("uploads", "0001_documents"),
    ]

    operations = [
        # Defaults of the database: rows of before are read, and so is what a web process of before still adds.
        migrations.AddField(
            "upload",
            "state",
            models.CharField(
                choices=[("reading", "being read"), ("read", "read"), ("refused", "could not be read")],
                db_default="read",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            "upload", "reason", models.CharField(blank=True, db_default="", max_length=16, verbose_name="reason")
        ),
        migrations.AddField("upload", "name", dsp_platform.fields.EncryptedTextField(null=True)),
        migrations.AddField("upload", "original", models.UUIDField(editable=False, null=True, unique=True)),
        migrations.AddField(
            "upload", "attempts", models.PositiveSmallIntegerField(db_default=0, verbose_name="attempts")
        ),
        migrations.AddField(
            "upload", "leased_until", models.DateTimeField(null=True, verbose_name="leased until")
        ),
        migrations.AddField("upload", "not_before", models.DateTimeField(null=True, verbose_name="not before")),
        migrations.AddIndex(
            "upload",
            models.Index(
                condition=models.Q(state="reading"), fields=["uploader", "created_at"], name="upload_reading"
            ),
        ),
        migrations.CreateModel(
            name="UploadDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("pages", models.PositiveIntegerField(default=0, verbose_name="pages")),
                ("seconds", models.FloatField(default=0, verbose_name="seconds")),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "documents of a day",
                "verbose_name_plural": "documents of a day",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "day"), name="upload_day_once_per_account")
                ],
            },
        ),
    ]
