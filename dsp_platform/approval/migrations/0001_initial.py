import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import dsp_platform.database.sql_files
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32, verbose_name='kind')),
                ('act', models.CharField(max_length=16)),
                ('subject', models.CharField(max_length=64)),
                ('payload', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('digest', models.CharField(max_length=64)),
                ('effective_from', models.DateField(verbose_name='holds from')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='proposed')),
                ('state', models.CharField(choices=[('proposed', 'waits for a second person'), ('approved', 'approved, waits for its day'), ('carried_out', 'approved and in force'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('overtaken', 'overtaken by another change'), ('lapsed', 'waited too long')], default='proposed', max_length=12, verbose_name='state')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='carried out or given up')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='proposed by')),
            ],
            options={
                'verbose_name': 'proposal',
                'verbose_name_plural': 'What waits for a second person',
                'indexes': [models.Index(fields=['state', 'effective_from'], name='approval_pr_state_6adbf9_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='proposal_maker_is_not_checker'), models.CheckConstraint(condition=models.Q(('state__in', ('proposed', 'withdrawn', 'overtaken', 'lapsed')), ('decided_by__isnull', False), _connector='OR'), name='proposal_decided_by_somebody'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('kind', 'subject'), name='proposal_one_at_a_time')],
            },
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.approval',
            name='carried_out',
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.approval',
            name='proposals',
        ),
    ]
