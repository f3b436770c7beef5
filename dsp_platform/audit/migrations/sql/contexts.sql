-- The context of a change is completed by later changes of its request on the same day, and then stays.

CREATE FUNCTION public.pghistory_context_settled()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
    IF OLD.id <> NEW.id OR OLD.created_at < now() - interval '1 day' THEN
        RAISE EXCEPTION 'the context of a change is history' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.metadata := NEW.metadata || jsonb_strip_nulls(OLD.metadata);
    NEW.created_at := OLD.created_at;
    RETURN NEW;
END $function$;

CREATE TRIGGER settled BEFORE UPDATE ON public.pghistory_context
FOR EACH ROW EXECUTE FUNCTION pghistory_context_settled();
