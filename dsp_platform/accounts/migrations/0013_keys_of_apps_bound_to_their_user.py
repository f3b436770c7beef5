"""The key of an authenticator app counts only in the row of the person it was made for."""

from django.db import migrations, models

from dsp_platform import crypto


def bind(apps, schema_editor):
    device = apps.get_model("accounts", "TOTPDevice")
    for row in device.objects.iterator():
        row.bound = crypto.digest("authenticator app", str(row.user_id), row.key)
        row.save(update_fields=["bound"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_stewards_counted_closed_or_not")]

    operations = [
        migrations.AddField("totpdevice", "bound", models.BinaryField(db_default=b"", max_length=32)),
        migrations.RunPython(bind, migrations.RunPython.noop, elidable=True),
    ]
