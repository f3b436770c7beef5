"""A guarded row passes only by two active stewards, within the time they had.

What exactly a proposal lets pass, the guards of the rows compare themselves: column by column.
"""

from importlib import import_module

from django.db import migrations, models

_before = import_module("dsp_platform.approval.migrations.0002_guards")

DECIDES = """
CREATE FUNCTION dspp_is_steward(account bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM accounts_user WHERE id = account AND role = 'steward' AND is_active)
$$;
CREATE FUNCTION dspp_guard_decision() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT dspp_is_steward(NEW.decided_by_id) THEN
        RAISE EXCEPTION 'approval: a steward decides';
    ELSIF NEW.state = 'approved' AND NEW.decided_at IS DISTINCT FROM least(
        NEW.decided_at, OLD.proposed_at + interval '72 hours'
    ) THEN
        RAISE EXCEPTION 'approval: it waited too long';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_proposal_decision BEFORE UPDATE ON approval_proposal FOR EACH ROW
    WHEN (OLD.state = 'proposed' AND NEW.state IN ('approved', 'refused'))
    EXECUTE FUNCTION dspp_guard_decision();
"""
APPROVED = """
CREATE OR REPLACE FUNCTION dspp_carried_out() RETURNS approval_proposal LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT p FROM approval_proposal p
    WHERE p.id = nullif(current_setting('dspp.proposal', true), '')::bigint
        AND p.state = 'approved' AND p.decided_by_id <> p.proposed_by_id
        AND dspp_is_steward(p.proposed_by_id) AND dspp_is_steward(p.decided_by_id)
$$;
"""
REPLACE = ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
STATES = "('withdrawn', 'overtaken')"
LAPSED = (
    _before.PROPOSALS.partition("CREATE TRIGGER")[0]
    .replace(*REPLACE)
    .replace(f"NEW.state IN {STATES}", "NEW.state IN ('withdrawn', 'overtaken', 'lapsed')", 1)
)


class Migration(migrations.Migration):
    dependencies = [("approval", "0002_guards"), ("accounts", "0013_keys_of_apps_bound_to_their_user")]

    operations = [
        migrations.AlterField(
            model_name="proposal",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "waits for a second person"),
                    ("approved", "approved, waits for its day"),
                    ("carried_out", "approved and in force"),
                    ("refused", "refused"),
                    ("withdrawn", "withdrawn"),
                    ("overtaken", "overtaken by another change"),
                    ("lapsed", "waited too long"),
                ],
                default="proposed",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.RemoveConstraint(model_name="proposal", name="proposal_decided_by_somebody"),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=("proposed", "withdrawn", "overtaken", "lapsed"))
                | models.Q(decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
        ),
        migrations.RunSQL(LAPSED, _before.PROPOSALS.partition("CREATE TRIGGER")[0].replace(*REPLACE)),
        migrations.RunSQL(
            DECIDES,
            "DROP TRIGGER guard_proposal_decision ON approval_proposal; DROP FUNCTION dspp_guard_decision();"
            " DROP FUNCTION dspp_is_steward(bigint);",
        ),
        migrations.RunSQL(APPROVED, _before.APPROVED.replace(*REPLACE)),
    ]
