"""Invitations and passkeys count only in the row they were made for; accounts of weight keep their names.

Acts are shown under the name of today. So the runtime role changes neither who an account of weight is (its
number, user name, full name, SPID and role), nor makes another account one, not even while it is closed.
"""

from datetime import UTC

from django.db import migrations, models

from dsp_platform import crypto

GUARD = """
DROP TRIGGER guard_staff_role ON accounts_user;
CREATE TRIGGER guard_staff_stays BEFORE UPDATE ON accounts_user FOR EACH ROW
    WHEN (
        (OLD.role IN ('steward', 'auditor') OR NEW.role IN ('steward', 'auditor'))
        AND (OLD.id, OLD.role, OLD.full_name, OLD.spid, OLD.username)
            IS DISTINCT FROM (NEW.id, NEW.role, NEW.full_name, NEW.spid, NEW.username)
    ) EXECUTE FUNCTION dspp_guard_staff_stays();
DROP TRIGGER guard_staff ON accounts_user;
CREATE TRIGGER guard_staff BEFORE INSERT ON accounts_user FOR EACH ROW
    WHEN (NEW.role IN ('steward', 'auditor')) EXECUTE FUNCTION dspp_guard_staff();
"""
BACK = """
DROP TRIGGER guard_staff_stays ON accounts_user;
CREATE TRIGGER guard_staff_role BEFORE UPDATE ON accounts_user FOR EACH ROW
    WHEN (OLD.role IN ('steward', 'auditor') AND NEW.role <> OLD.role)
    EXECUTE FUNCTION dspp_guard_staff_stays();
DROP TRIGGER guard_staff ON accounts_user;
CREATE TRIGGER guard_staff BEFORE INSERT ON accounts_user FOR EACH ROW
    WHEN (NEW.is_active AND NEW.role IN ('steward', 'auditor')) EXECUTE FUNCTION dspp_guard_staff();
"""


def bind(apps, schema_editor):
    for row in apps.get_model("accounts", "Invitation").objects.iterator():
        times = [time.astimezone(UTC).isoformat() for time in (row.made_at, row.expires_at)]
        row.bound = crypto.digest("invitation of", str(row.user_id), bytes(row.digest).hex(), *times)
        row.save(update_fields=["bound"])
    for row in apps.get_model("accounts", "Passkey").objects.iterator():
        row.bound = crypto.digest("passkey of", str(row.user_id), bytes(row.credential).hex())
        row.save(update_fields=["bound"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_accounts_as_they_were_approved")]

    operations = [
        migrations.RunSQL(GUARD, BACK),
        migrations.AddField("invitation", "bound", models.BinaryField(db_default=b"", max_length=32)),
        migrations.AddField("passkey", "bound", models.BinaryField(db_default=b"", max_length=32)),
        migrations.RunPython(bind, migrations.RunPython.noop, elidable=True),
    ]
