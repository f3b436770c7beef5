import django.db.models.deletion
from django.db import migrations, models


def forget(apps, schema_editor):
    """Those that officials typed: in whose case is not recorded."""
    apps.get_model("applications", "AnswerDraft").objects.exclude(owner__role="citizen").delete()


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0008_reopened"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="answerdraft", name="answer_draft_once"),
        migrations.AddField(
            model_name="answerdraft",
            name="subject",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="registry.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="answerdraft",
            constraint=models.UniqueConstraint(
                fields=("person", "programme", "owner", "subject"),
                name="answer_draft_once",
                nulls_distinct=False,
            ),
        ),
    ]
