"""Rules of the database itself. Plain SQL: no setting of a session switches these triggers off.

Each function names its search path, so that no temporary table takes the place of one that is asked.
"""

from django.db import migrations

# A decision is taken once, by another person than whoever proposed it, and never rewritten.
PROPOSALS = """
CREATE FUNCTION dspp_guard_proposal() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval: a proposal is never deleted';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.decided_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'approval: a proposal begins undecided';
        END IF;
    ELSIF to_jsonb(OLD) - '{state,decided_by_id,decided_at,note,closed_at}'::text[]
        <> to_jsonb(NEW) - '{state,decided_by_id,decided_at,note,closed_at}'::text[]
    THEN
        RAISE EXCEPTION 'approval: what was proposed is never edited';
    ELSIF OLD.state = 'proposed' AND NEW.state IN ('approved', 'refused') THEN
        IF NEW.decided_by_id IS NULL OR NEW.decided_by_id = OLD.proposed_by_id THEN
            RAISE EXCEPTION 'approval: a second person decides';
        END IF;
    ELSIF NOT (
        (OLD.decided_by_id, OLD.decided_at, OLD.note) IS NOT DISTINCT FROM
            (NEW.decided_by_id, NEW.decided_at, NEW.note)
        AND (
            (OLD.state = 'proposed' AND NEW.state IN ('withdrawn', 'overtaken'))
            OR (OLD.state = 'approved' AND NEW.state IN ('carried_out', 'withdrawn', 'overtaken'))
        )
    ) THEN
        RAISE EXCEPTION 'approval: what was decided is never edited';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_proposal BEFORE INSERT OR UPDATE OR DELETE ON approval_proposal
    FOR EACH ROW EXECUTE FUNCTION dspp_guard_proposal();
"""

# What a guarded row asks: does this transaction carry out what two people approved about it?
APPROVED = """
CREATE FUNCTION dspp_carried_out() RETURNS approval_proposal LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT p FROM approval_proposal p
    WHERE p.id = nullif(current_setting('dspp.proposal', true), '')::bigint
        AND p.state = 'approved' AND p.decided_by_id <> p.proposed_by_id
$$;
"""

# What was put in by this very transaction is nobody's yet: a first load is made whole before it counts.
# ``of_row`` is the xmin of the history's row of the insert, which is never updated. Those of our
# transaction are never below its own number, and in progress.
BORN_HERE = """
CREATE FUNCTION dspp_born_here(of_row xid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    ours numeric := pg_current_xact_id()::text::numeric;
    born numeric := trunc(ours / 4294967296) * 4294967296 + of_row::text::numeric;
BEGIN
    RETURN born >= ours AND pg_xact_status(born::text::xid8) = 'in progress';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("approval", "0001_proposals")]

    operations = [
        migrations.RunSQL(
            PROPOSALS,
            "DROP TRIGGER guard_proposal ON approval_proposal; DROP FUNCTION dspp_guard_proposal();",
        ),
        migrations.RunSQL(APPROVED, "DROP FUNCTION dspp_carried_out();"),
        migrations.RunSQL(BORN_HERE, "DROP FUNCTION dspp_born_here(xid);"),
    ]
