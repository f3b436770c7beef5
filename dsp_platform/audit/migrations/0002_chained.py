"""Each row of the audit carries the hash of the one before it in its chain: see docs/adr/0018-audit-chain.md."""

from django.db import migrations, models

# What a row says, one way of writing it: a JSON array of texts. dsp_platform/audit/chain.py writes it too.
SAID = """
CREATE FUNCTION public.audit_said(event public.audit_auditevent) RETURNS bytea
LANGUAGE sql STABLE
RETURN convert_to(jsonb_build_array(
        event.chain, event.sequence::text, event.id::text,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), event.actor_id::text,
        event.action, event.subject_kind, event.subject_id::text, event.reason, event.case_id::text,
        event.details::text
    )::text, 'UTF8')
"""
# A transaction takes the first chain of the day that no other is writing to, and keeps it: nobody waits for
# anybody, so nobody waits in a circle.
CHAIN = """
CREATE FUNCTION public.audit_chain_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    space constant int := 1096107073;
    number int := nullif(current_setting('dspp.audit_chain', true), '')::int;
    last bigint;
BEGIN
    IF number IS NULL THEN
        number := 0;
        WHILE NOT pg_try_advisory_xact_lock(space, number) LOOP
            number := number + 1;
        END LOOP;
        PERFORM set_config('dspp.audit_chain', number::text, true);
    END IF;
    NEW.chain := to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') || '/' || number;
    SELECT sequence, hash INTO last, NEW.previous FROM public.audit_chainhead WHERE chain = NEW.chain;
    IF NOT FOUND THEN
        last := 0;
        NEW.previous := sha256(convert_to(NEW.chain, 'UTF8'));
        INSERT INTO public.audit_chainhead (chain, sequence, hash) VALUES (NEW.chain, 0, NEW.previous);
    END IF;
    NEW.sequence := last + 1;
    NEW.hash := sha256(NEW.previous || public.audit_said(NEW));
    UPDATE public.audit_chainhead SET sequence = NEW.sequence, hash = NEW.hash
    WHERE chain = NEW.chain AND sequence = last;
    IF NOT FOUND THEN
        -- Somebody set the number of a chain that is not theirs.
        RAISE EXCEPTION 'another has written to chain %', NEW.chain USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER chained BEFORE INSERT ON public.audit_auditevent
FOR EACH ROW EXECUTE FUNCTION public.audit_chain_row();
ALTER TABLE public.audit_chainhead SET (fillfactor = 50);
REVOKE ALL ON FUNCTION public.audit_chain_row() FROM PUBLIC;
"""
# The rows of before are not rewritten: one head seals them all, in the order of their numbers.
SEAL = """
DO $$
DECLARE
    event public.audit_auditevent;
    counted bigint := 0;
    hash bytea := sha256('');
BEGIN
    FOR event IN SELECT * FROM public.audit_auditevent ORDER BY id LOOP
        counted := counted + 1;
        hash := sha256(hash || public.audit_said(event));
    END LOOP;
    INSERT INTO public.audit_chainhead (chain, sequence, hash) VALUES ('', counted, hash);
END $$
"""
# The context of a change is completed by the later changes of its request, and then stays.
CONTEXT = """
CREATE FUNCTION public.pghistory_context_settled() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.id <> NEW.id OR OLD.created_at < now() - interval '1 day' THEN
        RAISE EXCEPTION 'the context of a change is history' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.created_at := OLD.created_at;
    RETURN NEW;
END $$;
CREATE TRIGGER settled BEFORE UPDATE ON public.pghistory_context
FOR EACH ROW EXECUTE FUNCTION public.pghistory_context_settled();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("chain", models.CharField(max_length=24, primary_key=True, serialize=False, verbose_name="chain")),
                ("sequence", models.BigIntegerField(verbose_name="number in its chain")),
                ("hash", models.BinaryField(max_length=32, verbose_name="hash")),
            ],
            options={"verbose_name": "end of an audit chain", "verbose_name_plural": "ends of audit chains"},
        ),
        migrations.AddField("auditevent", "chain", models.CharField(db_default="", editable=False, max_length=24, verbose_name="chain")),
        migrations.AddField("auditevent", "sequence", models.BigIntegerField(db_default=0, editable=False, verbose_name="number in its chain")),
        migrations.AddField("auditevent", "previous", models.BinaryField(db_default=b"", max_length=32, verbose_name="hash of the one before")),
        migrations.AddField("auditevent", "hash", models.BinaryField(db_default=b"", max_length=32, verbose_name="hash")),
        migrations.AddConstraint(
            "auditevent",
            models.UniqueConstraint(
                condition=models.Q(("chain", ""), _negated=True), fields=("chain", "sequence"), name="audit_place_in_chain"
            ),
        ),
        migrations.RunSQL(SAID, "DROP FUNCTION public.audit_said"),
        migrations.RunSQL(SEAL, migrations.RunSQL.noop),
        migrations.RunSQL(
            CHAIN, "DROP TRIGGER chained ON public.audit_auditevent; DROP FUNCTION public.audit_chain_row"
        ),
        migrations.RunSQL(
            CONTEXT, "DROP TRIGGER settled ON public.pghistory_context; DROP FUNCTION public.pghistory_context_settled"
        ),
    ]
