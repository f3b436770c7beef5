from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_keys_of_apps_bound_to_their_user")]

    operations = [
        migrations.AddField(
            "phoneevent", "purpose", models.CharField(blank=True, db_default="", default="", max_length=16)
        ),
    ]
