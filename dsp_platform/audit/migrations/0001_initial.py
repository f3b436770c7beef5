import django.db.models.deletion
import django.utils.timezone
import dsp_platform.database.sql_files
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ChainHead',
            fields=[
                ('chain', models.CharField(max_length=24, primary_key=True, serialize=False, verbose_name='chain')),
                ('sequence', models.BigIntegerField(verbose_name='number in its chain')),
                ('hash', models.BinaryField(max_length=32, verbose_name='hash')),
            ],
            options={
                'verbose_name': 'end of an audit chain',
                'verbose_name_plural': 'ends of audit chains',
            },
        ),
        migrations.CreateModel(
            name='Retention',
            fields=[
            ],
            options={
                'verbose_name': 'how long data is kept',
                'verbose_name_plural': 'how long data is kept',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('audit.chainhead',),
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('action', models.CharField(max_length=64, verbose_name='action')),
                ('subject_kind', models.CharField(max_length=32, verbose_name='kind')),
                ('subject_id', models.BigIntegerField(null=True, verbose_name='subject')),
                ('reason', models.CharField(blank=True, max_length=64, verbose_name='reason')),
                ('assisted_session_id', models.UUIDField(null=True, verbose_name='case')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('chain', models.CharField(db_default='', editable=False, max_length=24, verbose_name='chain')),
                ('sequence', models.BigIntegerField(db_default=0, editable=False, verbose_name='number in its chain')),
                ('previous', models.BinaryField(db_default=b'', max_length=32, verbose_name='hash of the one before')),
                ('hash', models.BinaryField(db_default=b'', max_length=32, verbose_name='hash')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
            ],
            options={
                'verbose_name': 'audit event',
                'verbose_name_plural': 'audit events',
                'indexes': [models.Index(fields=['subject_kind', 'subject_id', 'at'], name='audit_audit_subject_87b413_idx'), models.Index(fields=['actor', 'at'], name='audit_audit_actor_i_6c9c9e_idx'), models.Index(fields=['-at', '-id'], name='audit_by_time'), models.Index(fields=['action', 'at'], include=('actor',), name='audit_of_action'), models.Index(condition=models.Q(('assisted_session_id', None), _negated=True), fields=['assisted_session_id'], name='audit_of_assisted_session')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'sequence'), name='audit_place_in_chain')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0450288fcb55201b346da4e2d56d2293ba7aac03', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_00dfa', table='audit_auditevent', when='BEFORE')),
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.audit',
            name='chain',
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.audit',
            name='contexts',
        ),
    ]
