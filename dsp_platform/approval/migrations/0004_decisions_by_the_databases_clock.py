"""When it was proposed and when it was decided, by the clock of the database.

The times of whoever writes let a proposal of years ago pass as decided in time. Only the owner of the table
brings a time of its own.
"""

from django.db import migrations

TIMES = """
CREATE FUNCTION dspp_time_proposal() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        IF TG_OP = 'INSERT' THEN
            NEW.proposed_at := now();
        ELSIF OLD.state = 'proposed' AND NEW.state IN ('approved', 'refused') THEN
            NEW.decided_at := now();
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- By its name before "guard_proposal" and "guard_proposal_decision": they judge these times.
CREATE TRIGGER clock_proposal BEFORE INSERT OR UPDATE ON approval_proposal
    FOR EACH ROW EXECUTE FUNCTION dspp_time_proposal();
"""


class Migration(migrations.Migration):
    dependencies = [("approval", "0003_only_what_was_approved")]

    operations = [
        migrations.RunSQL(
            TIMES, "DROP TRIGGER clock_proposal ON approval_proposal; DROP FUNCTION dspp_time_proposal();"
        )
    ]
