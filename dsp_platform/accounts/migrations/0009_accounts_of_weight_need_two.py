"""Nobody alone makes a steward or an auditor, nor opens the account of one again.

As long as there are not two stewards nobody could approve: the first ones are put in without.
"""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION dspp_guard_staff() RETURNS trigger LANGUAGE plpgsql
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
CREATE TRIGGER guard_staff BEFORE INSERT ON accounts_user FOR EACH ROW
    WHEN (NEW.is_active AND NEW.role IN ('steward', 'auditor')) EXECUTE FUNCTION dspp_guard_staff();
CREATE TRIGGER guard_staff_change BEFORE UPDATE ON accounts_user FOR EACH ROW
    WHEN (
        NEW.is_active AND NEW.role IN ('steward', 'auditor')
        AND (OLD.role <> NEW.role OR NOT OLD.is_active OR OLD.username <> NEW.username)
    ) EXECUTE FUNCTION dspp_guard_staff();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_staff_spid"), ("approval", "0002_guards")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("citizen", "Citizen"),
                    ("official", "Commune official"),
                    ("reviewer", "Reviewer of an operator"),
                    ("steward", "Registry steward"),
                    ("auditor", "Auditor"),
                ],
                max_length=16,
                verbose_name="role",
            ),
        ),
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER guard_staff ON accounts_user; DROP TRIGGER guard_staff_change ON accounts_user;"
            " DROP FUNCTION dspp_guard_staff();",
        ),
    ]
