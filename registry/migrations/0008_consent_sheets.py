import django.db.models.deletion
import django.utils.timezone
import dsp_platform.database.sql_files
import dsp_platform.encryption.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_consent_sheets'),
        ('registry', '0007_second_review_guarded'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=11, unique=True, verbose_name='reference')),
                ('texts', models.JSONField(verbose_name='texts')),
                ('text_digest', models.BinaryField(max_length=32)),
                ('language', models.CharField(max_length=2, verbose_name='language')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='made')),
                ('signed_at', models.DateTimeField(null=True, verbose_name='photo received')),
            ],
            options={
                'verbose_name': 'consent sheet',
                'verbose_name_plural': 'consent sheets',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consent',
            name='history_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consent',
            name='history_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='consent',
            name='history_delete',
        ),
        migrations.AddField(
            model_name='consent',
            name='sheet',
            field=models.CharField(blank=True, db_default='', max_length=11, verbose_name='consent sheet'),
        ),
        migrations.AddField(
            model_name='consent',
            name='witness_name',
            field=dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name='witness'),
        ),
        migrations.AddField(
            model_name='consentevent',
            name='sheet',
            field=models.CharField(blank=True, db_default='', max_length=11, verbose_name='consent sheet'),
        ),
        migrations.AddField(
            model_name='consentevent',
            name='witness_name',
            field=dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name='witness'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='channel',
            field=models.CharField(choices=[('online', 'online'), ('counter', 'read out at the counter'), ('witness', 'read out before a witness'), ('code', 'by a code to their phone'), ('sheet', 'signature or thumbprint on a printed sheet')], max_length=8, verbose_name='how given'),
        ),
        migrations.AlterField(
            model_name='consent',
            name='witness',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='official'),
        ),
        migrations.AlterField(
            model_name='consentevent',
            name='channel',
            field=models.CharField(choices=[('online', 'online'), ('counter', 'read out at the counter'), ('witness', 'read out before a witness'), ('code', 'by a code to their phone'), ('sheet', 'signature or thumbprint on a printed sheet')], max_length=8, verbose_name='how given'),
        ),
        migrations.AlterField(
            model_name='consentevent',
            name='witness',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='official'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "registry_consentevent" ("id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;', hash='147ed9540acff2861dd5855fe023b4b36f00e9d0', level='STATEMENT', operation='INSERT', pgid='pgtrigger_history_insert_a58b9', referencing='REFERENCING NEW TABLE AS new_rows ', table='registry_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "registry_consentevent" ("id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at" FROM new_rows EXCEPT SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at" FROM old_rows) AS rows; RETURN NULL;', hash='8ab5ade0c5a83a0eff7e6c1165bf705c35f193e8', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_history_update_e1f8b', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='registry_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "registry_consentevent" ("id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "witness_name", "sheet", "given_at", "withdrawn_at", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;', hash='fe491e5cbfa6312a7293464cda3f13e2a631e241', level='STATEMENT', operation='DELETE', pgid='pgtrigger_history_delete_bd17e', referencing='REFERENCING OLD TABLE AS old_rows ', table='registry_consent', when='AFTER')),
        ),
        migrations.AddField(
            model_name='consentsheet',
            name='assisted_session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.assistedsession', verbose_name='case'),
        ),
        migrations.AddConstraint(
            model_name='consentsheet',
            constraint=models.UniqueConstraint(fields=('assisted_session', 'text_digest'), name='consent_sheet_once_per_text'),
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='registry',
            name='consent_sheets',
        ),
    ]
