import django.db.models.deletion
import dsp_platform.encryption.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('grievances', '0003_deadlines'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='grievance',
            name='channel',
            field=models.CharField(choices=[('portal', 'in the portal'), ('counter', 'at the counter'), ('phone', 'by phone'), ('paper', 'on paper')], default='portal', max_length=8, verbose_name='how it was told'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='enrolment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.enrolment', verbose_name='enrolment'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='official',
            field=dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name='official'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='programme',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.programme', verbose_name='programme'),
        ),
    ]
