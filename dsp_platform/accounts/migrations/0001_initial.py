import django.db.models.deletion
import django.utils.timezone
import dsp_platform.accounts.models.staff_credentials
import dsp_platform.database.sql_files
import dsp_platform.encryption.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('phone', models.CharField(blank=True, max_length=16, null=True, unique=True, verbose_name='phone number')),
                ('username', models.CharField(blank=True, max_length=64, null=True, unique=True, verbose_name='user name')),
                ('full_name', models.CharField(blank=True, max_length=200, verbose_name='full name')),
                ('role', models.CharField(choices=[('citizen', 'Citizen'), ('official', 'Commune official'), ('reviewer', 'Reviewer of an operator'), ('steward', 'Registry steward'), ('auditor', 'Auditor')], max_length=16, verbose_name='role')),
                ('area_code', models.CharField(blank=True, max_length=8, verbose_name='area code')),
                ('operator_code', models.SlugField(blank=True, max_length=32, verbose_name='operator code')),
                ('spid', models.CharField(blank=True, max_length=12, verbose_name='SPID')),
                ('language', models.CharField(default='km', max_length=2, verbose_name='language')),
                ('language_is_chosen', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may open the admin')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
        ),
        migrations.CreateModel(
            name='AssistedSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_id', models.BigIntegerField(null=True)),
                ('reason', models.CharField(max_length=32, verbose_name='reason')),
                ('consent_text', models.TextField(verbose_name='words read to the person')),
                ('told_by', dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name='who told it')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end', models.CharField(blank=True, choices=[('closed', 'ended by the official'), ('switched', 'another case was opened'), ('idle', '30 minutes without use'), ('signed_out', 'the official signed out'), ('out_of_area', 'the official may not see the person any more')], max_length=16)),
                ('official', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assisted_sessions', to=settings.AUTH_USER_MODEL, verbose_name='official')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('bound', models.BinaryField(db_default=b'', max_length=32)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='invitation', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
            },
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('credential_id', models.BinaryField(max_length=1023, unique=True)),
                ('credential', models.BinaryField()),
                ('bound', models.BinaryField(db_default=b'', max_length=32)),
                ('sign_count', models.PositiveBigIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='added')),
                ('used_at', models.DateTimeField(null=True, verbose_name='last used')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'passkey',
                'verbose_name_plural': 'passkeys',
            },
        ),
        migrations.CreateModel(
            name='PhoneChallenge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('phone', models.CharField(max_length=16)),
                ('purpose', models.CharField(choices=[('sign_in', 'sign in'), ('step_up', 'prove it again'), ('new_phone', 'change to this phone'), ('lost_phone', 'replace a lost phone by this one'), ('first_phone', 'open an account at the counter'), ('contact', 'confirm a number for news'), ('move', 'say yes to another household'), ('pin', 'get a new PIN for a report')], max_length=16)),
                ('subject', models.CharField(db_default='', default='', max_length=64)),
                ('nonce', models.BinaryField(max_length=32)),
                ('browser_digest', models.BinaryField(max_length=32)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'phone challenge',
                'verbose_name_plural': 'phone challenges',
            },
        ),
        migrations.CreateModel(
            name='PhoneEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(max_length=16)),
                ('kind', models.CharField(choices=[('sent', 'code sent'), ('wrong', 'wrong code')], max_length=8)),
                ('purpose', models.CharField(blank=True, db_default='', default='', max_length=16)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('known', models.BooleanField(db_default=False, default=False)),
                ('network', models.BinaryField(max_length=32, null=True)),
                ('unproved_in', models.CharField(blank=True, max_length=8)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'phone event',
                'verbose_name_plural': 'phone events',
            },
        ),
        migrations.CreateModel(
            name='SignInFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'failed sign-in',
                'verbose_name_plural': 'failed sign-ins',
                'indexes': [models.Index(fields=['bucket', 'at'], name='accounts_si_bucket_ea4523_idx')],
            },
        ),
        migrations.CreateModel(
            name='TOTPDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('throttling_failure_timestamp', models.DateTimeField(blank=True, default=None, help_text='A timestamp of the last failed verification attempt. Null if last attempt succeeded.', null=True)),
                ('throttling_failure_count', models.PositiveIntegerField(default=0, help_text='Number of successive failed attempts.')),
                ('created_at', models.DateTimeField(auto_now_add=True, help_text='The date and time when this device was initially created in the system.', null=True)),
                ('last_used_at', models.DateTimeField(blank=True, help_text='The most recent date and time this device was used.', null=True)),
                ('key', dsp_platform.encryption.fields.EncryptedTextField(default=dsp_platform.accounts.models.staff_credentials.new_totp_key)),
                ('bound', models.BinaryField(db_default=b'', max_length=32)),
                ('drift', models.SmallIntegerField(default=0)),
                ('last_t', models.BigIntegerField(default=-1)),
                ('user', models.ForeignKey(help_text='The user that this device belongs to.', on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'authenticator app',
                'verbose_name_plural': 'authenticator apps',
                'abstract': False,
            },
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('phone__isnull', False), ('role', 'citizen'), ('username__isnull', True)), models.Q(('is_active', False), ('phone__isnull', True), ('role', 'citizen'), ('username__isnull', True)), models.Q(models.Q(('role', 'citizen'), _negated=True), ('phone__isnull', True), ('username__isnull', False)), _connector='OR'), name='user_citizen_has_phone_staff_has_name'),
        ),
        migrations.AddIndex(
            model_name='assistedsession',
            index=models.Index(fields=['subject_id', 'opened_at'], name='accounts_as_subject_f87ca0_idx'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('official',), name='assisted_session_one_open_per_official'),
        ),
        migrations.AddIndex(
            model_name='phonechallenge',
            index=models.Index(fields=['phone', 'created_at'], name='accounts_ph_phone_fc5c28_idx'),
        ),
        migrations.AddIndex(
            model_name='phoneevent',
            index=models.Index(fields=['phone', 'kind', 'at'], name='accounts_ph_phone_eb170a_idx'),
        ),
        migrations.AddIndex(
            model_name='phoneevent',
            index=models.Index(fields=['account', 'kind', 'at'], name='accounts_ph_account_fa23bc_idx'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('role', 'citizen'), _negated=True), fields=['username'], name='user_staff'),
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package='dsp_platform.accounts',
            name='staff',
        ),
    ]
