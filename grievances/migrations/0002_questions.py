from django.conf import settings
from django.db import migrations, models

# Of those that are answered by now.
ANSWERED_AT = """
UPDATE grievances_grievance grievance SET answered_at = (
    SELECT max(at) FROM grievances_grievanceevent event
    WHERE event.grievance_id = grievance.id AND event.step IN ('resolve', 'dismiss', 'uphold', 'overturn')
)
WHERE grievance.state IN ('resolved', 'dismissed', 'upheld', 'overturned')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0001_initial'),
        ('exchange', '0001_initial'),
        ('grievances', '0001_initial'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='grievance',
            name='grievance_queue',
        ),
        migrations.AddField(
            model_name='grievance',
            name='answered_at',
            field=models.DateTimeField(null=True, verbose_name='answered'),
        ),
        migrations.RunSQL(ANSWERED_AT, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='grievance',
            name='reopened_at',
            field=models.DateTimeField(null=True, verbose_name='opened again'),
        ),
        migrations.AddField(
            model_name='grievance',
            name='satisfaction',
            field=models.CharField(blank=True, choices=[('solved', 'solved'), ('partly', 'partly solved'), ('no', 'not solved')], max_length=8, verbose_name='what the reporter says of the answer'),
        ),
        migrations.AlterField(
            model_name='grievance',
            name='state',
            field=models.CharField(choices=[('reported', 'received'), ('in_review', 'being looked into'), ('more_asked', 'waiting for the person'), ('resolved', 'answered'), ('dismissed', 'closed without action'), ('upheld', 'the decision stands'), ('overturned', 'will be decided anew')], default='reported', max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='grievanceevent',
            name='state',
            field=models.CharField(choices=[('reported', 'received'), ('in_review', 'being looked into'), ('more_asked', 'waiting for the person'), ('resolved', 'answered'), ('dismissed', 'closed without action'), ('upheld', 'the decision stands'), ('overturned', 'will be decided anew')], max_length=10, verbose_name='state'),
        ),
        migrations.AddIndex(
            model_name='grievance',
            index=models.Index(models.Case(models.When(state__in=['reported', 'in_review', 'more_asked'], then=models.Value(0)), default=models.Value(1), output_field=models.IntegerField()), models.F('reported_at'), models.F('id'), name='grievance_queue'),
        ),
    ]
