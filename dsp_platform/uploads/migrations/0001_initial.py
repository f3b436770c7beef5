import django.db.models.deletion
import django.utils.timezone
import dsp_platform.encryption.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_kind', models.CharField(max_length=32, verbose_name='kind')),
                ('subject_key', models.CharField(max_length=64, verbose_name='subject')),
                ('title', models.CharField(max_length=200, verbose_name='document')),
                ('assisted_session_id', models.UUIDField(null=True, verbose_name='case')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sent')),
                ('digest', models.BinaryField(max_length=32)),
                ('state', models.CharField(choices=[('reading', 'being read'), ('read', 'read'), ('refused', 'could not be read')], db_default='read', max_length=8, verbose_name='state')),
                ('reason', models.CharField(blank=True, db_default='', max_length=16, verbose_name='reason')),
                ('name', dsp_platform.encryption.fields.EncryptedTextField(null=True)),
                ('original', models.UUIDField(editable=False, null=True, unique=True)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, verbose_name='attempts')),
                ('leased_until', models.DateTimeField(null=True, verbose_name='leased until')),
                ('not_before', models.DateTimeField(null=True, verbose_name='not before')),
                ('uploader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
            ],
            options={
                'verbose_name': 'uploaded document',
                'verbose_name_plural': 'uploaded documents',
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='page')),
                ('file', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('size', models.PositiveIntegerField(verbose_name='bytes')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='uploads.upload', verbose_name='uploaded document')),
            ],
            options={
                'verbose_name': 'page',
                'verbose_name_plural': 'pages',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='UploadDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('pages', models.PositiveIntegerField(default=0, verbose_name='pages')),
                ('seconds', models.FloatField(default=0, verbose_name='seconds')),
                ('repeats', models.PositiveIntegerField(db_default=0, default=0)),
                ('read_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'documents of a day',
                'verbose_name_plural': 'documents of a day',
            },
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['uploader', 'created_at'], name='uploads_upl_uploade_1869f6_idx'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(condition=models.Q(('state', 'reading')), fields=['uploader', 'created_at'], name='upload_reading'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.UniqueConstraint(fields=('subject_kind', 'subject_key', 'digest'), name='upload_once_per_subject'),
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.UniqueConstraint(fields=('upload', 'number'), name='page_number_once'),
        ),
        migrations.AddConstraint(
            model_name='uploadday',
            constraint=models.UniqueConstraint(fields=('account', 'day'), name='upload_day_once_per_account'),
        ),
    ]
