from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Messages are written all day: none waits while the indexes are built.
    atomic = False

    dependencies = [
        ('notifications', '0003_budgets_by_origin'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(condition=models.Q(('kind__in', ['code', 'confirm']), ('state', 'due')), fields=['not_before'], name='code_due'),
        ),
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['created_at'], name='message_with_phone'),
        ),
    ]
