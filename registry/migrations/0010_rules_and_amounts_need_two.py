"""The rule and the amounts of a programme change when two people decided it.

The transaction that brings a programme may bring its rule and amounts: the catalogue is loaded so.
"""

from django.db import migrations

BORN = """
CREATE FUNCTION dspp_programme_may_change(programme bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal := dspp_carried_out();
BEGIN
    RETURN (p.kind = 'programme' AND p.subject = programme::text) IS TRUE OR EXISTS (
        SELECT FROM registry_programmeevent event
        WHERE event.pgh_obj_id = programme AND event.pgh_label = 'insert' AND dspp_born_here(event.xmin)
    );
END $$;
"""
RULES = """
CREATE FUNCTION dspp_guard_rule() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT dspp_programme_may_change(NEW.id) THEN
        RAISE EXCEPTION 'approval: the rule of a programme changes by two people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_rule BEFORE UPDATE ON registry_programme FOR EACH ROW
    WHEN ((OLD.id, OLD.rule, OLD.rule_version) IS DISTINCT FROM (NEW.id, NEW.rule, NEW.rule_version))
    EXECUTE FUNCTION dspp_guard_rule();
"""
AMOUNTS = """
CREATE FUNCTION dspp_guard_amount() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF (TG_OP <> 'DELETE' AND NOT dspp_programme_may_change(NEW.programme_id))
        OR (TG_OP <> 'INSERT' AND NOT dspp_programme_may_change(OLD.programme_id))
    THEN
        RAISE EXCEPTION 'approval: the amounts of a programme change by two people';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_amount BEFORE INSERT OR DELETE ON registry_benefit
    FOR EACH ROW EXECUTE FUNCTION dspp_guard_amount();
CREATE TRIGGER guard_amount_change BEFORE UPDATE ON registry_benefit FOR EACH ROW
    WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION dspp_guard_amount();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_keys_of_a_person"), ("approval", "0002_guards")]

    operations = [
        migrations.RunSQL(BORN, "DROP FUNCTION dspp_programme_may_change(bigint);"),
        migrations.RunSQL(
            RULES, "DROP TRIGGER guard_rule ON registry_programme; DROP FUNCTION dspp_guard_rule();"
        ),
        migrations.RunSQL(
            AMOUNTS,
            "DROP TRIGGER guard_amount ON registry_benefit; DROP TRIGGER guard_amount_change ON registry_benefit;"
            " DROP FUNCTION dspp_guard_amount();",
        ),
    ]
