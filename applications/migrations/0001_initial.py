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
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApplicationEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('step', models.CharField(max_length=16, verbose_name='step')),
                ('source', models.CharField(blank=True, max_length=8, verbose_name='by way of')),
                ('reason', models.CharField(blank=True, max_length=32, verbose_name='reason')),
                ('note', dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name='note')),
                ('state', models.CharField(choices=[('submitted', 'received'), ('in_review', 'under review'), ('more_asked', 'more information asked'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], max_length=10, verbose_name='state')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['at', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=16, unique=True, verbose_name='reference')),
                ('version', models.BigIntegerField(default=1, verbose_name='version')),
                ('language', models.CharField(default='km', max_length=2, verbose_name='language')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='deadline')),
                ('state', models.CharField(choices=[('submitted', 'received'), ('in_review', 'under review'), ('more_asked', 'more information asked'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='submitted', max_length=10, verbose_name='state')),
                ('verdict', models.CharField(max_length=16, verbose_name='verdict')),
                ('missing_facts', models.JSONField(default=list, verbose_name='missing facts')),
                ('rule_version', models.PositiveIntegerField(verbose_name='rule version')),
                ('submitted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='submitted')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('amounts', models.JSONField(blank=True, default=list, verbose_name='amounts')),
                ('appeal_until', models.DateField(blank=True, null=True, verbose_name='may be appealed until')),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'application',
                'verbose_name_plural': 'applications',
            },
        ),
        migrations.AddField(
            model_name='application',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='registry.person', verbose_name='person'),
        ),
        migrations.AddField(
            model_name='application',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='registry.programme', verbose_name='programme'),
        ),
        migrations.AddField(
            model_name='application',
            name='submitted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='submitted by'),
        ),
        migrations.AddField(
            model_name='applicationevent',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor'),
        ),
        migrations.AddField(
            model_name='applicationevent',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='applications.application', verbose_name='application'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['programme', 'state', 'submitted_at'], name='application_program_f435bc_idx'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(models.Case(models.When(state__in=['submitted', 'in_review', 'more_asked'], then=models.Value(0)), default=models.Value(1), output_field=models.IntegerField()), models.F('submitted_at'), models.F('id'), name='application_queue'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['submitted', 'in_review', 'more_asked'])), fields=('person', 'programme'), name='application_one_open'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('submitted_by', models.F('decided_by')), _negated=True), name='application_maker_is_not_checker'),
        ),
        migrations.AddIndex(
            model_name='applicationevent',
            index=models.Index(condition=models.Q(('step', 'document')), fields=['application'], name='application_document_came'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='applicationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='630c1c333f6d410f309a87e3bbbc3af261f9a94f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4f572', table='applications_applicationevent', when='BEFORE')),
        ),
    ]
