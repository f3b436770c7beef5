"""The number of a card in a report that is not handled yet is encrypted, as it is from now on when it is stored."""

from django.db import migrations

from dsp_platform.exchange.sealed import sealed


def seal(apps, schema_editor):
    reports = apps.get_model("exchange", "StatusReport").objects
    for pk, values in reports.filter(values__has_key="card").values_list("pk", "values").iterator():
        reports.filter(pk=pk).update(values=sealed(values))


class Migration(migrations.Migration):
    dependencies = [("exchange", "0015_report_moments_readable")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop, elidable=True)]
