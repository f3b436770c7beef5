"""An agreement becomes exactly what two people read, and nothing is put in force past them.

Only the owner of the tables, as for the demonstration's own files, puts in one that is in force already.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("dsp_platform.exchange.migrations.0011_agreements_need_two")

# The text under the digest against the row, column by column: not ``@>``, to which a longer list is the same.
AS_READ = """
CREATE FUNCTION dspp_agreement_as_read(shown jsonb, held jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT bool_and((shown -> name) IS NOT DISTINCT FROM (held -> name))
        AND (shown -> 'operator') IS NOT DISTINCT FROM (held -> 'operator_id')
        AND (shown -> 'drafted_by') IS NOT DISTINCT FROM (held -> 'drafted_by_id')
    FROM unnest('{
        kind,number,state,fields,mapping,concerns,rule,basis,legal_reference,purpose_km,purpose_en,
        valid_from,valid_to
    }'::text[]) name
$$;
"""
GUARD = """
CREATE OR REPLACE FUNCTION dspp_guard_agreement() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal;
    today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
BEGIN
    IF NEW.state = 'draft' AND (TG_OP = 'INSERT' OR OLD.state = 'draft')
        OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'approval: an agreement begins as a draft';
    END IF;
    IF NEW.state = OLD.state AND (OLD.state <> 'approved' OR NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to) THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'approved' AND NEW.state = 'ended' AND NEW.valid_to = OLD.valid_to AND OLD.valid_to < today THEN
        RETURN NEW;
    END IF;
    p := dspp_carried_out();
    IF (p.kind = 'agreement' AND p.act = 'end' AND p.subject = OLD.id::text AND OLD.state = 'approved'
        AND dspp_agreement_as_read(p.before -> 'text', to_jsonb(OLD))
        AND CASE NEW.state
            WHEN 'ended' THEN
                p.effective_from <= greatest(today, OLD.valid_from) AND NEW.valid_to = least(OLD.valid_to, today)
            WHEN 'approved' THEN
                p.effective_from > greatest(today, OLD.valid_from)
                AND NEW.valid_to = least(OLD.valid_to, p.effective_from - 1)
        END
    ) IS TRUE THEN
        RETURN NEW;
    END IF;
    IF (p.kind = 'agreement' AND p.act = 'begin' AND p.subject = OLD.id::text
        AND OLD.state = 'draft' AND NEW.state = 'approved' AND NEW.approved_by_id = p.decided_by_id
        AND OLD.drafted_by_id IS DISTINCT FROM p.decided_by_id
        AND NOT EXISTS (
            SELECT FROM exchange_agreementevent written
            WHERE written.pgh_obj_id = OLD.id AND written.drafted_by_id = p.decided_by_id
        )
        AND dspp_agreement_as_read(p.before -> 'text', to_jsonb(OLD))
        AND to_jsonb(NEW) - '{state,approved_by_id,approved_at,valid_from,mapping}'::text[]
            = to_jsonb(OLD) - '{state,approved_by_id,approved_at,valid_from,mapping}'::text[]
        AND NEW.valid_from = greatest(OLD.valid_from, today)
        AND NEW.mapping - 'constants' = OLD.mapping - 'constants'
        AND coalesce(NEW.mapping -> 'constants', '{}') @> coalesce(OLD.mapping -> 'constants', '{}')
    ) IS TRUE THEN
        RETURN NEW;
    END IF;
    IF (p.kind = 'agreement' AND p.act = 'begin' AND OLD.state = 'approved' AND EXISTS (
        SELECT FROM exchange_agreement following
        WHERE following.id::text = p.subject AND following.state = 'draft'
            AND following.operator_id = OLD.operator_id AND following.kind = OLD.kind
            AND dspp_agreement_as_read(p.before -> 'text', to_jsonb(following))
            AND CASE NEW.state
                WHEN 'ended' THEN following.valid_from <= today AND NEW.valid_to = least(OLD.valid_to, today)
                WHEN 'approved' THEN
                    following.valid_from > today AND NEW.valid_to = least(OLD.valid_to, following.valid_from - 1)
            END
    )) IS TRUE THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: an agreement begins and ends by two people';
END $$;
"""
BACK = _before.GUARD.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0011_agreements_need_two"), ("approval", "0003_only_what_was_approved")]

    operations = [
        migrations.RunSQL(AS_READ, "DROP FUNCTION dspp_agreement_as_read(jsonb, jsonb);"),
        migrations.RunSQL(GUARD, BACK),
    ]
