import django.db.models.deletion
import django.utils.timezone
import dsp_platform.encryption.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('applications', '0001_initial'),
        ('exchange', '0001_initial'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GrievanceEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('step', models.CharField(max_length=16, verbose_name='step')),
                ('source', models.CharField(blank=True, max_length=8, verbose_name='by way of')),
                ('reason', models.CharField(blank=True, max_length=32, verbose_name='reason')),
                ('note', dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name='note')),
                ('state', models.CharField(choices=[('reported', 'received'), ('in_review', 'being looked into'), ('resolved', 'answered'), ('dismissed', 'closed without action'), ('upheld', 'the decision stands'), ('overturned', 'will be decided anew')], max_length=10, verbose_name='state')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['at', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PinFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'wrong PIN',
                'verbose_name_plural': 'wrong PINs',
            },
        ),
        migrations.CreateModel(
            name='Grievance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=16, unique=True, verbose_name='reference')),
                ('version', models.BigIntegerField(default=1, verbose_name='version')),
                ('language', models.CharField(default='km', max_length=2, verbose_name='language')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='deadline')),
                ('pin_digest', models.BinaryField(max_length=32)),
                ('category', models.CharField(choices=[('assessment', 'The poverty assessment (IDPoor)'), ('decision', 'A decision on an application'), ('payment', 'A payment that is missing or wrong'), ('staff', 'How an official or worker behaved'), ('money_asked', 'Someone asked for money or a favour'), ('abuse', 'Violence, threats or abuse'), ('data', 'My information is wrong or was misused'), ('appeal', 'Appeal against a decision'), ('other', 'Something else')], max_length=16, verbose_name='about')),
                ('text', dsp_platform.encryption.fields.EncryptedTextField(verbose_name='what happened')),
                ('late', models.BooleanField(default=False, verbose_name='after the last day')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone number')),
                ('phone_confirmed_at', models.DateTimeField(null=True, verbose_name='number confirmed')),
                ('state', models.CharField(choices=[('reported', 'received'), ('in_review', 'being looked into'), ('resolved', 'answered'), ('dismissed', 'closed without action'), ('upheld', 'the decision stands'), ('overturned', 'will be decided anew')], default='reported', max_length=10, verbose_name='state')),
                ('submission', models.UUIDField(unique=True)),
                ('reported_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reported')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('application', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grievances', to='applications.application', verbose_name='application')),
            ],
            options={
                'verbose_name': 'grievance',
                'verbose_name_plural': 'grievances',
            },
        ),
        migrations.AddField(
            model_name='grievance',
            name='area',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.area', verbose_name='area'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='assignee',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='decision',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='applications.applicationevent', verbose_name='decision appealed'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='decision_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='operator',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.operator', verbose_name='operator'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grievances', to='registry.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='reported_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by'),
        ),
        migrations.AddField(
            model_name='grievanceevent',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor'),
        ),
        migrations.AddField(
            model_name='grievanceevent',
            name='grievance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='grievances.grievance', verbose_name='grievance'),
        ),
        migrations.AddIndex(
            model_name='pinfailure',
            index=models.Index(fields=['bucket', 'at'], name='grievances__bucket_e1027c_idx'),
        ),
        migrations.AddIndex(
            model_name='grievance',
            index=models.Index(fields=['state', 'reported_at'], name='grievances__state_e78bac_idx'),
        ),
        migrations.AddIndex(
            model_name='grievance',
            index=models.Index(models.Case(models.When(state__in=['reported', 'in_review'], then=models.Value(0)), default=models.Value(1), output_field=models.IntegerField()), models.F('reported_at'), models.F('id'), name='grievance_queue'),
        ),
        migrations.AddIndex(
            model_name='grievance',
            index=models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone', 'reported_at'], name='grievance_phone'),
        ),
        migrations.AddConstraint(
            model_name='grievance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('application__isnull', False), ('category', 'appeal'), ('decision__isnull', False)), models.Q(models.Q(('category', 'appeal'), _negated=True), ('decision', None)), _connector='OR'), name='grievance_appeal_of_a_decision'),
        ),
        migrations.AddConstraint(
            model_name='grievance',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by', models.F('decision_by')), _negated=True), name='appeal_maker_is_not_checker'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grievanceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fea44f18ecc23b630dbb55d66878acecbc8ae6fa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cb63d', table='grievances_grievanceevent', when='BEFORE')),
        ),
    ]
