from django.db import migrations, models
from django.db.models import Q

SENSITIVE = ("staff", "money_asked", "data", "abuse")


def part(apps, schema_editor):
    """Those that became sensitive after they were joined."""
    grievances = apps.get_model("grievances", "Grievance").objects.exclude(repeat_of=None)
    grievances.filter(Q(category__in=SENSITIVE) | Q(repeat_of__category__in=SENSITIVE)).update(repeat_of=None)


class Migration(migrations.Migration):

    dependencies = [
        ("grievances", "0009_queue_of_team"),
    ]

    operations = [
        migrations.RunPython(part, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="grievance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repeat_of", None), models.Q(("category__in", SENSITIVE), _negated=True), _connector="OR"
                ),
                name="grievance_sensitive_by_itself",
            ),
        ),
    ]
