from django.db import migrations

import dsp_platform.database.sql_files


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0006_queue_order'),
    ]

    operations = [
        dsp_platform.database.sql_files.RunSQLFile(
            package='registry',
            name='second_review',
        ),
    ]
