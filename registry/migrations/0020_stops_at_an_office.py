"""An official's stop is told apart from the objection of the person."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0018_days_to_appeal_need_two'),
    ]

    operations = [
        migrations.AlterField(
            model_name='phonereplacement',
            name='cause',
            field=models.CharField(blank=True, choices=[('objected', 'somebody objected'), ('stopped', 'an official stopped it'), ('withdrawn', 'the office took it back'), ('taken', 'the new number has another account'), ('draft', 'a registration was begun with the new number'), ('changed', 'the account was changed meanwhile'), ('gone', 'the record was closed'), ('closed', 'the account was closed'), ('alone', 'no second official confirmed it')], db_default='', default='', max_length=10, verbose_name='why it was not done'),
        ),
        migrations.AlterField(
            model_name='phonereplacement',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting for a second official, or for the last day'), ('applied', 'replaced'), ('objected', 'stopped: the person objected'), ('stopped', 'an official stopped it at an office'), ('withdrawn', 'taken back by who asked for it'), ('overtaken', 'ended: something changed meanwhile')], default='waiting', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='phonereplacementevent',
            name='cause',
            field=models.CharField(blank=True, choices=[('objected', 'somebody objected'), ('stopped', 'an official stopped it'), ('withdrawn', 'the office took it back'), ('taken', 'the new number has another account'), ('draft', 'a registration was begun with the new number'), ('changed', 'the account was changed meanwhile'), ('gone', 'the record was closed'), ('closed', 'the account was closed'), ('alone', 'no second official confirmed it')], db_default='', default='', max_length=10, verbose_name='why it was not done'),
        ),
        migrations.AlterField(
            model_name='phonereplacementevent',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting for a second official, or for the last day'), ('applied', 'replaced'), ('objected', 'stopped: the person objected'), ('stopped', 'an official stopped it at an office'), ('withdrawn', 'taken back by who asked for it'), ('overtaken', 'ended: something changed meanwhile')], default='waiting', max_length=10, verbose_name='state'),
        ),
        migrations.RunSQL(
            """
            UPDATE registry_phonereplacement replacement SET state = 'stopped', cause = 'stopped'
            FROM accounts_user actor
            WHERE actor.id = replacement.ended_by_id AND actor.role = 'official' AND state = 'objected';
            """,
            migrations.RunSQL.noop,
        ),
    ]
