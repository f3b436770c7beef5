"""What an applicant answers and why a reviewer refuses may be as grave as a grievance: it is encrypted too.

The column gets another name, so that a process of the version before fails instead of writing plain text to it.
"""

import pgtrigger
from django.db import migrations

import dsp_platform.fields


def encrypt_notes(apps, schema_editor):
    events = apps.get_model("applications", "ApplicationEvent").objects
    with pgtrigger.ignore("applications.ApplicationEvent:append_only"):
        for pk, note in events.exclude(note="").values_list("pk", "note").iterator():
            events.filter(pk=pk).update(sealed_note=note)


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0002_appeal_until"),
    ]

    operations = [
        migrations.AddField(
            "applicationevent", "sealed_note", dsp_platform.fields.EncryptedTextField("note", null=True)
        ),
        migrations.RunPython(encrypt_notes, elidable=True),
        migrations.RemoveField("applicationevent", "note"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("applicationevent", "sealed_note", "note"),
                migrations.AlterField(
                    "applicationevent",
                    "note",
                    dsp_platform.fields.EncryptedTextField("note", null=True, db_column="sealed_note"),
                ),
            ]
        ),
    ]
