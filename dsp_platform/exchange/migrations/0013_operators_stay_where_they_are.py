"""Where the records of an operator go, and under which name stewards read it, stays once an agreement is in force.

Two people approved sharing with that one. Only the owner of the tables (``load_operators``) points it elsewhere.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION dspp_guard_operator() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        AND EXISTS (SELECT FROM exchange_agreement WHERE operator_id = OLD.code AND state <> 'draft')
    THEN
        RAISE EXCEPTION 'approval: an operator stays where two people approved sharing with it';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_operator BEFORE UPDATE ON exchange_operator FOR EACH ROW
    WHEN (
        (OLD.code, OLD.adapter, OLD.address, OLD.status_mapping,
            OLD.name_km, OLD.name_en, OLD.system_km, OLD.system_en)
        IS DISTINCT FROM
        (NEW.code, NEW.adapter, NEW.address, NEW.status_mapping,
            NEW.name_km, NEW.name_en, NEW.system_km, NEW.system_en)
    ) EXECUTE FUNCTION dspp_guard_operator();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0012_agreements_as_they_were_approved")]

    operations = [
        migrations.RunSQL(
            GUARD, "DROP TRIGGER guard_operator ON exchange_operator; DROP FUNCTION dspp_guard_operator();"
        )
    ]
