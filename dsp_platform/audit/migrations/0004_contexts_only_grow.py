"""The context of a change keeps what it said first: a later change of the request may add to it, no more."""

from importlib import import_module

from django.db import migrations

BEFORE = (
    import_module("dsp_platform.audit.migrations.0002_chained")
    .CONTEXT.partition("CREATE TRIGGER")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
)
# What is not known yet stands there as null: who it is, before somebody has signed in.
GROWS = """
    NEW.metadata := NEW.metadata || jsonb_strip_nulls(OLD.metadata);
    NEW.created_at := OLD.created_at;"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_time_of_the_database")]

    operations = [migrations.RunSQL(BEFORE.replace("\n    NEW.created_at := OLD.created_at;", GROWS), BEFORE)]
