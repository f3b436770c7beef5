"""A report's moment stays within what every process can load.

What stands outside already waits for a person, as it would if it came today; what it did stays done.
"""

import datetime

from django.db import migrations, models

OUTSIDE = """
UPDATE exchange_statusreport SET
    occurred_at = CASE state WHEN 'handled' THEN '1900-01-01 00:00:00+00' ELSE received_at END,
    reason = CASE state WHEN 'handled' THEN reason ELSE 'invalid_date' END,
    state = CASE state WHEN 'handled' THEN 'handled' ELSE 'held' END
WHERE occurred_at < '1900-01-01 00:00:00+00' OR occurred_at >= '9999-01-01 00:00:00+00'
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0014_constants_empty_earlier_columns")]

    operations = [
        migrations.RunSQL(OUTSIDE, migrations.RunSQL.noop, elidable=True),
        migrations.AddConstraint(
            model_name="statusreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("occurred_at__gte", datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)),
                    ("occurred_at__lt", datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)),
                ),
                name="report_moment_readable",
            ),
        ),
    ]
