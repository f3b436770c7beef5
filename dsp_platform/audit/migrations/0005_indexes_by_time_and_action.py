from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The audit is written all day: none waits while the indexes are built.
    atomic = False

    dependencies = [
        ('audit', '0004_contexts_only_grow'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='auditevent',
            index=models.Index(fields=['-at', '-id'], name='audit_by_time'),
        ),
        AddIndexConcurrently(
            model_name='auditevent',
            index=models.Index(fields=['action', 'at'], include=['actor'], name='audit_of_action'),
        ),
    ]
