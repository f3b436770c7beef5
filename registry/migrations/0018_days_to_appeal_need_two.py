"""How long one may appeal changes by two people, and a programme keeps its code, operator and payer.

Whose programme it is decides who reads every application, and whose word on enrolments and payments counts.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("registry.migrations.0017_programmes_by_the_owner")

DAYS = "dspp_changes_as_read(OLD.{0}::text, NEW.{0}::text, p.before ->> '{0}', p.payload ->> '{0}')"
LAST = DAYS.format("takes_applications")
STAYS = "(NEW.id, NEW.code, NEW.operator_id, NEW.payer_id) IS NOT DISTINCT FROM " + (
    "(OLD.id, OLD.code, OLD.operator_id, OLD.payer_id)"
)
RULES = _before.RULES.replace(LAST, f"{LAST} AND {DAYS.format('appeal_days')}").replace(
    "NEW.id = OLD.id", STAYS
)
COLUMNS = ("id", "rule", "rule_version", "state", "takes_applications")
MORE = (*COLUMNS, "appeal_days", "code", "operator_id", "payer_id")


def trigger(columns):
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"""
DROP TRIGGER guard_rule ON registry_programme;
CREATE TRIGGER guard_rule BEFORE UPDATE ON registry_programme FOR EACH ROW
    WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION dspp_guard_rule();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0017_programmes_by_the_owner")]

    operations = [migrations.RunSQL(RULES + trigger(MORE), _before.RULES + trigger(COLUMNS))]
