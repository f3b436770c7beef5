import django.utils.timezone
import dsp_platform.encryption.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CircuitBreaker',
            fields=[
                ('name', models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name='provider')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures in a row')),
                ('retry_at', models.DateTimeField(null=True, verbose_name='not tried before')),
                ('last_error', models.CharField(blank=True, max_length=64, verbose_name='last error')),
                ('last_failure_at', models.DateTimeField(null=True, verbose_name='last failure')),
                ('last_success_at', models.DateTimeField(null=True, verbose_name='last success')),
            ],
            options={
                'verbose_name': 'message provider',
                'verbose_name_plural': 'message providers',
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('code', 'codes for signing in'), ('confirm', 'codes that confirm another number'), ('other', 'all other messages')], max_length=8, verbose_name='messages')),
                ('window', models.CharField(choices=[('hour', 'hour'), ('day', 'day')], max_length=8, verbose_name='per')),
                ('starts_at', models.DateTimeField(verbose_name='since')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='sent')),
                ('extra', models.PositiveIntegerField(default=0, verbose_name='allowed by a steward on top')),
                ('stopped_at', models.DateTimeField(null=True, verbose_name='stopped')),
                ('open_stopped_at', models.DateTimeField(null=True, verbose_name='only the reserve since')),
            ],
            options={
                'verbose_name': 'message budget',
                'verbose_name_plural': 'message budgets',
                'constraints': [models.UniqueConstraint(fields=('kind', 'window'), name='budget_one_row')],
            },
        ),
        migrations.CreateModel(
            name='RateCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.BinaryField(max_length=32)),
                ('scope', models.CharField(max_length=16)),
                ('window', models.CharField(choices=[('hour', 'hour'), ('day', 'day')], max_length=8)),
                ('starts_at', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=0)),
                ('unproved', models.IntegerField(default=0)),
            ],
            options={
                'verbose_name': 'messages of one origin',
                'verbose_name_plural': 'messages of one origin',
                'indexes': [models.Index(fields=['starts_at'], name='notificatio_starts__cedeaf_idx')],
                'constraints': [models.UniqueConstraint(fields=('source', 'scope', 'window', 'starts_at'), name='rate_counter')],
            },
        ),
        migrations.CreateModel(
            name='DemoMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=16)),
                ('text', dsp_platform.encryption.fields.EncryptedTextField()),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'message on the demo phone',
                'verbose_name_plural': 'messages on the demo phone',
                'indexes': [models.Index(fields=['phone', 'received_at'], name='notificatio_phone_c7193f_idx')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=16, verbose_name='phone number')),
                ('kind', models.CharField(choices=[('code', 'codes for signing in'), ('confirm', 'codes that confirm another number'), ('other', 'all other messages')], default='other', max_length=8, verbose_name='purpose')),
                ('tier', models.CharField(choices=[('open', 'anybody'), ('account', 'a number with an account'), ('known', 'a known browser, or somebody signed in')], default='open', max_length=8, verbose_name='for')),
                ('language', models.CharField(max_length=2, verbose_name='language')),
                ('template', models.CharField(max_length=64, verbose_name='text')),
                ('params', models.JSONField(default=dict, verbose_name='values')),
                ('subject_kind', models.CharField(blank=True, max_length=32, verbose_name='kind')),
                ('subject_id', models.BigIntegerField(null=True, verbose_name='subject')),
                ('state', models.CharField(choices=[('due', 'to be sent'), ('sent', 'sent'), ('delivered', 'arrived'), ('failed', 'could not be sent'), ('expired', 'too late to be sent')], default='due', max_length=12, verbose_name='state')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='expires')),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now, verbose_name='not before')),
                ('leased_until', models.DateTimeField(null=True, verbose_name='leased until')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('reason', models.CharField(blank=True, max_length=64, verbose_name='reason')),
                ('provider', models.CharField(blank=True, max_length=32, verbose_name='provider')),
                ('provider_reference', models.CharField(blank=True, max_length=128, verbose_name="provider's reference")),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('delivered_at', models.DateTimeField(null=True, verbose_name='arrived')),
                ('counted', models.BooleanField(default=False)),
                ('unknown', models.PositiveSmallIntegerField(default=0, verbose_name='outcomes unknown')),
            ],
            options={
                'verbose_name': 'text message',
                'verbose_name_plural': 'text messages',
                'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['not_before'], name='message_due'), models.Index(condition=models.Q(('kind__in', ['code', 'confirm']), ('state', 'due')), fields=['not_before'], name='code_due'), models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['created_at'], name='message_with_phone'), models.Index(fields=['subject_kind', 'subject_id'], name='notificatio_subject_0cef6d_idx'), models.Index(fields=['phone', '-created_at'], name='message_of_phone'), models.Index(fields=['created_at', 'state'], name='message_of_day'), models.Index(condition=models.Q(('provider_reference', ''), _negated=True), fields=['provider_reference', 'provider'], name='message_receipt')],
            },
        ),
    ]
