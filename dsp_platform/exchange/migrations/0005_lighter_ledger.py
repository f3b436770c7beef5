import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_agreements_stay")]

    operations = [
        migrations.AddField(
            model_name="lease",
            name="backlog",
            field=models.BooleanField(default=False, verbose_name="first fill"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="operator",
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="ledger", to="exchange.operator", verbose_name="operator"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="agreement",
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.agreement", verbose_name="sharing agreement"),
        ),
        # A lease that was open carried entries that were outstanding too.
        migrations.RunSQL(
            "DELETE FROM exchange_outstanding WHERE entry_id IN (SELECT unnest(entries) FROM exchange_lease)",
            migrations.RunSQL.noop,
        ),
    ]
