"""An agreement begins and ends when two people decided it, or when its last day has passed.

What is the first of its operator and kind may be put in force by the transaction that brings it: the files
that ship with the platform are loaded so. Whatever follows it needs two.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION dspp_guard_agreement() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    p approval_proposal;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'draft' THEN
            RETURN NEW;
        END IF;
    ELSE
        IF NEW.state = OLD.state AND (OLD.state <> 'approved' OR NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to) THEN
            RETURN NEW;
        END IF;
        IF OLD.state = 'approved' AND NEW.state = 'ended' AND NEW.valid_to = OLD.valid_to
            AND OLD.valid_to < (now() AT TIME ZONE 'Asia/Phnom_Penh')::date
        THEN
            RETURN NEW;
        END IF;
        p := dspp_carried_out();
        IF p.kind = 'agreement' THEN
            IF p.act = 'end' AND p.subject = OLD.id::text AND OLD.state = 'approved' THEN
                RETURN NEW;
            END IF;
            IF p.act = 'begin' AND p.subject = OLD.id::text AND OLD.state = 'draft' AND NEW.state = 'approved'
                AND NEW.approved_by_id = p.decided_by_id AND OLD.drafted_by_id IS DISTINCT FROM p.decided_by_id
            THEN
                RETURN NEW;
            END IF;
            IF p.act = 'begin' AND OLD.state = 'approved' AND EXISTS (
                SELECT FROM exchange_agreement following WHERE following.id::text = p.subject
                    AND following.operator_id = OLD.operator_id AND following.kind = OLD.kind
            ) THEN
                RETURN NEW;
            END IF;
        END IF;
    END IF;
    IF EXISTS (
        SELECT FROM exchange_agreement earlier
        WHERE earlier.operator_id = NEW.operator_id AND earlier.kind = NEW.kind
            AND NOT EXISTS (
                SELECT FROM exchange_agreementevent event
                WHERE event.pgh_obj_id = earlier.id AND event.pgh_label = 'insert'
                    AND dspp_born_here(event.xmin)
            )
    ) THEN
        RAISE EXCEPTION 'approval: an agreement begins and ends by two people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_agreement BEFORE INSERT OR UPDATE ON exchange_agreement
    FOR EACH ROW EXECUTE FUNCTION dspp_guard_agreement();
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0010_partitions_by_the_owner"), ("approval", "0002_guards")]

    operations = [
        migrations.RunSQL(
            GUARD, "DROP TRIGGER guard_agreement ON exchange_agreement; DROP FUNCTION dspp_guard_agreement();"
        )
    ]
