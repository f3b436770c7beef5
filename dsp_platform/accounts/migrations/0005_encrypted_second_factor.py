from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion

import dsp_platform.accounts.models
import dsp_platform.fields

COPIED = (
    'user_id', 'name', 'confirmed', 'key', 'drift', 'last_t', 'throttling_failure_timestamp',
    'throttling_failure_count', 'created_at', 'last_used_at',
)


def move_keys(apps, schema_editor):
    """django-otp's own table holds the keys in plain. What is in it moves, then the table goes."""
    device = apps.get_model('accounts', 'TOTPDevice')
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('otp_totp_totpdevice')")
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(f"SELECT {', '.join(COPIED)} FROM otp_totp_totpdevice ORDER BY id")
        device.objects.bulk_create(device(**dict(zip(COPIED, row))) for row in cursor.fetchall())
        cursor.execute('DROP TABLE otp_totp_totpdevice')
        cursor.execute("DELETE FROM django_migrations WHERE app = 'otp_totp'")


def end_all_sessions(apps, schema_editor):
    """Their keys are stored in plain. Everybody signs in anew."""
    apps.get_model('usersessions', 'UserSession').objects.all().delete()
    apps.get_model('sessions', 'Session').objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_first_phone'),
        ('sessions', '0001_initial'),
        ('usersessions', '0001_initial'),
    ]

    operations = [
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
                ('key', dsp_platform.fields.EncryptedTextField(default=dsp_platform.accounts.models.new_totp_key)),
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
        migrations.RunPython(move_keys, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(end_all_sessions, migrations.RunPython.noop, elidable=True),
    ]
