"""A programme becomes exactly what two people read: its rule, its amounts, and whether one can apply.

The transaction that brings a programme may still bring all of it: the catalogue is loaded so.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("registry.migrations.0010_rules_and_amounts_need_two")

MAY = """
CREATE FUNCTION dspp_programme_is_new(programme bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'registry_programme'::regclass), 'MEMBER')
        OR EXISTS (
            SELECT FROM registry_programmeevent event
            WHERE event.pgh_obj_id = programme AND event.pgh_label = 'insert' AND dspp_born_here(event.xmin)
        );
END $$;
CREATE FUNCTION dspp_programme_proposal(programme bigint) RETURNS approval_proposal LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT p FROM dspp_carried_out() p
    WHERE p.kind = 'programme' AND p.act = 'change' AND p.subject = programme::text
        AND p.effective_from <= (now() AT TIME ZONE 'Asia/Phnom_Penh')::date
$$;
CREATE FUNCTION dspp_programme_as_read(shown jsonb, held registry_programme) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT shown ->> 'rule' = held.rule AND shown ->> 'state' = held.state
        AND (shown ->> 'takes_applications')::boolean = held.takes_applications
$$;
CREATE FUNCTION dspp_amount_as_read(shown jsonb, held registry_benefit) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT shown ->> 'kind' = held.kind
        AND coalesce(shown ->> 'label_km', '') = coalesce(held.label_km, '')
        AND coalesce(shown ->> 'label_en', '') = coalesce(held.label_en, '')
        AND (shown ->> 'amount')::bigint IS NOT DISTINCT FROM held.amount
        AND (shown ->> 'percent')::numeric IS NOT DISTINCT FROM held.percent
        AND coalesce(shown ->> 'per_km', '') = coalesce(held.per_km, '')
        AND coalesce(shown ->> 'per_en', '') = coalesce(held.per_en, '')
        AND (shown ->> 'valid_from')::date = held.valid_from
        AND shown ->> 'precision' = held.precision
        AND (shown ->> 'valid_to')::date IS NOT DISTINCT FROM held.valid_to
        AND (shown ->> 'confidential')::boolean = held.confidential
        AND coalesce(shown ->> 'source_km', '') = coalesce(held.source_km, '')
        AND coalesce(shown ->> 'source_en', '') = coalesce(held.source_en, '')
$$;
"""
MAY_NOT = """
DROP FUNCTION dspp_amount_as_read(jsonb, registry_benefit);
DROP FUNCTION dspp_programme_as_read(jsonb, registry_programme);
DROP FUNCTION dspp_programme_proposal(bigint);
DROP FUNCTION dspp_programme_is_new(bigint);
"""
RULES = """
CREATE OR REPLACE FUNCTION dspp_guard_rule() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal;
BEGIN
    IF dspp_programme_is_new(OLD.id) THEN
        RETURN NEW;
    END IF;
    p := dspp_programme_proposal(OLD.id);
    IF (NEW.id = OLD.id
        AND dspp_programme_as_read(p.before, OLD) AND dspp_programme_as_read(p.payload, NEW)
        AND p.before ->> 'code' = OLD.code AND p.before ->> 'operator' = OLD.operator_id
        AND NEW.rule_version = OLD.rule_version + (NEW.rule <> OLD.rule)::int
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'approval: a programme changes by two people';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER guard_rule ON registry_programme;
CREATE TRIGGER guard_rule BEFORE UPDATE ON registry_programme FOR EACH ROW
    WHEN (
        (OLD.id, OLD.rule, OLD.rule_version, OLD.state, OLD.takes_applications)
        IS DISTINCT FROM (NEW.id, NEW.rule, NEW.rule_version, NEW.state, NEW.takes_applications)
    ) EXECUTE FUNCTION dspp_guard_rule();
"""
# Of a new amount as many rows as were proposed: the row itself names no number that could be compared.
AMOUNTS = """
CREATE OR REPLACE FUNCTION dspp_guard_amount() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal;
    programme bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        programme := NEW.programme_id;
    ELSE
        programme := OLD.programme_id;
    END IF;
    IF dspp_programme_is_new(programme)
        AND (TG_OP <> 'UPDATE' OR NEW.programme_id = programme OR dspp_programme_is_new(NEW.programme_id))
    THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    p := dspp_programme_proposal(programme);
    IF TG_OP <> 'INSERT' AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(p.before -> 'benefits') shown
        WHERE shown ->> 'id' = OLD.id::text AND dspp_amount_as_read(shown, OLD)
    ) THEN
        RAISE EXCEPTION 'approval: the amounts of a programme change by two people';
    END IF;
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM jsonb_array_elements(p.payload -> 'benefits') shown WHERE shown ->> 'id' = OLD.id::text
    )
        OR TG_OP = 'UPDATE' AND (
            NEW.id <> OLD.id OR NEW.programme_id <> OLD.programme_id OR NOT EXISTS (
                SELECT FROM jsonb_array_elements(p.payload -> 'benefits') shown
                WHERE shown ->> 'id' = NEW.id::text AND dspp_amount_as_read(shown, NEW)
            )
        )
        OR TG_OP = 'INSERT' AND (
            SELECT count(*) FROM jsonb_array_elements(p.payload -> 'benefits') shown
            WHERE shown ->> 'id' IS NULL AND dspp_amount_as_read(shown, NEW)
        ) <= (
            SELECT count(*) FROM registry_benefit held
            WHERE held.programme_id = programme
                AND NOT EXISTS (
                    SELECT FROM jsonb_array_elements(p.before -> 'benefits') known
                    WHERE known ->> 'id' = held.id::text
                )
                AND EXISTS (
                    SELECT FROM jsonb_array_elements(p.payload -> 'benefits') shown
                    WHERE shown ->> 'id' IS NULL AND dspp_amount_as_read(shown, NEW)
                        AND dspp_amount_as_read(shown, held)
                )
        )
    THEN
        RAISE EXCEPTION 'approval: the amounts of a programme change by two people';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""
FUNCTION, REPLACE = "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0011_ended_replacements_say_why"),
        ("approval", "0003_only_what_was_approved"),
    ]

    operations = [
        migrations.RunSQL(MAY, MAY_NOT),
        migrations.RunSQL(
            RULES, "DROP TRIGGER guard_rule ON registry_programme;" + _before.RULES.replace(FUNCTION, REPLACE)
        ),
        migrations.RunSQL(
            AMOUNTS, _before.AMOUNTS.partition("CREATE TRIGGER")[0].replace(FUNCTION, REPLACE)
        ),
        migrations.RunSQL("DROP FUNCTION dspp_programme_may_change(bigint);", _before.BORN),
    ]
