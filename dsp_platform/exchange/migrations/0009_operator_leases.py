
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0008_attempts_are_copied'),
    ]

    operations = [
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
                'constraints': [models.UniqueConstraint(fields=('operator', 'work'), name='operator_lease_of_one')],
            },
        ),
    ]
