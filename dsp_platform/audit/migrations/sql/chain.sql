-- Each row of the audit carries the hash of the one before it in its chain: docs/adr/0018-audit-chain.md.

CREATE FUNCTION public.audit_said(event audit_auditevent)
 RETURNS bytea
 LANGUAGE sql
 STABLE
RETURN convert_to((jsonb_build_array((event).chain, ((event).sequence)::text, ((event).id)::text, to_char(((event).at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US'::text), ((event).actor_id)::text, (event).action, (event).subject_kind, ((event).subject_id)::text, (event).reason, ((event).assisted_session_id)::text, ((event).details)::text))::text, 'UTF8'::name);

CREATE FUNCTION public.audit_chain_row()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
    space constant int := 1096107073;
    number int := nullif(current_setting('dspp.audit_chain', true), '')::int;
    last bigint;
BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        NEW.at := clock_timestamp();
    END IF;
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
END $function$;

CREATE TRIGGER chained BEFORE INSERT ON public.audit_auditevent
FOR EACH ROW EXECUTE FUNCTION audit_chain_row();
ALTER TABLE public.audit_chainhead SET (fillfactor = 50);
REVOKE ALL ON FUNCTION public.audit_chain_row() FROM PUBLIC;
