from django.db import migrations, models
from django.db.models import Q

SENSITIVE = ("staff", "money_asked", "data", "abuse")
BY_PIN_ONLY = ("abuse",)


def promised(apps, schema_editor):
    """What a report was about before it was first changed is not recorded: any that was changed may have been
    of violence, so it is read by reference and PIN only."""
    grievances = apps.get_model("grievances", "Grievance").objects
    changed = apps.get_model("grievances", "GrievanceEvent").objects.filter(step="recategorise")
    by_pin = Q(category__in=BY_PIN_ONLY) | Q(pk__in=changed.values("grievance"))
    grievances.filter(by_pin).update(told_in_secret="pin")
    grievances.filter(category__in=SENSITIVE, told_in_secret="").update(told_in_secret="account")


class Migration(migrations.Migration):

    dependencies = [
        ("grievances", "0011_taken_by_no_team"),
    ]

    operations = [
        migrations.AddField(
            model_name="grievance",
            name="told_in_secret",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "not sensitive"),
                    ("account", "by the account that reported it, or by reference and PIN"),
                    ("pin", "by reference and PIN only"),
                ],
                db_default="",
                default="",
                max_length=7,
                verbose_name="told in secret",
            ),
        ),
        migrations.RunPython(promised, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="grievance",
            constraint=models.CheckConstraint(
                condition=(~Q(category__in=SENSITIVE) | ~Q(told_in_secret=""))
                & (~Q(category__in=BY_PIN_ONLY) | Q(told_in_secret="pin")),
                name="grievance_sensitive_is_told_in_secret",
            ),
        ),
    ]
