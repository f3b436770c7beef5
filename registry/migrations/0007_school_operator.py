"""The programmes of the Ministry of Education go from the placeholder ``moeys`` to ``scholarship``."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    operators = apps.get_model("exchange", "Operator").objects
    programmes = apps.get_model("registry", "Programme").objects.filter(operator="moeys")
    if not programmes.exists():
        return
    # Made whole, and put in service, when the operators are loaded next.
    operators.get_or_create(code="scholarship", defaults={"adapter": "none", "active": False})
    programmes.update(operator="scholarship")
    operators.filter(code="moeys").update(active=False)


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_operators_of_the_plan")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
