from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("uploads", "0002_being_read")]

    operations = [
        migrations.AddField("uploadday", "repeats", models.PositiveIntegerField(default=0, db_default=0)),
    ]
