from django.db import migrations, models
from django.db.models import OuterRef, Subquery

OPEN = ("reported", "in_review", "more_asked")
SENSITIVE = ("staff", "money_asked", "data", "abuse")
UPWARDS = ("escalate", "pass_up", "reopen")


def note_fallen(apps, schema_editor):
    """What came to the default team otherwise than from the level below; sensitive ones are for it."""
    events = apps.get_model("grievances", "GrievanceEvent").objects
    steps = ("report", "recategorise", "pass_on", *UPWARDS)
    ways = events.filter(grievance=OuterRef("pk"), step__in=steps).order_by("-pk")
    rows = apps.get_model("grievances", "Grievance").objects.filter(team__is_default=True, state__in=OPEN)
    fallen = rows.exclude(category__in=SENSITIVE).alias(came_by=Subquery(ways.values("step")[:1]))
    fallen.exclude(came_by__in=UPWARDS).update(taken_by_no_team=True)


class Migration(migrations.Migration):

    dependencies = [
        ("grievances", "0010_repeats_parted"),
    ]

    operations = [
        migrations.AddField(
            model_name="grievance",
            name="taken_by_no_team",
            field=models.BooleanField(db_default=False, default=False, verbose_name="taken by no team"),
        ),
        migrations.RunPython(note_fallen, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="grievance",
            index=models.Index(
                condition=models.Q(("state__in", OPEN), ("taken_by_no_team", True)),
                fields=["team_since"],
                name="grievance_taken_by_no_team",
            ),
        ),
    ]
