"""Only the owner of the tables brings a programme that is open, and a consent is given once and withdrawn once.

No other exception is made: a table that says what is new is one that somebody may write to.
"""

from importlib import import_module

from django.db import migrations

_before = import_module("registry.migrations.0012_programmes_as_they_were_approved")

OWNER = """
CREATE FUNCTION dspp_owns_programmes() RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'registry_programme'::regclass), 'MEMBER')
$$;
"""
IS_OWNER = "IF dspp_owns_programmes() THEN"
RULES_BEFORE = import_module("registry.migrations.0015_programmes_change_field_by_field").FIELD_BY_FIELD
RULES = RULES_BEFORE.replace("IF dspp_programme_is_new(OLD.id) THEN", IS_OWNER)
AMOUNTS = _before.AMOUNTS.replace(
    """IF dspp_programme_is_new(programme)
        AND (TG_OP <> 'UPDATE' OR NEW.programme_id = programme OR dspp_programme_is_new(NEW.programme_id))
    THEN""",
    IS_OWNER,
)
IS_NEW = "CREATE FUNCTION dspp_programme_is_new" + _before.MAY.partition("FUNCTION dspp_programme_is_new")[
    2
].partition("CREATE FUNCTION")[0]
BEGINNING = """
CREATE FUNCTION dspp_guard_new_programme() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT dspp_owns_programmes() AND (NEW.state = 'closed' AND NEW.rule = '') IS NOT TRUE THEN
        RAISE EXCEPTION 'approval: a programme begins closed and without a rule';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_new BEFORE INSERT ON registry_programme
    FOR EACH ROW EXECUTE FUNCTION dspp_guard_new_programme();
"""
CONSENT = """
CREATE FUNCTION dspp_guard_consent() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.withdrawn_at IS NULL AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at') IS NOT TRUE
        AND NOT dspp_owns_programmes()
    THEN
        RAISE EXCEPTION 'a consent is given once and withdrawn once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_consent BEFORE UPDATE ON registry_consent FOR EACH ROW
    WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION dspp_guard_consent();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0015_programmes_change_field_by_field")]

    operations = [
        migrations.RunSQL(OWNER, "DROP FUNCTION dspp_owns_programmes();"),
        migrations.RunSQL(RULES, RULES_BEFORE),
        migrations.RunSQL(AMOUNTS, _before.AMOUNTS),
        migrations.RunSQL("DROP FUNCTION dspp_programme_is_new(bigint);", IS_NEW),
        migrations.RunSQL(
            BEGINNING,
            "DROP TRIGGER guard_new ON registry_programme; DROP FUNCTION dspp_guard_new_programme();",
        ),
        migrations.RunSQL(
            CONSENT, "DROP TRIGGER guard_consent ON registry_consent; DROP FUNCTION dspp_guard_consent();"
        ),
    ]
