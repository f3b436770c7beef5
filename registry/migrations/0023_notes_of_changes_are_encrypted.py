"""What somebody writes about a change of their household may be as grave as a grievance: it is encrypted too.

The column gets another name, so that a process of the version before fails instead of writing plain text to it.
"""

import pgtrigger
from django.db import migrations

import dsp_platform.fields


def encrypt_notes(apps, schema_editor):
    events = apps.get_model("registry", "ChangeEvent").objects
    with pgtrigger.ignore("registry.ChangeEvent:append_only"):
        for pk, note in events.exclude(note="").values_list("pk", "note").iterator():
            events.filter(pk=pk).update(sealed_note=note)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0022_all_that_a_programme_says_needs_two"),
    ]

    operations = [
        migrations.AddField(
            "changeevent", "sealed_note", dsp_platform.fields.EncryptedTextField("note", null=True)
        ),
        migrations.RunPython(encrypt_notes, elidable=True),
        migrations.RemoveField("changeevent", "note"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("changeevent", "sealed_note", "note"),
                migrations.AlterField(
                    "changeevent",
                    "note",
                    dsp_platform.fields.EncryptedTextField("note", null=True, db_column="sealed_note"),
                ),
            ]
        ),
    ]
