import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0007_reports_by_one_clock")]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="when"),
        ),
        # A lease lives for a second: to compress what it carries takes longer than to write it.
        migrations.RunSQL(
            "ALTER TABLE exchange_lease ALTER entries SET STORAGE EXTERNAL",
            "ALTER TABLE exchange_lease ALTER entries SET STORAGE EXTENDED",
        ),
    ]
