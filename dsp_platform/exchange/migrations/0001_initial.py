import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import dsp_platform.database.sql_files
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('approval', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('code', models.SlugField(max_length=32, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('name_km', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('name_en', models.CharField(max_length=200, null=True, verbose_name='name')),
                ('system', models.CharField(blank=True, max_length=200, verbose_name='system')),
                ('system_km', models.CharField(blank=True, max_length=200, null=True, verbose_name='system')),
                ('system_en', models.CharField(blank=True, max_length=200, null=True, verbose_name='system')),
                ('adapter', models.CharField(default='database', max_length=16, verbose_name='adapter')),
                ('address', models.JSONField(blank=True, default=dict, verbose_name='address')),
                ('status_mapping', models.JSONField(blank=True, default=dict, verbose_name='status table')),
                ('pull_cursor', models.BigIntegerField(default=0, verbose_name='last status read')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused by a steward')),
                ('rate_per_minute', models.PositiveIntegerField(blank=True, null=True, verbose_name='most records a minute')),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_to', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures in a row')),
                ('retry_at', models.DateTimeField(blank=True, null=True, verbose_name='not tried before')),
                ('last_error', models.CharField(blank=True, max_length=64, verbose_name='last error')),
                ('pull_error', models.CharField(blank=True, max_length=64, verbose_name='last error when reading reports')),
                ('last_success_at', models.DateTimeField(blank=True, null=True, verbose_name='last success')),
                ('reconciled_at', models.DateTimeField(blank=True, null=True, verbose_name='last compared')),
            ],
            options={
                'verbose_name': 'operator',
                'verbose_name_plural': 'operators',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32, verbose_name='kind of record')),
                ('number', models.PositiveIntegerField(default=1, verbose_name='number')),
                ('fields', models.JSONField(default=list, verbose_name='fields')),
                ('mapping', models.JSONField(default=dict, verbose_name='table and columns')),
                ('concerns', models.CharField(choices=[('rule', 'those who meet a rule'), ('applicants', 'applicants of its programmes'), ('applicants_or_rule', 'applicants, and those who meet a rule')], max_length=20, verbose_name='concerns')),
                ('rule', models.TextField(blank=True, verbose_name='rule')),
                ('basis', models.CharField(choices=[('consent', "the person's consent"), ('law', 'a law')], max_length=8, verbose_name='basis')),
                ('legal_reference', models.CharField(blank=True, max_length=200, verbose_name='law')),
                ('purpose', models.CharField(max_length=300, verbose_name='purpose')),
                ('purpose_km', models.CharField(max_length=300, null=True, verbose_name='purpose')),
                ('purpose_en', models.CharField(max_length=300, null=True, verbose_name='purpose')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('ended', 'ended')], default='draft', max_length=8, verbose_name='state')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'verbose_name': 'sharing agreement',
                'verbose_name_plural': 'sharing agreements',
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32, verbose_name='kind')),
                ('subject_id', models.BigIntegerField(verbose_name='subject')),
                ('wanted_version', models.BigIntegerField(verbose_name='wanted version')),
                ('delivered_version', models.BigIntegerField(default=0, verbose_name='delivered version')),
                ('revision', models.BigIntegerField(default=1, verbose_name='revision')),
                ('delivered_revision', models.BigIntegerField(default=0, verbose_name='delivered revision')),
                ('may_have_copy', models.BooleanField(default=False, verbose_name='the operator may have a copy')),
                ('state', models.CharField(choices=[('due', 'due'), ('delivered', 'delivered'), ('held', 'held for a person'), ('withdrawn', 'withdrawn')], default='due', max_length=10, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=64, verbose_name='reason')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('announced_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='announced')),
                ('delivered_at', models.DateTimeField(null=True, verbose_name='delivered')),
                ('agreement', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.agreement', verbose_name='sharing agreement')),
                ('operator', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'verbose_name': 'ledger entry',
                'verbose_name_plural': 'delivery ledger',
            },
        ),
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None, verbose_name='ledger entries')),
                ('backlog', models.BooleanField(default=False, verbose_name='first fill')),
                ('taken_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='taken')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'verbose_name': 'batch in flight',
                'verbose_name_plural': 'batches in flight',
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('oldest_due', 'A change has waited too long'), ('fill_stalled', 'A first fill has stalled'), ('held_grows', 'More and more records are held'), ('pull_fails', 'Reports cannot be read'), ('paused_long', 'Delivery has been paused for more than a day'), ('partition_missing', 'A month has no partition for attempts')], max_length=32, verbose_name='alert')),
                ('figure', models.BigIntegerField(default=0, verbose_name='figure')),
                ('reason', models.CharField(blank=True, max_length=64, verbose_name='reason')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('posted', models.CharField(blank=True, max_length=8)),
                ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'verbose_name': 'alert',
                'verbose_name_plural': 'alerts',
            },
        ),
        migrations.CreateModel(
            name='AgreementEvent',
            fields=[
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=32, verbose_name='kind of record')),
                ('number', models.PositiveIntegerField(default=1, verbose_name='number')),
                ('fields', models.JSONField(default=list, verbose_name='fields')),
                ('mapping', models.JSONField(default=dict, verbose_name='table and columns')),
                ('concerns', models.CharField(choices=[('rule', 'those who meet a rule'), ('applicants', 'applicants of its programmes'), ('applicants_or_rule', 'applicants, and those who meet a rule')], max_length=20, verbose_name='concerns')),
                ('rule', models.TextField(blank=True, verbose_name='rule')),
                ('basis', models.CharField(choices=[('consent', "the person's consent"), ('law', 'a law')], max_length=8, verbose_name='basis')),
                ('legal_reference', models.CharField(blank=True, max_length=200, verbose_name='law')),
                ('purpose', models.CharField(max_length=300, verbose_name='purpose')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('ended', 'ended')], default='draft', max_length=8, verbose_name='state')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved')),
                ('approved_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('drafted_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='drafted by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='exchange.agreement')),
                ('operator', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OperatorLease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(max_length=8, verbose_name='work')),
                ('token', models.BigIntegerField(verbose_name='fencing token')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'verbose_name': 'lease of an operator',
                'verbose_name_plural': 'leases of operators',
            },
        ),
        migrations.CreateModel(
            name='StatusReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=128, verbose_name="operator's reference")),
                ('kind', models.CharField(max_length=32, verbose_name='kind')),
                ('subject', models.CharField(max_length=64, verbose_name='subject')),
                ('status', models.CharField(max_length=64, verbose_name='status')),
                ('values', models.JSONField(default=dict, verbose_name='values')),
                ('occurred_at', models.DateTimeField(verbose_name='occurred')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received')),
                ('state', models.CharField(choices=[('received', 'received'), ('handled', 'handled'), ('held', 'held for a person')], default='received', max_length=8, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=64, verbose_name='reason')),
                ('handled_at', models.DateTimeField(null=True, verbose_name='handled')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('not_before', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='not before')),
                ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'verbose_name': 'status report',
                'verbose_name_plural': 'status reports',
            },
        ),
        migrations.CreateModel(
            name='Outstanding',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='outstanding', serialize=False, to='exchange.ledgerentry', verbose_name='ledger entry')),
                ('backlog', models.BooleanField(default=False, verbose_name='first fill')),
                ('held', models.BooleanField(default=False, verbose_name='held for a person')),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now, verbose_name='not before')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('operator', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outstanding', to='exchange.operator', verbose_name='operator')),
            ],
            options={
                'verbose_name': 'outstanding delivery',
                'verbose_name_plural': 'outstanding deliveries',
            },
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(fields=('subject_id', 'kind', 'operator'), name='ledger_one_row_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('code', 'operator'), name='incident_open_once', nulls_distinct=False),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                dsp_platform.database.sql_files.RunSQLFile(
                    package='dsp_platform.exchange',
                    name='attempts',
                ),
            ],
            state_operations=[
                migrations.CreateModel(
                    name='Attempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                        ('kind', models.CharField(max_length=32, verbose_name='kind')),
                        ('subject_id', models.BigIntegerField(verbose_name='subject')),
                        ('version', models.BigIntegerField(verbose_name='version')),
                        ('revision', models.BigIntegerField(default=0, verbose_name='revision')),
                        ('withdrawal', models.BooleanField(default=False, verbose_name='withdrawal')),
                        ('outcome', models.CharField(max_length=16, verbose_name='outcome')),
                        ('reason', models.CharField(blank=True, max_length=64, verbose_name='reason')),
                        ('digest', models.BinaryField(max_length=16, null=True, verbose_name='digest of what was sent')),
                        ('consent_id', models.BigIntegerField(null=True, verbose_name='consent')),
                        ('receipt', models.CharField(blank=True, max_length=200, verbose_name='receipt')),
                        ('agreement', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.agreement', verbose_name='sharing agreement')),
                        ('operator', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.operator', verbose_name='operator')),
                    ],
                    options={
                        'verbose_name': 'delivery attempt',
                        'verbose_name_plural': 'delivery attempts',
                    },
                ),
                migrations.AddIndex(
                    model_name='attempt',
                    index=models.Index(fields=['subject_id', 'kind', 'at'], name='attempt_of_subject'),
                ),
                migrations.AddIndex(
                    model_name='attempt',
                    index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['at'], name='attempt_lately', pages_per_range=16),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attempt',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='68abe8a1b32fb004ecccd602c81742f838daa6b9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cf168', table='exchange_attempt', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(fields=('operator', 'kind', 'number'), name='agreement_number_once'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('drafted_by', models.F('approved_by')), _negated=True), name='agreement_maker_is_not_checker'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state <> 'draft' AND (to_jsonb(OLD) - '{state,valid_to}'::text[]) <> (to_jsonb(NEW) - '{state,valid_to}'::text[]))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='637552f6f0a89a0d963a4122901d99a87e341bd5', operation='UPDATE', pgid='pgtrigger_never_edited_1deb4', table='exchange_agreement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='only_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'ended' OR (OLD.state = 'approved' AND (NEW.state = 'draft' OR coalesce(NEW.valid_to, 'infinity') > coalesce(OLD.valid_to, 'infinity'))))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='03c0d74e5fd246bc89f5d5b2c1f4a1e8d29bae01', operation='UPDATE', pgid='pgtrigger_only_ended_825a1', table='exchange_agreement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state <> 'draft')", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='b24dd011d86131fba47b4a24691854d5b94798f0', operation='DELETE', pgid='pgtrigger_kept_e6a39', table='exchange_agreement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "exchange_agreementevent" ("id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;', hash='dd6d50fc9c22e8c4b168cdf2b06d50cd0a0cf456', level='STATEMENT', operation='INSERT', pgid='pgtrigger_history_insert_3e81e', referencing='REFERENCING NEW TABLE AS new_rows ', table='exchange_agreement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "exchange_agreementevent" ("id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at" FROM new_rows EXCEPT SELECT "id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at" FROM old_rows) AS rows; RETURN NULL;', hash='8f1c6947687c876c15351a45cc5f29f997ac4a78', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_history_update_e0662', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='exchange_agreement', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agreement',
            trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "exchange_agreementevent" ("id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "operator_id", "kind", "number", "fields", "mapping", "concerns", "rule", "basis", "legal_reference", "purpose", "state", "valid_from", "valid_to", "drafted_by_id", "approved_by_id", "approved_at", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;', hash='0c7fd7d32fffe9692fc0769780f39f8ebf24e98e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_history_delete_347f9', referencing='REFERENCING OLD TABLE AS old_rows ', table='exchange_agreement', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='operatorlease',
            constraint=models.UniqueConstraint(fields=('operator', 'work'), name='operator_lease_of_one'),
        ),
        migrations.AddIndex(
            model_name='statusreport',
            index=models.Index(condition=models.Q(('state', 'received')), fields=['not_before'], name='report_new'),
        ),
        migrations.AddIndex(
            model_name='statusreport',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['operator'], name='report_held'),
        ),
        migrations.AddIndex(
            model_name='statusreport',
            index=models.Index(condition=models.Q(('state', 'handled'), models.Q(('values', {}), _negated=True)), fields=['handled_at'], name='report_values'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.UniqueConstraint(fields=('operator', 'reference'), name='report_once'),
        ),
        migrations.AddConstraint(
            model_name='statusreport',
            constraint=models.CheckConstraint(condition=models.Q(('occurred_at__gte', datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('occurred_at__lt', datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), name='report_moment_readable'),
        ),
        migrations.AddIndex(
            model_name='outstanding',
            index=models.Index(condition=models.Q(('held', False)), fields=['operator', 'backlog', 'not_before'], name='outstanding_due'),
        ),
        migrations.AddIndex(
            model_name='outstanding',
            index=models.Index(condition=models.Q(('held', True)), fields=['operator'], name='outstanding_held'),
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.exchange',
            name='agreements',
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.exchange',
            name='ledger',
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.exchange',
            name='operators',
        ),
    ]
