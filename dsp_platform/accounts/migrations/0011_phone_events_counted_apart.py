from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_subjects_of_phone_challenges")]

    operations = [
        migrations.AddField(
            model_name="phoneevent",
            name="known",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
