from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.RenameField("ledgerentry", "may_hold", "may_have_copy"),
        migrations.RenameField("incident", "told", "posted"),
    ]
