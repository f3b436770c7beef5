"""When something was done is what the database's clock says, whatever is given; the owner alone may say more."""

from importlib import import_module

from django.db import migrations

CHAIN = import_module("dsp_platform.audit.migrations.0002_chained").CHAIN
BEFORE = CHAIN.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
# The function is the owner's and runs as such: who signed in is the session's user.
CLOCK = """BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        NEW.at := clock_timestamp();
    END IF;
    IF number IS NULL THEN"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chained")]

    operations = [migrations.RunSQL(BEFORE.replace("BEGIN\n    IF number IS NULL THEN", CLOCK), BEFORE)]
