"""An account of weight is made or opened as it was approved: this name, this role, and no password yet."""

from importlib import import_module

from django.db import migrations

_before = import_module("dsp_platform.accounts.migrations.0012_stewards_counted_closed_or_not")

GUARD = """
CREATE OR REPLACE FUNCTION dspp_guard_staff() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal := dspp_carried_out();
BEGIN
    IF (p.kind = 'staff_account' AND p.subject = NEW.username
        AND p.payload ->> 'role' = NEW.role AND p.payload ->> 'full_name' = NEW.full_name
        AND p.effective_from <= (now() AT TIME ZONE 'Asia/Phnom_Penh')::date
        AND NEW.id IS DISTINCT FROM p.decided_by_id
        AND CASE TG_OP
            WHEN 'INSERT' THEN
                p.act = 'create' AND NEW.password LIKE '!%'
                AND coalesce(p.payload ->> 'spid', '') = coalesce(NEW.spid, '')
            ELSE p.act = 'open_again' AND to_jsonb(NEW) - 'is_active' = to_jsonb(OLD) - 'is_active'
        END
    ) IS TRUE
        OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        OR (
            SELECT count(*) FROM accounts_user WHERE role = 'steward' AND id IS DISTINCT FROM NEW.id
        ) < 2
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: an account of weight is given by two people';
END $$;
"""
BACK = _before.GUARD.partition("CREATE FUNCTION")[0]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_closed_accounts_without_phone"),
        ("approval", "0003_only_what_was_approved"),
    ]

    operations = [migrations.RunSQL(GUARD, BACK)]
