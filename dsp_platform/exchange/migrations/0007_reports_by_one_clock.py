import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_attempt_lately")]

    operations = [
        migrations.AlterField(
            model_name="statusreport",
            name="not_before",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="not before"),
        ),
    ]
