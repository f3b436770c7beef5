-- Consents are only ended, never rewritten.

CREATE FUNCTION public.dspp_guard_consent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
    IF (OLD.withdrawn_at IS NULL AND to_jsonb(NEW) - 'withdrawn_at' = to_jsonb(OLD) - 'withdrawn_at') IS NOT TRUE
        AND NOT dspp_owns_programmes()
    THEN
        RAISE EXCEPTION 'a consent is given once and withdrawn once' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $function$;

CREATE TRIGGER guard_consent BEFORE UPDATE ON public.registry_consent
FOR EACH ROW
WHEN (old.* IS DISTINCT FROM new.*)
EXECUTE FUNCTION dspp_guard_consent();
