"""Who makes the first two stewards alone is past once there were two, whether or not they are active now.

Otherwise whoever closes them, makes them something else or deletes them could put in the next one alone. The
owner of the tables may: when nobody is left who can sign in, ``first_steward`` runs with that role.
"""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION dspp_guard_staff() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal := dspp_carried_out();
BEGIN
    IF (p.kind = 'staff_account' AND p.subject = NEW.username AND p.payload ->> 'role' = NEW.role) IS TRUE
        OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        OR (
            SELECT count(*) FROM accounts_user WHERE role = 'steward' AND id IS DISTINCT FROM NEW.id
        ) < 2
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: an account of weight is given by two people';
END $$;
CREATE FUNCTION dspp_guard_staff_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'approval: an account of weight stays what it is, and is closed where it ends';
END $$;
CREATE TRIGGER guard_staff_role BEFORE UPDATE ON accounts_user FOR EACH ROW
    WHEN (OLD.role IN ('steward', 'auditor') AND NEW.role <> OLD.role)
    EXECUTE FUNCTION dspp_guard_staff_stays();
CREATE TRIGGER guard_staff_row BEFORE DELETE ON accounts_user FOR EACH ROW
    WHEN (OLD.role IN ('steward', 'auditor')) EXECUTE FUNCTION dspp_guard_staff_stays();
"""
BACK = """
DROP TRIGGER guard_staff_role ON accounts_user;
DROP TRIGGER guard_staff_row ON accounts_user;
DROP FUNCTION dspp_guard_staff_stays();
CREATE OR REPLACE FUNCTION dspp_guard_staff() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal := dspp_carried_out();
BEGIN
    IF (p.kind = 'staff_account' AND p.subject = NEW.username AND p.payload ->> 'role' = NEW.role) IS TRUE
        OR (
            SELECT count(*) FROM accounts_user
            WHERE role = 'steward' AND is_active AND id IS DISTINCT FROM NEW.id
        ) < 2
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: an account of weight is given by two people';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_phone_events_counted_apart"), ("approval", "0002_guards")]

    operations = [migrations.RunSQL(GUARD, BACK)]
