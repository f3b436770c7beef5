"""What a proposal does not change of a programme stays as it is, whatever it was when two people read it.

So an approved change of the rule for a later day holds, though the programme is paused before that day.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("registry.migrations.0012_programmes_as_they_were_approved")

FIELD = """
CREATE FUNCTION dspp_changes_as_read(old_text text, new_text text, old_read text, new_read text)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN old_read IS NOT DISTINCT FROM new_read THEN new_text IS NOT DISTINCT FROM old_text
        ELSE old_text IS NOT DISTINCT FROM old_read AND new_text IS NOT DISTINCT FROM new_read
    END
$$;
"""
WHOLE = "dspp_programme_as_read(p.before, OLD) AND dspp_programme_as_read(p.payload, NEW)"
EACH = " AND ".join(
    f"dspp_changes_as_read(OLD.{name}::text, NEW.{name}::text, p.before ->> '{name}', p.payload ->> '{name}')"
    for name in ("rule", "state", "takes_applications")
)
GUARD = _before.RULES.partition("DROP TRIGGER")[0]
FIELD_BY_FIELD = GUARD.replace(WHOLE, f"p.id IS NOT NULL AND {EACH}")


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_replacements_by_number")]

    operations = [
        migrations.RunSQL(FIELD, "DROP FUNCTION dspp_changes_as_read(text, text, text, text);"),
        migrations.RunSQL(FIELD_BY_FIELD, GUARD),
        migrations.RunSQL(
            "DROP FUNCTION dspp_programme_as_read(jsonb, registry_programme);",
            "CREATE FUNCTION dspp_programme_as_read"
            + _before.MAY.partition("CREATE FUNCTION dspp_programme_as_read")[2].partition("CREATE FUNCTION")[0],
        ),
    ]
