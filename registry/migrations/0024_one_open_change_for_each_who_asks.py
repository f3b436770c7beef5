"""No member stops with a request of theirs what another of the household asks for.

The new constraints allow more than those they replace, and stand before these go.
"""

from django.db import migrations, models

OPEN = ["waiting", "more_asked"]
SEVERAL = models.Q(kind__in=("birth", "joins"))


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0023_notes_of_changes_are_encrypted"),
    ]

    operations = [
        migrations.AddConstraint(
            "changerequest",
            models.UniqueConstraint(
                fields=["kind", "person", "asked_for"],
                condition=models.Q(state__in=OPEN, person__isnull=False) & ~SEVERAL,
                name="change_one_open_per_asker",
            ),
        ),
        migrations.AddConstraint(
            "changerequest",
            models.UniqueConstraint(
                fields=["kind", "household", "asked_for"],
                condition=models.Q(state__in=OPEN, person=None) & ~SEVERAL,
                name="change_one_open_per_asker_home",
            ),
        ),
        migrations.RemoveConstraint("changerequest", "change_one_open_per_person"),
        migrations.RemoveConstraint("changerequest", "change_one_open_per_household"),
    ]
