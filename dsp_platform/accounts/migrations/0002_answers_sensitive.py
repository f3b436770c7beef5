from django.db import migrations, models

# The stewards of today go on until two of them decide who the few are. From then on it takes two people.
GUARD = """
UPDATE accounts_user SET answers_sensitive = true WHERE role = 'steward' AND is_active;

CREATE FUNCTION public.dspp_guard_sensitive()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
    p approval_proposal := dspp_carried_out();
BEGIN
    IF (p.kind = 'staff_account' AND p.subject = NEW.username AND p.act = 'name_sensitive'
        AND NEW.role = 'steward' AND NEW.id IS DISTINCT FROM p.decided_by_id) IS TRUE
        OR pg_has_role((SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: who answers sensitive grievances is named by two people';
END $function$;

CREATE TRIGGER guard_sensitive BEFORE INSERT OR UPDATE OF answers_sensitive ON public.accounts_user
FOR EACH ROW
WHEN (new.answers_sensitive)
EXECUTE FUNCTION dspp_guard_sensitive();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('approval', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='answers_sensitive',
            field=models.BooleanField(default=False, verbose_name='answers sensitive grievances'),
        ),
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER guard_sensitive ON accounts_user; DROP FUNCTION dspp_guard_sensitive()",
        ),
    ]
